package docstoretest

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
)

// isGivenUp tells the errors of a caller who did not wait for the answer.
func isGivenUp(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, docstore.ErrUnavailable)
}

// kept is a document of the model, which is as simple as the port's words.
type kept struct {
	card   card
	rev    int64
	once   []string
	events []string
}

type reference map[string]*kept

// takenBy is the id of another document with this office and number.
func (m reference) takenBy(id string, c card) bool {
	for other, k := range m {
		if other != id && c.Number != "" && k.card.Number == c.Number && k.card.Office == c.Office {
			return true
		}
	}
	return false
}

func (m reference) insert(id string, c card, once string, events []string) error {
	if m[id] != nil {
		return docstore.ErrExists
	}
	if m.takenBy(id, c) {
		return docstore.ErrUnique
	}
	m[id] = &kept{card: c, rev: 1, events: events}
	m[id].apply(once)
	return nil
}

func (k *kept) apply(once string) {
	if once != "" {
		k.once = append(k.once, once)
	}
}

func (m reference) replace(id string, c card, ifRev int64, once string, events []string) error {
	k := m[id]
	switch {
	case k == nil:
		return docstore.ErrNotFound
	case k.rev != ifRev:
		return docstore.ErrConflict
	case m.takenBy(id, c):
		return docstore.ErrUnique
	}
	k.card, k.rev, k.events = c, k.rev+1, append(k.events, events...)
	k.apply(once)
	return nil
}

// find is the query by looking at everything.
func (m reference) find(q docstore.Query) []string {
	type hit struct {
		id   string
		rest []any
	}
	var hits []hit
	for id, k := range m {
		key := keyOf(q.Index, &k.card)
		if key == nil || !matches(key, q.Eq) {
			continue
		}
		rest := key[len(q.Eq):]
		if (q.From != nil && before(rest[0], q.From)) || (q.To != nil && !before(rest[0], q.To)) {
			continue
		}
		hits = append(hits, hit{id, rest})
	}
	sort.Slice(hits, func(i, j int) bool {
		a, b := hits[i], hits[j]
		if q.Desc {
			a, b = b, a
		}
		for f := range a.rest {
			if a.rest[f] != b.rest[f] {
				return before(a.rest[f], b.rest[f])
			}
		}
		return a.id < b.id
	})
	var ids []string
	for _, h := range hits {
		ids = append(ids, h.id)
	}
	return ids
}

// count is the grouped count by looking at everything.
func (m reference) count(q docstore.CountQuery) map[string]int64 {
	out := map[string]int64{}
	if q.GroupBy == 0 {
		out["[]"] = 0
	}
	for _, id := range m.find(docstore.Query{Index: q.Index, Eq: q.Eq, From: q.From, To: q.To}) {
		key := keyOf(q.Index, &m[id].card)
		out[fmt.Sprint(append([]any{}, key[len(q.Eq):len(q.Eq)+q.GroupBy]...))]++
	}
	return out
}

func keyOf(index string, c *card) docstore.Key {
	for _, e := range cardIndexes() {
		if e.Name == index {
			return e.Key(c)
		}
	}
	return nil
}

func matches(key docstore.Key, eq []any) bool {
	for i, v := range eq {
		switch v := v.(type) {
		case docstore.All:
			for _, want := range v {
				if !holds(key[i], want) {
					return false
				}
			}
		case string:
			if !holds(key[i], v) {
				return false
			}
		default:
			if key[i] != v {
				return false
			}
		}
	}
	return true
}

func holds(value any, want string) bool {
	if many, ok := value.([]string); ok {
		for _, v := range many {
			if v == want {
				return true
			}
		}
		return false
	}
	return value == want
}

func before(a, b any) bool {
	switch a := a.(type) {
	case string:
		return a < b.(string) //nolint:forcetypeassert // one field, one kind
	case int64:
		return a < b.(int64) //nolint:forcetypeassert // one field, one kind
	}
	return false
}

// world keeps the rounds of the model apart in one collection: its suffix is part
// of every id and office.
type world string

