package sqlitestore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// Copy is one file of a Snapshot.
type Copy struct {
	From string // a store's file, which may be in use
	To   string // a file that does not exist yet
}

// pagesPerStep is how much is copied between two looks at the context.
const pagesPerStep = 4096

// Snapshot copies several stores as they are at one common instant, also while they
// are written to: what one file knows of another is in the other's copy. All writers
// wait for the few milliseconds in which that instant is pinned, not for the copying.
// Every copy is checked and on disk when Snapshot returns.
func Snapshot(ctx context.Context, copies []Copy) (err error) {
	pins := make([]*pin, 0, len(copies))
	defer func() {
		for _, p := range pins {
			err = errors.Join(err, p.close())
		}
	}()
	for _, c := range copies {
		p, err := openPin(ctx, c)
		if err != nil {
			return fmt.Errorf("snapshot of %s: %w", c.From, err)
		}
		pins = append(pins, p)
	}
	if err := pinTogether(ctx, pins); err != nil {
		return err
	}
	for _, p := range pins {
		if err := p.copy(ctx); err != nil {
			return fmt.Errorf("snapshot of %s: %w", p.From, err)
		}
	}
	return nil
}

// pin holds one file's writers off, and then its state for reading.
type pin struct {
	Copy
	db          *sql.DB
	hold, state *sql.Conn
}

func openPin(ctx context.Context, c Copy) (*pin, error) {
	if _, err := os.Stat(c.From); err != nil {
		return nil, err
	}
	if _, err := os.Stat(c.To); !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(err, fmt.Errorf("%s exists already", c.To))
	}
	db, err := sql.Open("sqlite", dsn(c.From, false))
	if err != nil {
		return nil, err
	}
	p := &pin{Copy: c, db: db}
	if p.hold, err = db.Conn(ctx); err == nil {
		p.state, err = db.Conn(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// pinTogether holds all writers off, fixes what the copies will read, and lets the
// writers go.
func pinTogether(ctx context.Context, pins []*pin) (err error) {
	held := 0
	defer func() {
		for _, p := range pins[:held] {
			_, rerr := p.hold.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			err = errors.Join(err, rerr)
		}
	}()
	for _, p := range pins {
		if _, err := p.hold.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			return fmt.Errorf("hold the writers of %s: %w", p.From, err)
		}
		held++
	}
	for _, p := range pins {
		if _, err := p.state.ExecContext(ctx, "BEGIN"); err != nil {
			return fmt.Errorf("read %s: %w", p.From, err)
		}
		var app int64 // the first read fixes the state
		if err := p.state.QueryRowContext(ctx, "SELECT application_id FROM pragma_application_id, (SELECT count(*) FROM sqlite_schema)").Scan(&app); err != nil {
			return fmt.Errorf("read %s: %w", p.From, err)
		}
		if app != applicationID {
			return fmt.Errorf("%s belongs to another program", p.From)
		}
	}
	return nil
}

// copy writes the pinned state. The backup reads inside the transaction that is open
// on its connection, so that later writes neither change nor restart it.
func (p *pin) copy(ctx context.Context) error {
	if err := p.state.Raw(func(c any) error {
		source, ok := c.(interface {
			NewBackup(to string) (*sqlite.Backup, error)
		})
		if !ok {
			return fmt.Errorf("the driver %T cannot copy", c)
		}
		b, err := source.NewBackup(p.To)
		if err != nil {
			return err
		}
		return run(ctx, b)
	}); err != nil {
		return err
	}
	return Check(ctx, p.To)
}

func run(ctx context.Context, b *sqlite.Backup) error {
	for {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, b.Finish())
		}
		more, err := b.Step(pagesPerStep)
		if err != nil {
			return errors.Join(err, b.Finish())
		}
		if !more {
			return b.Finish()
		}
	}
}

func (p *pin) close() error {
	var errs []error
	for _, c := range []*sql.Conn{p.hold, p.state} {
		if c == nil {
			continue
		}
		// A transaction that is still open ends with its connection.
		if err := c.Raw(func(any) error { return driver.ErrBadConn }); err != nil && !errors.Is(err, driver.ErrBadConn) {
			errs = append(errs, err)
		}
		if err := c.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, p.db.Close())...)
}

// Check reads a whole file that nobody uses: it is ours and every page and index of
// it is sound; it is on disk when Check returns.
func Check(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(), persist(path)) }()
	var app, format int64
	var sound string
	row := db.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version)`)
	if err := row.Scan(&app, &format); err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	if app != applicationID || format != formatVersion {
		return fmt.Errorf("check %s: not a store of layout %d", path, formatVersion)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&sound); err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	if sound != "ok" {
		return fmt.Errorf("check %s: damaged: %s", path, sound)
	}
	return nil
}

// persist makes a file and its entry in the folder durable.
func persist(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(name) //nolint:gosec // the operator names the file
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
