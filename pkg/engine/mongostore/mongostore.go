// Package mongostore keeps documents in MongoDB: the engine for production.
package mongostore

import (
	"context"
	"errors"

	"zhiqing.dev/pkg/docstore"
)

// Option changes how a database is opened.
type Option func()

// Open connects to the server at uri and uses the database of that name.
func Open(_ context.Context, _, _ string, _ ...Option) (docstore.Store, error) {
	return nil, errors.New("the MongoDB engine is being written")
}
