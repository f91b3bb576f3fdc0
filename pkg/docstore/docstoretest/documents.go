package docstoretest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

// bodies are documents that an engine which converts them could get wrong.
var bodies = map[string]string{
	"empty":          `{}`,
	"null":           `{"a":null,"b":[null]}`,
	"booleans":       `{"t":true,"f":false}`,
	"int64":          fmt.Sprintf(`{"max":%d,"min":%d,"beyond":9007199254740993,"zero":0,"neg":-1,"small":2147483648}`, math.MaxInt64, math.MinInt64),
	"floats":         `{"a":0.1,"b":-1.5,"c":1e-7,"d":1.7976931348623157e+308,"e":5e-324,"f":123456789.125}`,
	"large integers": `{"u64":18446744073709551615,"more":100000000000000000000}`,
	"decimals":       `{"a":12345678901234567890.12,"b":0.1234567890123456789}`,
	"text":           `{"cjk":"政府信息公开申请","rare":"𠮷野家","emoji":"🧾","quote":"\"\\/","control":"\n\t\u0001","html":"\u003ca\u003e","empty":""}`,
	"zero byte":      `{"a":"x\u0000y"}`,
	"nested":         `{"a":{"b":{"c":[1,[2,{"d":[]}],{}]}},"e":[]}`,
	"operators":      `{"$date":"2026-01-01","$oid":"1","$set":{"$inc":{"a.b":1}},"a.b":{"c.d":2},"$ref":"x","$id":1}`,
	"extended":       `{"n":{"$numberLong":"5"},"d":{"$date":{"$numberLong":"0"}},"b":{"$binary":{"base64":"","subType":"00"}}}`,
	"odd names":      `{"":1," ":2,"政府":3,"_id":"mine","id":"other","rev":9}`,
	"order of names": `{"z":1,"a":2,"m":3}`,
}

func roundTrip(t *testing.T, h Harness) {
	coll, err := open(t, h).Collection(t.Context(), docstore.CollectionSpec{Name: "bodies"})
	require.NoError(t, err)
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, coll.Insert(t.Context(), docstore.Write{ID: "i-" + name, Body: []byte(body)}))
			requireBody(t, coll, "i-"+name, 1, body)
			require.NoError(t, coll.Insert(t.Context(), docstore.Write{ID: "r-" + name, Body: []byte(`{"old":1}`)}))
			require.NoError(t, coll.Replace(t.Context(), docstore.Write{ID: "r-" + name, Body: []byte(body)}, 1))
			requireBody(t, coll, "r-"+name, 2, body)
		})
	}
	t.Run("large", func(t *testing.T) {
		long := make([]string, 20_000)
		for i := range long {
			long[i] = fmt.Sprintf("第%d行：依申请公开", i)
		}
		body, err := json.Marshal(map[string]any{"lines": long})
		require.NoError(t, err)
		require.NoError(t, coll.Insert(t.Context(), docstore.Write{ID: "large", Body: body}))
		requireBody(t, coll, "large", 1, string(body))
	})
	t.Run("ids", func(t *testing.T) {
		for _, id := range []string{"汉字", "with space", "a/b", "$set", "a.b", "'; DROP TABLE x; --"} {
			require.NoError(t, coll.Insert(t.Context(), docstore.Write{ID: id, Body: []byte(`{}`)}))
			requireBody(t, coll, id, 1, `{}`)
		}
	})
}

// requireBody compares exactly: every number by its digits, every name in its order.
func requireBody(t *testing.T, coll docstore.Collection, id string, rev int64, body string) {
	t.Helper()
	rec, err := coll.Get(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, id, rec.ID)
	require.Equal(t, rev, rec.Rev)
	require.Equal(t, canonical(t, body), canonical(t, string(rec.Body)))
}

