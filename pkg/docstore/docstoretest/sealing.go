package docstoretest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
)

// person is a document with a sealed field that is searched by.
type person struct {
	Office string   `json:"office"`
	Name   string   `json:"name" seal:"personal"`
	Words  []string `json:"words" seal:"personal"`
}

func personSpec(personal bool) docstore.Spec[person] {
	return docstore.Spec[person]{Name: "persons", Indexes: []docstore.Entry[person]{{
		Index: docstore.Index{Name: "word", Fields: []docstore.Field{
			{Name: "office", Kind: docstore.String}, {Name: "words", Kind: docstore.String, Multi: true, Personal: personal},
		}},
		Key: func(p *person) docstore.Key { return docstore.Key{p.Office, p.Words} },
	}}}
}

// sealedFields looks at what the engine itself is given: neither its documents nor its
// indexes hold a personal value, and questions are answered as without sealing, also
// for what was written before there was a key.
func sealedFields(t *testing.T, h Harness) {
	store, ctx := open(t, h), t.Context()
	now := func() time.Time { return epoch }
	plain, err := docstore.Open(ctx, store, now, personSpec(false))
	require.NoError(t, err)
	_, _, err = plain.Insert(ctx, "before", &person{Office: "o", Name: "欧阳慕容", Words: []string{"欧阳", "慕容"}})
	require.NoError(t, err)

	master, err := secret.FromBase64("emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U=")
	require.NoError(t, err)
	ring := sealed.NewRing(sealed.Derived{Master: master}, master, "")
	repo, err := docstore.Open(ctx, docstore.WithRing(store, ring), now, personSpec(true))
	require.NoError(t, err)
	_, _, err = repo.Insert(ctx, "after", &person{Office: "o", Name: "欧阳雪", Words: []string{"欧阳", "阳雪"}})
	require.NoError(t, err)

	word := func(eq any) docstore.Query {
		return docstore.Query{Index: "word", Eq: []any{"o", eq}, Limit: 10}
	}
	require.Equal(t, []string{"after", "before"}, walk(t, ctx, repo, word("欧阳")))
	require.Equal(t, []string{"after"}, walk(t, ctx, repo, word(docstore.All{"欧阳", "阳雪"})))
	require.Empty(t, walk(t, ctx, repo, word("雪")))
	require.Empty(t, walk(t, ctx, plain, word("欧阳")), "the words themselves are in no index any more")

	doc, err := repo.Get(ctx, "after")
	require.NoError(t, err)
	require.Equal(t, "欧阳雪", doc.Value.Name)
	given, err := plain.Get(ctx, "after")
	require.NoError(t, err)
	for _, value := range append(given.Value.Words, given.Value.Name) {
		require.Regexp(t, `^zq1\.a1\.`, value)
	}
	// What was there before is sealed with its next write, and opens as it was.
	_, err = repo.Update(ctx, "before", func(p *person) error { p.Name += "雪"; return nil })
	require.NoError(t, err)
	given, err = plain.Get(ctx, "before")
	require.NoError(t, err)
	require.NotContains(t, given.Value.Name, "欧阳")
	doc, err = repo.Get(ctx, "before")
	require.NoError(t, err)
	require.Equal(t, "欧阳慕容雪", doc.Value.Name)
}
