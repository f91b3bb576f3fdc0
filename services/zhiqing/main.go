// Command zhiqing is the whole product in one process: the four services on an
// embedded store and bus, or any of them on MongoDB and NATS.
package main

import (
	"os"

	"zhiqing.dev/services/zhiqing/internal/command"
)

// version is set by the build.
var version = "dev"

func main() {
	os.Exit(command.Run(version, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
