package app

import (
	"context"
	"fmt"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
)

// AskReasons opens the procedure of 条例 art. 35 with the approved findings of excess
// about the applicants.
func (d *Desk) AskReasons(ctx context.Context, office, id string, by domain.Actor, cmd domain.ReasonsRequest, opts ...docstore.Option) (Doc, error) {
	doc, err := d.Get(ctx, office, id)
	if err != nil {
		return Doc{}, err
	}
	found, err := d.ExcessFindings.Of(ctx, office, doc.Value.Digests, doc.Value.MonthReceived())
	if err != nil {
		return Doc{}, fmt.Errorf("look findings of excess up: %w", err)
	}
	return d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error {
		return c.AskReasons(cmd, found, env)
	}, opts...)
}
