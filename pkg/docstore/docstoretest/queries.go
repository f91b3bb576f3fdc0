package docstoretest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"sort"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

func find(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	ctx := t.Context()
	insert(t, repo, "e", card{Office: "o", Status: "open", Due: 5})
	insert(t, repo, "a", card{Office: "o", Status: "open", Due: 10})
	insert(t, repo, "c", card{Office: "o", Status: "closed", Due: 10})
	insert(t, repo, "b", card{Office: "o", Status: "open", Due: 10})
	insert(t, repo, "d", card{Office: "o", Status: "开放", Due: -3})
	insert(t, repo, "z", card{Office: "p", Status: "open", Due: 10})
	insert(t, repo, "y", card{Office: "o2", Status: "open", Due: 7})

	for _, tc := range []struct {
		name string
		q    docstore.Query
		want []string
	}{
		{"one field fixed", docstore.Query{Index: byDue, Eq: []any{"o"}}, []string{"d", "e", "a", "b", "c"}},
		{"backwards", docstore.Query{Index: byDue, Eq: []any{"o"}, Desc: true}, []string{"c", "b", "a", "e", "d"}},
		{"all fields fixed", docstore.Query{Index: byDue, Eq: []any{"o", int64(10)}}, []string{"a", "b", "c"}},
		{"all fixed, backwards", docstore.Query{Index: byDue, Eq: []any{"o", int64(10)}, Desc: true}, []string{"c", "b", "a"}},
		{"from", docstore.Query{Index: byDue, Eq: []any{"o"}, From: int64(5)}, []string{"e", "a", "b", "c"}},
		{"to leaves out its bound", docstore.Query{Index: byDue, Eq: []any{"o"}, To: int64(10)}, []string{"d", "e"}},
		{"from and to", docstore.Query{Index: byDue, Eq: []any{"o"}, From: int64(-3), To: int64(10)}, []string{"d", "e"}},
		{"from and to, backwards", docstore.Query{Index: byDue, Eq: []any{"o"}, From: int64(5), To: int64(11), Desc: true}, []string{"c", "b", "a", "e"}},
		{"empty range", docstore.Query{Index: byDue, Eq: []any{"o"}, From: int64(8), To: int64(8)}, nil},
		{"turned range", docstore.Query{Index: byDue, Eq: []any{"o"}, From: int64(11), To: int64(5)}, nil},
		{"turned range, backwards", docstore.Query{Index: byDue, Eq: []any{"o"}, From: int64(11), To: int64(5), Desc: true}, nil},
		{"nothing fixed", docstore.Query{Index: byOrder}, []string{"d", "e", "y", "a", "b", "c", "z"}},
		{"nothing fixed, bounded", docstore.Query{Index: byOrder, From: int64(7), To: int64(8)}, []string{"y"}},
		{"nothing fixed, from", docstore.Query{Index: byOrder, From: int64(7), Desc: true}, []string{"z", "c", "b", "a", "y"}},
		{"text by its bytes", docstore.Query{Index: byStatus, Eq: []any{"o"}}, []string{"c", "e", "a", "b", "d"}},
		{"text from", docstore.Query{Index: byStatus, Eq: []any{"o"}, From: "open"}, []string{"e", "a", "b", "d"}},
		{"text to", docstore.Query{Index: byStatus, Eq: []any{"o"}, To: "open"}, []string{"c"}},
		{"two fixed", docstore.Query{Index: byStatus, Eq: []any{"o", "open"}, Desc: true}, []string{"b", "a", "e"}},
		{"two fixed, bounded", docstore.Query{Index: byStatus, Eq: []any{"o", "open"}, From: int64(6)}, []string{"a", "b"}},
		{"chinese", docstore.Query{Index: byStatus, Eq: []any{"o", "开放"}}, []string{"d"}},
		{"nobody", docstore.Query{Index: byStatus, Eq: []any{"q"}}, nil},
		{"not a prefix", docstore.Query{Index: byStatus, Eq: []any{"o", "ope"}}, nil},
		{"operator as text", docstore.Query{Index: byStatus, Eq: []any{"o", "$gt"}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, limit := range []int{1, 2, 3, 100} {
				tc.q.Limit = limit
				require.Equal(t, tc.want, walk(t, ctx, repo, tc.q), "limit %d", limit)
			}
		})
	}
	_, next, err := repo.Find(ctx, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 5})
	require.NoError(t, err)
	require.Empty(t, next, "the last page says so, also when it is full")

	// A changed document leaves its old place.
	_, err = repo.Update(ctx, "a", func(c *card) error { c.Due, c.Status = 1, "closed"; return nil })
	require.NoError(t, err)
	require.Equal(t, []string{"d", "a", "e", "b", "c"}, walk(t, ctx, repo, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 2}))
	require.Equal(t, []string{"e", "b"}, walk(t, ctx, repo, docstore.Query{Index: byStatus, Eq: []any{"o", "open"}, Limit: 2}))
	docs, _, err := repo.Find(ctx, docstore.Query{Index: byDue, Eq: []any{"o", int64(1)}, Limit: 2})
	require.NoError(t, err)
	require.Equal(t, docstore.Doc[card]{ID: "a", Rev: 2, Value: &card{Office: "o", Status: "closed", Due: 1}}, docs[0])
}

