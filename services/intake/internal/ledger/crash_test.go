package ledger

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// dying is a store that does nothing any more after so many writes, like a process
// that was killed: what comes later is neither done nor answered.
type dying struct {
	docstore.Store
	left *atomic.Int64
}

type dyingCollection struct {
	docstore.Collection
	left *atomic.Int64
}

func (d dying) Collection(ctx context.Context, spec docstore.CollectionSpec) (docstore.Collection, error) {
	c, err := d.Store.Collection(ctx, spec)
	return dyingCollection{c, d.left}, err
}

func (d dyingCollection) Insert(ctx context.Context, w docstore.Write) error {
	if d.left.Add(-1) < 0 {
		return docstore.ErrUnavailable
	}
	return d.Collection.Insert(ctx, w)
}

func (d dyingCollection) Replace(ctx context.Context, w docstore.Write, rev int64) error {
	if d.left.Add(-1) < 0 {
		return docstore.ErrUnavailable
	}
	return d.Collection.Replace(ctx, w, rev)
}

// openLedgers opens the ledgers of a process on a store.
func openLedgers(t testing.TB, s docstore.Store, clock wallclock.Clock) *Ledgers {
	t.Helper()
	cases, err := store.OpenCases(t.Context(), s, clock.Now, nil)
	require.NoError(t, err)
	master, err := secret.FromBase64("emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U=")
	require.NoError(t, err)
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	desk := app.New(app.Config{
		Cases: cases, Offices: noOffices{}, Calendar: calendar.Builtin, Clock: clock, Zone: zone, Master: master,
	})
	l, err := Open(t.Context(), Config{
		Store: s, Desk: desk, Log: slog.New(slog.DiscardHandler),
		Members: func(context.Context, string) ([]identity.Staff, error) { return nil, nil },
	})
	require.NoError(t, err)
	return l
}

type noOffices struct{}

func (noOffices) Office(context.Context, string) (app.Office, error) {
	return app.Office{}, docstore.ErrNotFound
}

func (noOffices) StaffName(context.Context, string, string) (string, error) {
	return "", docstore.ErrNotFound
}

// bigLedger has n applications, of which every tenth is bad and the last is one
// that stood before.
func bigLedger(n int) string {
	var b strings.Builder
	b.WriteString("register_no,applicant_kind,applicant_name,description,received_on,result,decided_on\n")
	for i := range n {
		kind := "自然人"
		if i%10 == 9 {
			kind = "外星人"
		}
		fmt.Fprintf(&b, "2025-%06d,%s,某人,内容%d,2025-03-03,予以公开,2025-03-20\n", i+1, kind, i)
	}
	b.WriteString("2025年第1号,自然人,某人,另一个号,2025-03-03,,\n2025-000001,自然人,某人,又来,2025-03-03,,\n")
	return b.String()
}

// A process that dies at any moment leaves an import that another brings to the
// same end, with the same counts.
func TestImport_afterACrashAtAnyMoment(t *testing.T) {
	t.Parallel()
	const rows = 700
	file := bigLedger(rows)
	for _, writes := range []int64{1, 200, 452, 453, 600, 637, 639} {
		t.Run(fmt.Sprint(writes), func(t *testing.T) {
			t.Parallel()
			clock := wallclock.NewFake(time.Date(2026, 6, 10, 2, 0, 0, 0, time.UTC))
			s, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "intake.db"))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			left := new(atomic.Int64)
			left.Store(1 << 40)
			l := openLedgers(t, dying{s, left}, clock)
			taken, err := l.take(t.Context(), "demo", strings.NewReader(file))
			require.NoError(t, err)
			m := taken.m
			m.ID, m.Office, m.State, m.CreatedAt, m.By = "i1", "demo", Queued, clock.Now(), domain.Person{Kind: domain.ByStaff, ID: "s1"}
			_, _, err = l.imports.Insert(t.Context(), m.ID, &m)
			require.NoError(t, err)
			left.Store(writes)
			require.Error(t, l.workAll(t.Context()), "the process dies")

			next := openLedgers(t, s, clock)
			require.NoError(t, next.workAll(t.Context()))
			doc, err := next.imports.Get(t.Context(), "i1")
			require.NoError(t, err)
			require.Equal(t, Running, doc.Value.State, "it may still be alive")
			clock.Advance(lease)
			require.NoError(t, next.workAll(t.Context()))
			doc, err = next.imports.Get(t.Context(), "i1")
			require.NoError(t, err)
			require.Equal(t, Done, doc.Value.State)
			require.Equal(t, Counts{Total: rows + 2, Imported: rows*9/10 + 1, Rejected: rows/10 + 1}, doc.Value.sum())
			given := 0
			require.NoError(t, next.eachRejected(t.Context(), "i1", Cases, func(r Rejected) error { given += len(r.Rows); return nil }))
			require.Equal(t, rows/10+1, given)
			stored, err := next.Desk.Cases.Count(t.Context(), docstore.CountQuery{Index: store.ByReceived, Eq: []any{"demo"}})
			require.NoError(t, err)
			require.EqualValues(t, rows*9/10+1, stored[0].Count)
		})
	}
}

// A worker that was only slow notices that another has taken over.
func TestImport_aSlowWorkerGivesWay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 10, 2, 0, 0, 0, time.UTC)
	m := Import{State: Queued}
	require.True(t, m.claim("a", now))
	require.False(t, m.claim("b", now.Add(lease-time.Second)))
	require.True(t, m.claim("b", now.Add(lease)))
	m.yield("a")
	require.Equal(t, Running, m.State)
	m.yield("b")
	require.Equal(t, Queued, m.State)
	require.True(t, m.claim("a", now))
	m.finish(now, nil)
	require.False(t, m.claim("a", now))
}
