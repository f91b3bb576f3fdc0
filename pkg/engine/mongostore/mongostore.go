// Package mongostore keeps documents in MongoDB: the engine for production.
//
// A document is one MongoDB document: its body as native BSON, its entries in the
// declared indexes, the events that wait to be published and the keys it has
// applied. Every change is one write of one document, so the engine asks nothing
// of the server but atomic single-document updates, unique and partial indexes: no
// sessions, transactions or change streams. Writes are acknowledged by a majority
// and from the journal; reads see only such writes. A standalone server is asked
// for its journal alone: with "majority" it would answer before the journal is on
// disk.
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
	client     *mongo.Client
	db         *mongo.Database
	standalone bool // what the server was when the store was opened

	once sync.Once
	end  error
}

var _ docstore.Store = (*Store)(nil)

// Open connects to the server or replica set at uri and uses the database of that
// name. It fails with ErrUnavailable when no primary answers.
func Open(ctx context.Context, uri, database string, opts ...Option) (docstore.Store, error) {
	o := options.Client().ApplyURI(uri).
		SetTimeout(10 * time.Second).
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
	if s.standalone, err = s.hello(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open MongoDB database %s: %w", database, err), s.Close())
	}
	s.db = client.Database(database, options.Database().SetWriteConcern(durable(s.standalone)))
	return s, nil
}

// durable is the write concern under which an acknowledged write outlives a crash.
// A server that must wait for other members only starts the write of its journal
// and leaves the waiting to replication; a standalone server has none, and so
// answers {w: "majority", j: true} too early. There it has to be {w: 1, j: true}.
func durable(standalone bool) *writeconcern.WriteConcern {
	journaled := true
	if standalone {
		return &writeconcern.WriteConcern{W: 1, Journal: &journaled}
	}
	return &writeconcern.WriteConcern{W: "majority", Journal: &journaled}
}

// hello asks the primary what it is.
func (s *Store) hello(ctx context.Context) (standalone bool, err error) {
	var answer struct {
		SetName string `bson:"setName"`
		Msg     string `bson:"msg"` // "isdbgrid" from a router of a sharded cluster
	}
	if err := s.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&answer); err != nil {
		return false, readError(ctx, err)
	}
	return answer.SetName == "" && answer.Msg == "", nil
}

// settle waits until everything that this client has read is on disk. On a replica
// set a read with concern "majority" sees nothing else. A standalone server shows
// writes whose journal is still on its way; were it to crash, their events would
// have been published for changes that never were. A journaled write behind them
// settles that: the journal is written in order.
func (s *Store) settle(ctx context.Context) error {
	if !s.standalone {
		return nil
	}
	_, err := s.db.Collection(metaSettled).UpdateOne(ctx, byID("journal"),
		bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: int64(1)}}}}, options.UpdateOne().SetUpsert(true))
	if err != nil && !mongo.IsDuplicateKeyError(err) { // two made it at once; both were journaled
		return writeError(ctx, err)
	}
	return nil
}

// metaSettled holds the one document that settle writes.
const metaSettled = "meta.settled"

// Healthy asks the primary for an answer. It returns ErrBroken when the server was
// a standalone and has become a member of a set since, or the other way round: its
// writes need another concern then.
func (s *Store) Healthy(ctx context.Context) error {
	standalone, err := s.hello(ctx)
	if err != nil {
		return err
	}
	if standalone != s.standalone {
		return fmt.Errorf("%w: the server joined or left a replica set", docstore.ErrBroken)
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
