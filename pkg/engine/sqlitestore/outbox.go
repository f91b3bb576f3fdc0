package sqlitestore

import (
	"context"
	"encoding/json"
	"fmt"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
)

// encoded is an event as the outbox keeps it.
type encoded struct {
	id   string
	json []byte
}

func encodeEvents(events []event.Event) (out []encoded, size int, err error) {
	for _, ev := range events {
		raw, err := json.Marshal(ev)
		if err != nil {
			return nil, 0, fmt.Errorf("encode event %s: %w", ev.ID, err)
		}
		out = append(out, encoded{ev.ID, raw})
		size += len(raw)
	}
	return out, size, nil
}

func (n names) enqueue(t *tx, id string, out []encoded) error {
	for _, e := range out {
		err := t.exec(`INSERT INTO `+n.outbox()+` (id, event_id, crc32c, event) VALUES (?,?,?,?)`,
			id, e.id, sum([]byte(id), e.json), e.json)
		if err != nil {
			return err
		}
	}
	return nil
}

// Enqueue implements docstore.Collection.
func (c *collection) Enqueue(ctx context.Context, id string, events []event.Event) error {
	out, size, err := encodeEvents(events)
	if err != nil {
		return err
	}
	return c.store.w.do(ctx, size, func(t *tx) error {
		if _, err := c.load(t, id); err != nil {
			return err
		}
		return c.enqueue(t, id, out)
	})
}

// Published implements docstore.Collection.
func (c *collection) Published(ctx context.Context, id string, eventIDs []string) error {
	return c.store.w.do(ctx, 0, func(t *tx) error {
		for _, ev := range eventIDs {
			if err := t.exec(`DELETE FROM `+c.outbox()+` WHERE id=? AND event_id=?`, id, ev); err != nil {
				return err
			}
		}
		return nil
	})
}

// Pending implements docstore.Collection. It walks the outbox from its oldest event
// until it has met enough documents, so its cost does not grow with what waits.
func (c *collection) Pending(ctx context.Context, limit int) ([]docstore.Pending, error) {
	ids, err := c.waiting(ctx, limit)
	if err != nil {
		return nil, err
	}
	var out []docstore.Pending
	for _, id := range ids {
		p := docstore.Pending{ID: id}
		query := `SELECT crc32c, event FROM ` + c.outbox() + ` WHERE id=? ORDER BY seq`
		err := c.each(ctx, query, []any{id}, func(scan func(...any) error) error {
			var crc int64
			var raw []byte
			if err := scan(&crc, &raw); err != nil {
				return err
			}
			ev, err := decodeEvent(id, crc, raw)
			p.Events = append(p.Events, ev)
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(p.Events) > 0 { // another relay may have taken them meanwhile
			out = append(out, p)
		}
	}
	return out, nil
}

func decodeEvent(id string, crc int64, raw []byte) (event.Event, error) {
	if crc != sum([]byte(id), raw) {
		return event.Event{}, fmt.Errorf("outbox of %s: %w", id, docstore.ErrDamaged)
	}
	var ev event.Event
	if err := json.Unmarshal(raw, &ev); err != nil {
		return event.Event{}, fmt.Errorf("outbox of %s: %w", id, err)
	}
	return ev, nil
}

// waiting returns the ids of the documents whose first event waits longest.
func (c *collection) waiting(ctx context.Context, limit int) ([]string, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	rows, err := c.store.rdb.QueryContext(ctx, `SELECT id FROM `+c.outbox()+` ORDER BY seq`) //nolint:gosec // a declared name
	if err != nil {
		return nil, c.readError(ctx, err)
	}
	defer rows.Close() //nolint:errcheck // Err below tells
	var ids []string
	seen := map[string]bool{}
	for len(ids) < limit && rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, c.readError(ctx, err)
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, c.readError(ctx, err)
	}
	return ids, nil
}
