package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"zhiqing.dev/pkg/docstore"
)

// names are the tables of one collection. Every part comes from the declared spec
// (lower_snake_case), so a dot cannot occur in it and no two names meet.
type names struct{ coll string }

func (n names) docs() string           { return `"` + n.coll + `.docs"` }
func (n names) outbox() string         { return `"` + n.coll + `.outbox"` }
func (n names) outboxByDoc() string    { return `"` + n.coll + `.outbox.doc"` }
func (n names) index(ix string) string { return `"` + n.coll + `.ix.` + ix + `"` }

// column names are prefixed: a field may be called id.
func column(f docstore.Field) string { return `"f_` + f.Name + `"` }

// Collection makes the tables that the declaration needs. An index that is new or
// declared otherwise than before starts empty; when there are documents already it
// is unfilled. One that is not declared any more is dropped: nobody would keep it.
func (s *Store) Collection(ctx context.Context, spec docstore.CollectionSpec) (docstore.Collection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := names{spec.Name}
	err := s.w.do(ctx, 0, func(t *tx) error {
		if err := n.createTables(t); err != nil {
			return err
		}
		var docs int
		if err := t.scan(`SELECT EXISTS (SELECT 1 FROM `+n.docs()+`)`, nil, &docs); err != nil {
			return err
		}
		for _, ix := range spec.Indexes {
			if err := n.ensureIndex(t, ix, docs > 0); err != nil {
				return fmt.Errorf("index %s: %w", ix.Name, err)
			}
		}
		return n.dropUndeclared(t, spec)
	})
	if err != nil {
		return nil, fmt.Errorf("declare %s: %w", spec.Name, err)
	}
	return newCollection(s, spec), nil
}

func (n names) createTables(t *tx) error {
	for _, ddl := range []string{
		`CREATE TABLE IF NOT EXISTS ` + n.docs() + ` (id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL,
			crc32c INTEGER NOT NULL, applied TEXT NOT NULL, keys TEXT NOT NULL, body BLOB NOT NULL) STRICT`,
		`CREATE TABLE IF NOT EXISTS ` + n.outbox() + ` (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL,
			event_id TEXT NOT NULL, crc32c INTEGER NOT NULL, event BLOB NOT NULL) STRICT`,
		`CREATE INDEX IF NOT EXISTS ` + n.outboxByDoc() + ` ON ` + n.outbox() + ` (id, seq)`,
	} {
		if err := t.ddl(ddl); err != nil {
			return err
		}
	}
	return nil
}

func (n names) ensureIndex(t *tx, ix docstore.Index, hasDocs bool) error {
	declared, err := json.Marshal(ix)
	if err != nil {
		return err
	}
	if multiField(ix) >= 0 {
		declared = append(declared, multiLayout...)
	}
	var known string
	err = t.scan(`SELECT fields FROM "meta.indexes" WHERE collection=? AND name=?`, []any{n.coll, ix.Name}, &known)
	switch {
	case err == nil && known == string(declared):
		return nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if err := t.ddl(`DROP TABLE IF EXISTS ` + n.index(ix.Name)); err != nil {
		return err
	}
	if err := t.ddl(n.indexTable(ix)); err != nil {
		return err
	}
	return t.exec(`INSERT OR REPLACE INTO "meta.indexes" (collection, name, fields, filled) VALUES (?,?,?,?)`,
		n.coll, ix.Name, string(declared), !hasDocs)
}

// indexTable is a table that is nothing but its key: the fields and the id. A page,
// a count and one value of a multi-valued field are each one range of it.
func (n names) indexTable(ix docstore.Index) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", n.index(ix.Name))
	cols, id := stored(ix), "TEXT"
	fields := ix.Fields
	if m := multiField(ix); m >= 0 {
		b.WriteString("term INTEGER NOT NULL, ")
		fields, id = fields[m+1:], "ANY"
	}
	for _, f := range fields {
		typ := "TEXT"
		if f.Kind == docstore.Int {
			typ = "INTEGER"
		}
		fmt.Fprintf(&b, "%s %s NOT NULL, ", column(f), typ)
	}
	if !ix.Unique {
		cols = append(cols, "id")
	}
	fmt.Fprintf(&b, "id %s NOT NULL, PRIMARY KEY (%s)) STRICT, WITHOUT ROWID", id, strings.Join(cols, ", "))
	return b.String()
}

func (n names) dropUndeclared(t *tx, spec docstore.CollectionSpec) error {
	st, err := t.stmt(`SELECT name FROM "meta.indexes" WHERE collection=?`) //nolint:sqlclosecheck // kept for the next write
	if err != nil {
		return err
	}
	known, err := collect(st.QueryContext(context.Background(), n.coll))
	if err != nil {
		return err
	}
	for _, name := range known {
		if _, declared := spec.Index(name); declared {
			continue
		}
		if err := t.ddl(`DROP TABLE IF EXISTS ` + n.index(name)); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM "meta.indexes" WHERE collection=? AND name=?`, n.coll, name); err != nil {
			return err
		}
	}
	return nil
}

// ddl runs a statement once, without keeping it prepared.
func (t *tx) ddl(query string) error {
	_, err := t.conn.ExecContext(context.Background(), query)
	return err
}

// collect reads a result of one text column to its end.
func collect(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	var out []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
