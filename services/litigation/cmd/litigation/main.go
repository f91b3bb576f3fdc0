// Command litigation runs the litigation service as a process of its own, on MongoDB
// and NATS. litigation --help says how it is configured.
package main

import (
	"context"
	"os"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/litigation"
)

func main() {
	engines := service.Engines{Mongo: func(ctx context.Context, uri, database string) (docstore.Store, error) {
		return mongostore.Open(ctx, uri, database)
	}}
	os.Exit(service.Main(litigation.Name, litigation.New, engines, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
