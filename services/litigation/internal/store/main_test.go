package store

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer histories than rapid would by itself: each is written to real
// stores and counted many times. -rapid.checks asks for more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "6"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
