package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// maxNumberTries bounds how often a number is drawn anew because another
// process of the service took it first.
const maxNumberTries = 200

// Register gives a case the next number of its office and year. The number is
// drawn and written in the same write as the registration; the unique index
// refuses a second use, so the numbers are gapless whatever happens.
func (d *Desk) Register(ctx context.Context, office, id string, by domain.Actor, cmd domain.Registration, opts ...docstore.Option) (Doc, error) {
	now, err := d.Get(ctx, office, id)
	if err != nil {
		return Doc{}, err
	}
	at, err := d.Scene(ctx, office, by)
	if err != nil {
		return Doc{}, err
	}
	year := cmd.ReceiptOn(now.Value, at.Env).Year()
	return d.numbered(ctx, at.Office, year, func(n domain.Number) (Doc, error) {
		return d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error {
			return c.Register(cmd, n, env)
		}, opts...)
	})
}

// numbered draws the next number until write can use it. Within this process
// the draws of an office and year wait for each other; against other processes
// the unique index decides.
func (d *Desk) numbered(ctx context.Context, o Office, year int, write func(domain.Number) (Doc, error)) (Doc, error) {
	turn, _ := d.numbering.LoadOrStore(o.ID+"/"+strconv.Itoa(year), new(sync.Mutex))
	mu := turn.(*sync.Mutex) //nolint:forcetypeassert // only this function stores
	mu.Lock()
	defer mu.Unlock()
	for range maxNumberTries {
		highest, _, err := d.Cases.Find(ctx, store.Highest(o.ID, year))
		if err != nil {
			return Doc{}, err
		}
		seq := 1
		if len(highest) > 0 {
			seq = highest[0].Value.Number.Seq + 1
		}
		doc, err := write(domain.Number{Year: year, Seq: seq, Text: registerNo(o.Prefix, year, seq)})
		var taken *docstore.UniqueError
		if errors.As(err, &taken) && taken.Index == store.ByNumber {
			continue
		}
		return doc, err
	}
	return Doc{}, fmt.Errorf("draw a register number for %s %d: %w", o.ID, year, docstore.ErrConflict)
}

// registerNo writes a number so that it sorts as text: 2026-000123.
func registerNo(prefix string, year, seq int) string {
	return fmt.Sprintf("%s%d-%06d", prefix, year, seq)
}
