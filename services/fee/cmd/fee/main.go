// Command fee runs the fee service as a process of its own, on MongoDB and
// NATS. fee --help says how it is configured.
package main

import (
	"context"
	"os"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/fee"
)

func main() {
	engines := service.Engines{Mongo: func(ctx context.Context, uri, database string) (docstore.Store, error) {
		return mongostore.Open(ctx, uri, database)
	}}
	os.Exit(service.Main(fee.Name, fee.New, engines, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
