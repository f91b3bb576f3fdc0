package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"zhiqing.dev/pkg/docstore"
)

// collection implements docstore.Collection on the tables of one declaration.
type collection struct {
	names
	store *Store
	spec  docstore.CollectionSpec

	rarity docstore.Rarity

	mu    sync.Mutex
	stmts map[string]*sql.Stmt // by text; closed with the pool
}

var _ docstore.Collection = (*collection)(nil)

func newCollection(s *Store, spec docstore.CollectionSpec) *collection {
	return &collection{names: names{spec.Name}, store: s, spec: spec, stmts: map[string]*sql.Stmt{}}
}

// keptStatements bounds the prepared reads of a collection. Their texts differ by
// index and bounds, and by how many values All has.
const keptStatements = 256

func (c *collection) stmt(ctx context.Context, query string) (st *sql.Stmt, done func(), err error) {
	c.mu.Lock()
	st, ok := c.stmts[query]
	full := len(c.stmts) >= keptStatements
	c.mu.Unlock()
	if ok {
		return st, func() {}, nil
	}
	if st, err = c.store.rdb.PrepareContext(ctx, query); err != nil {
		return nil, nil, c.readError(ctx, err)
	}
	if full {
		return st, func() { _ = st.Close() }, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if other, ok := c.stmts[query]; ok {
		return other, func() {}, st.Close()
	}
	c.stmts[query] = st
	return st, func() {}, nil
}

// readError tells a caller who gave up from an engine that cannot read.
func (c *collection) readError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, docstore.ErrDamaged):
		return err
	}
	return unavailable(err)
}

// each runs a read and hands every result row to fn.
func (c *collection) each(ctx context.Context, query string, args []any, fn func(scan func(...any) error) error) error {
	st, done, err := c.stmt(ctx, query) //nolint:sqlclosecheck // done does
	if err != nil {
		return err
	}
	defer done()
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return c.readError(ctx, err)
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return c.readError(ctx, err)
		}
	}
	if err := rows.Err(); err != nil {
		return c.readError(ctx, err)
	}
	return nil
}

// Get implements docstore.Collection.
func (c *collection) Get(ctx context.Context, id string) (docstore.Record, error) {
	var rec docstore.Record
	found := false
	err := c.each(ctx, `SELECT `+rowColumns+` FROM `+c.docs()+` WHERE id=?`, []any{id}, func(scan func(...any) error) error {
		var r row
		if err := r.scan(scan); err != nil {
			return err
		}
		found = true
		var err error
		rec, err = r.record()
		return err
	})
	if err == nil && !found {
		err = docstore.ErrNotFound
	}
	return rec, err
}

// Insert implements docstore.Collection.
func (c *collection) Insert(ctx context.Context, w docstore.Write) error {
	keys, err := encodeKeys(w.Keys)
	if err != nil {
		return fmt.Errorf("encode keys: %w", err)
	}
	out, size, err := encodeEvents(w.Events)
	if err != nil {
		return err
	}
	will := place(c.spec, w.Keys)
	return c.store.w.do(ctx, len(w.Body)+size, func(t *tx) error {
		r := row{id: w.ID, rev: 1, applied: "[]", keys: keys, body: w.Body}
		if err := r.apply(w.Once); err != nil {
			return err
		}
		if err := c.insert(t, &r); err != nil {
			return err
		}
		if err := c.enter(t, c.spec, w.ID, will); err != nil {
			return err
		}
		return c.enqueue(t, w.ID, out)
	})
}

// Replace implements docstore.Collection.
func (c *collection) Replace(ctx context.Context, w docstore.Write, ifRev int64) error {
	run, size, err := c.replacement(w, ifRev)
	if err != nil {
		return err
	}
	return c.store.w.do(ctx, size, run)
}

// ReplaceMany implements docstore.Collection. Here it is all or nothing.
func (c *collection) ReplaceMany(ctx context.Context, swaps []docstore.Swap) error {
	runs, bytes := make([]func(*tx) error, len(swaps)), 0
	for i, s := range swaps {
		run, size, err := c.replacement(s.Write, s.IfRev)
		if err != nil {
			return err
		}
		runs[i] = run
		bytes += size
	}
	err := c.store.w.do(ctx, bytes, func(t *tx) error {
		for _, run := range runs {
			if err := run(t); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, docstore.ErrNotFound) {
		err = fmt.Errorf("%w: %w", docstore.ErrConflict, err)
	}
	return err
}

// replacement is the write of a document that stands at this revision, and its size.
func (c *collection) replacement(w docstore.Write, ifRev int64) (run func(*tx) error, size int, err error) {
	keys, err := encodeKeys(w.Keys)
	if err != nil {
		return nil, 0, fmt.Errorf("encode keys: %w", err)
	}
	out, size, err := encodeEvents(w.Events)
	if err != nil {
		return nil, 0, err
	}
	will := place(c.spec, w.Keys)
	return func(t *tx) error {
		r, err := c.at(t, w.ID, ifRev)
		if err != nil {
			return err
		}
		if r.keys != keys {
			if err := c.reenter(t, c.spec, w.ID, r.keys, will, false); err != nil {
				return err
			}
		}
		if err := r.apply(w.Once); err != nil {
			return err
		}
		r.rev++
		r.keys, r.body = keys, w.Body
		if err := c.update(t, &r); err != nil {
			return err
		}
		return c.enqueue(t, w.ID, out)
	}, len(w.Body) + size, nil
}

// at loads the document if it stands at this revision.
func (c *collection) at(t *tx, id string, rev int64) (row, error) {
	r, err := c.load(t, id)
	if err == nil && r.rev != rev {
		err = docstore.ErrConflict
	}
	return r, err
}

// Each implements docstore.Collection.
func (c *collection) Each(ctx context.Context, afterID string, limit int) ([]docstore.Record, error) {
	var recs []docstore.Record
	err := c.each(ctx, `SELECT `+rowColumns+` FROM `+c.docs()+` WHERE id>? ORDER BY id LIMIT ?`, []any{afterID, limit},
		func(scan func(...any) error) error {
			var r row
			if err := r.scan(scan); err != nil {
				return err
			}
			rec, err := r.record()
			recs = append(recs, rec)
			return err
		})
	return recs, err
}

// Unfilled implements docstore.Collection.
func (c *collection) Unfilled(ctx context.Context) ([]string, error) {
	return collect(c.store.rdb.QueryContext(ctx,
		`SELECT name FROM "meta.indexes" WHERE collection=? AND NOT filled ORDER BY name`, c.coll))
}

// Rekey implements docstore.Collection.
func (c *collection) Rekey(ctx context.Context, id string, keys map[string]docstore.Key, ifRev int64) error {
	text, err := encodeKeys(keys)
	if err != nil {
		return fmt.Errorf("encode keys: %w", err)
	}
	will := place(c.spec, keys)
	return c.store.w.do(ctx, len(text), func(t *tx) error {
		r, err := c.at(t, id, ifRev)
		if err != nil {
			return err
		}
		if err := c.reenter(t, c.spec, id, r.keys, will, true); err != nil {
			return err
		}
		if r.keys == text {
			return nil
		}
		r.keys = text
		return c.update(t, &r)
	})
}

// Filled implements docstore.Collection.
func (c *collection) Filled(ctx context.Context, indexes []string) error {
	return c.store.w.do(ctx, 0, func(t *tx) error {
		for _, name := range indexes {
			err := t.exec(`UPDATE "meta.indexes" SET filled=1 WHERE collection=? AND name=?`, c.coll, name)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
