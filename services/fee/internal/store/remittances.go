package store

import (
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/fee/internal/domain"
)

// The indexes of remittances. Both begin with the office.
const (
	RemittancesByState = "by_state" // office, state, time
	RemittancesByTime  = "by_time"  // office, time
)

func remittances() docstore.Spec[domain.Remittance] {
	return docstore.Spec[domain.Remittance]{
		Name: "remittances",
		Indexes: []docstore.Entry[domain.Remittance]{
			entry(RemittancesByState, func(r *domain.Remittance) docstore.Key {
				return docstore.Key{r.Office, string(r.State), r.ReceivedAt.UnixMilli()}
			}, text("office"), text("state"), number("received_at")),
			entry(RemittancesByTime, func(r *domain.Remittance) docstore.Key {
				return docstore.Key{r.Office, r.ReceivedAt.UnixMilli()}
			}, text("office"), number("received_at")),
		},
	}
}
