package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"zhiqing.dev/pkg/docstore"
)

// errClosed is the cause when a write comes after Close.
var errClosed = errors.New("the store is closed")

// writer is the only one that writes. Its loop takes whatever is waiting, runs
// each write under a savepoint in one transaction and answers after the commit.
type writer struct {
	tx      *tx
	ops     chan *op
	writes  int
	bytes   int
	closing chan struct{}
	stopped chan struct{}
	// rest runs after a commit, rested tells that it is over: patient writes alone
	// make at most one commit in each rest.
	rest   *time.Timer
	rested bool
	broken atomic.Pointer[error] // the I/O error that ended acknowledging
}

// patience is how long patient writes (docstore.Patient) may wait for company.
const patience = 10 * time.Millisecond

// The states of an op. Whoever moves it from waiting decides its fate.
const (
	waiting int32 = iota
	running
	cancelled
)

type op struct {
	ctx     context.Context
	run     func(*tx) error
	bytes   int
	patient bool
	state   atomic.Int32
	err     error // set before done is closed
	done    chan struct{}
}

// tx runs statements on the writer's connection, each prepared once.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newWriter(conn *sql.Conn, writes, bytes int) *writer {
	w := &writer{
		tx:      &tx{conn: conn, stmts: map[string]*sql.Stmt{}},
		ops:     make(chan *op, 4*max(writes, 64)),
		writes:  writes,
		bytes:   bytes,
		closing: make(chan struct{}),
		stopped: make(chan struct{}),
		rest:    time.NewTimer(patience),
	}
	go w.loop()
	return w
}

// do queues a write and waits for its commit. When ctx ends before the writer has
// begun with it, it never runs; once begun, its true outcome is waited for.
func (w *writer) do(ctx context.Context, bytes int, run func(*tx) error) error {
	if err := w.refusal(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &op{ctx: ctx, run: run, bytes: bytes, patient: docstore.IsPatient(ctx), done: make(chan struct{})}
	select {
	case w.ops <- o:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return unavailable(errClosed)
	}
	select {
	case <-o.done:
		return o.err
	case <-ctx.Done():
		if o.state.CompareAndSwap(waiting, cancelled) {
			return ctx.Err()
		}
	case <-w.stopped:
		if o.state.CompareAndSwap(waiting, cancelled) {
			return unavailable(errClosed)
		}
	}
	<-o.done
	return o.err
}

func (w *writer) refusal() error {
	if cause := w.broken.Load(); cause != nil {
		return unavailable(*cause)
	}
	return nil
}

func (w *writer) close() error {
	close(w.closing)
	<-w.stopped
	var errs []error
	if w.broken.Load() == nil {
		_, err := w.tx.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
		errs = append(errs, err)
	}
	for _, st := range w.tx.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, w.tx.conn.Close())...)
}

func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case o := <-w.ops:
			w.commit(w.gather(o))
		case <-w.closing:
			for {
				select {
				case o := <-w.ops:
					w.commit(w.gather(o))
				default:
					return
				}
			}
		}
	}
}

// gather takes what queued up while the last commit was syncing. It waits for more
// only while every write in hand is patient and the last commit was a moment ago.
func (w *writer) gather(first *op) []*op {
	batch, bytes, patient := make([]*op, 0, 16), 0, true
	for o := first; ; {
		if o.state.Load() == waiting {
			batch = append(batch, o)
			bytes += o.bytes
			patient = patient && o.patient
		}
		if len(batch) >= w.writes || bytes >= w.bytes {
			return batch
		}
		var ok bool
		if o, ok = w.next(patient); !ok {
			return batch
		}
	}
}

// next is the write to take along: what waits already, or what comes within the
// rest when there is time.
func (w *writer) next(wait bool) (*op, bool) {
	select {
	case o := <-w.ops:
		return o, true
	default:
	}
	if !wait || w.rested {
		return nil, false
	}
	select {
	case o := <-w.ops:
		return o, true
	case <-w.rest.C:
		w.rested = true
	case <-w.closing:
	}
	return nil, false
}

// commit runs a batch in one transaction and answers all of it. Also a refusal is
// answered only after the commit: it may rest on a write of the same batch.
func (w *writer) commit(batch []*op) {
	if len(batch) == 0 {
		return
	}
	err := w.refusal()
	if err == nil {
		err = w.transact(batch)
	}
	for _, o := range batch {
		if err != nil {
			o.err = err
		}
		close(o.done)
	}
	w.rest.Reset(patience)
	w.rested = false
}

func (w *writer) transact(batch []*op) error {
	if err := w.tx.exec("BEGIN IMMEDIATE"); err != nil {
		if code(err) == lib.SQLITE_BUSY { // another process writes; nothing was done
			return unavailable(err)
		}
		return w.fail(err)
	}
	for _, o := range batch {
		if !o.state.CompareAndSwap(waiting, running) {
			o.err = context.Canceled // given up; its caller has gone
			continue
		}
		if o.err = o.ctx.Err(); o.err != nil {
			continue
		}
		var err error
		if o.err, err = w.tx.guarded(o.run); err != nil {
			return w.fail(err)
		}
	}
	if err := w.tx.exec("COMMIT"); err != nil {
		return w.fail(err)
	}
	return nil
}

// fail ends acknowledging for good: after an I/O error only a restart tells what
// is on disk.
func (w *writer) fail(cause error) error {
	w.broken.CompareAndSwap(nil, &cause)
	_ = w.tx.exec("ROLLBACK") // the transaction may be gone already
	return unavailable(cause)
}

// guarded runs one write under a savepoint and undoes it when it fails. broken
// means that the whole transaction cannot go on.
func (t *tx) guarded(run func(*tx) error) (verdict, broken error) {
	if err := t.exec("SAVEPOINT o"); err != nil {
		return nil, err
	}
	verdict = protect(run, t)
	if verdict != nil {
		if ruins(verdict) {
			return nil, verdict
		}
		if err := t.exec("ROLLBACK TO o"); err != nil {
			return nil, errors.Join(err, verdict)
		}
	}
	return verdict, t.exec("RELEASE o")
}

func protect(run func(*tx) error, t *tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("write panicked: %v", p)
		}
	}()
	return run(t)
}

// ruins tells the errors after which SQLite itself may have rolled everything back.
func ruins(err error) bool {
	switch code(err) {
	case lib.SQLITE_IOERR, lib.SQLITE_FULL, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_NOMEM,
		lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_PROTOCOL, lib.SQLITE_INTERRUPT:
		return true
	}
	return false
}

// code is SQLite's primary result code, or -1 for other errors.
func code(err error) int {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code() & 0xff
	}
	return -1
}

func unavailable(cause error) error {
	return fmt.Errorf("%w: %w", docstore.ErrUnavailable, cause)
}

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if st, ok := t.stmts[query]; ok {
		return st, nil
	}
	st, err := t.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	t.stmts[query] = st
	return st, nil
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.change(query, args...)
	return err
}

// change runs a statement and says how many rows it touched.
func (t *tx) change(query string, args ...any) (int64, error) {
	st, err := t.stmt(query) //nolint:sqlclosecheck // kept for the next write
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *tx) scan(query string, args []any, dest ...any) error {
	st, err := t.stmt(query) //nolint:sqlclosecheck // kept for the next write
	if err != nil {
		return err
	}
	return st.QueryRowContext(context.Background(), args...).Scan(dest...)
}
