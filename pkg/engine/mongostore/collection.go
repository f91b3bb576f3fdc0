package mongostore

import (
	"context"
	"errors"
	"fmt"
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
)

// The fields of a stored document beside _id.
const (
	fieldRev     = "rev"
	fieldBody    = "body"
	fieldEntries = "ix"    // {index: {field: value}}; no entry, no field
	fieldOutbox  = "ob"    // events that wait, oldest first
	fieldWaits   = "ob_at" // when the oldest of them happened, Unix nanoseconds; absent when none waits
	fieldApplied = "ops"   // Once keys, oldest first
)

// collection implements docstore.Collection on one MongoDB collection.
type collection struct {
	store *Store
	coll  *mongo.Collection
	meta  *mongo.Collection
	spec  docstore.CollectionSpec

	rarity docstore.Rarity
}

var _ docstore.Collection = (*collection)(nil)

// stored is what a read asks for.
type stored struct {
	ID      string   `bson:"_id"`
	Rev     int64    `bson:"rev"`
	Body    bson.Raw `bson:"body"`
	Applied []string `bson:"ops"`
	Entries bson.Raw `bson:"ix"`
}

var recordFields = bson.D{{Key: fieldRev, Value: 1}, {Key: fieldBody, Value: 1}, {Key: fieldApplied, Value: 1}}

func (s *stored) record() (docstore.Record, error) {
	body, err := toJSON(s.Body)
	if err != nil {
		return docstore.Record{}, fmt.Errorf("%s: %w: %w", s.ID, docstore.ErrDamaged, err)
	}
	return docstore.Record{ID: s.ID, Rev: s.Rev, Body: body, Applied: s.Applied}, nil
}

func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

func atRevision(id string, rev int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: fieldRev, Value: rev}}
}

// Get implements docstore.Collection.
func (c *collection) Get(ctx context.Context, id string) (docstore.Record, error) {
	var s stored
	err := c.coll.FindOne(ctx, byID(id), options.FindOne().SetProjection(recordFields)).Decode(&s)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return docstore.Record{}, docstore.ErrNotFound
	}
	if err != nil {
		return docstore.Record{}, readError(ctx, err)
	}
	return s.record()
}

// Insert implements docstore.Collection.
func (c *collection) Insert(ctx context.Context, w docstore.Write) error {
	body, err := toBSON(w.Body)
	if err != nil {
		return err
	}
	events, waits, err := encodeEvents(w.Events)
	if err != nil {
		return err
	}
	doc := bson.D{
		{Key: "_id", Value: w.ID},
		{Key: fieldRev, Value: int64(1)},
		{Key: fieldBody, Value: body},
		{Key: fieldEntries, Value: c.entries(w.Keys)},
		{Key: fieldOutbox, Value: events},
		{Key: fieldApplied, Value: onceKeys(w.Once)},
	}
	if len(events) > 0 {
		doc = append(doc, bson.E{Key: fieldWaits, Value: waits})
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := c.coll.InsertOne(ctx, doc); err != nil {
		return c.insertError(ctx, w.ID, writeError(ctx, err))
	}
	return nil
}

// insertError prefers a taken id to a violated index: a repeat of the same insert
// violates both, and which of them the server meets first is its own affair.
func (c *collection) insertError(ctx context.Context, id string, err error) error {
	if !errors.Is(err, docstore.ErrUnique) {
		return err
	}
	_, there, rerr := c.revision(ctx, id)
	if rerr != nil {
		return rerr
	}
	if there {
		return docstore.ErrExists
	}
	return err
}

// Replace implements docstore.Collection.
func (c *collection) Replace(ctx context.Context, w docstore.Write, ifRev int64) error {
	update, err := c.replacement(w)
	if err != nil {
		return err
	}
	return c.swap(ctx, w.ID, ifRev, update)
}

// replacement is the update that makes a document what is written.
func (c *collection) replacement(w docstore.Write) (bson.D, error) {
	body, err := toBSON(w.Body)
	if err != nil {
		return nil, err
	}
	events, waits, err := encodeEvents(w.Events)
	if err != nil {
		return nil, err
	}
	set, unset := bson.D{{Key: fieldBody, Value: body}}, bson.D{}
	for _, ix := range c.spec.Indexes {
		path := fieldEntries + "." + ix.Name
		if k := w.Keys[ix.Name]; k != nil {
			set = append(set, bson.E{Key: path, Value: entry(ix, k)})
		} else {
			unset = append(unset, bson.E{Key: path, Value: ""})
		}
	}
	update := bson.D{{Key: "$set", Value: set}, {Key: "$inc", Value: bson.D{{Key: fieldRev, Value: int64(1)}}}}
	if len(unset) > 0 {
		update = append(update, bson.E{Key: "$unset", Value: unset})
	}
	push := bson.D{}
	if w.Once != "" {
		push = append(push, bson.E{Key: fieldApplied, Value: bson.D{
			{Key: "$each", Value: onceKeys(w.Once)}, {Key: "$slice", Value: -docstore.AppliedKept},
		}})
	}
	if len(events) > 0 {
		push = append(push, bson.E{Key: fieldOutbox, Value: bson.D{{Key: "$each", Value: events}}})
		update = append(update, bson.E{Key: "$min", Value: bson.D{{Key: fieldWaits, Value: waits}}})
	}
	if len(push) > 0 {
		update = append(update, bson.E{Key: "$push", Value: push})
	}
	return update, nil
}

// swap runs an update if the document stands at this revision.
func (c *collection) swap(ctx context.Context, id string, ifRev int64, update bson.D) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	res, err := c.coll.UpdateOne(ctx, atRevision(id, ifRev), update)
	if err != nil {
		return writeError(ctx, err)
	}
	if res.MatchedCount == 1 {
		return nil
	}
	_, there, err := c.revision(ctx, id)
	switch {
	case err != nil:
		return err
	case there:
		return docstore.ErrConflict
	default:
		return docstore.ErrNotFound
	}
}

