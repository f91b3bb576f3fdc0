package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// SignatureWindow is how far the time of a signature may lie from ours: beyond it a
// message that somebody recorded is worth nothing.
const SignatureWindow = 5 * time.Minute

// PaymentSide is who stands in a notice's history for payments told by webhook.
const PaymentSide = "payment-webhook"

// Hook is the office's key with the payment side; docstore.ErrNotFound before there is one.
func (a *App) Hook(ctx context.Context, office string) (*domain.Hook, error) {
	doc, err := a.store.Hooks.Get(ctx, office)
	return doc.Value, err
}

// RotateHook makes a new key for the payment side, or the first. The key is shown this
// once, and again to a repeat of the same command.
func (a *App) RotateHook(ctx context.Context, cmd httpkit.Key, s identity.Staff) (*domain.Hook, string, error) {
	now := a.clock.Now()
	doc, err := a.store.Hooks.Upsert(ctx, s.Office, func(h *domain.Hook) error {
		h.Office, h.Version, h.RotatedBy, h.RotatedAt = s.Office, h.Version+1, s.ID, now
		return nil
	}, cmd.Options()...)
	if err != nil {
		return nil, "", fmt.Errorf("rotate the webhook key: %w", err)
	}
	return doc.Value, a.hookKey(s.Office, doc.Value.Version), nil
}

func (a *App) hookKey(office string, version int64) string {
	return a.master.Digest("fee-webhook", office+"\x00"+strconv.FormatInt(version, 10))
}

// Sign is the signature that the payment side puts on a message: HMAC-SHA256 in hex
// over time, office and body.
func Sign(key, timestamp, office string, body []byte) string {
	h := hmac.New(sha256.New, []byte(key))
	for _, part := range []string{timestamp, ".", office, "."} {
		_, _ = h.Write([]byte(part)) // a hash never fails
	}
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

var errUnsigned = problem.New(problem.Unauthenticated,
	"签名、时间戳或者机关标识不正确。", "The signature, its time or the office is not right.")

// CheckSignature refuses a message of the payment side unless it is signed with a key
// of the office, now. It takes the same time and says the same whatever is wrong, also
// for an office that does not exist.
func (a *App) CheckSignature(ctx context.Context, office, timestamp, signature string, body []byte) error {
	now := a.clock.Now()
	hook, err := a.Hook(ctx, office)
	if errors.Is(err, docstore.ErrNotFound) {
		hook = &domain.Hook{}
	} else if err != nil {
		return err
	}
	right := false
	versions := hook.Versions(now)
	for i := range 2 {
		version := int64(-1) // a key that was never given out
		if i < len(versions) {
			version = versions[i]
		}
		want := Sign(a.hookKey(office, version), timestamp, office, body)
		same := hmac.Equal([]byte(want), []byte(strings.TrimPrefix(signature, "sha256=")))
		right = right || same && version > 0
	}
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if off := now.Sub(time.Unix(at, 0)).Abs(); err != nil || off > SignatureWindow || !right {
		return errUnsigned
	}
	return nil
}

// TakePayment books a payment that the payment side told of, once however often it is
// told, and holds it when no notice takes it. An event that comes back with other
// content is refused with docstore.ErrKeyReused.
func (a *App) TakePayment(ctx context.Context, told domain.Remittance) (docstore.Doc[domain.Remittance], error) {
	told.ReceivedAt, told.State = a.clock.Now(), domain.RemittanceReceived
	id := told.Office + "/" + told.EventID
	doc, err := a.store.Remittances.Upsert(ctx, id, func(r *domain.Remittance) error {
		switch {
		case r.EventID == "":
			*r = told
		case !r.Same(told):
			return docstore.ErrKeyReused
		}
		return nil
	})
	if err != nil || doc.Value.State != domain.RemittanceReceived {
		return doc, err
	}
	held, err := a.book(ctx, *doc.Value)
	if err != nil {
		return doc, err
	}
	return a.store.Remittances.Update(ctx, id, func(r *domain.Remittance) error {
		switch {
		case r.State != domain.RemittanceReceived:
		case held == nil:
			r.State = domain.RemittanceBooked
		default:
			r.State, r.Code, r.Reason = domain.RemittanceHeld, held.Code, held.Detail
		}
		return nil
	})
}

// book records the payment on its notice, or says why none takes it.
func (a *App) book(ctx context.Context, r domain.Remittance) (held *problem.Error, err error) {
	env, err := a.envOf(ctx, r.Office, PaymentSide)
	if err != nil {
		return nil, err
	}
	_, err = a.Notice(ctx, r.Office, r.NoticeID)
	if err == nil {
		_, err = a.store.Notices.Update(ctx, r.NoticeID, func(n *domain.Notice) error {
			return n.Pay(domain.Payment{PaidOn: r.PaidOn, AmountYuan: r.AmountYuan, ReceiptNo: r.ReceiptNo, EventID: r.EventID}, env)
		}, docstore.Once("remittance:"+r.EventID))
	}
	switch {
	case err == nil:
		return nil, nil
	case errors.Is(err, docstore.ErrNotFound):
		return problem.New(problem.NotFound, "没有这份收费通知。", "There is no such notice."), nil
	case errors.As(err, &held):
		if len(held.Fields) > 0 {
			held = problem.New(held.Code, held.Fields[0].Text.ZH, held.Fields[0].Text.EN)
		}
		return held, nil
	}
	return nil, err
}

// Remittances lists what the payment side told of, newest first within a state.
func (a *App) Remittances(ctx context.Context, office string, state domain.RemittanceState, limit int, cursor string) ([]docstore.Doc[domain.Remittance], string, error) {
	q := docstore.Query{Index: store.RemittancesByTime, Eq: []any{office}, Desc: true, Limit: limit, After: cursor}
	if state != "" {
		q.Index, q.Eq = store.RemittancesByState, []any{office, string(state)}
	}
	return a.store.Remittances.Find(ctx, q)
}

// ResolveRemittance notes what was done with a payment that is held.
func (a *App) ResolveRemittance(ctx context.Context, cmd httpkit.Key, s identity.Staff, eventID, how string) (docstore.Doc[domain.Remittance], error) {
	now := a.clock.Now()
	return a.store.Remittances.Update(ctx, s.Office+"/"+eventID, func(r *domain.Remittance) error {
		return r.Resolve(s.ID, how, now)
	}, cmd.Options()...)
}
