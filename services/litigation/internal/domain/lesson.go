package domain

import (
	"regexp"
	"slices"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
)

// Lesson is what a corrected or lost case teaches the next officer (案例提示). It
// follows its proceeding and has its id: it stands while the correction stands.
type Lesson struct {
	docstore.Raised `json:"-"`

	ID     string `json:"id"`
	Office string `json:"office"`
	// Version is that of the proceeding from which Source was taken.
	Version int64  `json:"version"`
	Stands  bool   `json:"stands"`
	Source  Source `json:"source"`
	// Edition counts what readers were shown; it grows when the texts change.
	Edition int        `json:"edition"`
	Note    *CaseNote  `json:"note,omitempty"`
	Earlier []CaseNote `json:"earlier,omitempty"` // what the note said before, oldest first
	Sharing *Sharing   `json:"sharing,omitempty"`
	// Withdrawn: somebody has taken the lesson back; it warns nobody.
	Withdrawn *Withdrawal  `json:"withdrawn,omitempty"`
	Before    []Withdrawal `json:"before,omitempty"` // withdrawals that were taken back
}

// Source is what the proceeding says.
type Source struct {
	Kind            Kind       `json:"kind"`
	Organ           string     `json:"organ"`
	Result          string     `json:"result"`
	CorrectedGround string     `json:"corrected_ground,omitempty"`
	WhatWentWrong   string     `json:"what_went_wrong,omitempty"`
	ConcludedOn     civil.Date `json:"concluded_on"`
	Attacked        Attacked   `json:"attacked"`
}

// CaseNote is a lesson written up for others (典型案例). It names nobody.
type CaseNote struct {
	Title         string    `json:"title"`
	Summary       string    `json:"summary,omitempty"`
	WhatWentWrong string    `json:"what_went_wrong,omitempty"`
	Advice        string    `json:"advice,omitempty"`
	At            time.Time `json:"at"`
	By            string    `json:"by"`        // staff id
	ByOffice      string    `json:"by_office"` // the own one, or the authority
}

// Sharing is the authority's word that other offices see the lesson.
type Sharing struct {
	By   string    `json:"by"` // the authority
	With []string  `json:"with"`
	At   time.Time `json:"at"`
	Who  string    `json:"who"` // staff id
}

// Withdrawal says who took a lesson back, and why.
type Withdrawal struct {
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	By       string    `json:"by"` // staff id
	ByOffice string    `json:"by_office"`
}

// Teaches returns what the proceeding teaches; false unless it has corrected a
// decision of the office itself.
func (p *Proceeding) Teaches() (Source, bool) {
	s := p.Stand()
	if s.Outcome() != report.Corrected || p.Role == RoleThirdParty || p.Attacked == nil {
		return Source{}, false
	}
	return Source{
		Kind: p.Kind, Organ: p.Organ, Result: s.Result.Result, CorrectedGround: s.Result.CorrectedGround,
		WhatWentWrong: s.Result.Lesson, ConcludedOn: s.Result.On, Attacked: *p.Attacked,
	}, true
}

// Learn takes what the proceeding teaches as of its version, unless something newer
// is known.
func (l *Lesson) Learn(p *Proceeding, version int64) {
	if version <= l.Version {
		return
	}
	first := l.Version == 0
	src, stands := p.Teaches()
	l.ID, l.Office, l.Version = p.ID, p.Office, version
	was := l.Active()
	changed := stands && src != l.Source
	l.Stands = stands
	if changed {
		l.Source = src
		l.Edition++
	}
	switch {
	case l.Active() && (first || !was):
		l.Raise(contract.LessonPublished)
	case was && !l.Active():
		l.Raise(contract.LessonWithdrawn)
	case changed:
		l.Raise(contract.LessonChanged)
	}
}

// Active reports whether the lesson warns anybody.
func (l *Lesson) Active() bool { return l.Stands && l.Withdrawn == nil }

// maxLessonHistory bounds what one lesson remembers of its notes and withdrawals.
const maxLessonHistory = 100

