package store

import (
	"context"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
)

// BulkCommand is one command on several cases and what became of each.
type BulkCommand struct {
	Office  string       `json:"office"`
	By      string       `json:"by"`
	Results []BulkResult `json:"results,omitempty"` // nil until every case has its result
}

// BulkResult is what became of one case.
type BulkResult struct {
	CaseID     string         `json:"case_id"`
	RegisterNo string         `json:"register_no,omitempty"`
	Problem    *problem.Error `json:"problem,omitempty"` // nil: done
}

// BulkCommands keeps the answers, so that a repeat of a command gets the same.
type BulkCommands = docstore.Repo[BulkCommand]

// OpenBulk declares the collection.
func OpenBulk(ctx context.Context, s docstore.Store, now func() time.Time) (*BulkCommands, error) {
	return docstore.Open(ctx, s, now, docstore.Spec[BulkCommand]{Name: "bulk_commands"})
}
