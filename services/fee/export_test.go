package fee

import (
	"context"
	"log/slog"

	"zhiqing.dev/pkg/calendarcopy"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/fee/internal/alike"
	"zhiqing.dev/services/fee/internal/app"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// Keeper is the app without HTTP and broker, for benchmarks.
type Keeper struct{ *app.App }

// Texts is the index of texts, for benchmarks.
type Texts = alike.Index

// OpenTexts opens the index on a store.
func OpenTexts(ctx context.Context, engine docstore.Store, clk wallclock.Clock) (*Texts, error) {
	return alike.Open(ctx, engine, clk.Now)
}

// Own is what an applicant's window repeats.
func Own(ctx context.Context, x *Texts, office, applicant, window string) (alike.Own, error) {
	from, to := domain.Window(window).Bounds()
	return x.Own(ctx, office, []string{applicant}, from, to, app.Thresholds(domain.DefaultPolicy()))
}

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
	texts, err := OpenTexts(ctx, engine, clk)
	if err != nil {
		return nil, err
	}
	return &Keeper{app.New(st, clk, civil.Shanghai, cal, slog.New(slog.DiscardHandler), secret.Master{}, texts)}, nil
}

// Month asks for an applicant's month as the HTTP side does: its total, its frequency
// and share, and the first page of its cases. It returns the items.
func (k *Keeper) Month(ctx context.Context, office, applicant, month string) (int, error) {
	w, p := domain.Window(month), domain.DefaultPolicy()
	u, err := k.Usage(ctx, office, applicant, w, p)
	if err != nil {
		return 0, err
	}
	_, _, err = k.Listed(ctx, office, applicant, w, p, 50, "")
	return u.Items, err
}