// Write replaces the case note. A text that could identify a person is refused,
// because notes go to other offices.
func (l *Lesson) Write(n CaseNote) error {
	var faults []problem.Field
	for _, f := range []struct{ pointer, text string }{
		{"/title", n.Title}, {"/summary", n.Summary}, {"/what_went_wrong", n.WhatWentWrong}, {"/advice", n.Advice},
	} {
		if identifying.MatchString(f.text) {
			faults = append(faults, problem.At(f.pointer, "personal_data",
				"请删去证件号码、电话、邮箱等可以识别个人的内容。", "Leave out identity numbers, telephone numbers and addresses of persons."))
		}
	}
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	if l.Note != nil {
		if len(l.Earlier) >= maxLessonHistory {
			return problem.New(problem.IllegalTransition, "案例修改次数已达上限。", "The note was changed as often as it can be.")
		}
		l.Earlier = append(l.Earlier, *l.Note)
	}
	l.Note = &n
	l.Edition++
	l.Raise(contract.LessonChanged)
	return nil
}

// Share lets other offices see the lesson, or nobody any more (nil).
func (l *Lesson) Share(s *Sharing) error {
	if s != nil && !l.Active() {
		return problem.New(problem.IllegalTransition, "该提示已失效，不能共享。", "The lesson is not in force and cannot be shared.")
	}
	if s == nil && l.Sharing == nil {
		return problem.New(problem.IllegalTransition, "该提示没有共享。", "The lesson is not shared.")
	}
	l.Sharing = s
	l.Raise(contract.LessonChanged)
	return nil
}

// Withdraw takes the lesson back.
func (l *Lesson) Withdraw(w Withdrawal) error {
	if l.Withdrawn != nil {
		return problem.New(problem.IllegalTransition, "该提示已经撤回。", "The lesson was withdrawn already.")
	}
	l.Withdrawn = &w
	l.Raise(contract.LessonWithdrawn)
	return nil
}

// Reinstate puts a withdrawn lesson back in force.
func (l *Lesson) Reinstate() error {
	if l.Withdrawn == nil {
		return problem.New(problem.IllegalTransition, "该提示没有撤回。", "The lesson is not withdrawn.")
	}
	if len(l.Before) >= maxLessonHistory {
		return problem.New(problem.IllegalTransition, "撤回次数已达上限。", "The lesson was withdrawn as often as it can be.")
	}
	l.Before, l.Withdrawn = append(l.Before, *l.Withdrawn), nil
	l.Raise(contract.LessonPublished)
	return nil
}

// SharedWith are the offices that see the lesson beside its own.
func (l *Lesson) SharedWith() []string {
	if l.Sharing == nil {
		return nil
	}
	return slices.Clone(l.Sharing.With)
}

// WhatWentWrong is the note's word on it, or else what was entered with the result.
func (l *Lesson) WhatWentWrong() string {
	if l.Note != nil && l.Note.WhatWentWrong != "" {
		return l.Note.WhatWentWrong
	}
	return Unnamed(l.Source.WhatWentWrong)
}

// Facts are what other services are told.
func (l *Lesson) Facts() (office string, data any) {
	s := l.Source
	f := contract.LessonFacts{
		Office: l.Office, LessonID: l.ID, Active: l.Active(), Edition: l.Edition,
		DecisionKind: s.Attacked.Kind, Ground: s.Attacked.Ground, Subject: s.Attacked.Subject,
		ProceedingKind: string(s.Kind), Result: s.Result, CorrectedGround: s.CorrectedGround,
		CorrectedGroundLabel: GroundLabel(s.CorrectedGround), ConcludedOn: s.ConcludedOn,
		WhatWentWrong: l.WhatWentWrong(), SharedWith: l.SharedWith(),
	}
	f.ResultLabel, _ = ResultLabel(s.Kind, s.Result)
	if l.Note != nil {
		f.Title, f.Summary, f.Advice = l.Note.Title, l.Note.Summary, l.Note.Advice
	}
	return l.Office, f
}

// identifying finds identity, telephone and bank numbers and mail addresses.
var identifying = regexp.MustCompile(`[0-9][0-9 -]{9,}[0-9Xx]|[^\s@]+@[^\s@]+\.[A-Za-z]+`)

// Unnamed masks what could identify a person in a text that was written for the
// office alone.
func Unnamed(text string) string { return identifying.ReplaceAllString(text, "＊＊＊") }
