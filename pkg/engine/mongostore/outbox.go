package mongostore

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
)

func eventBSON(ev event.Event) (bson.Raw, error) {
	text, err := json.Marshal(ev)
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", ev.ID, err)
	}
	raw, err := toBSON(text)
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", ev.ID, err)
	}
	return raw, nil
}

func eventOf(raw bson.Raw) (event.Event, error) {
	text, err := toJSON(raw)
	if err != nil {
		return event.Event{}, err
	}
	var ev event.Event
	err = json.Unmarshal(text, &ev)
	return ev, err
}

// Enqueue implements docstore.Collection.
func (c *collection) Enqueue(ctx context.Context, id string, events []event.Event) error {
	out, waits, err := encodeEvents(events)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	update := bson.D{{Key: "$push", Value: bson.D{{Key: fieldOutbox, Value: bson.D{{Key: "$each", Value: out}}}}}}
	if len(events) > 0 {
		update = append(update, bson.E{Key: "$min", Value: bson.D{{Key: fieldWaits, Value: waits}}})
	}
	res, err := c.coll.UpdateOne(ctx, byID(id), update)
	if err != nil {
		return writeError(ctx, err)
	}
	if res.MatchedCount == 0 {
		return docstore.ErrNotFound
	}
	return nil
}

// Published implements docstore.Collection. One update both takes the events out
// and, when none is left, takes the document off the list of those that wait.
func (c *collection) Published(ctx context.Context, id string, eventIDs []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	const left = "$" + fieldOutbox
	update := bson.A{
		bson.D{{Key: "$set", Value: bson.D{{Key: fieldOutbox, Value: bson.D{{Key: "$filter", Value: bson.D{
			{Key: "input", Value: left},
			{Key: "cond", Value: bson.D{{Key: "$not", Value: bson.A{
				bson.D{{Key: "$in", Value: bson.A{"$$this.id", bson.D{{Key: "$literal", Value: eventIDs}}}}},
			}}}},
		}}}}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: fieldWaits, Value: bson.D{{Key: "$cond", Value: bson.A{
			bson.D{{Key: "$eq", Value: bson.A{left, bson.A{}}}}, "$$REMOVE", "$" + fieldWaits,
		}}}}}}},
	}
	if _, err := c.coll.UpdateOne(ctx, byID(id), update); err != nil {
		return writeError(ctx, err)
	}
	return nil
}

// Pending implements docstore.Collection.
func (c *collection) Pending(ctx context.Context, limit int) ([]docstore.Pending, error) {
	cur, err := c.coll.Find(ctx, bson.D{{Key: fieldWaits, Value: bson.D{{Key: "$gte", Value: int64(math.MinInt64)}}}},
		options.Find().SetHint(outboxIndex).SetLimit(int64(limit)).SetBatchSize(batch(limit)).
			SetSort(bson.D{{Key: fieldWaits, Value: 1}, {Key: "_id", Value: 1}}).
			SetProjection(bson.D{{Key: fieldOutbox, Value: 1}}))
	if err != nil {
		return nil, readError(ctx, err)
	}
	defer cur.Close(context.WithoutCancel(ctx)) //nolint:errcheck // Err below tells
	var out []docstore.Pending
	for cur.Next(ctx) {
		var doc struct {
			ID     string     `bson:"_id"`
			Outbox []bson.Raw `bson:"ob"`
		}
		if err := cur.Decode(&doc); err != nil {
			return nil, fmt.Errorf("outbox: %w: %w", docstore.ErrDamaged, err)
		}
		p := docstore.Pending{ID: doc.ID}
		for _, raw := range doc.Outbox {
			ev, err := eventOf(raw)
			if err != nil {
				return nil, fmt.Errorf("outbox of %s: %w: %w", doc.ID, docstore.ErrDamaged, err)
			}
			p.Events = append(p.Events, ev)
		}
		if len(p.Events) > 0 {
			out = append(out, p)
		}
	}
	if err := cur.Err(); err != nil {
		return nil, readError(ctx, err)
	}
	if len(out) > 0 {
		return out, c.store.settle(ctx)
	}
	return out, nil
}
