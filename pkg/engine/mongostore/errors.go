package mongostore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"zhiqing.dev/pkg/docstore"
)

// Server error codes that are told apart.
const (
	codeDuplicateKey   = 11000
	codeTooLarge       = 10334 // BSONObjectTooLarge
	codeTooLargeUpdate = 17419 // the same, met while updating
	codeTooLargeResult = 17420 // the same, of the updated document
)

// readError maps what a read failed with. A caller who gave up gets the context's
// error; everything else means that the server could not be read.
func readError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", docstore.ErrUnavailable, err)
}

// writeError maps what a write failed with. A refusal of the server is definite.
// Of everything else, lost connections and deadlines among it, nobody knows
// whether the write happened.
func writeError(ctx context.Context, err error) error {
	if we, ok := errors.AsType[mongo.WriteException](err); ok && len(we.WriteErrors) > 0 {
		e := we.WriteErrors[0]
		switch e.Code {
		case codeDuplicateKey:
			return duplicate(e)
		case codeTooLarge, codeTooLargeUpdate, codeTooLargeResult:
			return fmt.Errorf("%w: %w", docstore.ErrTooLarge, err)
		}
		return fmt.Errorf("the server refused the write: %w", err)
	}
	if ce, ok := errors.AsType[mongo.CommandError](err); ok {
		switch ce.Code {
		case codeTooLarge, codeTooLargeUpdate, codeTooLargeResult:
			return fmt.Errorf("%w: %w", docstore.ErrTooLarge, err)
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w: %w", docstore.ErrUnavailable, ctx.Err(), err)
	}
	return fmt.Errorf("%w: %w", docstore.ErrUnavailable, err)
}

// bulkError maps what a write of several documents failed with, by the first refusal.
func bulkError(ctx context.Context, err error) error {
	be, ok := errors.AsType[mongo.BulkWriteException](err)
	if !ok {
		return writeError(ctx, err)
	}
	if len(be.WriteErrors) == 0 { // not known to be durable
		return fmt.Errorf("%w: %w", docstore.ErrUnavailable, err)
	}
	return writeError(ctx, mongo.WriteException{WriteErrors: mongo.WriteErrors{be.WriteErrors[0].WriteError}})
}

// duplicate says which index a write violated. The server names the index's key
// pattern in a field of its own.
func duplicate(e mongo.WriteError) error {
	pattern, err := e.Raw.LookupErr("keyPattern")
	if err != nil {
		return fmt.Errorf("duplicate key without a pattern: %w", e)
	}
	doc, ok := pattern.DocumentOK()
	if !ok {
		return fmt.Errorf("duplicate key without a pattern: %w", e)
	}
	first, err := doc.IndexErr(0)
	if err != nil {
		return fmt.Errorf("duplicate key without a pattern: %w", e)
	}
	path := strings.Split(first.Key(), ".")
	if len(path) == 3 && path[0] == fieldEntries {
		return &docstore.UniqueError{Index: path[1]}
	}
	return docstore.ErrExists
}

// value reads an index value back: string or int64.
func value(v bson.RawValue) (any, bool) {
	if s, ok := v.StringValueOK(); ok {
		return s, true
	}
	n, ok := v.AsInt64OK()
	return n, ok
}