func pages(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	noErrors(t, together(150, func(i int) error {
		_, _, err := repo.Insert(t.Context(), fmt.Sprintf("c%03d", i), &card{Office: "o", Status: fmt.Sprint(i % 3), Due: int64(i % 7)})
		return err
	}))
	type place struct {
		status, id string
		due        int64
	}
	var want []place
	for i := range 150 {
		want = append(want, place{fmt.Sprint(i % 3), fmt.Sprintf("c%03d", i), int64(i % 7)})
	}
	sort.Slice(want, func(i, j int) bool {
		a, b := want[i], want[j]
		if a.status != b.status {
			return a.status < b.status
		}
		if a.due != b.due {
			return a.due < b.due
		}
		return a.id < b.id
	})
	var ids []string
	for _, p := range want {
		ids = append(ids, p.id)
	}
	for _, limit := range []int{1, 4, 49, 150, 151} {
		require.Equal(t, ids, walk(t, t.Context(), repo, docstore.Query{Index: byStatus, Eq: []any{"o"}, Limit: limit}))
	}
	slices.Reverse(ids)
	for _, limit := range []int{3, 50} {
		require.Equal(t, ids, walk(t, t.Context(), repo, docstore.Query{Index: byStatus, Eq: []any{"o"}, Limit: limit, Desc: true}))
	}
}

func pagesUnderInserts(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	var old []string
	for i := range 60 {
		id := fmt.Sprintf("old%02d", i)
		old = append(old, id)
		insert(t, repo, id, card{Office: "o", Due: int64(i)})
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				_, _, err := repo.Insert(t.Context(), fmt.Sprintf("new%d-%d", w, i), &card{Office: "o", Due: int64((i * 7) % 60)})
				if err != nil {
					return
				}
			}
		})
	}
	for round := range 4 {
		q := docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 7, Desc: round%2 == 1}
		all := walk(t, t.Context(), repo, q)
		seen := map[string]bool{}
		var olds []string
		for _, id := range all {
			require.False(t, seen[id], "%s twice", id)
			seen[id] = true
			if id[:3] == "old" {
				olds = append(olds, id)
			}
		}
		if q.Desc {
			slices.Reverse(olds)
		}
		require.Equal(t, old, olds, "what was there before is met exactly once and in order")
	}
	close(stop)
	wg.Wait()
}

