package fee_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/fee"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// A finding that was kept before other services were told of any is told of at the start,
// once, without anybody restating it.
func TestFinding_fromBeforeIsToldOfAtTheStart(t *testing.T) {
	t.Parallel()
	s, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "fee.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	k, err := fee.Keep(t.Context(), s, wallclock.NewFake(servicetest.DefaultNow))
	require.NoError(t, err)
	old := &domain.Finding{
		ID: "f1", Office: "demo", Applicant: "zhang", Month: "2026-05", State: domain.FindingApproved, Grounds: "明显超过合理范围",
		FoundOn: civil.MustParse("2026-05-20"), FoundBy: "s-officer", DecidedOn: civil.MustParse("2026-05-21"), DecidedBy: "s-head",
	}
	findings := k.Store().Findings
	_, _, err = findings.Insert(t.Context(), old.ID, old)
	require.NoError(t, err)
	none, err := findings.Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Empty(t, none)

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Settler().Run(ctx) }()
	require.Eventually(t, func() bool {
		waiting, err := findings.Pending(t.Context(), 10)
		return err == nil && len(waiting) == 1
	}, time.Minute, 5*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	left, _, err := findings.Find(t.Context(), docstore.Query{Index: store.FindingsUntold, Limit: 10})
	require.NoError(t, err)
	require.Empty(t, left, "it is not told twice")
	waiting, err := findings.Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, waiting[0].Events, 1)
	var facts contract.FindingFacts
	require.NoError(t, waiting[0].Events[0].Decode(&facts))
	require.Equal(t, contract.FindingApproved, facts.State)
	require.Equal(t, []string{"zhang"}, facts.Applicants)
	require.Equal(t, "2026-05", facts.Month)
}
