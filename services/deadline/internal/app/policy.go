package app

import (
	"context"
	"fmt"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/deadline/internal/domain"
)

// SetPolicy settles an office's policy and computes its open sheets with it. ifRev,
// unless 0, is the revision that the caller has seen: docstore.ErrStale.
func (a *App) SetPolicy(ctx context.Context, office string, p domain.Policy, ifRev int64) (rev int64, err error) {
	if err := p.Validate(); err != nil {
		return 0, err
	}
	_, have, err := a.Policy(ctx, office)
	if err != nil {
		return 0, err
	}
	if ifRev != 0 && ifRev != have {
		return 0, fmt.Errorf("policy of %s: %w", office, docstore.ErrStale)
	}
	var opts []docstore.Option
	if ifRev != 0 {
		opts = append(opts, docstore.IfRev(ifRev))
	}
	now := a.clock.Now()
	doc, err := a.store.Policies.Upsert(ctx, office, func(o *domain.OfficePolicy) error {
		o.Office, o.Policy, o.PendingSince = office, p, now
		return nil
	}, opts...)
	if err != nil {
		return 0, fmt.Errorf("set the policy of %s: %w", office, err)
	}
	cal, err := a.Calendars.Current(ctx)
	if err != nil {
		return 0, err
	}
	return doc.Rev, a.recompute(ctx, cal, office, domain.Version{}, "", nil)
}

func (a *App) settlePolicy(ctx context.Context, d docstore.Doc[domain.OfficePolicy]) error {
	since := d.Value.PendingSince
	last := a.clock.Now().Sub(since) >= settleAfter
	cal, err := a.Calendars.Current(ctx)
	if err != nil {
		return err
	}
	if err := a.recompute(ctx, cal, d.ID, domain.Version{}, "", nil); err != nil || !last {
		return err
	}
	_, err = a.store.Policies.Update(ctx, d.ID, func(o *domain.OfficePolicy) error {
		if o.PendingSince.Equal(since) {
			o.PendingSince = time.Time{}
		}
		return nil
	})
	return err
}
