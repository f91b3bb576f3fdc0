package staffing

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

// newStaff is the body of POST /v1/staff.
type newStaff struct {
	Username string          `json:"username" validate:"required,username"`
	Name     string          `json:"name" validate:"required,notblank,line,max=40"`
	Roles    []identity.Role `json:"roles" validate:"required,min=1,unique,dive,oneof=officer unit_lead head legal finance admin auditor"`
	Password string          `json:"password" validate:"required,min=10,max=128"`
	// MustChangePassword: the first sign-in allows nothing but to choose another. Absent:
	// as the office has settled.
	MustChangePassword *bool `json:"must_change_password,omitempty"`
}

// changedStaff is the body of PATCH /v1/staff/{id}: what is absent stays.
type changedStaff struct {
	Name     *string          `json:"name,omitempty" validate:"omitempty,notblank,line,max=40"`
	Roles    *[]identity.Role `json:"roles,omitempty" validate:"omitempty,min=1,unique,dive,oneof=officer unit_lead head legal finance admin auditor"`
	Active   *bool            `json:"active,omitempty"`
	Password *string          `json:"password,omitempty" validate:"omitempty,min=10,max=128"`
	// MustChangePassword: see newStaff; for a password that an administrator sets, and
	// by itself for the present one.
	MustChangePassword *bool `json:"must_change_password,omitempty"`
	// CurrentPassword goes with the change of one's own password.
	CurrentPassword string `json:"current_password,omitempty" validate:"omitempty,max=128"`
}

func (s *Staffing) getStaff(c echo.Context) error {
	caller, ctx, err := acting(c)
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
	docs, next, err := s.accounts.Find(ctx, docstore.Query{Index: byOffice, Eq: []any{caller.Office}, Limit: limit, After: cursor})
	if err != nil {
		return err
	}
	list := httpkit.List[staffView]{Items: make([]staffView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		list.Items = append(list.Items, viewStaff(d.ID, d.Value))
	}
	return c.JSON(http.StatusOK, list)
}

func (s *Staffing) getOneStaff(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	doc, err := s.ownOffice(ctx, caller, c.Param("id"))
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, viewStaff(doc.ID, doc.Value))
}

// ownOffice returns an account of the caller's office; another's does not exist.
func (s *Staffing) ownOffice(ctx context.Context, caller identity.Staff, id string) (docstore.Doc[Account], error) {
	doc, err := s.accounts.Get(ctx, id)
	if err == nil && doc.Value.Office != caller.Office {
		err = fmt.Errorf("staff member of another office: %w", docstore.ErrNotFound)
	}
	return doc, err
}

func (s *Staffing) postStaff(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	in, err := httpkit.Bind[newStaff](c)
	if err != nil {
		return err
	}
	key := httpkit.Command(c)
	id := key.ID("staff")
	if err := s.freeUsername(ctx, in.Username, id, "/username"); err != nil {
		return err
	}
	a, err := s.account(caller.Office, in.Username, in.Name, in.Password, in.Roles)
	if err != nil {
		return err
	}
	if a.MustChange, err = s.mustChange(ctx, caller.Office, in.MustChangePassword); err != nil {
		return err
	}
	doc, _, err := s.accounts.Insert(ctx, id, &a, key.Options()...)
	if err != nil {
		return takenUsername(err, "/username")
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusCreated, viewStaff(doc.ID, doc.Value))
}

