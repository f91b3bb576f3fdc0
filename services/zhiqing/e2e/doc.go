// Package e2e holds the tests of the whole product: real processes, driven through
// their HTTP API only, on the embedded engines and on real ones.
package e2e
