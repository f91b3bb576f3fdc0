package docstoretest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
)

// turning are keys of which a new version can be made at any moment.
type turning struct {
	newest atomic.Int64
	master secret.Master
}

func (k *turning) Newest() int { return int(k.newest.Load()) }

func (k *turning) DataKey(_ context.Context, office string, version int) ([32]byte, error) {
	return k.master.Derive(fmt.Sprintf("test/%d/%s", version, office)), nil
}

// turningPersons are persons as their service sees them, as the engine has them, and
// the keys.
func turningPersons(t *testing.T, h Harness) (repo, bare *docstore.Repo[person], keys *turning, walk func() docstore.Resealed) {
	store, ctx := open(t, h), t.Context()
	now := func() time.Time { return epoch }
	master, err := secret.FromBase64("emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U=")
	require.NoError(t, err)
	keys = &turning{master: master}
	keys.newest.Store(1)
	// What is there already was written before there was a key.
	bare, err = docstore.Open(ctx, store, now, personSpec(false))
	require.NoError(t, err)
	_, _, err = bare.Insert(ctx, "000-plain", &person{Office: "o", Name: "欧阳慕容", Words: []string{"欧阳"}})
	require.NoError(t, err)
	ringed := docstore.WithRing(store, sealed.NewRing(keys, master, ""))
	repo, err = docstore.Open(ctx, ringed, now, personSpec(true))
	require.NoError(t, err)
	_, err = docstore.Open(ctx, ringed, now, cardSpec()) // seals nothing
	require.NoError(t, err)
	list := docstore.Sealed(ringed)
	require.Len(t, list, 1)
	require.Equal(t, "persons", list[0].Name())
	return repo, bare, keys, func() (sum docstore.Resealed) {
		for after := ""; ; {
			done, err := list[0].Reseal(ctx, after)
			require.NoError(t, err)
			if done.Last == "" {
				return sum
			}
			require.Greater(t, done.Last, after)
			after = done.Last
			sum.Seen += done.Seen
			sum.Renewed += done.Renewed
		}
	}
}

// heads are how the names of all persons begin in the store.
func heads(t *testing.T, bare *docstore.Repo[person]) map[string]int {
	found := map[string]int{}
	require.NoError(t, bare.Each(t.Context(), func(d docstore.Doc[person]) error {
		head, _, _ := strings.Cut(strings.TrimPrefix(d.Value.Name, "zq1."), ".")
		found[head]++
		return nil
	}))
	return found
}

// resealed has every document sealed with the newest key, none of them changed, and
// searches answered as before.
func resealed(t *testing.T, h Harness) {
	repo, bare, keys, walkAll := turningPersons(t, h)
	ctx := t.Context()
	for i := range 600 {
		_, _, err := repo.Insert(ctx, fmt.Sprintf("%03d", i), &person{Office: "o", Name: fmt.Sprintf("王%d", i), Words: []string{"云栖"}}, docstore.Once("made"))
		require.NoError(t, err)
	}
	keys.newest.Store(2)
	_, err := repo.Update(ctx, "007", func(p *person) error { p.Name = "李7"; return nil })
	require.NoError(t, err)
	require.Equal(t, map[string]int{"a1": 599, "a2": 1, "欧阳慕容": 1}, heads(t, bare))

	require.Equal(t, docstore.Resealed{Seen: 601, Renewed: 600}, walkAll())
	require.Equal(t, map[string]int{"a2": 601}, heads(t, bare))
	require.Equal(t, docstore.Resealed{Seen: 601}, walkAll(), "what is sealed so already stays")

	d, err := repo.Get(ctx, "007")
	require.NoError(t, err)
	require.Equal(t, "李7", d.Value.Name)
	d, replayed, err := repo.Insert(ctx, "008", &person{}, docstore.Once("made"))
	require.NoError(t, err)
	require.True(t, replayed, "the keys of commands are kept")
	require.Equal(t, "王8", d.Value.Name)
	word := func(w string) docstore.Query {
		return docstore.Query{Index: "word", Eq: []any{"o", w}, Limit: 10}
	}
	require.Equal(t, []string{"000-plain"}, walk(t, ctx, repo, word("欧阳")))
	groups, err := repo.Count(ctx, docstore.CountQuery{Index: "word", Eq: []any{"o", "云栖"}})
	require.NoError(t, err)
	require.EqualValues(t, 600, groups[0].Count)
	require.Empty(t, walk(t, ctx, bare, word("欧阳")), "what was entered in clear is a digest now")
}

// resealRace has writers at work while two walks go on and the key changes twice: no
// write is lost.
func resealRace(t *testing.T, h Harness) {
	repo, bare, keys, walkAll := turningPersons(t, h)
	ctx := t.Context()
	const docs, writers, each = 40, 4, 50
	for i := range docs {
		_, _, err := repo.Insert(ctx, fmt.Sprintf("%03d", i), &person{Office: "o", Name: "x"})
		require.NoError(t, err)
	}
	var work, walks sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for i := range each {
				_, err := repo.Update(ctx, fmt.Sprintf("%03d", (i*7+w)%docs), func(p *person) error { p.Name += "x"; return nil })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		walks.Go(func() {
			for version := range 2 {
				keys.newest.Store(int64(version + 2))
				walkAll()
			}
		})
	}
	work.Wait()
	walks.Wait()
	keys.newest.Store(4)
	walkAll()
	require.Equal(t, map[string]int{"a4": docs + 1}, heads(t, bare))
	written := 0
	require.NoError(t, repo.Each(ctx, func(d docstore.Doc[person]) error {
		if d.ID != "000-plain" {
			written += len(d.Value.Name) - 1
		}
		return nil
	}))
	require.Equal(t, writers*each, written)
}
