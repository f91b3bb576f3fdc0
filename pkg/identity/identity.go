// Package identity says who a caller is and what the roles may do: staff of an
// office, their passwords, and the short-lived tokens in which they act.
package identity

import (
	"context"
	"slices"
)

// Role is what a staff member may act as in the office.
type Role string

// The roles of an office.
const (
	Officer Role = "officer" // 经办人
	// UnitLead leads a unit that handles cases (科室负责人): everything that an officer may
	// do, and nothing of what the head signs.
	UnitLead Role = "unit_lead"
	Head     Role = "head"    // 负责人，批准延期与签发
	Legal    Role = "legal"   // 法制审核、复议与诉讼
	Finance  Role = "finance" // 收费
	Admin    Role = "admin"   // 管理员
	Auditor  Role = "auditor" // 审计，只读
)

// Roles lists every role.
var Roles = []Role{Officer, UnitLead, Head, Legal, Finance, Admin, Auditor}

// Known reports whether the role is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Label is the role's Chinese name.
func (r Role) Label() string {
	switch r {
	case Officer:
		return "经办人"
	case UnitLead:
		return "科室负责人"
	case Head:
		return "负责人"
	case Legal:
		return "法制人员"
	case Finance:
		return "财务人员"
	case Admin:
		return "管理员"
	case Auditor:
		return "审计人员"
	}
	return string(r)
}

// Staff is a staff member, who belongs to one office and acts in it.
type Staff struct {
	ID       string
	Office   string
	Username string
	Name     string
	Roles    []Role
	// Session is the stored sign-in that the token was issued in; empty for one that
	// was issued without.
	Session string
	// Limit, when set, says what must be done before anything else may be.
	Limit Limit
	// Service: this is a service account, which may what Scopes name and nothing else.
	Service bool
	Scopes  []Action
}

// Limit says why a sign-in allows nothing yet but to complete it.
type Limit string

// The limits of a sign-in.
const (
	NewPassword Limit = "password"      // the password must be changed first
	NewFactor   Limit = "second_factor" // a second factor must be enrolled first
)

// Has reports whether the staff member has one of the roles.
func (s Staff) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(s.Roles, r) })
}

// May reports whether one of the staff member's roles allows the action, or a
// scope of the service account.
func (s Staff) May(a Action) bool {
	if s.Service {
		return slices.Contains(s.Scopes, a)
	}
	return s.Has(Allowed(a)...)
}

type staffKey struct{}

// With returns a context in which this staff member acts.
func With(ctx context.Context, s Staff) context.Context {
	return context.WithValue(ctx, staffKey{}, s)
}

// From returns the staff member who acts, and whether there is one.
func From(ctx context.Context) (Staff, bool) {
	s, ok := ctx.Value(staffKey{}).(Staff)
	return s, ok
}
