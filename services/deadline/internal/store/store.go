// Package store declares the collections of the deadline service: what is kept, by
// which indexes it is found, and which facts its events carry.
package store

import (
	"context"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/deadline/internal/domain"
)

// The indexes of sheets. Those that people query begin with the office; the last
// three are the service's own.
const (
	ByState    = "by_state"    // office, state, due_on
	ByAssignee = "by_assignee" // office, assignee, state, due_on
	ByChange   = "by_change"   // office, change: moved by that calendar version
	ByOpen     = "by_open"     // open sheets of an office
	ByAlarm    = "by_alarm"    // the day of the next alarm
	ByCase     = "by_case"     // proceedings of a case
)

// The indexes of alarms. All begin with the office.
const (
	AlarmsByState    = "by_state"    // office, state, raised_at
	AlarmsByHead     = "by_head"     // office, state, raised_at: those for the head
	AlarmsByAssignee = "by_assignee" // office, assignee, state, raised_at
	AlarmsBySubject  = "by_subject"  // office, subject, raised_at
)

// The states of alarms in their indexes.
const (
	AlarmOpen    = "open"
	AlarmSettled = "settled"
)

// ByPending finds years and policies that open sheets still have to follow.
const ByPending = "by_pending"

// ByOwner finds the calendar feeds of an office.
const ByOwner = "by_owner"

// Pending is the value under which ByPending holds what is pending, and OpenSheet
// that under which ByOpen begins.
const (
	Pending   = "pending"
	OpenSheet = "open"
)

// Store is the service's data.
type Store struct {
	Cases       *docstore.Repo[domain.Sheet]
	Proceedings *docstore.Repo[domain.Sheet]
	Alarms      *docstore.Repo[domain.Alarm]
	Years       *docstore.Repo[domain.Year]
	Policies    *docstore.Repo[domain.OfficePolicy]
	Feeds       *docstore.Repo[domain.Feed]
}

// Open declares every collection. poke is told after writes that raised events.
func Open(ctx context.Context, engine docstore.Store, now func() time.Time, poke func()) (*Store, error) {
	var s Store
	var err error
	if s.Cases, err = docstore.Open(ctx, engine, now, sheets("cases", contract.DeadlineRestated, poke)); err != nil {
		return nil, err
	}
	if s.Proceedings, err = docstore.Open(ctx, engine, now, sheets("proceedings", contract.ProceedingDueRestated, poke)); err != nil {
		return nil, err
	}
	if s.Alarms, err = docstore.Open(ctx, engine, now, alarms()); err != nil {
		return nil, err
	}
	if s.Years, err = docstore.Open(ctx, engine, now, years(poke)); err != nil {
		return nil, err
	}
	if s.Policies, err = docstore.Open(ctx, engine, now, policies()); err != nil {
		return nil, err
	}
	if s.Feeds, err = docstore.Open(ctx, engine, now, feeds()); err != nil {
		return nil, err
	}
	return &s, nil
}

// Sheets are the collections that hold sheets.
func (s *Store) Sheets() []*docstore.Repo[domain.Sheet] {
	return []*docstore.Repo[domain.Sheet]{s.Cases, s.Proceedings}
}

// Outboxes are the collections that raise events.
func (s *Store) Outboxes() []docstore.Outbox {
	return []docstore.Outbox{s.Cases, s.Proceedings, s.Years}
}

func text(name string) docstore.Field   { return docstore.Field{Name: name, Kind: docstore.String} }
func number(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.Int} }
func several(name string) docstore.Field {
	return docstore.Field{Name: name, Kind: docstore.String, Multi: true}
}