func identity(t *testing.T, h Harness) {
	coll, err := open(t, h).Collection(t.Context(), rawSpec("cards"))
	require.NoError(t, err)
	ctx := t.Context()

	_, err = coll.Get(ctx, "a")
	require.ErrorIs(t, err, docstore.ErrNotFound)
	require.ErrorIs(t, coll.Replace(ctx, write(t, "a", card{Office: "o"}), 1), docstore.ErrNotFound)
	require.NoError(t, coll.Insert(ctx, write(t, "a", card{Office: "o", Number: "1"}, newEvent("a", 1))))
	require.ErrorIs(t, coll.Insert(ctx, write(t, "a", card{Office: "o", Number: "2"}, newEvent("a", 2))), docstore.ErrExists)
	require.ErrorIs(t, coll.Insert(ctx, write(t, "a", card{Office: "o", Number: "1"}, newEvent("a", 2))), docstore.ErrExists,
		"the same document again is a taken id, not a violated index")

	require.NoError(t, coll.Replace(ctx, write(t, "a", card{Office: "o", Status: "two"}, newEvent("a", 2)), 1))
	for _, stale := range []int64{1, 0, 3, -1} {
		err := coll.Replace(ctx, write(t, "a", card{Office: "o", Status: "stale"}, newEvent("a", 3)), stale)
		require.ErrorIs(t, err, docstore.ErrConflict, "revision %d", stale)
	}
	requireBody(t, coll, "a", 2, `{"office":"o","status":"two"}`)
	pending, err := coll.Pending(ctx, 10)
	require.NoError(t, err)
	require.Equal(t, []string{"a-1", "a-2"}, eventIDs(pending), "refused writes raise nothing")
}

func unique(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	ctx := t.Context()
	insert(t, repo, "a", card{Office: "o", Number: "1"})
	insert(t, repo, "b", card{Office: "o", Number: "2"})
	insert(t, repo, "c", card{Office: "p", Number: "1"}) // another office
	insert(t, repo, "d", card{Office: "o"})
	insert(t, repo, "e", card{Office: "o"}) // no entry, so no conflict

	violated := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, docstore.ErrUnique)
		var which *docstore.UniqueError
		require.ErrorAs(t, err, &which)
		require.Equal(t, byNumber, which.Index)
	}
	taken := card{Office: "o", Number: "1"}
	taken.Raise(made)
	_, _, err := repo.Insert(ctx, "f", &taken)
	violated(err)
	_, err = repo.Get(ctx, "f")
	require.ErrorIs(t, err, docstore.ErrNotFound)
	_, err = repo.Update(ctx, "b", func(c *card) error { c.Number, c.Status = "1", "x"; c.Raise(changed); return nil })
	violated(err)
	doc, err := repo.Get(ctx, "b")
	require.NoError(t, err)
	require.Equal(t, card{Office: "o", Number: "2"}, *doc.Value)
	pending, err := repo.Pending(ctx, 10)
	require.NoError(t, err)
	require.Empty(t, pending)

	// A key that was given up can be taken, and kept through other changes.
	_, err = repo.Update(ctx, "a", func(c *card) error { c.Number = "9"; return nil })
	require.NoError(t, err)
	_, err = repo.Update(ctx, "b", func(c *card) error { c.Number = "1"; return nil })
	require.NoError(t, err)
	_, err = repo.Update(ctx, "b", func(c *card) error { c.Status = "kept"; return nil })
	require.NoError(t, err)
	_, err = repo.Update(ctx, "b", func(c *card) error { c.Number = ""; return nil })
	require.NoError(t, err)
	insert(t, repo, "f", card{Office: "o", Number: "1"})
	require.Equal(t, []string{"f", "a"}, walk(t, ctx, repo, docstore.Query{Index: byNumber, Eq: []any{"o"}, Limit: 1}))
}

func uniqueRace(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	const fighters = 32
	for round := range 5 {
		number := fmt.Sprint(round)
		errs := together(fighters, func(i int) error {
			id := fmt.Sprintf("%d-%d", round, i)
			_, _, err := repo.Insert(t.Context(), id, &card{Office: "o", Number: number})
			return err
		})
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.ErrorIs(t, err, docstore.ErrUnique)
		}
		require.Equal(t, 1, won)
		require.Len(t, walk(t, t.Context(), repo, docstore.Query{Index: byNumber, Eq: []any{"o", number}, Limit: 10}), 1)
	}
	all := walk(t, t.Context(), repo, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 100})
	require.Len(t, all, 5, "the others left nothing behind")
}

