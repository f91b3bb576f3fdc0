package app

import (
	"context"
	"errors"
	"sync"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// bulkAtOnce is how many cases of a bulk command are written side by side.
const bulkAtOnce = 16

// Bulk is one command for several cases.
type Bulk struct {
	ID     string // made from the command's key; empty when it came without one
	Office string
	Actor  domain.Actor
	Cases  []string // ids, each once
	// Do carries it out on one case; a repeat with the same options changes nothing.
	Do func(ctx context.Context, id string, opts ...docstore.Option) (Doc, error)
	// Key and Fingerprint are the command's.
	Key, Fingerprint string
}

// once are the options of the write with this part of the command's key.
func (b Bulk) once(part string) []docstore.Option {
	if b.ID == "" {
		return nil
	}
	return []docstore.Option{docstore.Once(b.Key + part), docstore.Fingerprint(b.Fingerprint)}
}

// Bulk carries a command out case by case: one that is refused does not hold up the
// others. A repeat gives the same results; after a crash in between it goes on with
// the cases that were left.
func (d *Desk) Bulk(ctx context.Context, b Bulk) ([]store.BulkResult, error) {
	if b.ID != "" {
		doc, _, err := d.BulkCommands.Insert(ctx, b.ID, &store.BulkCommand{Office: b.Office, By: b.Actor.ID}, b.once("")...)
		if err != nil {
			return nil, err
		}
		if doc.Value.Results != nil {
			return doc.Value.Results, nil
		}
	}
	results, err := b.run(ctx)
	if err != nil || b.ID == "" {
		return results, err
	}
	doc, err := d.BulkCommands.Update(ctx, b.ID, func(k *store.BulkCommand) error {
		if k.Results == nil { // the same command at the same time may have been first
			k.Results = results
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return doc.Value.Results, nil
}

// run gives every case its result. An error that is no refusal, as of a store that
// cannot write, ends it: a repeat goes on.
func (b Bulk) run(ctx context.Context) ([]store.BulkResult, error) {
	results := make([]store.BulkResult, len(b.Cases))
	errs := make([]error, len(b.Cases))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(bulkAtOnce, len(b.Cases)) {
		wg.Go(func() {
			for i := range next {
				results[i], errs[i] = b.one(ctx, b.Cases[i])
			}
		})
	}
	for i := range b.Cases {
		next <- i
	}
	close(next)
	wg.Wait()
	return results, errors.Join(errs...)
}

func (b Bulk) one(ctx context.Context, id string) (store.BulkResult, error) {
	r := store.BulkResult{CaseID: id}
	doc, err := b.Do(ctx, id, b.once("/"+id)...)
	var refused *problem.Error
	switch {
	case err == nil:
		r.RegisterNo = doc.Value.RegisterNo()
	case errors.As(err, &refused):
		r.Problem = refused
	default:
		return r, err
	}
	return r, nil
}
