package sqlitestore

import (
	"context"
	"fmt"
	"strings"

	"zhiqing.dev/pkg/docstore"
)

var _ docstore.Explainer = (*collection)(nil)

// Explain implements docstore.Explainer.
func (c *collection) Explain(ctx context.Context, q docstore.Query) error {
	query, args, _, err := c.findSQL(q)
	if err != nil {
		return err
	}
	return c.explain(ctx, query, args, len(q.Eq) > 0 || q.From != nil || q.To != nil || q.After != "")
}

// ExplainCount implements docstore.Explainer.
func (c *collection) ExplainCount(ctx context.Context, q docstore.CountQuery) error {
	query, args, _, err := c.countSQL(q)
	if err != nil {
		return err
	}
	return c.explain(ctx, query, args, len(q.Eq) > 0 || q.From != nil || q.To != nil)
}

// explain asks SQLite for its plan. Only an unbounded query may walk an index table
// from its beginning.
func (c *collection) explain(ctx context.Context, query string, args []any, bounded bool) error {
	var plan []string
	err := c.each(ctx, "EXPLAIN QUERY PLAN "+query, args, func(scan func(...any) error) error {
		var id, parent, unused int64
		var detail string
		err := scan(&id, &parent, &unused, &detail)
		plan = append(plan, detail)
		return err
	})
	if err != nil {
		return err
	}
	for _, step := range plan {
		scan := strings.HasPrefix(step, "SCAN ")
		if strings.Contains(step, "TEMP B-TREE") || (scan && (bounded || !strings.HasPrefix(step, "SCAN k"))) {
			return fmt.Errorf("not a range of the index: %s", strings.Join(plan, "; "))
		}
	}
	return nil
}
