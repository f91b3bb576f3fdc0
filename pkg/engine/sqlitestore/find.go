package sqlitestore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhiqing.dev/pkg/docstore"
)

// where is a condition on one index table, with its arguments.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, args ...any) {
	w.terms = append(w.terms, term)
	w.args = append(w.args, args...)
}

func (w *where) text() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// fix adds the equalities. Of an All, one value drives the walk and the others are
// looked up for each entry; each look-up is one key of the same table.
func (c *collection) fix(w *where, ix docstore.Index, eq []any) {
	m := multiField(ix)
	if m < 0 {
		for i, v := range eq {
			w.add("k."+column(ix.Fields[i])+"=?", v)
		}
		return
	}
	values := slices.Clone(eq[:m+1])
	all, many := eq[m].(docstore.All)
	if !many {
		all = docstore.All{eq[m].(string)} //nolint:forcetypeassert // Check has seen it
	}
	for i, v := range all {
		values[m] = v
		if i == 0 {
			w.add("k.term=?", term(values...))
		} else {
			w.add(c.alsoHas(ix, m), term(values...))
		}
	}
	for i, v := range eq[m+1:] {
		w.add("k."+column(ix.Fields[m+1+i])+"=?", v)
	}
}

// alsoHas is compared with 1 so that it stays a look-up: SQLite makes a join of a bare
// EXISTS, and the time it needs to plan a join of some twenty tables, one for each
// bigram of a long search, outgrows everything else.
func (c *collection) alsoHas(ix docstore.Index, multi int) string {
	var b strings.Builder
	b.WriteString("1=EXISTS (SELECT 1 FROM " + c.index(ix.Name) + " o WHERE o.term=?")
	for _, col := range columns(ix.Fields[multi+1:]) {
		b.WriteString(" AND o." + col + "=k." + col)
	}
	b.WriteString(" AND o.id=k.id)")
	return b.String()
}

// order is the columns that a query is ordered by after those it fixes. In a unique
// index the fields alone are already a total order.
func order(ix docstore.Index, eq int) []string {
	cols := columns(ix.Fields[eq:])
	if !ix.Unique {
		cols = append(cols, "id")
	}
	return cols
}

func qualified(cols []string, suffix string) string {
	out := make([]string, len(cols))
	for i, col := range cols {
		out[i] = "k." + col + suffix
	}
	return strings.Join(out, ", ")
}

// bound adds From and To. A cursor is tighter than the bound it has passed; leaving
// that one out keeps SQLite from starting at it.
func bound(w *where, ix docstore.Index, q docstore.Query, after bool) {
	if q.From != nil && (!after || q.Desc) {
		w.add("k."+column(ix.Fields[len(q.Eq)])+">=?", q.From)
	}
	if q.To != nil && (!after || !q.Desc) {
		w.add("k."+column(ix.Fields[len(q.Eq)])+"<?", q.To)
	}
}

func goOn(w *where, ix docstore.Index, q docstore.Query, pos *docstore.Position) {
	cols := order(ix, len(q.Eq))
	if pos == nil || len(cols) == 0 {
		return
	}
	cmp := ">"
	if q.Desc {
		cmp = "<"
	}
	args := pos.Values
	if !ix.Unique {
		args = append(args, storedID(ix, pos.ID))
	}
	w.add("("+qualified(cols, "")+") "+cmp+" ("+strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")+")", args...)
}

// findSQL is the statement of a query, checked against the declaration.
func (c *collection) findSQL(q docstore.Query) (string, []any, docstore.Index, error) {
	ix, err := c.spec.Check(q.Index, q.Eq, q.From, q.To, 0)
	if err != nil {
		return "", nil, ix, err
	}
	if q.Limit < 1 || q.Limit > docstore.MaxPage {
		return "", nil, ix, fmt.Errorf("limit %d is not within 1..%d", q.Limit, docstore.MaxPage)
	}
	pos, err := c.spec.Position(q, ix)
	if err != nil {
		return "", nil, ix, err
	}
	var w where
	c.fix(&w, ix, q.Eq)
	bound(&w, ix, q, pos != nil)
	goOn(&w, ix, q, pos)
	dir := ""
	if q.Desc {
		dir = " DESC"
	}
	var b strings.Builder
	b.WriteString("SELECT ")
	for _, f := range ix.Fields[len(q.Eq):] {
		b.WriteString("k." + column(f) + ", ")
	}
	b.WriteString("d." + strings.ReplaceAll(rowColumns, ", ", ", d.") + " FROM " + c.index(ix.Name) +
		" k CROSS JOIN " + c.docs() + " d ON d.id=" + plainID(ix) + w.text())
	if cols := order(ix, len(q.Eq)); len(cols) > 0 {
		b.WriteString(" ORDER BY " + qualified(cols, dir))
	}
	b.WriteString(" LIMIT ?")
	return b.String(), append(w.args, q.Limit+1), ix, nil
}

