// Package mongostore keeps documents in MongoDB: the engine for production.
//
// A document is one MongoDB document: its body as native BSON, its entries in the
// declared indexes, the events that wait to be published and the keys it has
// applied. Every change is one write of one document, so the engine asks nothing
// of the server but atomic single-document updates, unique and partial indexes: no
// sessions, transactions or change streams. Writes are acknowledged by a majority
// and from the journal; reads see only such writes.
package mongostore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"zhiqing.dev/pkg/docstore"
)

// Option changes how a database is opened.
type Option func(*options.ClientOptions)

// Timeout bounds an operation whose context has no deadline of its own (default
// 10 seconds).
func Timeout(d time.Duration) Option {
	return func(o *options.ClientOptions) { o.SetTimeout(d) }
}

// AppName is the name under which the server's log and profiler show the client.
func AppName(name string) Option {
	return func(o *options.ClientOptions) { o.SetAppName(name) }
}

// Store is one database. It implements docstore.Store.
type Store struct {
	client *mongo.Client
	db     *mongo.Database

	once sync.Once
	end  error
}

var _ docstore.Store = (*Store)(nil)

// Open connects to the server or replica set at uri and uses the database of that
// name. It fails with ErrUnavailable when no primary answers.
func Open(ctx context.Context, uri, database string, opts ...Option) (docstore.Store, error) {
	journaled := true
	o := options.Client().ApplyURI(uri).
		SetTimeout(10 * time.Second).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journaled}).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary())
	for _, opt := range opts {
		opt(o)
	}
	client, err := mongo.Connect(o)
	if err != nil {
		return nil, fmt.Errorf("open MongoDB database %s: %w", database, err)
	}
	s := &Store{client: client, db: client.Database(database)}
	if err := s.Healthy(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open MongoDB database %s: %w", database, err), s.Close())
	}
	return s, nil
}

// Healthy asks the primary for an answer.
func (s *Store) Healthy(ctx context.Context) error {
	if err := s.db.RunCommand(ctx, bson.D{{Key: "ping", Value: 1}}).Err(); err != nil {
		return readError(ctx, err)
	}
	return nil
}

// Close lets running operations end and closes the connections.
func (s *Store) Close() error {
	s.once.Do(func() {
		ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
		defer stop()
		s.end = s.client.Disconnect(ctx)
	})
	return s.end
}
