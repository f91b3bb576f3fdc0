package mongostore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"zhiqing.dev/pkg/docstore"
)

// outboxIndex finds the documents with events that wait. Declared names begin with
// a letter, so it cannot be one of them.
const outboxIndex = "_outbox"

// metaCollection remembers what each index was declared as and whether every
// document is entered in it.
const metaCollection = "meta.indexes"

// known is one entry of metaCollection.
type known struct {
	ID         string `bson:"_id"` // collection.index
	Collection string `bson:"collection"`
	Name       string `bson:"name"`
	Declared   string `bson:"declared"` // the docstore.Index as JSON
	Filled     bool   `bson:"filled"`
}

// path is where a document keeps its value of an index field.
func path(ix docstore.Index, f docstore.Field) string {
	return fieldEntries + "." + ix.Name + "." + f.Name
}

// pattern is the index's fields, then the id to make the order total. The fields
// of a unique index are a total order by themselves.
func pattern(ix docstore.Index) bson.D {
	var keys bson.D
	for _, f := range ix.Fields {
		keys = append(keys, bson.E{Key: path(ix, f), Value: 1})
	}
	if !ix.Unique {
		keys = append(keys, bson.E{Key: "_id", Value: 1})
	}
	return keys
}

// Collection makes the indexes that the declaration needs. An index that is new, or
// declared otherwise than before, is unfilled when there are documents already. One
// that is not declared any more is unfilled from then on, and dropped if it is
// unique; else it stays for the programs of the last release that may still use it.
func (s *Store) Collection(ctx context.Context, spec docstore.CollectionSpec) (docstore.Collection, error) {
	c := &collection{store: s, coll: s.db.Collection(spec.Name), meta: s.db.Collection(metaCollection), spec: spec}
	if err := c.declare(ctx); err != nil {
		return nil, fmt.Errorf("declare %s: %w", spec.Name, err)
	}
	return c, nil
}

func (c *collection) declare(ctx context.Context) error {
	_, err := c.coll.Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys:    bson.D{{Key: fieldWaits, Value: 1}, {Key: "_id", Value: 1}},
		Options: options.Index().SetName(outboxIndex).SetPartialFilterExpression(exists(fieldWaits)),
	})
	if err != nil {
		return readError(ctx, err)
	}
	was, err := c.knownIndexes(ctx)
	if err != nil {
		return err
	}
	empty, err := c.empty(ctx)
	if err != nil {
		return err
	}
	for _, ix := range c.spec.Indexes {
		if err := c.ensure(ctx, ix, was[ix.Name], empty); err != nil {
			return fmt.Errorf("index %s: %w", ix.Name, err)
		}
	}
	for name, k := range was {
		if _, declared := c.spec.Index(name); !declared {
			if err := c.abandon(ctx, k); err != nil {
				return fmt.Errorf("index %s: %w", name, err)
			}
		}
	}
	return nil
}

func exists(field string) bson.D {
	return bson.D{{Key: field, Value: bson.D{{Key: "$exists", Value: true}}}}
}

func (c *collection) knownIndexes(ctx context.Context) (map[string]known, error) {
	cur, err := c.meta.Find(ctx, bson.D{{Key: "collection", Value: c.spec.Name}})
	if err != nil {
		return nil, readError(ctx, err)
	}
	var all []known
	if err := cur.All(ctx, &all); err != nil {
		return nil, readError(ctx, err)
	}
	out := make(map[string]known, len(all))
	for _, k := range all {
		out[k.Name] = k
	}
	return out, nil
}

func (c *collection) empty(ctx context.Context) (bool, error) {
	err := c.coll.FindOne(ctx, bson.D{}, options.FindOne().SetProjection(byIDOrder)).Err()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return true, nil
	}
	if err != nil {
		return false, readError(ctx, err)
	}
	return false, nil
}

// ensure makes one index. What is remembered is written last, so that after a crash
// in between the index counts as new.
func (c *collection) ensure(ctx context.Context, ix docstore.Index, was known, empty bool) error {
	text, err := json.Marshal(ix)
	if err != nil {
		return err
	}
	declared := string(text)
	if was.Declared == declared && was.Filled {
		return c.create(ctx, ix)
	}
	// Old entries have another shape, or are out of date and would stand in the way
	// of a unique index.
	if was.Declared != "" && was.Declared != declared || ix.Unique && !empty {
		if err := c.drop(ctx, ix.Name); err != nil {
			return err
		}
		stale := fieldEntries + "." + ix.Name
		if _, err := c.coll.UpdateMany(ctx, exists(stale), bson.D{{Key: "$unset", Value: bson.D{{Key: stale, Value: ""}}}}); err != nil {
			return writeError(ctx, err)
		}
	}
	if err := c.create(ctx, ix); err != nil {
		return err
	}
	return c.remember(ctx, known{Collection: c.spec.Name, Name: ix.Name, Declared: declared, Filled: empty})
}

func (c *collection) create(ctx context.Context, ix docstore.Index) error {
	_, err := c.coll.Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: pattern(ix),
		Options: options.Index().SetName(ix.Name).SetUnique(ix.Unique).
			SetPartialFilterExpression(exists(path(ix, ix.Fields[0]))),
	})
	if err != nil {
		return readError(ctx, err)
	}
	return nil
}

func (c *collection) drop(ctx context.Context, index string) error {
	err := c.coll.Indexes().DropOne(ctx, index)
	if ce, ok := errors.AsType[mongo.CommandError](err); ok && ce.Name == "IndexNotFound" {
		return nil
	}
	if err != nil {
		return readError(ctx, err)
	}
	return nil
}

func (c *collection) remember(ctx context.Context, k known) error {
	k.ID = k.Collection + "." + k.Name
	_, err := c.meta.ReplaceOne(ctx, byID(k.ID), k, options.Replace().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) { // two processes start at once and note the same
		_, err = c.meta.ReplaceOne(ctx, byID(k.ID), k)
	}
	if err != nil {
		return writeError(ctx, err)
	}
	return nil
}

func (c *collection) abandon(ctx context.Context, k known) error {
	var ix docstore.Index
	if err := json.Unmarshal([]byte(k.Declared), &ix); err != nil {
		return err
	}
	k.Filled = false
	if err := c.remember(ctx, k); err != nil {
		return err
	}
	if ix.Unique {
		return c.drop(ctx, k.Name)
	}
	return nil
}

// Unfilled implements docstore.Collection.
func (c *collection) Unfilled(ctx context.Context) ([]string, error) {
	was, err := c.knownIndexes(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, ix := range c.spec.Indexes {
		if !was[ix.Name].Filled {
			names = append(names, ix.Name)
		}
	}
	return names, nil
}

// Filled implements docstore.Collection.
func (c *collection) Filled(ctx context.Context, indexes []string) error {
	for _, name := range indexes {
		_, err := c.meta.UpdateOne(ctx, byID(c.spec.Name+"."+name), bson.D{{Key: "$set", Value: bson.D{{Key: "filled", Value: true}}}})
		if err != nil {
			return writeError(ctx, err)
		}
	}
	return nil
}
