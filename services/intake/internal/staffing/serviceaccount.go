package staffing

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

// ServiceAccount lets another system of the office act here, within its scopes. It is
// never deleted: files name what acted.
type ServiceAccount struct {
	Office string            `json:"office"`
	Name   string            `json:"name"`
	Scopes []identity.Action `json:"scopes"`
	// Salt makes the key another one when the account's id is the same; Digest is a keyed
	// digest of the key, which itself is not stored.
	Salt       string    `json:"salt"`
	Digest     string    `json:"digest"`
	CreatedAt  time.Time `json:"created_at"`
	CreatedBy  string    `json:"created_by"`
	ExpiresAt  time.Time `json:"expires_at"`
	RevokedAt  time.Time `json:"revoked_at,omitzero"`
	LastUsedAt time.Time `json:"last_used_at,omitzero"`
}

func (a *ServiceAccount) usable(now time.Time) bool {
	return a.RevokedAt.IsZero() && now.Before(a.ExpiresAt)
}

const (
	keyPrefix = "zqk_"
	// longestKey is how long a key may stand.
	longestKey = 2 * 366 * 24 * time.Hour
	shownKey   = 32 // characters of base32: 160 bits
)

func serviceSpec() docstore.Spec[ServiceAccount] {
	return docstore.Spec[ServiceAccount]{Name: "service_accounts", Indexes: []docstore.Entry[ServiceAccount]{{
		Index: docstore.Index{Name: byOffice, Fields: []docstore.Field{
			{Name: "office", Kind: docstore.String}, {Name: "name", Kind: docstore.String},
		}},
		Key: func(a *ServiceAccount) docstore.Key { return docstore.Key{a.Office, a.Name} },
	}}}
}

// newService is the body of POST /v1/offices/{id}/service-accounts.
type newService struct {
	Name      string            `json:"name" validate:"required,notblank,line,max=80"`
	Scopes    []identity.Action `json:"scopes" validate:"required,min=1,max=50,unique"`
	ExpiresAt time.Time         `json:"expires_at" validate:"required"`
}

type serviceView struct {
	ID         string            `json:"id"`
	Office     string            `json:"office"`
	Name       string            `json:"name"`
	Scopes     []identity.Action `json:"scopes"`
	CreatedAt  time.Time         `json:"created_at"`
	CreatedBy  string            `json:"created_by"`
	ExpiresAt  time.Time         `json:"expires_at"`
	RevokedAt  time.Time         `json:"revoked_at,omitzero"`
	LastUsedAt time.Time         `json:"last_used_at,omitzero"`
	Key        string            `json:"key,omitempty"`
}

func viewService(id string, a *ServiceAccount) serviceView {
	return serviceView{
		ID: id, Office: a.Office, Name: a.Name, Scopes: a.Scopes, CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy,
		ExpiresAt: a.ExpiresAt, RevokedAt: a.RevokedAt, LastUsedAt: a.LastUsedAt,
	}
}

func (in newService) check(now time.Time) error {
	var fields []problem.Field
	for i, sc := range in.Scopes {
		at := fmt.Sprintf("/scopes/%d", i)
		switch {
		case !slices.Contains(identity.Actions(), sc):
			fields = append(fields, problem.At(at, "unknown_value", "没有这项权限。", "There is no such action."))
		case !sc.Scope():
			fields = append(fields, problem.At(at, "personal", "该事项须由工作人员本人办理，不能授予服务账号。", "A person does this; no service account may."))
		}
	}
	if !in.ExpiresAt.After(now) || in.ExpiresAt.Sub(now) > longestKey {
		fields = append(fields, problem.At("/expires_at", "out_of_range", "有效期须在今后两年以内。", "The key ends within the next two years."))
	}
	if len(fields) > 0 {
		return problem.InvalidFields(fields...)
	}
	return nil
}

func (s *Staffing) serviceKey(id, salt string) string {
	return keyPrefix + id + "_" + s.master.Digest("service-account-key", id+"\x00"+salt)[:shownKey]
}

func (s *Staffing) postService(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	office, err := ownID(c, caller)
	if err != nil {
		return err
	}
	in, err := httpkit.Bind[newService](c)
	if err != nil {
		return err
	}
	now := s.now()
	if err := in.check(now); err != nil {
		return err
	}
	cmd := httpkit.Command(c)
	id, salt := cmd.ID("service"), rand.Text()
	a := ServiceAccount{
		Office: office, Name: strings.TrimSpace(in.Name), Scopes: in.Scopes, Salt: salt,
		Digest:    s.master.Digest("service-account-key-digest", s.serviceKey(id, salt)),
		CreatedAt: now, CreatedBy: caller.ID, ExpiresAt: in.ExpiresAt.UTC().Truncate(time.Second),
	}
	doc, _, err := s.services.Insert(ctx, id, &a, cmd.Options()...)
	if err != nil {
		return err
	}
	v := viewService(doc.ID, doc.Value)
	v.Key = s.serviceKey(doc.ID, doc.Value.Salt)
	return c.JSON(http.StatusCreated, v)
}

