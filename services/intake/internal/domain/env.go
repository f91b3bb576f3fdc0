package domain

import (
	"slices"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

// ActorKind tells who acts on a case.
type ActorKind string

// The kinds of actors.
const (
	ByStaff     ActorKind = "staff"
	ByApplicant ActorKind = "applicant"
	BySystem    ActorKind = "system" // another service's event, or a period that ran out
)

// RoleHead is the role of the head of the OGI unit (政府信息公开工作机构负责人),
// who alone extends and signs (条例 art. 33).
const RoleHead = "head"

// Actor is who does a step.
type Actor struct {
	Kind  ActorKind
	ID    string // staff id; empty for applicants and the system
	Name  string
	Roles []string
}

// Has reports whether the actor holds the role.
func (a Actor) Has(role string) bool { return slices.Contains(a.Roles, role) }

// Person is an actor as the file remembers it.
type Person struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id,omitempty"`
	Name string    `json:"name,omitempty" seal:"personal"`
}

func (a Actor) person() Person { return Person{Kind: a.Kind, ID: a.ID, Name: a.Name} }

// Env is what a command needs to know beside the case.
type Env struct {
	Today    civil.Date // in the office's zone
	Now      time.Time
	Actor    Actor
	Calendar *calendar.Calendar
	Policy   Policy
}

// Policy is what an office has settled because the law leaves it open
// (rules section 7).
type Policy struct {
	Clock clock.Policy
	// RefuseLateNotice refuses a correction notice after the seventh working day
	// instead of marking it late (7.5).
	RefuseLateNotice bool
	// ReopenPeriodWD is the period for answering again when an order names none
	// (法释〔2025〕8号: 20 working days).
	ReopenPeriodWD int
	// DuplicateDays is the window in which the same applicant's same text is shown
	// as a probable duplicate.
	DuplicateDays int
	// MaxExtensions is how often a reply period may be extended, together by no more
	// than 20 working days (7.10).
	MaxExtensions int
	// OpenSearch: a reply while a unit still searches is refused, or allowed with a
	// recorded reason. What does not exist always waits for the search.
	OpenSearch string
	// Lessons says who must have seen the lessons before a decision is signed.
	Lessons LessonPolicy
	// ReasonsNeedFinding: reasons are asked for (条例 art. 35) only after an approved
	// finding of excess about the applicant. Off by default: the article asks for the
	// excess, not for a finding of its own, and rule book 7.12 wants one for fees only.
	ReasonsNeedFinding bool
	// Verification says whose applications open only after a code that is sent to the
	// applicant's telephone or mailbox; empty is nobody's.
	Verification string
}

// AllowWithReason is the reading that lets a step pass when its reason is put on
// record; the other is to refuse it.
const (
	AllowWithReason = "record"
	RefuseStep      = "refuse"
)

// LateExtensionAllowed reports whether the office takes extensions after the due
// date, for a recorded reason.
func (p Policy) LateExtensionAllowed() bool { return p.Clock.LateExtension == clock.Accept }

// DefaultPolicy is the reading taken unless an office decides otherwise.
func DefaultPolicy() Policy {
	return Policy{
		Clock: clock.DefaultPolicy(), ReopenPeriodWD: 20, DuplicateDays: 90, MaxExtensions: 1, OpenSearch: RefuseStep,
		Lessons: LessonsRequired,
	}
}

const (
	extensionMaxWD     = 20 // 条例 art. 33(2)
	correctionNoticeWD = 7  // 条例 art. 30
	consultationWD     = 15 // 条例 art. 32, 34
)