func sheets(name, snapshot string, poke func()) docstore.Spec[domain.Sheet] {
	entry := func(name string, key func(*domain.Sheet) docstore.Key, fields ...docstore.Field) docstore.Entry[domain.Sheet] {
		return docstore.Entry[domain.Sheet]{Index: docstore.Index{Name: name, Fields: fields}, Key: key}
	}
	return docstore.Spec[domain.Sheet]{
		Name: name, Snapshot: snapshot, Outbox: poke,
		Hides: func(ctx context.Context, s *domain.Sheet) bool { return identity.Barred(ctx, s.RestrictedTo) },
		Facts: func(s *domain.Sheet) (string, any) { return s.Office, s.DeadlineFacts() },
		Indexes: []docstore.Entry[domain.Sheet]{
			entry(ByState, func(s *domain.Sheet) docstore.Key {
				if !s.Computed {
					return nil
				}
				return docstore.Key{s.Office, string(s.Result.State), int64(s.DueOn())}
			}, text("office"), text("state"), number("due_on")),
			entry(ByAssignee, func(s *domain.Sheet) docstore.Key {
				if !s.Computed || s.Assignee == "" {
					return nil
				}
				return docstore.Key{s.Office, s.Assignee, string(s.Result.State), int64(s.DueOn())}
			}, text("office"), text("assignee"), text("state"), number("due_on")),
			entry(ByChange, func(s *domain.Sheet) docstore.Key {
				changes := changesOf(s)
				if len(changes) == 0 {
					return nil
				}
				return docstore.Key{s.Office, changes}
			}, text("office"), several("change")),
			entry(ByOpen, func(s *domain.Sheet) docstore.Key {
				if !s.Open() {
					return nil
				}
				return docstore.Key{OpenSheet, s.Office}
			}, text("open"), text("office")),
			entry(ByAlarm, func(s *domain.Sheet) docstore.Key {
				if s.NextAlarmOn == 0 {
					return nil
				}
				return docstore.Key{int64(s.NextAlarmOn)}
			}, number("next_alarm_on")),
			entry(ByCase, func(s *domain.Sheet) docstore.Key {
				if s.Of != domain.OfProceeding || s.CaseID == "" {
					return nil
				}
				return docstore.Key{s.CaseID}
			}, text("case_id")),
		},
	}
}

func changesOf(s *domain.Sheet) []string {
	var changes []string
	seen := map[string]bool{}
	for _, m := range s.Moves {
		if !seen[m.Change] {
			seen[m.Change] = true
			changes = append(changes, m.Change)
		}
	}
	return changes
}

func alarms() docstore.Spec[domain.Alarm] {
	state := func(a *domain.Alarm) string {
		if a.SettledOn != 0 {
			return AlarmSettled
		}
		return AlarmOpen
	}
	entry := func(name string, key func(*domain.Alarm) docstore.Key, fields ...docstore.Field) docstore.Entry[domain.Alarm] {
		return docstore.Entry[domain.Alarm]{Index: docstore.Index{Name: name, Fields: fields}, Key: key}
	}
	return docstore.Spec[domain.Alarm]{
		Name: "alarms",
		Indexes: []docstore.Entry[domain.Alarm]{
			entry(AlarmsByState, func(a *domain.Alarm) docstore.Key {
				return docstore.Key{a.Office, state(a), a.RaisedAt.UnixMilli()}
			}, text("office"), text("state"), number("raised_at")),
			entry(AlarmsByHead, func(a *domain.Alarm) docstore.Key {
				if !a.Escalated {
					return nil
				}
				return docstore.Key{a.Office, state(a), a.RaisedAt.UnixMilli()}
			}, text("office"), text("state"), number("raised_at")),
			entry(AlarmsByAssignee, func(a *domain.Alarm) docstore.Key {
				if a.Assignee == "" {
					return nil
				}
				return docstore.Key{a.Office, a.Assignee, state(a), a.RaisedAt.UnixMilli()}
			}, text("office"), text("assignee"), text("state"), number("raised_at")),
			entry(AlarmsBySubject, func(a *domain.Alarm) docstore.Key {
				return docstore.Key{a.Office, a.SubjectID, a.RaisedAt.UnixMilli()}
			}, text("office"), text("subject"), number("raised_at")),
		},
	}
}

func years(poke func()) docstore.Spec[domain.Year] {
	return docstore.Spec[domain.Year]{
		Name: "calendar_years", Snapshot: contract.CalendarRestated, Outbox: poke,
		Facts: func(y *domain.Year) (string, any) { return contract.AllOffices, y.Facts() },
		Indexes: []docstore.Entry[domain.Year]{{
			Index: docstore.Index{Name: ByPending, Fields: []docstore.Field{text("pending")}},
			Key: func(y *domain.Year) docstore.Key {
				if y.PendingSince.IsZero() {
					return nil
				}
				return docstore.Key{Pending}
			},
		}},
	}
}

func policies() docstore.Spec[domain.OfficePolicy] {
	return docstore.Spec[domain.OfficePolicy]{
		Name: "policies",
		Indexes: []docstore.Entry[domain.OfficePolicy]{{
			Index: docstore.Index{Name: ByPending, Fields: []docstore.Field{text("pending")}},
			Key: func(p *domain.OfficePolicy) docstore.Key {
				if p.PendingSince.IsZero() {
					return nil
				}
				return docstore.Key{Pending}
			},
		}},
	}
}

func feeds() docstore.Spec[domain.Feed] {
	return docstore.Spec[domain.Feed]{
		Name: "feeds",
		Indexes: []docstore.Entry[domain.Feed]{{
			Index: docstore.Index{Name: ByOwner, Fields: []docstore.Field{text("office"), text("owner")}},
			Key:   func(f *domain.Feed) docstore.Key { return docstore.Key{f.Office, f.Owner} },
		}},
	}
}
