package domain

import (
	"slices"
	"strconv"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
)

// Lesson is the copy of what a corrected or lost case teaches (案例提示, M16). The
// litigation service keeps it; here it warns whoever is about to decide the same
// kind of case on the same ground.
type Lesson struct {
	Version int64                `json:"version"`
	Facts   contract.LessonFacts `json:"facts"`
}

// Apply takes what was told of a lesson, unless something newer is known.
func (l *Lesson) Apply(f contract.LessonFacts, version int64) {
	if version > l.Version {
		*l = Lesson{Version: version, Facts: f}
	}
}

// Readers are the offices that the lesson warns: its own and those that the
// authority shares it with.
func (l *Lesson) Readers() []string {
	if !l.Facts.Active {
		return nil
	}
	readers := append([]string{l.Facts.Office}, l.Facts.SharedWith...)
	slices.Sort(readers)
	return slices.Compact(readers)
}

// Matter is what a lesson and a decision have in common: the kind of the decision and
// its ground. The subject only says which lesson is nearer.
type Matter struct {
	Kind    decision.Kind `json:"kind"`
	Ground  string        `json:"ground,omitempty"`
	Subject string        `json:"subject,omitempty"`
}

// LessonPolicy says who must have seen the lessons before a decision is signed.
type LessonPolicy string

// The policies. No rule of law asks for any of them.
const (
	LessonsRequired LessonPolicy = "required" // somebody who works on the case; the default
	LessonsBySigner LessonPolicy = "signer"   // the head who signs, too
	LessonsAdvisory LessonPolicy = "advisory" // they are shown and nobody is stopped
)

// LessonSeen records that a named person has seen a lesson before deciding.
type LessonSeen struct {
	Lesson  string `json:"lesson"`
	Edition int    `json:"edition"`
	Office  string `json:"office"` // whose decision was corrected
	Matter
	// Round counts the decisions of the case that were overtaken by then: who decides
	// again looks again.
	Round int        `json:"round"`
	On    civil.Date `json:"on"`
	At    time.Time  `json:"at"`
	By    Person     `json:"by"`
}

// Matter is what the draft decides; false when there is none.
func (c *Case) Matter() (Matter, bool) {
	if c.Draft == nil {
		return Matter{}, false
	}
	return Matter{Kind: c.Draft.Kind, Ground: c.Draft.Ground, Subject: c.Draft.Subject}, true
}

// SeeLessons records that the actor has seen these of the lessons that were shown for
// the matter of the draft. Seeing one again changes nothing.
func (c *Case) SeeLessons(ids []string, shown []Lesson, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	m, ok := c.Matter()
	if !ok {
		return refuse("尚未拟定答复，没有相关的案例提示。", "Nothing is drafted, so there are no lessons to see.", "")
	}
	var bad faults
	seen := 0
	for i, id := range ids {
		at := slices.IndexFunc(shown, func(l Lesson) bool { return l.Facts.LessonID == id })
		if at < 0 {
			bad.add("/lessons/"+strconv.Itoa(i), "unknown_lesson", "本案没有这条案例提示。", "No such lesson is shown for this decision.", "")
			continue
		}
		if c.hasSeen(id, env.Actor.ID) {
			continue
		}
		f := shown[at].Facts
		seen++
		c.LessonsSeen = append(c.LessonsSeen, LessonSeen{
			Lesson: id, Edition: f.Edition, Office: f.Office, Matter: m, Round: len(c.Earlier),
			On: env.Today, At: env.Now, By: env.Actor.person(),
		})
	}
	if err := bad.err(); err != nil {
		return err
	}
	if seen > 0 {
		c.note(env, "lessons_seen", env.Today, strconv.Itoa(seen))
	}
	return c.settle(env)
}

// hasSeen reports whether the person (empty: anybody) has seen the lesson in this round.
func (c *Case) hasSeen(lesson, person string) bool {
	return slices.ContainsFunc(c.LessonsSeen, func(s LessonSeen) bool {
		return s.Lesson == lesson && s.Round == len(c.Earlier) && (person == "" || s.By.ID == person)
	})
}

// Unseen are those of the lessons that nobody has seen yet; with the policy that the
// signer must, those that the signer has not.
func (c *Case) Unseen(lessons []Lesson, policy LessonPolicy, signer string) []Lesson {
	if policy == LessonsAdvisory {
		return nil
	}
	if policy != LessonsBySigner {
		signer = ""
	}
	var out []Lesson
	for _, l := range lessons {
		if !c.hasSeen(l.Facts.LessonID, signer) {
			out = append(out, l)
		}
	}
	return out
}

// mustHaveSeen refuses a signature before the lessons were seen.
func (c *Case) mustHaveSeen(lessons []Lesson, env Env) error {
	unseen := c.Unseen(lessons, env.Policy.Lessons, env.Actor.ID)
	if len(unseen) == 0 {
		return nil
	}
	n := strconv.Itoa(len(unseen))
	p := problem.New(problem.IllegalTransition,
		"签发前须先阅知同类决定被纠正、败诉的案例提示（"+n+"条）。",
		"Before it is signed, somebody must have seen what went wrong with such decisions before ("+n+" lessons).")
	for _, l := range unseen {
		f := l.Facts
		title := f.Title
		if title == "" {
			title = f.CorrectedGroundLabel
		}
		p.Fields = append(p.Fields, problem.At("/lessons_seen", "lesson_unseen",
			"未阅知："+f.LessonID+" "+title, "not seen: "+f.LessonID+" "+title))
	}
	return p
}

// ApproveWarned is Approve for a draft that lessons stand against.
func (c *Case) ApproveWarned(cmd Approval, seen []string, lessons []Lesson, env Env) error {
	if len(seen) > 0 {
		if err := c.SeeLessons(seen, lessons, env); err != nil {
			return err
		}
	}
	if err := c.Approve(cmd, env); err != nil || cmd.Returned {
		return err
	}
	return c.mustHaveSeen(lessons, env)
}