func (c *collection) revision(ctx context.Context, id string) (rev int64, there bool, err error) {
	var s stored
	err = c.coll.FindOne(ctx, byID(id), options.FindOne().SetProjection(bson.D{{Key: fieldRev, Value: 1}})).Decode(&s)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, readError(ctx, err)
	}
	return s.Rev, true, nil
}

// entries is a document's place in every declared index.
func (c *collection) entries(keys map[string]docstore.Key) bson.D {
	out := bson.D{}
	for _, ix := range c.spec.Indexes {
		if k := keys[ix.Name]; k != nil {
			out = append(out, bson.E{Key: ix.Name, Value: entry(ix, k)})
		}
	}
	return out
}

func entry(ix docstore.Index, k docstore.Key) bson.D {
	out := make(bson.D, len(ix.Fields))
	for i, f := range ix.Fields {
		v := k[i]
		if many, ok := v.([]string); ok && many == nil {
			v = []string{} // an empty array, not null
		}
		out[i] = bson.E{Key: f.Name, Value: v}
	}
	return out
}

func onceKeys(once string) bson.A {
	if once == "" {
		return bson.A{}
	}
	return bson.A{once}
}

// Each implements docstore.Collection.
func (c *collection) Each(ctx context.Context, afterID string, limit int) ([]docstore.Record, error) {
	cur, err := c.coll.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: afterID}}}},
		options.Find().SetSort(byIDOrder).SetHint("_id_").SetLimit(int64(limit)).SetBatchSize(batch(limit)).SetProjection(recordFields))
	if err != nil {
		return nil, readError(ctx, err)
	}
	var recs []docstore.Record
	return recs, c.read(ctx, cur, func(s *stored) error {
		rec, err := s.record()
		recs = append(recs, rec)
		return err
	})
}

var byIDOrder = bson.D{{Key: "_id", Value: 1}}

// batch is a batch size that takes a page in one reply.
func batch(limit int) int32 { return int32(min(limit, math.MaxInt16)) + 1 } //nolint:gosec // bounded

// read hands every document of a cursor to fn and closes it.
func (c *collection) read(ctx context.Context, cur *mongo.Cursor, fn func(*stored) error) error {
	defer cur.Close(context.WithoutCancel(ctx)) //nolint:errcheck // Err below tells
	for cur.Next(ctx) {
		var s stored
		if err := cur.Decode(&s); err != nil {
			return fmt.Errorf("%w: %w", docstore.ErrDamaged, err)
		}
		if err := fn(&s); err != nil {
			return err
		}
	}
	if err := cur.Err(); err != nil {
		return readError(ctx, err)
	}
	return nil
}

// Rekey implements docstore.Collection.
func (c *collection) Rekey(ctx context.Context, id string, keys map[string]docstore.Key, ifRev int64) error {
	return c.swap(ctx, id, ifRev, bson.D{{Key: "$set", Value: bson.D{{Key: fieldEntries, Value: c.entries(keys)}}}})
}

// encodeEvents converts events for the outbox, and says when the first happened.
func encodeEvents(events []event.Event) (out bson.A, waits int64, err error) {
	out, waits = bson.A{}, math.MaxInt64
	for _, ev := range events {
		raw, err := eventBSON(ev)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, raw)
		waits = min(waits, ev.Time.UnixNano())
	}
	return out, waits, nil
}