var (
	someID     = rapid.SampledFrom([]string{"a", "b", "c", "汉", "e", "f", "g"})
	someOffice = rapid.SampledFrom([]string{"o", "p"})
	someStatus = rapid.SampledFrom([]string{"", "closed", "open", "已结", "\U00020bb7", "\uffee"})
	someNumber = rapid.SampledFrom([]string{"", "", "", "1", "2", "3"})
	someDue    = rapid.SampledFrom([]int64{-1 << 63, -1, 0, 1, 2, 1<<53 + 1, 1<<63 - 1})
	someWords  = rapid.SliceOfN(rapid.SampledFrom([]string{"信息", "公开", "申请", ""}), 0, 4)
)

func (w world) id(t *rapid.T) string { return someID.Draw(t, "id") + string(w) }

func (w world) office(t *rapid.T) string { return someOffice.Draw(t, "office") + string(w) }

func (w world) card(t *rapid.T) card {
	return card{
		Office: w.office(t), Status: someStatus.Draw(t, "status"), Number: someNumber.Draw(t, "number"),
		Due: someDue.Draw(t, "due"), Words: someWords.Draw(t, "words"),
	}
}

// query draws one that is declared.
func (w world) query(t *rapid.T) docstore.Query {
	q := docstore.Query{
		Index: rapid.SampledFrom([]string{byDue, byStatus, byNumber, byWord}).Draw(t, "index"),
		Desc:  rapid.Bool().Draw(t, "desc"), Limit: rapid.IntRange(1, 4).Draw(t, "limit"),
	}
	var ix docstore.Index
	for _, e := range cardIndexes() {
		if e.Name == q.Index {
			ix = e.Index
		}
	}
	least := 1
	if q.Index == byWord {
		least = 2
	}
	for _, f := range ix.Fields[:rapid.IntRange(least, len(ix.Fields)).Draw(t, "fixed")] {
		if f.Multi && rapid.Bool().Draw(t, "all") {
			q.Eq = append(q.Eq, docstore.All(rapid.SliceOfN(rapid.SampledFrom([]string{"信息", "公开", "申请", "x"}), 1, 3).Draw(t, "words")))
			continue
		}
		q.Eq = append(q.Eq, w.value(t, f))
	}
	if len(q.Eq) < len(ix.Fields) {
		if rapid.Bool().Draw(t, "from?") {
			q.From = w.value(t, ix.Fields[len(q.Eq)])
		}
		if rapid.Bool().Draw(t, "to?") {
			q.To = w.value(t, ix.Fields[len(q.Eq)])
		}
	}
	return q
}

func (w world) value(t *rapid.T, f docstore.Field) any {
	switch f.Name {
	case "office":
		return w.office(t)
	case "due":
		return someDue.Draw(t, "due")
	case "word":
		return rapid.SampledFrom([]string{"信息", "公开", ""}).Draw(t, "word")
	case "number":
		return someNumber.Draw(t, "number")
	}
	return someStatus.Draw(t, "status")
}

