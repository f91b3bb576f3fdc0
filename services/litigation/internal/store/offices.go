package store

import (
	"context"
	"errors"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/litigation/internal/domain"
)

// office is what this service needs of what an office has settled in its own
// document, which intake keeps.
type office struct {
	Version int64  `json:"version"` // of the office's document
	Name    string `json:"name,omitempty"`
	// OrderWD are the working days of an order that names none.
	OrderWD int `json:"order_wd"`
}

// Offices keeps what the offices have settled for all services.
type Offices struct{ repo *docstore.Repo[office] }

// OpenOffices opens the collection of offices.
func OpenOffices(ctx context.Context, s docstore.Store, now func() time.Time) (*Offices, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[office]{Name: "offices"})
	if err != nil {
		return nil, err
	}
	return &Offices{repo}, nil
}

// Apply takes what intake told of an office, unless something newer is known.
func (o *Offices) Apply(ctx context.Context, f contract.OfficeFacts, version int64) error {
	_, err := o.repo.Upsert(ctx, f.Office, func(v *office) error {
		if version > v.Version {
			*v = office{Version: version, Name: f.Name, OrderWD: f.Policies.ReopenPeriodWD}
		}
		return nil
	})
	return err
}

// OrderWD are the working days for answering again when an order names none.
func (o *Offices) OrderWD(ctx context.Context, id string) (int, error) {
	doc, err := o.repo.Get(ctx, id)
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return domain.DefaultOrderWD, nil
	case err != nil:
		return 0, err
	case doc.Value.OrderWD < 1:
		return domain.DefaultOrderWD, nil
	}
	return doc.Value.OrderWD, nil
}

// Name is what the office is called; its code while its name is not known.
func (o *Offices) Name(ctx context.Context, id string) (string, error) {
	doc, err := o.repo.Get(ctx, id)
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return id, nil
	case err != nil:
		return "", err
	case doc.Value.Name == "":
		return id, nil
	}
	return doc.Value.Name, nil
}
