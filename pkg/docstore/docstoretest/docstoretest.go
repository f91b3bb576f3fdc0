// Package docstoretest is the one conformance suite of docstore engines. What it
// holds is what services may rely on, whatever engine they run on.
package docstoretest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/wallclock"
)

// Harness is one empty place for data, and how to open it.
type Harness struct {
	// Open opens the place. After Close it is opened again with everything in it.
	Open func(ctx context.Context) (docstore.Store, error)
	// Damage changes a few bytes of a stored document behind the engine's back. Nil
	// when the engine's own storage has checksums.
	Damage func(t *testing.T, collection, id string)
}

// Run holds an engine to the port. start makes a new place for every test.
func Run(t *testing.T, start func(t *testing.T) Harness) {
	suites := []struct {
		name string
		run  func(t *testing.T, h Harness)
	}{
		{"round trip", roundTrip},
		{"identity and revision", identity},
		{"unique index", unique},
		{"one winner of a unique key", uniqueRace},
		{"writers lose nothing", writers},
		{"update", update},
		{"many at once", many},
		{"many beside writers", manyRace},
		{"once", once},
		{"once at the same time", onceRace},
		{"insert replay", insertReplay},
		{"applied keys are kept", appliedKept},
		{"find", find},
		{"pages", pages},
		{"pages under inserts", pagesUnderInserts},
		{"cursors", cursors},
		{"undeclared queries", undeclared},
		{"multi-valued fields", multi},
		{"counts", counts},
		{"each", each},
		{"outbox", outbox},
		{"outbox beside writers", outboxRace},
		{"unknown outcome", unknownOutcome},
		{"restate", restate},
		{"new index", newIndex},
		{"cancelled contexts", cancelled},
		{"sealed fields", sealedFields},
		{"sealed anew", resealed},
		{"sealed anew beside writers", resealRace},
		{"hidden documents", hidden},
		{"reopen", reopen},
		{"closed", closed},
		{"damage", damage},
		{"explain", explain},
		{"model", model},
	}
	for _, s := range suites {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t, start(t))
		})
	}
}

func open(t *testing.T, h Harness) docstore.Store {
	t.Helper()
	s, err := h.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// card is the document of the suite: a case as small as the queries need it.
type card struct {
	docstore.Raised `json:"-"`
	Office          string   `json:"office"`
	Number          string   `json:"number,omitempty"`
	Status          string   `json:"status,omitempty"`
	Due             int64    `json:"due,omitempty"`
	Words           []string `json:"words,omitempty"`
	Hits            []string `json:"hits,omitempty"`
}

// The indexes of the suite, one of every shape.
const (
	byDue    = "due"    // office, due
	byStatus = "status" // office, status, due
	byNumber = "number" // office, number; unique; absent without a number
	byWord   = "word"   // office, words (multi), due
	byOrder  = "order"  // due; one field, used without equality
)

func cardIndexes() []docstore.Entry[card] {
	office := docstore.Field{Name: "office", Kind: docstore.String}
	due := docstore.Field{Name: "due", Kind: docstore.Int}
	return []docstore.Entry[card]{
		{
			Index: docstore.Index{Name: byDue, Fields: []docstore.Field{office, due}},
			Key:   func(c *card) docstore.Key { return docstore.Key{c.Office, c.Due} },
		},
		{
			Index: docstore.Index{Name: byStatus, Fields: []docstore.Field{office, {Name: "status", Kind: docstore.String}, due}},
			Key:   func(c *card) docstore.Key { return docstore.Key{c.Office, c.Status, c.Due} },
		},
		{
			Index: docstore.Index{Name: byNumber, Unique: true, Fields: []docstore.Field{office, {Name: "number", Kind: docstore.String}}},
			Key: func(c *card) docstore.Key {
				if c.Number == "" {
					return nil
				}
				return docstore.Key{c.Office, c.Number}
			},
		},
		{
			Index: docstore.Index{Name: byWord, Fields: []docstore.Field{office, {Name: "word", Kind: docstore.String, Multi: true}, due}},
			Key:   func(c *card) docstore.Key { return docstore.Key{c.Office, c.Words, c.Due} },
		},
		{
			Index: docstore.Index{Name: byOrder, Fields: []docstore.Field{due}},
			Key:   func(c *card) docstore.Key { return docstore.Key{c.Due} },
		},
	}
}

// Event types of the suite.
const (
	made     = "suite.card.v1.made"
	changed  = "suite.card.v1.changed"
	restated = "suite.card.v1.restated"
)

var epoch = time.Date(2026, 11, 23, 1, 2, 3, int(456*time.Millisecond), time.UTC)

func cardSpec() docstore.Spec[card] {
	return docstore.Spec[card]{
		Name: "cards", Indexes: cardIndexes(), Snapshot: restated,
		Facts: func(c *card) (string, any) { return "gov", c },
	}
}

// cards opens the suite's collection with a clock that moves on with every event.
func cards(t *testing.T, s docstore.Store) *docstore.Repo[card] {
	t.Helper()
	clock := wallclock.NewFake(epoch)
	repo, err := docstore.Open(t.Context(), s, func() time.Time {
		clock.Advance(time.Millisecond)
		return clock.Now()
	}, cardSpec())
	require.NoError(t, err)
	return repo
}

// raw is the same declaration as an engine sees it.
func rawSpec(name string) docstore.CollectionSpec {
	spec := docstore.CollectionSpec{Name: name}
	for _, e := range cardIndexes() {
		spec.Indexes = append(spec.Indexes, e.Index)
	}
	return spec
}

// write is what the repository would hand to an engine for this card.
func write(t require.TestingT, id string, c card, events ...event.Event) docstore.Write {
	body, err := json.Marshal(c)
	require.NoError(t, err)
	w := docstore.Write{ID: id, Body: body, Keys: map[string]docstore.Key{}, Events: events}
	for _, e := range cardIndexes() {
		if k := e.Key(&c); k != nil {
			w.Keys[e.Name] = k
		}
	}
	return w
}

func newEvent(id string, n int) event.Event {
	return event.Event{
		ID: fmt.Sprintf("%s-%d", id, n), Type: changed, Office: "gov", Subject: id, Version: int64(n),
		Time: epoch.Add(time.Duration(n) * time.Second), Data: json.RawMessage(fmt.Sprintf(`{"n":%d,"名":"信息公开"}`, n)),
	}
}

func insert(t *testing.T, r *docstore.Repo[card], id string, c card) {
	t.Helper()
	_, replayed, err := r.Insert(t.Context(), id, &c)
	require.NoError(t, err)
	require.False(t, replayed)
}

// walk reads a query to its end, page by page, and returns the ids.
func walk[T any](t require.TestingT, ctx context.Context, r *docstore.Repo[T], q docstore.Query) []string { //nolint:revive // t first, as in require
	var ids []string
	for {
		docs, next, err := r.Find(ctx, q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(docs), q.Limit)
		for _, d := range docs {
			ids = append(ids, d.ID)
		}
		if next == "" {
			return ids
		}
		require.NotEmpty(t, docs, "a page with a next page holds something")
		q.After = next
	}
}
