package mongostore_test

import (
	"context"
	"testing"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/docstore/docstoretest"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	docstoretest.Run(t, func(t *testing.T) docstoretest.Harness {
		url, database := mongotest.Database(t)
		return docstoretest.Harness{
			Open: func(ctx context.Context) (docstore.Store, error) { return mongostore.Open(ctx, url, database) },
		}
	})
}
