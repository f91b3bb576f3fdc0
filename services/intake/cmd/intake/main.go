// Command intake runs the intake service as a process of its own, on MongoDB and
// NATS. intake --help says how it is configured.
package main

import (
	"context"
	"os"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/intake"
)

func main() {
	engines := service.Engines{
		Mongo: func(ctx context.Context, uri, database string) (docstore.Store, error) {
			return mongostore.Open(ctx, uri, database)
		},
		Blobs: func(ctx context.Context, uri, database string) (blobstore.Store, error) {
			return mongostore.OpenBlobs(ctx, uri, database)
		},
	}
	os.Exit(service.Main(intake.Name, intake.New, engines, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
