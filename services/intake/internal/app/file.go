package app

import (
	"context"
	"fmt"
	"strings"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// File takes an application in. id is derived from the Idempotency-Key, so that
// the same submission sent twice, or 64 times at once, is one case and one
// answer.
func (d *Desk) File(ctx context.Context, id string, f domain.Filing, by domain.Actor, opts ...docstore.Option) (Doc, error) {
	at, err := d.CheckFiling(ctx, &f, by)
	if err != nil {
		return Doc{}, err
	}
	f.ID, f.Receipt = id, d.Receipt(id)
	for _, who := range f.Applicant.Identities() {
		f.Digests = append(f.Digests, d.Digest(f.Office, who))
	}
	c, err := domain.File(f, at.Env)
	if err != nil {
		return Doc{}, err
	}
	if err := d.suspects(ctx, c, at.Env.Policy.DuplicateDays); err != nil {
		return Doc{}, err
	}
	doc, _, err := d.Cases.Insert(ctx, id, c, opts...)
	return doc, err
}

// CheckFiling reports everything that is wrong with an application, before its
// files are taken in.
func (d *Desk) CheckFiling(ctx context.Context, f *domain.Filing, by domain.Actor) (Scene, error) {
	at, err := d.Scene(ctx, f.Office, by)
	if err != nil {
		return Scene{}, err
	}
	if at.Office.Name == "" {
		return Scene{}, problem.InvalidFields(problem.At("/office", "unknown_office",
			"没有这个受理机关。", "There is no such office."))
	}
	return at, f.Check(at.Env)
}

// Digest stands for an applicant's identity where nobody is named. It differs
// from office to office.
func (d *Desk) Digest(office, who string) string {
	return d.Master.Digest("applicant", office+"\x00"+who)
}

// Receipt is the number an applicant knows a case by: 80 bits in four groups,
// made from the case's id with the installation's key, so that a repeat makes
// the same one and nobody can guess any.
func (d *Desk) Receipt(id string) string {
	s := strings.ToUpper(d.Master.Digest("receipt", id)[:16])
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

// ReceiptIn reads a search text as a receipt, however it was typed; empty when it
// is none.
func ReceiptIn(text string) string { return plainReceipt(text) }

const receiptLetters = 16

// plainReceipt reads a receipt as people type it: small letters, without
// dashes, with 0 and 1 for O and I. Empty when it cannot be one.
func plainReceipt(s string) string {
	if len(s) > 40 {
		return ""
	}
	s = strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I").Replace(strings.ToUpper(s))
	if len(s) != receiptLetters {
		return ""
	}
	for _, r := range s {
		if (r < 'A' || r > 'Z') && (r < '2' || r > '7') {
			return ""
		}
	}
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

// FirstCode is the code that a receipt is handed out with. It is computed and never
// stored.
func (d *Desk) FirstCode(receipt string) string {
	return d.Master.QueryCode(receipt, domain.FirstCodeVersion)
}

// QueryCode is the code that opens the case to its applicant now.
func (d *Desk) QueryCode(c *domain.Case) string {
	return d.Master.QueryCode(c.Receipt, c.QueryCodeVersion())
}

// ReissueCode puts a new query code into force, for the parts of a split
// application, too: whoever had the old code saw theirs. Each part is written by
// itself; a repeat goes on where the first try ended.
func (d *Desk) ReissueCode(ctx context.Context, office, id string, by domain.Actor, cmd domain.CodeReissue, opts ...docstore.Option) (Doc, error) {
	run := func(c *domain.Case, env domain.Env) error { return c.ReissueCode(cmd, env) }
	doc, err := d.Do(ctx, office, id, by, run, opts...)
	if err != nil {
		return Doc{}, err
	}
	ctx = docstore.SeeAll(ctx) // every part, also one that is restricted to others
	parts, err := d.Parts(ctx, doc.Value)
	if err != nil {
		return Doc{}, err
	}
	once := docstore.Once(fmt.Sprintf("code %s %d", id, doc.Value.QueryCodeVersion()))
	for _, p := range parts {
		if _, err := d.Do(ctx, office, p.ID, by, run, once); err != nil {
			return Doc{}, err
		}
	}
	return doc, nil
}

// errWrongCode is the one answer to a receipt that does not exist and to a code
// that is not its own.
var errWrongCode = problem.New(problem.NotFound,
	"受理号或者查询码不正确。", "The receipt or the query code is not right.")

// IsWrongCode reports whether an applicant was refused for the receipt or the
// code.
func IsWrongCode(err error) bool { return err == errWrongCode } //nolint:errorlint // one value, never wrapped

// Open returns the case of a receipt to whoever holds its query code. The code
// is compared in constant time, also when there is no such case.
func (d *Desk) Open(ctx context.Context, receipt, code string) (Doc, error) {
	receipt = plainReceipt(receipt)
	docs, _, err := d.Cases.Find(ctx, store.WithReceipt(receipt))
	if err != nil {
		return Doc{}, err
	}
	version := domain.FirstCodeVersion
	if len(docs) > 0 {
		version = docs[0].Value.QueryCodeVersion()
	}
	if right := d.Master.CheckQueryCode(receipt, version, code); len(docs) == 0 || !right {
		return Doc{}, errWrongCode
	}
	return docs[0], nil
}
