package app

import (
	"context"
	"fmt"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/deadline/internal/domain"
)

// SetPolicy settles an office's policy, but for the clock's, which is the office's own
// document's, and computes its open sheets with it. ifRev,
// unless 0, is the revision that the caller has seen: docstore.ErrStale.
func (a *App) SetPolicy(ctx context.Context, office string, p domain.Policy, ifRev int64) (set domain.Policy, rev int64, err error) {
	if err := p.Validate(); err != nil {
		return domain.Policy{}, 0, err
	}
	_, have, err := a.Policy(ctx, office)
	if err != nil {
		return domain.Policy{}, 0, err
	}
	if ifRev != 0 && ifRev != have {
		return domain.Policy{}, 0, fmt.Errorf("policy of %s: %w", office, docstore.ErrStale)
	}
	var opts []docstore.Option
	if ifRev != 0 {
		opts = append(opts, docstore.IfRev(ifRev))
	}
	now := a.clock.Now()
	doc, err := a.store.Policies.Upsert(ctx, office, func(o *domain.OfficePolicy) error {
		o.Settle(office, p)
		o.PendingSince = now
		return nil
	}, opts...)
	if err != nil {
		return domain.Policy{}, 0, fmt.Errorf("set the policy of %s: %w", office, err)
	}
	cal, err := a.Calendars.Current(ctx)
	if err != nil {
		return domain.Policy{}, 0, err
	}
	return doc.Value.Policy, doc.Rev, a.recompute(ctx, cal, office, domain.Version{}, "", nil)
}

// TakeOffice takes the clock policy of an office, and computes its open sheets with it
// when it is another than before. When that is cut off, the sweeper finishes it.
func (a *App) TakeOffice(ctx context.Context, version int64, f contract.OfficeFacts) error {
	now, changed, first := a.clock.Now(), false, false
	_, err := a.store.Policies.Upsert(ctx, f.Office, func(o *domain.OfficePolicy) error {
		first = o.Office == ""
		if changed = o.TakeClock(version, f.Office, f.Policies.Clock); changed {
			o.PendingSince = now
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("take the policy of %s: %w", f.Office, err)
	}
	if first { // today's reminders may have gone out before the office was known
		if err := a.remindOffice(ctx, f.Office); err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	cal, err := a.Calendars.Current(ctx)
	if err != nil {
		return err
	}
	return a.recompute(ctx, cal, f.Office, domain.Version{}, "", nil)
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
