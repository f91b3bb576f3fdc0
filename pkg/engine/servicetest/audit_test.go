package servicetest_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
)

// asAuditor makes the test binary a process that appends to a trail until it is killed.
const asAuditor = "SERVICETEST_AUDITOR"

func trail(t testing.TB, path string, alg audit.Algorithm) *audit.Trail {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return trailOn(t, store, alg)
}

func trailOn(t testing.TB, store docstore.Store, alg audit.Algorithm) *audit.Trail {
	t.Helper()
	master, err := secret.FromBase64(servicetest.TestKey)
	require.NoError(t, err)
	tr, err := audit.Open(t.Context(), audit.Options{
		Service: "intake", Store: store, Clock: wallclock.System{}, Log: slog.New(slog.DiscardHandler), Master: master, Hash: alg,
	})
	require.NoError(t, err)
	return tr
}

func entry(request string) audit.Entry {
	return audit.Entry{
		Request: request, Phase: audit.Began, Kind: audit.Staff, Actor: "s-1", Method: "POST", Route: "/v1/cases/:id/decision", Subject: []string{"c-" + request},
	}
}

// written makes a trail of several blocks and signs its end.
func written(t testing.TB, path string, alg audit.Algorithm) {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	tr := trailOn(t, store, alg)
	for i := range 6 {
		var last *audit.Ticket
		for j := range 5 {
			last, err = tr.Append("xujing", entry(fmt.Sprintf("%d-%d", i, j)), j == 4)
			require.NoError(t, err)
		}
		require.NoError(t, last.Wait(t.Context()))
	}
	_, err = tr.Append("zhonggu", entry("other"), false)
	require.NoError(t, err)
	require.NoError(t, tr.Close(t.Context()))
	_, err = tr.Append("zhonggu", entry("late"), false)
	require.ErrorIs(t, err, audit.ErrStopped)
	require.NoError(t, store.Close())
}

// faults are the kinds of faults of an office's chain, each once.
func faults(t testing.TB, path string, anchors ...audit.Checkpoint) []audit.FaultKind {
	t.Helper()
	reports, err := trail(t, path, audit.SHA256).Verify(t.Context(), anchors)
	require.NoError(t, err)
	var kinds []audit.FaultKind
	for _, r := range reports {
		for _, f := range r.Faults {
			require.Equal(t, "xujing", f.Office) // the other office's chain is whole
			if !slices.Contains(kinds, f.Kind) {
				kinds = append(kinds, f.Kind)
			}
		}
	}
	return kinds
}

// blocks opens the documents under the trail, as somebody who has the database does.
func blocks(t testing.TB, path string) *docstore.Repo[audit.Block] {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	text := func(name string, multi bool) docstore.Field {
		return docstore.Field{Name: name, Kind: docstore.String, Multi: multi}
	}
	at := docstore.Field{Name: "at", Kind: docstore.Int}
	none := func(*audit.Block) docstore.Key { return nil }
	repo, err := docstore.Open(t.Context(), store, wallclock.System{}.Now, docstore.Spec[audit.Block]{Name: "audit", Indexes: []docstore.Entry[audit.Block]{
		{Index: docstore.Index{Name: "time", Fields: []docstore.Field{text("office", false), at}}, Key: none},
		{Index: docstore.Index{Name: "actor", Fields: []docstore.Field{text("office", false), text("actor", true), at}}, Key: none},
		{Index: docstore.Index{Name: "subject", Fields: []docstore.Field{text("office", false), text("subject", true), at}}, Key: none},
	}})
	require.NoError(t, err)
	return repo
}

func remove(t testing.TB, path, collection, id string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	r, err := db.ExecContext(t.Context(), `DELETE FROM "`+collection+`.docs" WHERE id=?`, id)
	require.NoError(t, err)
	n, err := r.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 1, n, "%s %s", collection, id)
	require.NoError(t, db.Close())
}