func cursors(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	ctx := t.Context()
	for i := range 6 {
		insert(t, repo, fmt.Sprint("c", i), card{Office: "o", Status: "open", Due: int64(i), Words: []string{"信息", "公开"}})
	}
	q := docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 2}
	_, next, err := repo.Find(ctx, q)
	require.NoError(t, err)
	require.NotEmpty(t, next)

	for _, bad := range []string{
		"x", "AAAA", next + "A", next[1:], base64.RawURLEncoding.EncodeToString([]byte(`["x",1,"c1"]`)),
		base64.RawURLEncoding.EncodeToString([]byte(`{}`)), "%%%", "' OR 1=1",
	} {
		q := q
		q.After = bad
		_, _, err := repo.Find(ctx, q)
		require.ErrorIs(t, err, docstore.ErrBadCursor, "cursor %q", bad)
	}
	for name, other := range map[string]docstore.Query{
		"another office":    {Index: byDue, Eq: []any{"p"}},
		"another direction": {Index: byDue, Eq: []any{"o"}, Desc: true},
		"another index":     {Index: byStatus, Eq: []any{"o"}},
		"another bound":     {Index: byDue, Eq: []any{"o"}, From: int64(0)},
		"more fixed":        {Index: byDue, Eq: []any{"o", int64(1)}},
	} {
		other.Limit, other.After = 2, next
		_, _, err := repo.Find(ctx, other)
		require.ErrorIs(t, err, docstore.ErrBadCursor, name)
	}
	// The page size may change, and the order in which values are asked for.
	q.Limit, q.After = 10, next
	require.Equal(t, []string{"c2", "c3", "c4", "c5"}, walk(t, ctx, repo, q))
	w := docstore.Query{Index: byWord, Eq: []any{"o", docstore.All{"信息", "公开"}}, Limit: 4}
	_, w.After, err = repo.Find(ctx, w)
	require.NoError(t, err)
	w.Eq = []any{"o", docstore.All{"公开", "信息", "公开"}}
	require.Equal(t, []string{"c4", "c5"}, walk(t, ctx, repo, w))
}

func undeclared(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	insert(t, repo, "a", card{Office: "o"})
	for name, q := range map[string]docstore.Query{
		"no such index":      {Index: "title", Eq: []any{"o"}},
		"too many values":    {Index: byDue, Eq: []any{"o", int64(1), "x"}},
		"wrong kind":         {Index: byDue, Eq: []any{int64(1)}},
		"untyped int":        {Index: byDue, Eq: []any{"o", 1}},
		"null":               {Index: byDue, Eq: []any{nil}},
		"all of plain field": {Index: byDue, Eq: []any{docstore.All{"o"}}},
		"no values at all":   {Index: byWord, Eq: []any{"o", docstore.All{}}},
		"bound of a kind":    {Index: byDue, Eq: []any{"o"}, From: "x"},
		"bound past the end": {Index: byDue, Eq: []any{"o", int64(1)}, From: int64(1)},
		"multi not fixed":    {Index: byWord, Eq: []any{"o"}},
		"injection":          {Index: `due" --`, Eq: []any{"o"}},
	} {
		q.Limit = 5
		_, _, err := repo.Find(t.Context(), q)
		require.ErrorIs(t, err, docstore.ErrUndeclared, name)
		_, err = repo.Count(t.Context(), docstore.CountQuery{Index: q.Index, Eq: q.Eq, From: q.From, To: q.To})
		require.ErrorIs(t, err, docstore.ErrUndeclared, name)
	}
	_, err := repo.Count(t.Context(), docstore.CountQuery{Index: byDue, Eq: []any{"o"}, GroupBy: 2})
	require.ErrorIs(t, err, docstore.ErrUndeclared)
	for _, limit := range []int{0, -1, docstore.MaxPage + 1} {
		_, _, err := repo.Find(t.Context(), docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: limit})
		require.Error(t, err)
	}
}