func (s *Staffing) patchStaff(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	in, err := httpkit.Bind[changedStaff](c)
	if err != nil {
		return err
	}
	rev, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	doc, err := s.ownOffice(ctx, caller, c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.mayChange(ctx, caller, doc, in, c.RealIP()); err != nil {
		return err
	}
	hash := ""
	if in.Password != nil {
		a, err := s.account(doc.Value.Office, doc.Value.Username, doc.Value.Name, *in.Password, doc.Value.Roles)
		if err != nil {
			return err
		}
		hash = a.Hash
	}
	change, own := in.MustChangePassword, doc.ID == caller.ID
	if hash != "" {
		must, err := s.mustChange(ctx, caller.Office, change)
		if err != nil {
			return err
		}
		must = must && !own
		change = &must
	}
	opts := httpkit.Command(c).Options()
	if rev != 0 {
		opts = append(opts, docstore.IfRev(rev))
	}
	before := doc.Value
	doc, err = s.accounts.Update(ctx, doc.ID, func(a *Account) error {
		in.apply(a, hash)
		if change != nil {
			a.MustChange = *change
		}
		return nil
	}, opts...)
	if err != nil {
		return err
	}
	if hash != "" || !doc.Value.Active || lost(before.Roles, doc.Value.Roles) || change != nil && *change {
		var spared []string
		if own && doc.Value.Active && !lost(before.Roles, doc.Value.Roles) && caller.Session != "" {
			spared = []string{caller.Session}
		}
		if err := s.endAll(ctx, doc.ID, spared...); err != nil {
			return err
		}
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, viewStaff(doc.ID, doc.Value))
}

// lost reports whether a role was taken away: tokens that still hold it end.
func lost(before, after []identity.Role) bool {
	return slices.ContainsFunc(before, func(r identity.Role) bool { return !slices.Contains(after, r) })
}

// mustChange is whether a password that somebody else chose must be changed first.
func (s *Staffing) mustChange(ctx context.Context, office string, chosen *bool) (bool, error) {
	if chosen != nil {
		return *chosen, nil
	}
	o, err := s.Office(ctx, office)
	return o.Policies.ChangeFirstPassword, err
}

func (in changedStaff) apply(a *Account, hash string) {
	if in.Name != nil {
		a.Name = strings.TrimSpace(*in.Name)
	}
	if in.Roles != nil {
		a.Roles = *in.Roles
	}
	if in.Active != nil {
		a.Active = *in.Active
	}
	if hash != "" {
		a.Hash, a.Failures, a.LockedUntil = hash, 0, time.Time{}
	}
}

// mayChange lets an administrator change the accounts of the office, and everybody
// their own password against the present one.
func (s *Staffing) mayChange(ctx context.Context, caller identity.Staff, doc docstore.Doc[Account], in changedStaff, client string) error {
	own := caller.ID == doc.ID
	if caller.Limit == identity.NewFactor {
		return problem.New(problem.FactorEnrolmentRequired, "请先登记第二重验证。", "Enrol a second factor first.")
	}
	if caller.Limit != "" && (!own || in.Password == nil || in.Name != nil || in.Roles != nil || in.Active != nil) {
		return problem.New(problem.PasswordChangeRequired, "请先修改密码。", "Change your password first.")
	}
	admin := caller.May(identity.ManageStaff)
	if !admin && (!own || in.Name != nil || in.Roles != nil || in.Active != nil || in.MustChangePassword != nil) {
		return problem.New(problem.Forbidden, "只有管理员可以修改工作人员；本人只可修改自己的密码。", "Only an administrator changes staff; others change their own password.")
	}
	if own && in.Password != nil {
		if *in.Password == in.CurrentPassword {
			return problem.InvalidFields(problem.At("/password", "unchanged", "新密码须与当前密码不同。", "The new password must differ from the present one."))
		}
		if err := s.present(ctx, doc, in.CurrentPassword, client); err != nil {
			return err
		}
	}
	after := *doc.Value
	in.apply(&after, "")
	if doc.Value.administers() && !after.administers() {
		return s.anotherAdmin(ctx, doc)
	}
	return nil
}

// present checks one's present password; wrong ones count as failed sign-ins.
func (s *Staffing) present(ctx context.Context, doc docstore.Doc[Account], password, client string) error {
	if password == "" {
		return problem.InvalidFields(problem.At("/current_password", "required", "修改自己的密码须提供当前密码。", "Your present password is needed to change it."))
	}
	_, err := s.signIn(ctx, signIn{Username: doc.Value.Username, Password: password, proved: true}, client)
	if problem.CodeOf(err) == problem.Unauthenticated {
		return problem.InvalidFields(problem.At("/current_password", "wrong", "当前密码不正确。", "The present password is not right."))
	}
	return err
}

// anotherAdmin refuses to leave an office without an administrator.
func (s *Staffing) anotherAdmin(ctx context.Context, leaving docstore.Doc[Account]) error {
	for cursor := ""; ; {
		docs, next, err := s.accounts.Find(ctx, docstore.Query{Index: byOffice, Eq: []any{leaving.Value.Office}, Limit: docstore.MaxPage, After: cursor})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(docs, func(d docstore.Doc[Account]) bool { return d.ID != leaving.ID && d.Value.administers() }) {
			return nil
		}
		if next == "" {
			return problem.New(problem.IllegalTransition, "机关至少须保留一名在用的管理员。", "An office keeps at least one active administrator.")
		}
		cursor = next
	}
}