func (s *Staffing) getServices(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	office, err := ownID(c, caller)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "limit", "cursor"); err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	docs, next, err := s.services.Find(ctx, docstore.Query{Index: byOffice, Eq: []any{office}, Limit: limit, After: cursor})
	if err != nil {
		return err
	}
	list := httpkit.List[serviceView]{Items: make([]serviceView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		list.Items = append(list.Items, viewService(d.ID, d.Value))
	}
	return c.JSON(http.StatusOK, list)
}

// deleteService revokes the key, and ends the tokens it was exchanged for.
func (s *Staffing) deleteService(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	office, err := ownID(c, caller)
	if err != nil {
		return err
	}
	id, now := c.Param("account"), s.now()
	if doc, err := s.services.Get(ctx, id); err != nil || doc.Value.Office != office {
		return errors.Join(err, docstore.ErrNotFound)
	}
	if _, err := s.services.Update(ctx, id, func(a *ServiceAccount) error {
		if a.RevokedAt.IsZero() {
			a.RevokedAt = now
		}
		return nil
	}); err != nil {
		return err
	}
	if err := s.endAll(ctx, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// presentedKey is the body of POST /v1/session/service.
type presentedKey struct {
	Key string `json:"key" validate:"required,max=200"`
}

type serviceSession struct {
	AccessToken string      `json:"access_token"`
	TokenType   string      `json:"token_type"`
	ExpiresAt   time.Time   `json:"expires_at"`
	Service     serviceView `json:"service"`
}

// postServiceSession exchanges a key for a short token that every service accepts.
func (s *Staffing) postServiceSession(c echo.Context) error {
	in, err := httpkit.Bind[presentedKey](c)
	if err != nil {
		return err
	}
	ctx, client := c.Request().Context(), c.RealIP()
	id, _, _ := strings.Cut(strings.TrimPrefix(in.Key, keyPrefix), "_")
	if err := s.checkSource(ctx, client, "service\x00"+id); err != nil {
		return err
	}
	doc, err := s.usableService(ctx, id, in.Key)
	if err != nil {
		if errors.Is(err, errBadKey) {
			if err := s.failedSource(ctx, client, "service\x00"+id); err != nil {
				return err
			}
			return problem.New(problem.Unauthenticated, "密钥不正确、已到期或已撤销。", "The key is not right, has ended or was revoked.")
		}
		return err
	}
	audit.About(c, doc.Value.Office, doc.ID)
	token, expires, err := s.enterService(ctx, c, doc)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, serviceSession{AccessToken: token, TokenType: "Bearer", ExpiresAt: expires, Service: viewService(doc.ID, doc.Value)})
}

var errBadKey = errors.New("not a usable key")

// usableService is the account of a key. An unknown account is compared, too.
func (s *Staffing) usableService(ctx context.Context, id, key string) (docstore.Doc[ServiceAccount], error) {
	doc, err := s.services.Get(ctx, id)
	if err != nil && !errors.Is(err, docstore.ErrNotFound) {
		return doc, err
	}
	want, known := s.master.Digest("service-account-key-digest", "of nobody"), err == nil
	if known {
		want = doc.Value.Digest
	}
	right := subtle.ConstantTimeCompare([]byte(want), []byte(s.master.Digest("service-account-key-digest", key))) == 1
	if !right || !known || !doc.Value.usable(s.now()) {
		return doc, errBadKey
	}
	return doc, nil
}

// enterService opens a session of a service account, and looks again behind it: who
// revoked the key meanwhile finds the session, or is found here.
func (s *Staffing) enterService(ctx context.Context, c echo.Context, doc docstore.Doc[ServiceAccount]) (string, time.Time, error) {
	session, err := s.openSession(ctx, c, doc.Value.Office, doc.ID)
	if err != nil {
		return "", time.Time{}, err
	}
	now := s.now()
	doc, err = s.services.Update(ctx, doc.ID, func(a *ServiceAccount) error {
		if now.Sub(a.LastUsedAt) >= seenEvery {
			a.LastUsedAt = now
		}
		return nil
	})
	if err != nil {
		return "", time.Time{}, err
	}
	if !doc.Value.usable(now) {
		return "", time.Time{}, errors.Join(s.endOne(ctx, doc.ID, session), over())
	}
	return s.tokens.Issue(identity.Staff{
		ID: doc.ID, Office: doc.Value.Office, Name: doc.Value.Name, Service: true, Scopes: doc.Value.Scopes, Session: session,
	})
}
