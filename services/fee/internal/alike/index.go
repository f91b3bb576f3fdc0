package alike

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/similar"
)

// Limits of a search, so that it costs the same however much was asked before. What an
// applicant asked last is compared one by one; what is older, or comes from others, is
// found by its words and bands.
const (
	newest   = 300 // of all applicants of a case together
	perWords = 40  // texts of the same applicant or of anybody in the same words, the newest
	perBand  = 10  // texts that share a band, the newest, before any band gives more
	inBands  = 320 // texts that share a band, all together
	maxFound = 50  // in an answer
)

// Index keeps the texts. It is safe for concurrent use.
type Index struct{ texts *docstore.Repo[Text] }

// Open declares the collection.
func Open(ctx context.Context, engine docstore.Store, now func() time.Time) (*Index, error) {
	r, err := docstore.Open(ctx, engine, now, texts())
	if err != nil {
		return nil, err
	}
	return &Index{r}, nil
}

var errForeignOffice = errors.New("facts of another office")

// Take takes the facts of a case; older ones than those that stand say nothing.
func (x *Index) Take(ctx context.Context, version int64, f contract.CaseFacts) error {
	_, err := x.texts.Upsert(docstore.Patient(ctx), f.CaseID, func(t *Text) error {
		if t.Office != "" && t.Office != f.Office {
			return fmt.Errorf("case %s: %w", f.CaseID, errForeignOffice)
		}
		t.take(version, f)
		return nil
	})
	return err
}

// Consumer follows the cases.
func (x *Index) Consumer() bus.Consumer {
	return bus.Consumer{
		Name: "fee-similar-case", Types: []string{"intake.case.v1.*"},
		Handle: func(ctx context.Context, e event.Event) error {
			var f contract.CaseFacts
			if err := e.Decode(&f); err != nil {
				return fmt.Errorf("%w: %w", bus.ErrPoison, err)
			}
			if f.Office != e.Office || f.CaseID != e.Subject {
				return fmt.Errorf("%w: the facts of %s are about %s of %s", bus.ErrPoison, e.Subject, f.CaseID, f.Office)
			}
			err := x.Take(ctx, e.Version, f)
			if errors.Is(err, errForeignOffice) {
				return fmt.Errorf("%w: %w", bus.ErrPoison, err)
			}
			return err
		},
	}
}

// Text finds a case of the office; docstore.ErrNotFound also for another office's.
func (x *Index) Text(ctx context.Context, office, id string) (*Text, error) {
	doc, err := x.texts.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if doc.Value.Office != office {
		return nil, fmt.Errorf("case %s: %w", id, docstore.ErrNotFound)
	}
	return doc.Value, nil
}

// Found is a text that is like another.
type Found struct {
	*Text
	Likeness      similar.Likeness
	Verdict       similar.Verdict
	SameApplicant bool
	Earlier       bool
}

// Signals reports whether it is a sign of a repeat: the same applicant asked for the same
// before, and did not take it back.
func (f Found) Signals() bool {
	return f.SameApplicant && f.Earlier && !f.Withdrawn && (f.Verdict == similar.Repeat || f.Verdict == similar.NearRepeat)
}

// Like finds the texts that are like this one at the threshold: those that signal a repeat
// first, then the applicant's own, then by likeness.
func (x *Index) Like(ctx context.Context, t *Text, threshold float64) ([]Found, error) {
	if t.Sketch == nil {
		return nil, nil
	}
	sig, err := t.Sketch.Decode()
	if err != nil { // made by another method: nothing is comparable until facts are restated
		return nil, nil //nolint:nilerr // said above
	}
	met, err := x.candidates(ctx, t, &sig)
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, o := range met {
		if f, ok := hold(t, &sig, o, threshold); ok {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Found) int {
		return cmp.Or(
			-compareBool(a.Signals(), b.Signals()), -compareBool(a.SameApplicant, b.SameApplicant),
			-compareBool(a.Likeness.Same, b.Likeness.Same), cmp.Compare(len(a.Likeness.Differs), len(b.Likeness.Differs)),
			-cmp.Compare(a.Likeness.Similarity(), b.Likeness.Similarity()), -cmp.Compare(a.On, b.On), cmp.Compare(a.CaseID, b.CaseID),
		)
	})
	return out[:min(len(out), maxFound)], nil
}

// hold compares two texts; false when they are not alike or belong together.
func hold(t *Text, sig *similar.Signature, o *Text, threshold float64) (Found, bool) {
	if o.Sketch == nil || t.related(o) {
		return Found{}, false
	}
	theirs, err := o.Sketch.Decode()
	if err != nil {
		return Found{}, false
	}
	l := similar.Compare(*t.Sketch, *o.Sketch, sig, &theirs)
	v := l.Verdict(threshold)
	return Found{Text: o, Likeness: l, Verdict: v, SameApplicant: t.shares(o), Earlier: o.before(t)}, v != similar.Unlike
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
