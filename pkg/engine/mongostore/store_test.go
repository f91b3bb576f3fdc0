package mongostore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/event"
)

type notice struct {
	docstore.Raised `json:"-"`
	Office          string   `json:"office"`
	Due             int64    `json:"due"`
	Words           []string `json:"words,omitempty"`
}

func notices(t *testing.T, s docstore.Store) *docstore.Repo[notice] {
	t.Helper()
	office := docstore.Field{Name: "office", Kind: docstore.String}
	repo, err := docstore.Open(t.Context(), s, time.Now, docstore.Spec[notice]{
		Name: "notices",
		Indexes: []docstore.Entry[notice]{{
			Index: docstore.Index{Name: "due", Fields: []docstore.Field{office, {Name: "due", Kind: docstore.Int}}},
			Key:   func(n *notice) docstore.Key { return docstore.Key{n.Office, n.Due} },
		}},
		Facts: func(n *notice) (string, any) { return "gov", n },
	})
	require.NoError(t, err)
	return repo
}

func open(t *testing.T, url, database string, opts ...mongostore.Option) docstore.Store {
	t.Helper()
	s, err := mongostore.Open(t.Context(), url, database, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// The connection is cut after the server took a write and before its answer: the
// caller is told that nobody knows, comes again with its key, and nothing happens
// twice.
func TestWrite_answerLost(t *testing.T) {
	t.Parallel()
	address, database := mongotest.Database(t)
	p, through := startProxy(t, address)
	repo := notices(t, open(t, through, database, mongostore.AppName("test")))
	ctx := t.Context()

	insert := func() (bool, error) {
		n := &notice{Office: "gov"}
		n.Raise("fee.notice.v1.made")
		_, replayed, err := repo.Insert(ctx, "n", n, docstore.Once("k"))
		return replayed, err
	}
	p.cutAnswerTo("insert")
	_, err := insert()
	require.ErrorIs(t, err, docstore.ErrUnavailable)
	replayed, err := insert()
	require.NoError(t, err)
	require.True(t, replayed)

	update := func() error {
		_, err := repo.Update(ctx, "n", func(n *notice) error { n.Due++; n.Raise("fee.notice.v1.paid"); return nil }, docstore.Once("u"))
		return err
	}
	p.cutAnswerTo("update")
	require.ErrorIs(t, update(), docstore.ErrUnavailable)
	require.NoError(t, update())

	p.cutAnswerTo("update")
	require.ErrorIs(t, repo.Published(ctx, "n", []string{"none"}), docstore.ErrUnavailable)
	require.NoError(t, repo.Published(ctx, "n", []string{"none"}))
	require.Equal(t, int64(3), p.cuts.Load())

	doc, err := repo.Get(ctx, "n")
	require.NoError(t, err)
	require.Equal(t, int64(1), doc.Value.Due)
	require.Equal(t, int64(2), doc.Rev)
	pending, err := repo.Pending(ctx, 5)
	require.NoError(t, err)
	require.Len(t, pending[0].Events, 2)
}

func TestOpen_nobodyThere(t *testing.T) {
	t.Parallel()
	_, err := mongostore.Open(t.Context(), "mongodb://127.0.0.1:1/", "x", mongostore.Timeout(300*time.Millisecond))
	require.ErrorIs(t, err, docstore.ErrUnavailable)
	_, err = mongostore.Open(t.Context(), "no address", "x")
	require.Error(t, err)
}

// A query whose index is gone fails; it never becomes a scan. And Explain is the one
// to notice when the server could not use it.
func TestFind_indexDroppedByHand(t *testing.T) {
	t.Parallel()
	address, database := mongotest.Database(t)
	repo := notices(t, open(t, address, database))
	for _, id := range []string{"a", "b", "c"} {
		_, _, err := repo.Insert(t.Context(), id, &notice{Office: "gov", Due: 1})
		require.NoError(t, err)
	}
	q := docstore.Query{Index: "due", Eq: []any{"gov"}, Limit: 10}
	count := docstore.CountQuery{Index: "due", Eq: []any{"gov"}, GroupBy: 1}
	require.NoError(t, repo.Explain(t.Context(), q))
	require.NoError(t, repo.ExplainCount(t.Context(), count))

	client, err := mongo.Connect(options.Client().ApplyURI(address))
	require.NoError(t, err)
	defer client.Disconnect(context.WithoutCancel(t.Context())) //nolint:errcheck // a test's end
	indexes := client.Database(database).Collection("notices").Indexes()
	require.NoError(t, indexes.DropOne(t.Context(), "due"))
	_, _, err = repo.Find(t.Context(), q)
	require.Error(t, err)
	_, err = repo.Count(t.Context(), count)
	require.Error(t, err)
	require.Error(t, repo.Explain(t.Context(), q))
	require.Error(t, repo.ExplainCount(t.Context(), count))

	// An index of that name that cannot hold the order is noticed too.
	_, err = indexes.CreateOne(t.Context(), mongo.IndexModel{
		Keys: bson.D{{Key: "ix.due.office", Value: 1}}, Options: options.Index().SetName("due"),
	})
	require.NoError(t, err)
	require.Error(t, repo.Explain(t.Context(), q))
	require.ErrorContains(t, repo.ExplainCount(t.Context(), docstore.CountQuery{Index: "due", Eq: []any{"gov"}, From: int64(5)}), "looks at")
}

// A document within the limit of its JSON that is too large as BSON is a refusal,
// not an outage: a small number takes eight bytes and its index.
func TestWrite_tooLarge(t *testing.T) {
	t.Parallel()
	address, database := mongotest.Database(t)
	coll, err := open(t, address, database).Collection(t.Context(), docstore.CollectionSpec{Name: "notices"})
	require.NoError(t, err)
	body := `{"a":[1` + strings.Repeat(",1", docstore.MaxBody/2-10) + `]}`
	require.ErrorIs(t, coll.Insert(t.Context(), docstore.Write{ID: "n", Body: []byte(body)}), docstore.ErrTooLarge)
	_, err = coll.Get(t.Context(), "n")
	require.ErrorIs(t, err, docstore.ErrNotFound)

	// Events that nobody takes out fill a document up; the server refuses the last.
	require.NoError(t, coll.Insert(t.Context(), docstore.Write{ID: "n", Body: []byte(`{}`)}))
	data := json.RawMessage(`"` + strings.Repeat("x", 3<<20) + `"`)
	for i := range 8 {
		err = coll.Enqueue(t.Context(), "n", []event.Event{{ID: fmt.Sprint(i), Data: data, Time: time.UnixMilli(1)}})
		if err != nil {
			break
		}
	}
	require.ErrorIs(t, err, docstore.ErrTooLarge)
	rec, err := coll.Get(t.Context(), "n")
	require.NoError(t, err)
	require.Equal(t, int64(1), rec.Rev)
}
