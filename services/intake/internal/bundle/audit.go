package bundle

import (
	"cmp"
	"context"
	"slices"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/services/intake/internal/domain"
)

// Audit is the extract of the trail that is about one case.
type Audit struct {
	Entries     []audit.Entry // in the order in which they were made
	Checkpoints []audit.Checkpoint
	More        bool // there are older entries than the extract holds
}

// Limits of an extract.
const (
	mostEntries     = 20_000
	mostCheckpoints = 1000
)

// Extract finds what was done to the case and who looked at it, by its id and by the
// applicant's receipt.
func Extract(ctx context.Context, trail *audit.Trail, c *domain.Case) (out Audit, err error) {
	if trail == nil {
		return out, nil
	}
	for _, subject := range []string{c.ID, c.Receipt} {
		for cursor := ""; subject != "" && !out.More; {
			found, next, err := trail.Find(ctx, audit.Search{Office: c.Office, Subject: subject}, 200, cursor)
			if err != nil {
				return out, err
			}
			out.Entries = append(out.Entries, found...)
			if cursor = next; next == "" {
				break
			}
			out.More = len(out.Entries) >= mostEntries
		}
	}
	slices.SortFunc(out.Entries, func(a, b audit.Entry) int { return cmp.Compare(a.N, b.N) })
	out.Entries = slices.CompactFunc(out.Entries, func(a, b audit.Entry) bool { return a.N == b.N })
	out.Checkpoints, err = trail.Newest(ctx, c.Office, mostCheckpoints)
	return out, err
}
