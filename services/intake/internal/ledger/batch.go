package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"zhiqing.dev/pkg/docstore"
)

// batch is some rows of a sheet that are brought in together. It is the unit of
// progress: after a crash its rows come again, and change nothing.
type batch struct {
	*job
	at      int // of the sheet
	sheet   Sheet
	records []record
	bytes   int
}

func (b *batch) add(r record) {
	b.records = append(b.records, r)
	b.bytes += r.size()
}

func (b *batch) full() bool { return len(b.records) >= batchRows || b.bytes >= batchBytes }

// verdict is what became of a row.
type verdict struct {
	unchanged bool
	faults    []Fault
	notes     []Warning
}

// writersAtOnce is how many rows are written side by side, so that the store can
// sync them together.
const writersAtOnce = 256

// flush brings the rows in and moves the checkpoint behind them.
func (b *batch) flush(ctx context.Context, upTo int) error {
	if len(b.records) == 0 {
		return nil
	}
	verdicts, err := b.put(ctx)
	if err != nil {
		return err
	}
	var counts Counts
	var warnings []Warning
	bad := Rejected{Import: b.m.ID, Kind: b.sheet.Kind, Batch: b.m.Batches}
	for i, v := range verdicts {
		rec := b.records[i]
		switch {
		case len(v.faults) > 0:
			counts.Rejected++
			bad.Rows = append(bad.Rows, RejectedRow{Sheet: b.sheet.Name, Line: rec.line, Cells: rec.cells, Faults: v.faults})
		case v.unchanged:
			counts.Unchanged++
		default:
			counts.Imported++
		}
		for _, w := range v.notes {
			if len(v.faults) == 0 {
				w.Sheet, w.Line = b.sheet.Name, rec.line
				warnings = merge(warnings, []Warning{w})
			}
		}
	}
	if len(bad.Rows) > 0 {
		// The same batch after a crash makes the same document.
		id := fmt.Sprintf("%s/%06d", b.m.ID, b.m.Batches)
		if _, err := b.rejected.Upsert(ctx, id, func(r *Rejected) error { *r = bad; return nil }); err != nil {
			return err
		}
	}
	b.records, b.bytes = b.records[:0], 0
	return b.save(ctx, func(m *Import) {
		m.count(b.sheet.Kind, counts)
		m.Warnings = merge(m.Warnings, warnings)
		m.Sheet, m.Rows = b.at, upTo
		m.Batches++
	})
}

// put brings every row in, or finds out why not.
func (b *batch) put(ctx context.Context) ([]verdict, error) {
	verdicts := make([]verdict, len(b.records))
	errs := make([]error, writersAtOnce)
	var next int
	var mu sync.Mutex
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= len(b.records)
	}
	var wg sync.WaitGroup
	for w := range writersAtOnce {
		wg.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				if verdicts[i], errs[w] = b.putOne(ctx, b.records[i]); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return verdicts, errors.Join(errs...)
}

func (b *batch) putOne(ctx context.Context, rec record) (verdict, error) {
	if b.sheet.Kind == Proceedings {
		return b.putProceeding(ctx, rec)
	}
	return b.putCase(ctx, rec)
}

func missing(err error) bool { return errors.Is(err, docstore.ErrNotFound) }
