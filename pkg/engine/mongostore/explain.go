package mongostore

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"zhiqing.dev/pkg/docstore"
)

var _ docstore.Explainer = (*collection)(nil)

// Explain implements docstore.Explainer with the server's own explain: the plan
// must be a scan of the declared index in its order, which looks at no more keys
// than it returns (with several values of an All: than hold the rarest of them).
func (c *collection) Explain(ctx context.Context, q docstore.Query) error {
	p, err := c.drive(ctx, &q)
	if err != nil || p.nothing {
		return err
	}
	cmd := bson.D{
		{Key: "find", Value: c.spec.Name},
		{Key: "filter", Value: p.filter},
		{Key: "hint", Value: p.index.Name},
		{Key: "min", Value: p.min},
		{Key: "max", Value: p.max},
		{Key: "limit", Value: p.limit},
		{Key: "projection", Value: p.projection()},
	}
	if len(p.sort) > 0 {
		cmd = append(cmd, bson.E{Key: "sort", Value: p.sort})
	}
	return c.explain(ctx, cmd, p.index.Name, len(p.filter) == 0)
}

// ExplainCount implements docstore.Explainer.
func (c *collection) ExplainCount(ctx context.Context, q docstore.CountQuery) error {
	pipeline, ix, err := c.countPipeline(q)
	if err != nil {
		return err
	}
	tight := true
	for _, v := range q.Eq {
		if all, many := v.(docstore.All); many && len(all) > 1 {
			tight = false
		}
	}
	return c.explain(ctx, bson.D{
		{Key: "aggregate", Value: c.spec.Name}, {Key: "pipeline", Value: pipeline}, {Key: "hint", Value: ix.Name}, {Key: "cursor", Value: bson.D{}},
	}, ix.Name, tight)
}

func (c *collection) explain(ctx context.Context, cmd bson.D, index string, tight bool) error {
	raw, err := c.store.db.RunCommand(ctx, bson.D{{Key: "explain", Value: cmd}, {Key: "verbosity", Value: "executionStats"}}).Raw()
	if err != nil {
		return readError(ctx, err)
	}
	var seen explained
	if err := seen.walk(raw); err != nil {
		return err
	}
	scans := []string{"IXSCAN", "COUNT_SCAN", "DISTINCT_SCAN", "ixseek", "ixscan"}
	fine := slices.ContainsFunc(seen.stages, func(s string) bool { return slices.Contains(scans, s) })
	for _, bad := range []string{"COLLSCAN", "SORT", "$sort", "sort", "scan"} {
		fine = fine && !slices.Contains(seen.stages, bad)
	}
	for _, used := range seen.indexes {
		fine = fine && used == index
	}
	if !fine {
		return fmt.Errorf("not a scan of index %s alone: stages %v, indexes %v", index, seen.stages, seen.indexes)
	}
	if tight && seen.keys > seen.returned+1 {
		return fmt.Errorf("looks at %d keys of index %s to return %d", seen.keys, index, seen.returned)
	}
	return nil
}

// explained gathers what an explain output says, wherever it stands: the layout
// differs between finds, aggregations and server versions.
type explained struct {
	stages, indexes []string
	keys, returned  int64
}

func (e *explained) walk(doc bson.Raw) error {
	elements, err := doc.Elements()
	if err != nil {
		return fmt.Errorf("read explain output: %w", err)
	}
	if keys, ok := number(doc, "totalKeysExamined"); ok {
		e.keys = keys
		e.returned, _ = number(doc, "nReturned")
	}
	for _, el := range elements {
		inner := bson.Raw(nil)
		v := el.Value()
		switch key := el.Key(); {
		case key == "command", key == "parsedQuery", key == "rejectedPlans":
			continue
		case v.Type == bson.TypeString && key == "stage":
			e.stages = append(e.stages, v.StringValue())
		case v.Type == bson.TypeString && key == "indexName":
			e.indexes = append(e.indexes, v.StringValue())
		case v.Type == bson.TypeEmbeddedDocument:
			if key == "$sort" {
				e.stages = append(e.stages, key)
			}
			inner = v.Document()
		case v.Type == bson.TypeArray:
			inner = bson.Raw(v.Array())
		}
		if inner == nil {
			continue
		}
		if err := e.walk(inner); err != nil {
			return err
		}
	}
	return nil
}

func number(doc bson.Raw, key string) (int64, bool) {
	v, err := doc.LookupErr(key)
	if err != nil {
		return 0, false
	}
	return v.AsInt64OK()
}