func multi(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	ctx := t.Context()
	insert(t, repo, "a", card{Office: "o", Due: 3, Words: []string{"信息", "息公", "公开", "信息"}})
	insert(t, repo, "b", card{Office: "o", Due: 1, Words: []string{"信息", "公开"}})
	insert(t, repo, "c", card{Office: "o", Due: 2, Words: []string{"公开"}})
	insert(t, repo, "d", card{Office: "o", Due: 9})
	insert(t, repo, "e", card{Office: "p", Due: 9, Words: []string{"信息"}})

	words := func(all ...string) docstore.Query {
		return docstore.Query{Index: byWord, Eq: []any{"o", docstore.All(all)}, Limit: 1}
	}
	require.Equal(t, []string{"b", "a"}, walk(t, ctx, repo, words("信息")))
	require.Equal(t, []string{"b", "c", "a"}, walk(t, ctx, repo, words("公开")))
	require.Equal(t, []string{"b", "a"}, walk(t, ctx, repo, words("公开", "信息")))
	require.Equal(t, []string{"a"}, walk(t, ctx, repo, words("信息", "息公", "公开")))
	require.Equal(t, []string{"b", "a"}, walk(t, ctx, repo, words("信息", "信息")))
	require.Empty(t, walk(t, ctx, repo, words("信息", "没有")))
	plain := docstore.Query{Index: byWord, Eq: []any{"o", "公开"}, Limit: 2, Desc: true}
	require.Equal(t, []string{"a", "c", "b"}, walk(t, ctx, repo, plain))
	bounded := words("公开", "信息")
	bounded.From = int64(2)
	require.Equal(t, []string{"a"}, walk(t, ctx, repo, bounded))
	bounded.From, bounded.To, bounded.Desc = nil, int64(3), true
	require.Equal(t, []string{"b"}, walk(t, ctx, repo, bounded))

	groups, err := repo.Count(ctx, docstore.CountQuery{Index: byWord, Eq: []any{"o", docstore.All{"公开", "信息"}}})
	require.NoError(t, err)
	require.Equal(t, int64(2), groups[0].Count)
	groups, err = repo.Count(ctx, docstore.CountQuery{Index: byWord, Eq: []any{"o", "公开"}, GroupBy: 1})
	require.NoError(t, err)
	require.Equal(t, []docstore.Group{{Values: []any{int64(1)}, Count: 1}, {Values: []any{int64(2)}, Count: 1}, {Values: []any{int64(3)}, Count: 1}}, groups)

	_, err = repo.Update(ctx, "a", func(c *card) error { c.Words = []string{"公开", "没有"}; return nil })
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, walk(t, ctx, repo, words("信息")))
	require.Equal(t, []string{"a"}, walk(t, ctx, repo, words("没有", "公开")))
	_, err = repo.Update(ctx, "a", func(c *card) error { c.Words = nil; return nil })
	require.NoError(t, err)
	require.Equal(t, []string{"b", "c"}, walk(t, ctx, repo, words("公开")))
}

func counts(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	for i := range 12 {
		insert(t, repo, fmt.Sprint("c", i), card{Office: "o", Status: []string{"open", "closed", "已结"}[i%3], Due: int64(i / 4), Number: fmt.Sprint(i % 12)})
	}
	insert(t, repo, "p", card{Office: "p", Status: "open"})
	group := func(n int64, values ...any) docstore.Group {
		if values == nil {
			values = []any{}
		}
		return docstore.Group{Values: values, Count: n}
	}
	for _, tc := range []struct {
		name string
		q    docstore.CountQuery
		want []docstore.Group
	}{
		{"all of an office", docstore.CountQuery{Index: byStatus, Eq: []any{"o"}}, []docstore.Group{group(12)}},
		{"nothing", docstore.CountQuery{Index: byStatus, Eq: []any{"x"}}, []docstore.Group{group(0)}},
		{"no groups", docstore.CountQuery{Index: byStatus, Eq: []any{"x"}, GroupBy: 1}, nil},
		{"everything", docstore.CountQuery{Index: byOrder}, []docstore.Group{group(13)}},
		{"one field", docstore.CountQuery{Index: byStatus, Eq: []any{"o"}, GroupBy: 1}, []docstore.Group{group(4, "closed"), group(4, "open"), group(4, "已结")}},
		{"one field, bounded", docstore.CountQuery{Index: byStatus, Eq: []any{"o"}, From: "open", GroupBy: 1}, []docstore.Group{group(4, "open"), group(4, "已结")}},
		{"two fields", docstore.CountQuery{Index: byStatus, Eq: []any{"o"}, GroupBy: 2, To: "open"}, []docstore.Group{group(1, "closed", int64(0)), group(2, "closed", int64(1)), group(1, "closed", int64(2))}},
		{"two fixed", docstore.CountQuery{Index: byStatus, Eq: []any{"o", "open"}, GroupBy: 1}, []docstore.Group{group(2, int64(0)), group(1, int64(1)), group(1, int64(2))}},
		{"two fixed, bounded", docstore.CountQuery{Index: byStatus, Eq: []any{"o", "open"}, From: int64(1), To: int64(2)}, []docstore.Group{group(1)}},
		{"from nothing, by offices", docstore.CountQuery{Index: byStatus, GroupBy: 1}, []docstore.Group{group(12, "o"), group(1, "p")}},
		{"only what has an entry", docstore.CountQuery{Index: byNumber, GroupBy: 1}, []docstore.Group{group(12, "o")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := repo.Count(t.Context(), tc.q)
			require.NoError(t, err)
			require.Equal(t, len(tc.want), len(got))
			for i := range tc.want {
				require.Equal(t, tc.want[i].Count, got[i].Count)
				require.Len(t, got[i].Values, len(tc.want[i].Values))
				for j := range tc.want[i].Values {
					require.Equal(t, tc.want[i].Values[j], got[i].Values[j])
				}
			}
		})
	}
}

