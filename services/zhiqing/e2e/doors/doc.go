// Package doors tries every operation of every service with every role, as the OpenAPI
// documents list them, and holds what is let in to the one permission table.
package doors