func TestAuditTrail_showsEveryTampering(t *testing.T) {
	t.Parallel()
	for _, alg := range []audit.Algorithm{audit.SHA256, audit.SM3} {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			whole := filepath.Join(t.TempDir(), "intake.db")
			written(t, whole, alg)
			require.Empty(t, faults(t, whole))
			var anchors []audit.Checkpoint
			require.NoError(t, trail(t, whole, alg).Checkpoints(t.Context(), func(p audit.Checkpoint) error {
				anchors = append(anchors, p)
				return nil
			}))
			require.Len(t, anchors, 2)
			end := fmt.Sprintf("xujing:%012d", anchors[0].Seq)
			body, err := os.ReadFile(whole) //nolint:gosec // the test's own file
			require.NoError(t, err)

			change := func(seq int64, fn func(*audit.Block)) func(*testing.T, string) {
				return func(t *testing.T, path string) {
					_, err := blocks(t, path).Update(t.Context(), fmt.Sprintf("xujing:%012d", seq), func(b *audit.Block) error { fn(b); return nil })
					require.NoError(t, err)
				}
			}
			// How many entries share a block is a matter of the moment: the two that change
			// places are of two blocks.
			swap := func(t *testing.T, path string) {
				first, err := blocks(t, path).Get(t.Context(), "xujing:000000000001")
				require.NoError(t, err)
				var second audit.Entry
				change(2, func(b *audit.Block) { second, b.Entries[0] = b.Entries[0], first.Value.Entries[0] })(t, path)
				change(1, func(b *audit.Block) { b.Entries[0] = second })(t, path)
			}
			for name, c := range map[string]struct {
				tamper  func(*testing.T, string)
				anchors []audit.Checkpoint
				want    audit.FaultKind
			}{
				"a changed entry":   {tamper: change(2, func(b *audit.Block) { b.Entries[0].Actor = "s-2" }), want: audit.Changed},
				"a removed entry":   {tamper: change(2, func(b *audit.Block) { b.Entries = slices.Delete(b.Entries, 0, 1) }), want: audit.Missing},
				"reordered entries": {tamper: swap, want: audit.Missing},
				"a removed block":   {tamper: func(t *testing.T, p string) { remove(t, p, "audit", "xujing:000000000002") }, want: audit.Missing},
				"a cut-off tail":    {tamper: func(t *testing.T, p string) { remove(t, p, "audit", end) }, want: audit.Truncated},
				"a cut-off tail without its checkpoint, held to a copy": {tamper: func(t *testing.T, p string) {
					remove(t, p, "audit", end)
					remove(t, p, "audit_checkpoints", end)
				}, anchors: anchors, want: audit.Truncated},
				"a whole other block": {tamper: change(anchors[0].Seq, func(b *audit.Block) { b.Entries[0].Hash = strings.Repeat("0", 64) }), want: audit.Changed},
				"a forged checkpoint": {tamper: func(*testing.T, string) {}, anchors: []audit.Checkpoint{{
					Service: "intake", Office: "xujing", Seq: 1, N: 1, Hash: "x", Signature: "AAAA",
				}}, want: audit.Forged},
			} {
				t.Run(name, func(t *testing.T) {
					path := filepath.Join(t.TempDir(), "intake.db")
					require.NoError(t, os.WriteFile(path, body, 0o600))
					c.tamper(t, path)
					require.Contains(t, faults(t, path, c.anchors...), c.want)
				})
			}
		})
	}
}

// chained makes a trail of n blocks of one entry each and signs its end.
func chained(t testing.TB, path string, n int) {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	tr := trailOn(t, store, audit.SHA256)
	for i := range n {
		ticket, err := tr.Append("xujing", entry(strconv.Itoa(i)), true)
		require.NoError(t, err)
		require.NoError(t, ticket.Wait(t.Context()))
	}
	require.NoError(t, tr.Close(t.Context()))
	require.NoError(t, store.Close())
}

