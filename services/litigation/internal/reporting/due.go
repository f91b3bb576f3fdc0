package reporting

import (
	"context"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

// Due is what is late or soon due on the day the summary is drawn up.
type Due struct {
	RepliesOverdue int64 `json:"replies_overdue"`
	RepliesDueSoon int64 `json:"replies_due_soon"`
	// The proceedings with an office duty that is late or soon due, and how many
	// wait to be reported up.
	ProceedingsOverdue []string `json:"proceedings_overdue"`
	ProceedingsDueSoon []string `json:"proceedings_due_soon"`
	Unreported         int64    `json:"unreported"`
	// One by one, the most urgent first, at most dueMost of an office.
	Overdue []DueItem `json:"overdue"`
	Soon    []DueItem `json:"due_soon"`
}

// DueItem is one reply or one duty in a proceeding that is late or soon due.
type DueItem struct {
	Office       string     `json:"office,omitempty"` // of an aggregate
	CaseID       string     `json:"case_id,omitempty"`
	RegisterNo   string     `json:"register_no,omitempty"`
	ProceedingID string     `json:"proceeding_id,omitempty"`
	CaseNo       string     `json:"case_no,omitempty"`
	What         string     `json:"what"`
	DueOn        civil.Date `json:"due_on"`
}

// dueMost bounds what one office's list of overdue replies shows; so does the other.
const dueMost = 100

// dueSoonWD is how many working days ahead "soon" reaches.
const dueSoonWD = 5

// due lists what is late or soon due in an office.
func (r *Reporter) due(ctx context.Context, s *Summary, unit *Unit, cal *calendar.Calendar) error {
	office, soon := unit.Office, cal.AddWorkdays(s.AsOf, dueSoonWD)
	overdue, err := r.Facts.OpenDue(ctx, office, 0, s.AsOf.AddDays(-1))
	if err != nil {
		return err
	}
	dueSoon, err := r.Facts.OpenDue(ctx, office, s.AsOf, soon)
	if err != nil {
		return err
	}
	if unit.Unreported, err = r.Proceedings.UnreportedCount(ctx, office); err != nil {
		return err
	}
	s.Due.RepliesOverdue += overdue
	s.Due.RepliesDueSoon += dueSoon
	s.Due.Unreported += unit.Unreported
	unit.Overdue = overdue
	whose := ""
	if s.Scope == report.Aggregate {
		whose = office
	}
	for _, span := range []struct {
		from, to civil.Date
		into     *[]DueItem
	}{{0, s.AsOf.AddDays(-1), &s.Due.Overdue}, {s.AsOf, soon, &s.Due.Soon}} {
		docs, err := r.Facts.DueBetween(ctx, office, span.from, span.to, dueMost)
		if err != nil {
			return err
		}
		for _, d := range docs {
			item := DueItem{
				Office: whose, CaseID: d.Value.CaseID, RegisterNo: d.Value.RegisterNo, What: "政府信息公开申请答复", DueOn: d.Value.ReplyDue,
			}
			if identity.Barred(ctx, d.Value.RestrictedTo) {
				item.CaseID, item.RegisterNo = "", ""
			}
			*span.into = append(*span.into, item)
		}
	}
	docs, err := r.Proceedings.InHand(docstore.SeeAll(ctx), office, 1000)
	if err != nil {
		return err
	}
	for _, d := range docs {
		next := domain.NextClock(d.Value.Clocks(cal))
		item := DueItem{
			Office: whose, ProceedingID: d.ID, CaseNo: d.Value.CaseNo, RegisterNo: d.Value.RegisterNo, What: d.Value.Kind.Label() + "：" + next.Label, DueOn: next.DueOn,
		}
		if identity.Barred(ctx, d.Value.RestrictedTo) {
			item.ProceedingID, item.CaseNo, item.RegisterNo = "", "", ""
		}
		switch {
		case next.DueOn.IsZero() || next.DueOn > soon:
		case next.DueOn < s.AsOf:
			s.Due.ProceedingsOverdue = append(s.Due.ProceedingsOverdue, item.ProceedingID)
			s.Due.Overdue = append(s.Due.Overdue, item)
			unit.Overdue++
		default:
			s.Due.ProceedingsDueSoon = append(s.Due.ProceedingsDueSoon, item.ProceedingID)
			s.Due.Soon = append(s.Due.Soon, item)
		}
	}
	return nil
}
