package fee

import (
	"context"

	"zhiqing.dev/pkg/calendarcopy"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/fee/internal/app"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// Keeper is the app without HTTP and broker, for benchmarks.
type Keeper struct{ *app.App }

// Keep opens a keeper on a store.
func Keep(ctx context.Context, engine docstore.Store, clk wallclock.Clock) (*Keeper, error) {
	st, err := store.Open(ctx, engine, clk.Now, func() {})
	if err != nil {
		return nil, err
	}
	cal, err := calendarcopy.Open(ctx, engine, clk.Now)
	if err != nil {
		return nil, err
	}
	return &Keeper{app.New(st, clk, civil.Shanghai, cal)}, nil
}

// Month numbers an applicant's month and returns how many items it has.
func (k *Keeper) Month(ctx context.Context, office, applicant, month string) (int, error) {
	l, err := k.Ledger(ctx, office, domain.LedgerKey{Applicant: applicant, Month: month})
	if err != nil {
		return 0, err
	}
	counted := l.Value.Counted(domain.DefaultPolicy())
	if len(counted) == 0 {
		return 0, nil
	}
	return counted[len(counted)-1].To, nil
}