// Somebody without the key can make a chain that is whole, and not the one that was signed.
func TestAuditTrail_aChainMadeAnewIsNotTheSignedOne(t *testing.T) {
	t.Parallel()
	path, other := filepath.Join(t.TempDir(), "a.db"), filepath.Join(t.TempDir(), "b.db")
	chained(t, path, 3)
	chained(t, other, 3)
	var anchors []audit.Checkpoint
	require.NoError(t, trail(t, path, audit.SHA256).Checkpoints(t.Context(), func(p audit.Checkpoint) error {
		if p.Office == "xujing" {
			anchors = append(anchors, p)
		}
		return nil
	}))
	require.Equal(t, []audit.FaultKind{audit.Rewritten}, faults(t, other, anchors...))
}

// 64 clients on two replicas: nothing is lost, nothing is written twice.
func TestAuditTrail_manyClientsOnTwoReplicas(t *testing.T) {
	t.Parallel()
	store, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "intake.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	replicas := []*audit.Trail{trailOn(t, store, audit.SHA256), trailOn(t, store, audit.SM3)}
	const clients, each = 64, 10
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for j := range each {
				ticket, err := replicas[i%2].Append("xujing", entry(fmt.Sprintf("%d-%d", i, j)), j%3 != 0)
				if err == nil && ticket != nil {
					err = ticket.Wait(t.Context())
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, r := range replicas {
		require.NoError(t, r.Close(t.Context()))
	}
	seen := map[string]int{}
	entries, cursor := []audit.Entry(nil), ""
	for {
		page, next, err := replicas[0].Find(t.Context(), audit.Search{Office: "xujing", Actor: "s-1"}, 100, cursor)
		require.NoError(t, err)
		entries = append(entries, page...)
		if cursor = next; next == "" {
			break
		}
	}
	for _, e := range entries {
		seen[e.Request]++
	}
	require.Len(t, entries, clients*each)
	require.Len(t, seen, clients*each)
	reports, err := replicas[0].Verify(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, reports, 1)
	require.Empty(t, reports[0].Faults)
	require.EqualValues(t, clients*each, reports[0].Entries)
	require.Less(t, reports[0].Blocks, reports[0].Entries) // written together
}

// auditUntilKilled tells of every entry once it is on disk.
func auditUntilKilled(path string) int {
	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, path)
	if err != nil {
		return 1
	}
	master, err := secret.FromBase64(servicetest.TestKey)
	if err != nil {
		return 1
	}
	tr, err := audit.Open(ctx, audit.Options{Service: "intake", Store: store, Clock: wallclock.System{}, Log: slog.New(slog.DiscardHandler), Master: master})
	if err != nil {
		return 1
	}
	var out sync.Mutex
	for i := range 16 {
		go func() {
			for j := 0; ; j++ {
				id := fmt.Sprintf("%d-%d", i, j)
				ticket, err := tr.Append("xujing", entry(id), true)
				if err != nil || ticket.Wait(ctx) != nil {
					return
				}
				out.Lock()
				_, _ = os.Stdout.WriteString(id + "\n")
				out.Unlock()
			}
		}()
	}
	select {}
}

func TestAuditTrail_outlivesAKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "intake.db")
	var told []string
	for round := range 3 {
		exe, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = append(os.Environ(), asAuditor+"="+path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		buf, text := make([]byte, 4096), ""
		for strings.Count(text, "\n") < 60 {
			n, err := out.Read(buf)
			require.NoError(t, err)
			text += string(buf[:n])
		}
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		lines := strings.Split(text, "\n")
		for _, id := range lines[:len(lines)-1] {
			told = append(told, strconv.Itoa(round)+" "+id)
		}
	}
	tr := trail(t, path, audit.SHA256)
	reports, err := tr.Verify(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, reports, 1)
	require.Empty(t, reports[0].Faults)
	require.GreaterOrEqual(t, reports[0].Entries, int64(len(told)))
	written, want := map[string]int{}, map[string]int{}
	cursor := ""
	for {
		page, next, err := tr.Find(t.Context(), audit.Search{Office: "xujing"}, 200, cursor)
		require.NoError(t, err)
		for _, e := range page {
			written[e.Request]++
		}
		if cursor = next; next == "" {
			break
		}
	}
	for _, id := range told {
		want[strings.Fields(id)[1]]++
	}
	for id, n := range want {
		require.GreaterOrEqual(t, written[id], n, "what was told to be on disk is: %s", id)
	}
}
