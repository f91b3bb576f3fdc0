package audit

import (
	"context"
	"slices"
	"time"

	"zhiqing.dev/pkg/docstore"
)

// Search says which entries of an office are asked for. Actor and Subject exclude
// each other.
type Search struct {
	Office   string
	Actor    string    // staff id
	Subject  string    // id of a case, a proceeding, …
	From, To time.Time // zero: open; To is excluded
}

// blockSpan is more than the time that passes between the first and the last entry
// of a block.
const blockSpan = time.Hour

func (s Search) matches(e Entry) bool {
	at, err := time.Parse(timeLayout, e.At)
	switch {
	case err != nil:
		return true // a broken entry is shown, not hidden
	case s.Actor != "" && e.Actor != s.Actor,
		s.Subject != "" && !slices.Contains(e.Subject, s.Subject),
		!s.From.IsZero() && at.Before(s.From),
		!s.To.IsZero() && !at.Before(s.To):
		return false
	}
	return true
}

// Find returns a page of entries, newest first: at least limit where there are so
// many, and never part of a block.
func (t *Trail) Find(ctx context.Context, s Search, limit int, cursor string) (entries []Entry, next string, err error) {
	q := docstore.Query{Index: byTime, Eq: []any{s.Office}, Desc: true, Limit: 1, After: cursor}
	switch {
	case s.Actor != "":
		q.Index, q.Eq = byActor, []any{s.Office, docstore.All{s.Actor}}
	case s.Subject != "":
		q.Index, q.Eq = bySubject, []any{s.Office, docstore.All{s.Subject}}
	}
	if !s.From.IsZero() {
		q.From = s.From.UnixMilli()
	}
	if !s.To.IsZero() {
		q.To = s.To.Add(blockSpan).UnixMilli()
	}
	// A block found by time is full of what is asked for; one found by an id may hold
	// a single entry of it.
	q.Limit = 1 + limit/mostEntries
	if q.Index != byTime {
		q.Limit = max(1, limit/4)
	}
	for {
		docs, after, err := t.blocks.Find(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for _, d := range docs {
			for _, e := range slices.Backward(d.Value.Entries) {
				if s.matches(e) {
					entries = append(entries, e)
				}
			}
		}
		if after == "" || len(entries) >= limit {
			return entries, after, nil
		}
		q.After = after
	}
}