func reopen(t *testing.T, h Harness) {
	s, err := h.Open(t.Context())
	require.NoError(t, err)
	repo := cards(t, s)
	for i := range 20 {
		c := card{Office: "o", Number: fmt.Sprint(i), Due: int64(i % 3), Words: []string{"信息"}}
		c.Raise(made)
		_, _, err := repo.Insert(t.Context(), fmt.Sprintf("c%02d", i), &c, docstore.Once("k"), docstore.Fingerprint("p"))
		require.NoError(t, err)
	}
	q := docstore.Query{Index: byWord, Eq: []any{"o", "信息"}, Limit: 7}
	before := walk(t, t.Context(), repo, q)
	_, next, err := repo.Find(t.Context(), q)
	require.NoError(t, err)
	require.NoError(t, s.Close())

	repo = cards(t, open(t, h))
	require.Equal(t, before, walk(t, t.Context(), repo, q))
	q.After = next
	require.Equal(t, before[7:], walk(t, t.Context(), repo, q), "a cursor outlives the process")
	pending, err := repo.Pending(t.Context(), 100)
	require.NoError(t, err)
	require.Len(t, pending, 20)
	_, replayed, err := repo.Insert(t.Context(), "c05", &card{Office: "o", Number: "5"}, docstore.Once("k"), docstore.Fingerprint("p"))
	require.NoError(t, err)
	require.True(t, replayed)
	_, _, err = repo.Insert(t.Context(), "new", &card{Office: "o", Number: "5"})
	require.ErrorIs(t, err, docstore.ErrUnique)
}

func closed(t *testing.T, h Harness) {
	s, err := h.Open(t.Context())
	require.NoError(t, err)
	repo := cards(t, s)
	require.NoError(t, s.Healthy(t.Context()))
	// Writers that are under way when the store closes are either whole or refused.
	var mu sync.Mutex
	acked := map[string]bool{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		together(8, func(w int) error {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d", w, i)
				if _, _, err := repo.Insert(t.Context(), id, &card{Office: "o"}); err != nil {
					return err
				}
				mu.Lock()
				acked[id] = true
				mu.Unlock()
			}
		})
	}()
	for mine := 0; mine < 20; mine++ {
		insert(t, repo, fmt.Sprint("mine", mine), card{Office: "o"})
	}
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "closing twice is harmless")
	<-done
	require.Error(t, s.Healthy(t.Context()))
	_, err = repo.Get(t.Context(), "mine0")
	require.ErrorIs(t, err, docstore.ErrUnavailable)
	_, _, err = repo.Insert(t.Context(), "late", &card{Office: "o"})
	require.ErrorIs(t, err, docstore.ErrUnavailable)

	repo = cards(t, open(t, h))
	for id := range acked {
		_, err := repo.Get(t.Context(), id)
		require.NoError(t, err, "acknowledged before Close")
	}
}

func damage(t *testing.T, h Harness) {
	if h.Damage == nil {
		return // the engine's own pages carry checksums
	}
	s := open(t, h)
	repo := cards(t, s)
	insert(t, repo, "good", card{Office: "o"})
	insert(t, repo, "bad", card{Office: "o"})
	h.Damage(t, "cards", "bad")
	_, err := repo.Get(t.Context(), "bad")
	require.ErrorIs(t, err, docstore.ErrDamaged)
	_, _, err = repo.Find(t.Context(), docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 5})
	require.ErrorIs(t, err, docstore.ErrDamaged)
	_, err = repo.Update(t.Context(), "bad", func(c *card) error { c.Due++; return nil })
	require.ErrorIs(t, err, docstore.ErrDamaged)
	_, err = repo.Get(t.Context(), "good")
	require.NoError(t, err)
}

// together runs fn n times at once and returns what each said.
func together(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			errs[i] = fn(i)
		})
	}
	close(begin)
	wg.Wait()
	return errs
}

func noErrors(t *testing.T, errs []error) {
	t.Helper()
	require.NoError(t, errors.Join(errs...))
}
