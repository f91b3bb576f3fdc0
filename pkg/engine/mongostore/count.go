package mongostore

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/docstore"
)

// countPipeline matches a range of the index and groups what the index holds; the
// server answers it without looking at a document.
func (c *collection) countPipeline(q docstore.CountQuery) (bson.A, docstore.Index, error) {
	ix, err := c.spec.Check(q.Index, q.Eq, q.From, q.To, q.GroupBy)
	if err != nil {
		return nil, ix, err
	}
	match := bson.D{}
	for i, v := range q.Eq {
		if all, many := v.(docstore.All); many {
			v = bson.D{{Key: "$all", Value: []string(all)}}
		}
		match = append(match, bson.E{Key: path(ix, ix.Fields[i]), Value: v})
	}
	within := bson.D{}
	if q.From != nil {
		within = append(within, bson.E{Key: "$gte", Value: q.From})
	}
	if q.To != nil {
		within = append(within, bson.E{Key: "$lt", Value: q.To})
	}
	if len(q.Eq) == 0 && q.From == nil { // say that there is an entry at all
		within = append(within, bson.E{Key: "$gte", Value: least(ix.Fields[0])})
	}
	if len(within) > 0 {
		match = append(match, bson.E{Key: path(ix, ix.Fields[len(q.Eq)]), Value: within})
	}
	var by any
	if q.GroupBy > 0 {
		fields := bson.D{}
		for i, f := range ix.Fields[len(q.Eq) : len(q.Eq)+q.GroupBy] {
			fields = append(fields, bson.E{Key: groupField(i), Value: "$" + path(ix, f)})
		}
		by = fields
	}
	return bson.A{
		bson.D{{Key: "$match", Value: match}},
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: by}, {Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}}}},
	}, ix, nil
}

func least(f docstore.Field) any {
	if f.Kind == docstore.Int {
		return int64(math.MinInt64)
	}
	return ""
}

func groupField(i int) string { return "g" + strconv.Itoa(i) }

// Count implements docstore.Collection.
func (c *collection) Count(ctx context.Context, q docstore.CountQuery) ([]docstore.Group, error) {
	pipeline, ix, err := c.countPipeline(q)
	if err != nil {
		return nil, err
	}
	cur, err := c.coll.Aggregate(ctx, pipeline, options.Aggregate().SetHint(ix.Name))
	if err != nil {
		return nil, readError(ctx, err)
	}
	var rows []struct {
		By bson.Raw `bson:"_id"`
		N  int64    `bson:"n"`
	}
	if err := cur.All(ctx, &rows); err != nil {
		return nil, readError(ctx, err)
	}
	if q.GroupBy == 0 {
		g := docstore.Group{}
		if len(rows) > 0 {
			g.Count = rows[0].N
		}
		return []docstore.Group{g}, nil
	}
	var groups []docstore.Group
	for _, r := range rows {
		g := docstore.Group{Count: r.N}
		for i := range q.GroupBy {
			v, ok := value(r.By.Lookup(groupField(i)))
			if !ok {
				return nil, fmt.Errorf("%w: an index value of an unknown type", docstore.ErrDamaged)
			}
			g.Values = append(g.Values, v)
		}
		groups = append(groups, g)
	}
	slices.SortFunc(groups, compareGroups)
	return groups, nil
}

func compareGroups(a, b docstore.Group) int {
	for i := range a.Values {
		switch {
		case less(a.Values[i], b.Values[i]):
			return -1
		case less(b.Values[i], a.Values[i]):
			return 1
		}
	}
	return 0
}
