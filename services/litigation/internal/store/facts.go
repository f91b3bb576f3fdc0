// Package store keeps the litigation service's documents: the fact of every case,
// the fee notices, the proceedings, and what an office has settled. Every table is
// answered by grouped counts over declared indexes, so that no report loads cases.
package store

import (
	"context"
	"fmt"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/litigation/internal/domain"
)

func str(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.String} }
func num(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.Int} }

// Facts is the collection of case facts.
type Facts struct {
	repo  *docstore.Repo[domain.CaseFact]
	tally *tally
}

// The indexes of the facts. A case that was received and finished in one year is
// absent from carried: only the few per cent that cross a year's end are counted
// for 上年结转 and 结转下年度, whatever the size of the register.
const (
	factsReceived   = "received"
	factsReceivedOn = "received_on"
	factsFinished   = "finished"
	factsMonth      = "finished_month"
	factsFinishedOn = "finished_on"
	factsCarried    = "carried"
	factsOpenDue    = "open_due"
	factsFees       = "imported_fees"
	factsRegister   = "register_no"
	factsUntallied  = "untallied"
)

// OpenFacts opens the collection of case facts.
func OpenFacts(ctx context.Context, s docstore.Store, now func() time.Time) (*Facts, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[domain.CaseFact]{Name: "facts", Indexes: factIndexes()})
	if err != nil {
		return nil, err
	}
	t, err := openTally(ctx, s, now)
	if err != nil {
		return nil, err
	}
	return &Facts{repo: repo, tally: t}, nil
}

func factIndexes() []docstore.Entry[domain.CaseFact] {
	type fact = domain.CaseFact
	month := func(f *fact) int64 { y, m, _ := f.FinishedOn.YMD(); return int64(y*100 + m) }
	extended := func(f *fact) int64 {
		if f.Extended {
			return 1
		}
		return 0
	}
	counted := func(key func(*fact) docstore.Key) func(*fact) docstore.Key {
		return func(f *fact) docstore.Key {
			if !f.Counts() {
				return nil
			}
			return key(f)
		}
	}
	finished := func(key func(*fact) docstore.Key) func(*fact) docstore.Key {
		return counted(func(f *fact) docstore.Key {
			if f.FinishedOn.IsZero() {
				return nil
			}
			return key(f)
		})
	}
	index := func(name string, key func(*fact) docstore.Key, fields ...docstore.Field) docstore.Entry[fact] {
		return docstore.Entry[fact]{
			Index: docstore.Index{Name: name, Fields: append([]docstore.Field{str("office")}, fields...)}, Key: key,
		}
	}
	return []docstore.Entry[fact]{
		index(factsReceived, counted(func(f *fact) docstore.Key {
			return docstore.Key{f.Office, int64(f.ReceivedOn.Year()), string(f.Column), int64(f.ReceivedOn)}
		}), num("received_year"), str("applicant_column"), num("received_on")),
		index(factsReceivedOn, counted(func(f *fact) docstore.Key {
			return docstore.Key{f.Office, int64(f.ReceivedOn)}
		}), num("received_on")),
		index(factsFinished, finished(func(f *fact) docstore.Key {
			return docstore.Key{f.Office, int64(f.FinishedOn.Year()), string(f.Row), string(f.Column), int64(f.FinishedOn)}
		}), num("finished_year"), str("report_row"), str("applicant_column"), num("finished_on")),
		index(factsMonth, finished(func(f *fact) docstore.Key {
			return docstore.Key{f.Office, month(f), string(f.Row), string(f.Timeliness()), extended(f)}
		}), num("finished_month"), str("report_row"), str("timeliness"), num("extended")),
		index(factsFinishedOn, finished(func(f *fact) docstore.Key {
			return docstore.Key{f.Office, int64(f.FinishedOn), string(f.Row), string(f.Timeliness()), extended(f)}
		}), num("finished_on"), str("report_row"), str("timeliness"), num("extended")),
		index(factsCarried, counted(func(f *fact) docstore.Key {
			if f.ReceivedOn.Year() == f.FinishedYear() {
				return nil
			}
			return docstore.Key{f.Office, int64(f.ReceivedOn.Year()), int64(f.FinishedYear()), string(f.Column), int64(f.ReceivedOn)}
		}), num("received_year"), num("finished_year"), str("applicant_column"), num("received_on")),
		index(factsOpenDue, func(f *fact) docstore.Key {
			if !f.Open() || f.ReplyDue.IsZero() {
				return nil
			}
			return docstore.Key{f.Office, int64(f.ReplyDue)}
		}, num("reply_due")),
		index(factsFees, finished(func(f *fact) docstore.Key {
			if f.ImportedYuan == 0 {
				return nil
			}
			return docstore.Key{f.Office, int64(f.FinishedOn.Year()), f.ImportedYuan}
		}), num("finished_year"), num("yuan")),
		index(factsRegister, func(f *fact) docstore.Key {
			if f.RegisterNo == "" {
				return nil
			}
			return docstore.Key{f.Office, f.RegisterNo}
		}, str("register_no")),
		index(factsUntallied, func(f *fact) docstore.Key {
			if f.Office == "" || f.Place() == f.Tallied {
				return nil
			}
			return docstore.Key{f.Office}
		}),
	}
}

// ApplyCase takes the facts of a case into its row, once. domain.ErrFacts.
func (f *Facts) ApplyCase(ctx context.Context, eventID string, c contract.CaseFacts, version int64) error {
	if c.Clock.ReceivedOn.IsZero() {
		return nil // it counts in no table before its receipt, and later facts hold everything
	}
	_, err := f.repo.Upsert(ctx, c.CaseID, func(d *domain.CaseFact) error {
		return d.ApplyCase(c, version)
	}, docstore.Once(eventID))
	if err != nil {
		return fmt.Errorf("apply case %s: %w", c.CaseID, err)
	}
	return nil
}

// ApplyDeadline takes what is due on a case into its row, once.
func (f *Facts) ApplyDeadline(ctx context.Context, eventID string, d contract.DeadlineFacts, version int64) error {
	_, err := f.repo.Upsert(ctx, d.CaseID, func(row *domain.CaseFact) error {
		row.ApplyDeadline(d, version)
		return nil
	}, docstore.Once(eventID))
	if err != nil {
		return fmt.Errorf("apply deadline of %s: %w", d.CaseID, err)
	}
	return nil
}

// Get returns the fact of a case of the office; docstore.ErrNotFound for any other, and
// for one that is restricted to others.
func (f *Facts) Get(ctx context.Context, office, caseID string) (*domain.CaseFact, error) {
	doc, err := f.repo.Get(ctx, caseID)
	if err != nil {
		return nil, err
	}
	if doc.Value.Office != office || doc.Value.Version == 0 || identity.Barred(ctx, doc.Value.RestrictedTo) {
		return nil, fmt.Errorf("case %s: %w", caseID, docstore.ErrNotFound)
	}
	return doc.Value, nil
}

// ByRegisterNo finds a case of the office by its 登记编号; docstore.ErrNotFound.
func (f *Facts) ByRegisterNo(ctx context.Context, office, no string) (*domain.CaseFact, error) {
	docs, _, err := f.repo.Find(ctx, docstore.Query{Index: factsRegister, Eq: []any{office, no}, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 || identity.Barred(ctx, docs[0].Value.RestrictedTo) {
		return nil, fmt.Errorf("register number: %w", docstore.ErrNotFound)
	}
	return docs[0].Value, nil
}