// Find implements docstore.Collection. A page is one statement, so it is one
// moment of the collection.
func (c *collection) Find(ctx context.Context, q docstore.Query) (docstore.Page, error) {
	if err := c.drive(ctx, q.Index, q.Eq, func(eq []any) { q.Eq = eq }); err != nil {
		return docstore.Page{}, err
	}
	query, args, ix, err := c.findSQL(q)
	if err != nil {
		return docstore.Page{}, err
	}
	var page docstore.Page
	var last docstore.Position
	seen, more := 0, false
	err = c.each(ctx, query, args, func(scan func(...any) error) error {
		if seen == q.Limit {
			more = true
			return nil
		}
		seen++
		var r row
		values, into := targets(ix.Fields[len(q.Eq):])
		if err := r.scan(scan, into...); err != nil {
			return err
		}
		last = docstore.Position{Values: values(), ID: r.id}
		if ok, err := r.holds(ix, q.Eq); !ok || err != nil {
			return err // another key with the same term
		}
		rec, err := r.record()
		if err != nil {
			return err
		}
		page.Records = append(page.Records, rec)
		return nil
	})
	if err != nil {
		return docstore.Page{}, err
	}
	if more {
		page.Next = c.spec.Cursor(q, last)
	}
	return page, nil
}

// targets are places to scan index fields into, and their values afterwards.
func targets(fields []docstore.Field) (values func() []any, into []any) {
	for _, f := range fields {
		if f.Kind == docstore.Int {
			into = append(into, new(int64))
		} else {
			into = append(into, new(string))
		}
	}
	return func() []any {
		out := make([]any, 0, len(into))
		for _, p := range into {
			switch p := p.(type) {
			case *int64:
				out = append(out, *p)
			case *string:
				out = append(out, *p)
			}
		}
		return out
	}, into[:len(into):len(into)]
}

// countSQL is the statement of a count, checked against the declaration.
func (c *collection) countSQL(q docstore.CountQuery) (string, []any, docstore.Index, error) {
	ix, err := c.spec.Check(q.Index, q.Eq, q.From, q.To, q.GroupBy)
	if err != nil {
		return "", nil, ix, err
	}
	var w where
	c.fix(&w, ix, q.Eq)
	bound(&w, ix, docstore.Query{Eq: q.Eq, From: q.From, To: q.To}, false)
	group := columns(ix.Fields[len(q.Eq) : len(q.Eq)+q.GroupBy])
	if len(group) == 0 {
		return "SELECT count(*) FROM " + c.index(ix.Name) + " k" + w.text(), w.args, ix, nil
	}
	cols := qualified(group, "")
	return "SELECT " + cols + ", count(*) FROM " + c.index(ix.Name) + " k" + w.text() +
		" GROUP BY " + cols + " ORDER BY " + cols, w.args, ix, nil
}

// Count implements docstore.Collection.
func (c *collection) Count(ctx context.Context, q docstore.CountQuery) ([]docstore.Group, error) {
	if err := c.drive(ctx, q.Index, q.Eq, func(eq []any) { q.Eq = eq }); err != nil {
		return nil, err
	}
	query, args, ix, err := c.countSQL(q)
	if err != nil {
		return nil, err
	}
	var out []docstore.Group
	err = c.each(ctx, query, args, func(scan func(...any) error) error {
		var g docstore.Group
		values, into := targets(ix.Fields[len(q.Eq) : len(q.Eq)+q.GroupBy])
		if err := scan(append(into, &g.Count)...); err != nil {
			return err
		}
		g.Values = values()
		out = append(out, g)
		return nil
	})
	return out, err
}

// drive puts the rarest value of an All first, since that is the one whose entries
// are walked.
func (c *collection) drive(ctx context.Context, index string, eq []any, use func([]any)) error {
	ix, ok := c.spec.Index(index)
	if !ok {
		return nil // findSQL and countSQL refuse it
	}
	for i, v := range eq {
		all, many := v.(docstore.All)
		if !many || i >= len(ix.Fields) || !ix.Fields[i].Multi {
			continue
		}
		all, err := c.rarity.Order(ix.Name, eq[:i], all, func(value string, limit int) (int, error) {
			return c.probe(ctx, ix, append(slices.Clone(eq[:i]), value), limit)
		})
		if err != nil {
			return err
		}
		eq = slices.Clone(eq)
		eq[i] = all
		use(eq)
		return nil
	}
	return nil
}

func (c *collection) probe(ctx context.Context, ix docstore.Index, eq []any, limit int) (n int, err error) {
	var w where
	c.fix(&w, ix, eq)
	query := "SELECT count(*) FROM (SELECT 1 FROM " + c.index(ix.Name) + " k" + w.text() + " LIMIT ?)"
	err = c.each(ctx, query, append(w.args, limit), func(scan func(...any) error) error { return scan(&n) })
	return n, err
}