func each(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	noErrors(t, together(520, func(i int) error { // more than one page of the walk
		_, _, err := repo.Insert(t.Context(), fmt.Sprintf("c%03d", i), &card{Office: "o", Due: int64(i)})
		return err
	}))
	n := 0
	require.NoError(t, repo.Each(t.Context(), func(d docstore.Doc[card]) error {
		require.Equal(t, fmt.Sprintf("c%03d", n), d.ID)
		n++
		return nil
	}))
	require.Equal(t, 520, n)
	stop := fmt.Errorf("enough")
	require.Equal(t, stop, repo.Each(t.Context(), func(docstore.Doc[card]) error { return stop }))
}

// declared are the shapes of queries that the suite's indexes serve.
func declared() ([]docstore.Query, []docstore.CountQuery) {
	finds := []docstore.Query{
		{Index: byDue, Eq: []any{"o"}},
		{Index: byDue, Eq: []any{"o", int64(3)}},
		{Index: byDue, Eq: []any{"o"}, From: int64(2)},
		{Index: byDue, Eq: []any{"o"}, To: int64(9)},
		{Index: byDue, Eq: []any{"o"}, From: int64(2), To: int64(9)},
		{Index: byStatus, Eq: []any{"o"}},
		{Index: byStatus, Eq: []any{"o"}, From: "a", To: "z"},
		{Index: byStatus, Eq: []any{"o", "open"}},
		{Index: byStatus, Eq: []any{"o", "open"}, From: int64(2)},
		{Index: byNumber, Eq: []any{"o"}},
		{Index: byNumber, Eq: []any{"o", "3"}},
		{Index: byNumber, Eq: []any{"o"}, From: "1", To: "3"},
		{Index: byWord, Eq: []any{"o", "信息"}},
		{Index: byWord, Eq: []any{"o", docstore.All{"信息", "公开"}}},
		{Index: byWord, Eq: []any{"o", docstore.All{"信息", "公开", "申请"}}, From: int64(2), To: int64(9)},
		{Index: byOrder},
		{Index: byOrder, From: int64(2)},
	}
	counts := []docstore.CountQuery{
		{Index: byDue, Eq: []any{"o"}},
		{Index: byDue, Eq: []any{"o"}, From: int64(1), GroupBy: 1},
		{Index: byStatus, Eq: []any{"o"}, GroupBy: 1},
		{Index: byStatus, Eq: []any{"o"}, GroupBy: 2},
		{Index: byStatus, Eq: []any{"o"}, GroupBy: 2, From: "a", To: "z"},
		{Index: byStatus, Eq: []any{"o", "open"}, To: int64(9)},
		{Index: byNumber, Eq: []any{"o"}},
		{Index: byWord, Eq: []any{"o", "信息"}},
		{Index: byWord, Eq: []any{"o", docstore.All{"信息", "公开"}}, GroupBy: 1},
		{Index: byOrder, GroupBy: 1},
		{Index: byStatus, GroupBy: 1},
	}
	return finds, counts
}

// explain asserts how the engine runs every shape of query, forwards, backwards and
// in the middle: a range of the index, nothing scanned, nothing sorted.
func explain(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	for i := range 40 {
		insert(t, repo, fmt.Sprintf("c%02d", i), card{
			Office: "o", Status: "open", Due: int64(i / 4), Number: fmt.Sprint(i), Words: []string{"信息", "公开", "申请"},
		})
	}
	finds, counts := declared()
	for _, q := range finds {
		for _, desc := range []bool{false, true} {
			q.Limit, q.Desc, q.After = 2, desc, ""
			require.NoError(t, repo.Explain(t.Context(), q), "%+v", q)
			_, next, err := repo.Find(t.Context(), q)
			require.NoError(t, err)
			if next != "" {
				q.After = next
				require.NoError(t, repo.Explain(t.Context(), q), "%+v", q)
			}
		}
	}
	for _, q := range counts {
		require.NoError(t, repo.ExplainCount(t.Context(), q), "%+v", q)
	}
	require.ErrorIs(t, repo.Explain(t.Context(), docstore.Query{Index: "no", Limit: 1}), docstore.ErrUndeclared)
}
