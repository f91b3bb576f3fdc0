package mongostore

import (
	"context"
	"fmt"
	"math"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/docstore"
)

// plan is a query as a range of one index: from the key min, inclusive, to the key
// max, exclusive. The server walks exactly that range, so a page costs the same
// wherever it lies. filter holds only the further values of an All.
type plan struct {
	index    docstore.Index
	min, max bson.D
	filter   bson.D
	sort     bson.D
	limit    int
	nothing  bool // the range is empty
}

// plan checks a query against the declaration and lays out its range.
func (c *collection) plan(q docstore.Query) (plan, error) {
	ix, err := c.spec.Check(q.Index, q.Eq, q.From, q.To, 0)
	if err != nil {
		return plan{}, err
	}
	if q.Limit < 1 || q.Limit > docstore.MaxPage {
		return plan{}, fmt.Errorf("limit %d is not within 1..%d", q.Limit, docstore.MaxPage)
	}
	pos, err := c.spec.Position(q, ix)
	if err != nil {
		return plan{}, err
	}
	p := plan{index: ix, filter: bson.D{}, limit: q.Limit + 1}
	var fixed []any
	for i, v := range q.Eq {
		if all, many := v.(docstore.All); many {
			v = all[0]
			if len(all) > 1 {
				p.filter = bson.D{{Key: path(ix, ix.Fields[i]), Value: bson.D{{Key: "$all", Value: []string(all[1:])}}}}
			}
		}
		fixed = append(fixed, v)
	}
	low, high := slices.Clone(fixed), slices.Clone(fixed)
	if q.From != nil {
		low = append(low, q.From)
	}
	if q.To != nil {
		high = append(high, q.To)
	}
	if pos != nil {
		at := append(slices.Clone(fixed), pos.Values...)
		if !ix.Unique {
			at = append(at, pos.ID)
		}
		if q.Desc {
			high = at
		} else {
			low = after(at)
		}
	}
	keys := pattern(ix)
	switch full := len(fixed) == len(keys); {
	case full && pos != nil:
		p.nothing = true // a unique key has no second page
	case full:
		high = after(high)
	}
	p.min = bound(keys, low, bson.MinKey{})
	p.max = bound(keys, high, bson.MaxKey{})
	if q.To != nil && (pos == nil || !q.Desc) {
		p.max = bound(keys, high, bson.MinKey{}) // all that begins with To is outside
	}
	p.nothing = p.nothing || empty(low, high, q)
	dir := 1
	if q.Desc {
		dir = -1
	}
	for _, k := range keys[len(fixed):] {
		p.sort = append(p.sort, bson.E{Key: k.Key, Value: dir})
	}
	return p, nil
}

// after is the first key that comes behind this one.
func after(key []any) []any {
	key = slices.Clone(key)
	last := len(key) - 1
	switch v := key[last].(type) {
	case string:
		key[last] = v + "\x00"
	case int64:
		if v == math.MaxInt64 {
			key[last] = math.Inf(1)
		} else {
			key[last] = v + 1
		}
	}
	return key
}

// bound completes a key to the length of the index.
func bound(keys bson.D, values []any, rest any) bson.D {
	out := make(bson.D, len(keys))
	for i, k := range keys {
		v := rest
		if i < len(values) {
			v = values[i]
		}
		out[i] = bson.E{Key: k.Key, Value: v}
	}
	return out
}

// empty tells ranges that end before they begin, which the server refuses.
func empty(low, high []any, q docstore.Query) bool {
	if slices.Equal(low, high) {
		return q.To != nil || q.After != "" // else both ends are open
	}
	return q.From != nil && q.To != nil && !less(q.From, q.To)
}

func less(a, b any) bool {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && a < b
	case int64:
		b, ok := b.(int64)
		return ok && a < b
	}
	return false
}

// projection takes the record and the entry that a cursor is made from.
func (p plan) projection() bson.D {
	return append(slices.Clone(recordFields), bson.E{Key: fieldEntries + "." + p.index.Name, Value: 1})
}

// Find implements docstore.Collection.
func (c *collection) Find(ctx context.Context, q docstore.Query) (docstore.Page, error) {
	p, err := c.drive(ctx, &q)
	if err != nil || p.nothing {
		return docstore.Page{}, err
	}
	opts := options.Find().SetHint(p.index.Name).SetMin(p.min).SetMax(p.max).
		SetLimit(int64(p.limit)).SetBatchSize(batch(p.limit)).SetProjection(p.projection())
	if len(p.sort) > 0 {
		opts.SetSort(p.sort)
	}
	cur, err := c.coll.Find(ctx, p.filter, opts)
	if err != nil {
		return docstore.Page{}, readError(ctx, err)
	}
	var page docstore.Page
	var last stored
	more := false
	err = c.read(ctx, cur, func(s *stored) error {
		if len(page.Records) == q.Limit {
			more = true
			return nil
		}
		rec, err := s.record()
		page.Records = append(page.Records, rec)
		last = *s
		return err
	})
	if err != nil || !more {
		return page, err
	}
	pos, err := p.position(last, len(q.Eq))
	page.Next = c.spec.Cursor(q, pos)
	return page, err
}

// position is where the page ended, read from the entry that was found.
func (p plan) position(s stored, fixed int) (docstore.Position, error) {
	pos := docstore.Position{ID: s.ID}
	for _, f := range p.index.Fields[fixed:] {
		raw, err := s.Entries.LookupErr(p.index.Name, f.Name)
		if err != nil {
			return pos, fmt.Errorf("%s: %w: %w", s.ID, docstore.ErrDamaged, err)
		}
		v, ok := value(raw)
		if !ok {
			return pos, fmt.Errorf("%s: %w: an index value of type %s", s.ID, docstore.ErrDamaged, raw.Type)
		}
		pos.Values = append(pos.Values, v)
	}
	return pos, nil
}

// drive plans a query after it has put the rarest value of an All first, since that
// is the one whose entries are walked.
func (c *collection) drive(ctx context.Context, q *docstore.Query) (plan, error) {
	p, err := c.plan(*q)
	if err != nil {
		return p, err
	}
	eq, err := c.rarestFirst(ctx, p.index, q.Eq)
	if err != nil {
		return p, err
	}
	q.Eq = eq
	return c.plan(*q)
}

// rarestFirst expects values that were checked against the declaration.
func (c *collection) rarestFirst(ctx context.Context, ix docstore.Index, eq []any) ([]any, error) {
	for i, v := range eq {
		all, many := v.(docstore.All)
		if !many {
			continue
		}
		all, err := c.rarity.Order(ix.Name, eq[:i], all, func(value string, limit int) (int, error) {
			match := bson.D{}
			for k, w := range append(slices.Clone(eq[:i]), value) {
				match = append(match, bson.E{Key: path(ix, ix.Fields[k]), Value: w})
			}
			n, err := c.coll.CountDocuments(ctx, match, options.Count().SetHint(ix.Name).SetLimit(int64(limit)))
			if err != nil {
				return 0, readError(ctx, err)
			}
			return int(n), nil
		})
		if err != nil {
			return nil, err
		}
		eq = slices.Clone(eq)
		eq[i] = all
		break
	}
	return eq, nil
}