// model runs random operations on the engine and on the reference, and compares
// what both say and what both hold.
func model(t *testing.T, h Harness) {
	s := open(t, h)
	ctx := t.Context()
	coll, err := s.Collection(ctx, rawSpec("cards"))
	require.NoError(t, err)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		in := world(fmt.Sprint("-", round))
		m, made := reference{}, 0
		events := func(id string) ([]event.Event, []string) {
			var evs []event.Event
			var ids []string
			for range rapid.IntRange(0, 2).Draw(t, "events") {
				made++
				evs = append(evs, newEvent(id, made))
				ids = append(ids, evs[len(evs)-1].ID)
			}
			return evs, ids
		}
		draw := func(id string) (docstore.Write, card, []string) {
			c := in.card(t)
			evs, ids := events(id)
			w := write(t, id, c, evs...)
			w.Once = rapid.SampledFrom([]string{"", "k1", "k2"}).Draw(t, "once")
			return w, c, ids
		}
		t.Repeat(map[string]func(*rapid.T){
			"insert": func(t *rapid.T) {
				id := in.id(t)
				w, c, evs := draw(id)
				same(t, m.insert(id, c, w.Once, evs), coll.Insert(ctx, w))
			},
			"replace": func(t *rapid.T) {
				id := in.id(t)
				w, c, evs := draw(id)
				rev := rapid.Int64Range(0, 3).Draw(t, "rev")
				if k := m[id]; k != nil && rapid.IntRange(0, 3).Draw(t, "right") > 0 {
					rev = k.rev
				}
				same(t, m.replace(id, c, rev, w.Once, evs), coll.Replace(ctx, w, rev))
			},
			"published": func(t *rapid.T) {
				id := in.id(t)
				k := m[id]
				if k == nil || len(k.events) == 0 {
					require.NoError(t, coll.Published(ctx, id, []string{"none"}))
					return
				}
				n := rapid.IntRange(1, len(k.events)).Draw(t, "n")
				require.NoError(t, coll.Published(ctx, id, k.events[:n]))
				k.events = k.events[n:]
			},
			"enqueue": func(t *rapid.T) {
				id := in.id(t)
				evs, ids := events(id)
				err := coll.Enqueue(ctx, id, evs)
				if m[id] == nil {
					require.ErrorIs(t, err, docstore.ErrNotFound)
					return
				}
				require.NoError(t, err)
				m[id].events = append(m[id].events, ids...)
			},
			"rekey": func(t *rapid.T) {
				id := in.id(t)
				if k := m[id]; k != nil {
					require.NoError(t, coll.Rekey(ctx, id, write(t, id, k.card).Keys, k.rev))
				}
			},
			"get": func(t *rapid.T) {
				id := in.id(t)
				rec, err := coll.Get(ctx, id)
				k := m[id]
				if k == nil {
					require.ErrorIs(t, err, docstore.ErrNotFound)
					return
				}
				require.NoError(t, err)
				require.Equal(t, k.rev, rec.Rev)
				require.Equal(t, canonical(t, string(write(t, id, k.card).Body)), canonical(t, string(rec.Body)))
				require.Equal(t, append([]string{}, k.once...), append([]string{}, rec.Applied...))
			},
			"find": func(t *rapid.T) {
				q := in.query(t)
				want := m.find(q)
				var got []string
				for {
					page, err := coll.Find(ctx, q)
					require.NoError(t, err)
					for _, rec := range page.Records {
						got = append(got, rec.ID)
					}
					if q.After = page.Next; q.After == "" {
						break
					}
				}
				require.Equal(t, want, got)
			},
			"count": func(t *rapid.T) {
				f := in.query(t)
				q := docstore.CountQuery{Index: f.Index, Eq: f.Eq, From: f.From, To: f.To}
				for _, e := range cardIndexes() {
					if e.Name == q.Index {
						q.GroupBy = rapid.IntRange(0, len(e.Fields)-len(q.Eq)).Draw(t, "group by")
					}
				}
				groups, err := coll.Count(ctx, q)
				require.NoError(t, err)
				got := map[string]int64{}
				for _, g := range groups {
					got[fmt.Sprint(append([]any{}, g.Values...))] += g.Count
				}
				require.Equal(t, m.count(q), got)
				require.Len(t, groups, len(got))
			},
			"": func(t *rapid.T) {
				want := map[string][]string{}
				for id, k := range m {
					if len(k.events) > 0 {
						want[id] = k.events
					}
				}
				pending, err := coll.Pending(ctx, docstore.MaxPage)
				require.NoError(t, err)
				got := map[string][]string{}
				for _, p := range pending {
					if strings.HasSuffix(p.ID, string(in)) { // not of a round that failed
						got[p.ID] = eventIDs([]docstore.Pending{p})
					}
				}
				require.Equal(t, want, got)
			},
		})
		for id, k := range m {
			require.NoError(t, coll.Published(ctx, id, k.events))
		}
	})
}

// same compares verdicts by their kind.
func same(t *rapid.T, want, got error) {
	if want == nil {
		require.NoError(t, got)
		return
	}
	require.ErrorIs(t, got, want)
}
