package sqlitestore

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

var wordSpec = docstore.CollectionSpec{Name: "words", Indexes: []docstore.Index{{
	Name: "word", Fields: []docstore.Field{
		{Name: "office", Kind: docstore.String}, {Name: "word", Kind: docstore.String, Multi: true}, {Name: "day", Kind: docstore.Int},
	},
}}}

func word(office string, day int64, words ...string) map[string]docstore.Key {
	return map[string]docstore.Key{"word": {office, words, day}}
}

// ids of both forms come back as they were, page by page, in both directions.
func TestTerms_keepIDs(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	c, err := s.Collection(t.Context(), wordSpec)
	require.NoError(t, err)
	want := map[string]bool{}
	for i := range 40 {
		id := uuid.NewString()
		switch i % 4 {
		case 1:
			id = "案-" + id
		case 2:
			id = "0000000" + id[:29] // as long as a UUID, and none
		}
		want[id] = true
		require.NoError(t, c.Insert(t.Context(), docstore.Write{ID: id, Body: []byte(`{}`), Keys: word("o", int64(i/20), "征收", "补偿")}))
	}
	for _, desc := range []bool{false, true} {
		got := map[string]bool{}
		q := docstore.Query{Index: "word", Eq: []any{"o", docstore.All{"补偿", "征收"}}, Limit: 7, Desc: desc}
		for {
			page, err := c.Find(t.Context(), q)
			require.NoError(t, err)
			for _, r := range page.Records {
				require.False(t, got[r.ID], "twice: %s", r.ID)
				got[r.ID] = true
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		require.Equal(t, want, got)
	}
}

// Another key with the same term is not taken for the one that is asked for.
func TestTerms_thatMeetAreToldApart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	c, err := s.Collection(t.Context(), wordSpec)
	require.NoError(t, err)
	for _, id := range []string{"a", "b", "c"} {
		require.NoError(t, c.Insert(t.Context(), docstore.Write{ID: id, Body: []byte(`{}`), Keys: word("mine", 1, "征收")}))
	}
	require.NoError(t, c.Insert(t.Context(), docstore.Write{ID: "bb", Body: []byte(`{}`), Keys: word("theirs", 1, "补偿")}))
	require.NoError(t, s.Close())
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `UPDATE "words.ix.word" SET term=? WHERE id='bb'`, term("mine", "征收"))
	require.NoError(t, err)
	require.NoError(t, db.Close())

	s, err = Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	c, err = s.Collection(t.Context(), wordSpec)
	require.NoError(t, err)
	var got []string
	q := docstore.Query{Index: "word", Eq: []any{"mine", docstore.All{"征收"}}, Limit: 1}
	for {
		page, err := c.Find(t.Context(), q)
		require.NoError(t, err)
		for _, r := range page.Records {
			got = append(got, r.ID)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	require.Equal(t, []string{"a", "b", "c"}, got)
}

func TestTerms_differWhereFieldsDo(t *testing.T) {
	t.Parallel()
	seen := map[int64]bool{}
	for _, values := range [][]any{
		{"a", "b"},
		{"ab", ""},
		{"", "ab"},
		{"a", "b", int64(0)},
		{"a", "b", "0"},
		{int64(1)},
		{"1"},
	} {
		require.False(t, seen[term(values...)], "%v", values)
		seen[term(values...)] = true
	}
}
