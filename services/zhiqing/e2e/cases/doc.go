// Package cases tells twenty cases through HTTP only, on all services together:
// between them they take every step that the law knows and end in every kind of
// decision.
package cases
