// Package sqlitestore keeps documents in one SQLite file: the engine for one
// machine.
//
// Every write goes through one writer, which commits whatever has queued up
// together (group commit) and acknowledges it only after the commit is on disk.
// Readers work beside it on connections of their own. After an I/O error of a
// write nothing is acknowledged any more and Healthy fails: what the disk holds
// is only known again after a restart.
package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	_ "modernc.org/sqlite" // registers the driver

	"zhiqing.dev/pkg/docstore"
)

// Option changes how a file is opened.
type Option func(*options)

type options struct {
	batchWrites int
	batchBytes  int
	readers     int
}

// BatchLimit bounds how many writes share one commit (default 256). With 1 every
// write has a commit of its own.
func BatchLimit(writes int) Option { return func(o *options) { o.batchWrites = max(writes, 1) } }

// Readers sets how many queries run at once (default: twice the processors, at
// least 4).
func Readers(n int) Option { return func(o *options) { o.readers = max(n, 1) } }

// applicationID marks the file as ours ("ZQDS"); formatVersion is its layout.
const (
	applicationID = 0x5a514453
	formatVersion = 1
)

// Store is one SQLite file. It implements docstore.Store.
type Store struct {
	path string
	wdb  *sql.DB
	rdb  *sql.DB
	w    *writer

	mu   sync.Mutex // serialises Collection
	once sync.Once
	end  error
}

var _ docstore.Store = (*Store)(nil)

// Open opens the file at path, and makes it and its folder when they are missing.
// It refuses a file that is not ours or was written by a newer program.
func Open(ctx context.Context, path string, opts ...Option) (docstore.Store, error) {
	o := options{batchWrites: 256, batchBytes: 4 << 20, readers: max(4, 2*runtime.NumCPU())}
	for _, opt := range opts {
		opt(&o)
	}
	s, err := open(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return s, nil
}

func open(ctx context.Context, path string, o options) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(abs)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &Store{path: abs}
	if s.wdb, err = sql.Open("sqlite", dsn(abs, false)); err != nil {
		return nil, err
	}
	s.wdb.SetMaxOpenConns(1)
	if s.rdb, err = sql.Open("sqlite", dsn(abs, true)); err != nil {
		return nil, errors.Join(err, s.wdb.Close())
	}
	s.rdb.SetMaxOpenConns(o.readers)
	s.rdb.SetMaxIdleConns(o.readers)
	if err := s.prepare(ctx, dir); err != nil {
		return nil, errors.Join(err, s.rdb.Close(), s.wdb.Close())
	}
	conn, err := s.wdb.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, s.rdb.Close(), s.wdb.Close())
	}
	s.w = newWriter(conn, o.batchWrites, o.batchBytes)
	return s, nil
}

// cacheKiB is the page cache of a connection. A commit touches pages all over the
// indexes; those that do not fit are written to the log early, and again.
var cacheKiB = map[bool]int{false: 64 << 10, true: 16 << 10}

// dsn sets everything by connection, so that no connection of a pool misses it.
func dsn(path string, reader bool) string {
	q := url.Values{}
	for _, p := range []string{
		"busy_timeout(5000)", "journal_mode(wal)", "synchronous(full)", "fullfsync(1)",
		"checkpoint_fullfsync(1)", "foreign_keys(1)", "trusted_schema(0)",
		"wal_autocheckpoint(8000)", "journal_size_limit(67108864)", fmt.Sprintf("cache_size(-%d)", cacheKiB[reader]),
		"temp_store(memory)", "case_sensitive_like(1)",
	} {
		q.Add("_pragma", p)
	}
	if reader {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Set("_txlock", "immediate")
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}

// prepare makes or checks the file's own tables, asserts the settings that
// durability hangs on, and makes the folder's entries durable.
func (s *Store) prepare(ctx context.Context, dir string) error {
	if err := s.identify(ctx); err != nil {
		return err
	}
	for _, db := range []*sql.DB{s.wdb, s.rdb} {
		if err := assertPragmas(ctx, db); err != nil {
			return err
		}
	}
	d, err := os.Open(dir) //nolint:gosec // the folder of the file we were asked for
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *Store) identify(ctx context.Context) error {
	var app, format, tables int64
	row := s.wdb.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`)
	if err := row.Scan(&app, &format, &tables); err != nil {
		return err
	}
	switch {
	case app == applicationID && format == formatVersion:
		return nil
	case app == applicationID:
		return fmt.Errorf("the file has layout %d, this program knows %d", format, formatVersion)
	case app != 0 || tables != 0:
		return errors.New("the file belongs to another program")
	}
	_, err := s.wdb.ExecContext(ctx, fmt.Sprintf(`BEGIN IMMEDIATE;
		CREATE TABLE "meta.indexes" (collection TEXT NOT NULL, name TEXT NOT NULL, fields TEXT NOT NULL,
			filled INTEGER NOT NULL, PRIMARY KEY (collection, name)) STRICT, WITHOUT ROWID;
		PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT`, applicationID, formatVersion))
	return err
}

func assertPragmas(ctx context.Context, db *sql.DB) error {
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("journal mode is %s: the file system cannot hold a write-ahead log", mode)
	}
	for name, want := range map[string]int64{"synchronous": 2, "trusted_schema": 0, "foreign_keys": 1} {
		var got int64
		if err := db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("pragma %s is %d, not %d", name, got, want)
		}
	}
	return nil
}

// Healthy reports the I/O error after which the writer stopped, as ErrBroken, and
// otherwise waits until the writer has answered or ctx ends.
func (s *Store) Healthy(ctx context.Context) error {
	if err := s.w.refusal(); err != nil {
		return fmt.Errorf("%w: %w", docstore.ErrBroken, err)
	}
	return s.w.do(ctx, 0, func(*tx) error { return nil })
}

// Close commits what was accepted, brings the log back into the file and closes it.
func (s *Store) Close() error {
	s.once.Do(func() {
		s.end = errors.Join(s.w.close(), s.rdb.Close(), s.wdb.Close())
	})
	return s.end
}
