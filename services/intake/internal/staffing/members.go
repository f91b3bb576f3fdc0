package staffing

import (
	"context"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
)

// Members lists the active staff of an office.
func (s *Staffing) Members(ctx context.Context, office string) (members []identity.Staff, err error) {
	q := docstore.Query{Index: byOffice, Eq: []any{office}, Limit: docstore.MaxPage}
	for {
		docs, next, err := s.accounts.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			if d.Value.Active {
				members = append(members, d.Value.staff(d.ID))
			}
		}
		if q.After = next; next == "" {
			return members, nil
		}
	}
}
