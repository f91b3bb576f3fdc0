package reporting

import (
	"context"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

// Lost is one proceeding that corrected the office.
type Lost struct {
	Office          string      `json:"office,omitempty"` // of an aggregate
	ID              string      `json:"id"`
	Kind            domain.Kind `json:"kind"`
	KindLabel       string      `json:"kind_label"`
	CaseNo          string      `json:"case_no,omitempty"`
	Organ           string      `json:"organ_or_court"`
	Cause           string      `json:"cause"`
	ConcludedOn     civil.Date  `json:"concluded_on"`
	Result          string      `json:"result"`
	ResultLabel     string      `json:"result_label"`
	CorrectedGround string      `json:"corrected_ground,omitempty"`
	GroundLabel     string      `json:"corrected_ground_label,omitempty"`
	Lesson          string      `json:"lesson,omitempty"`
	EffectiveOn     civil.Date  `json:"effective_on,omitzero"`
	RectifiedOn     civil.Date  `json:"rectified_on,omitzero"`
	Rectification   string      `json:"rectification,omitempty"`
}

// lostMost bounds the list of lost cases in one summary; the table of the year and
// its drill-down show all.
const lostMost = 200

// lost lists what an office has lost in the period.
func (r *Reporter) lost(ctx context.Context, s *Summary, office string, p domain.Period) (n int, err error) {
	for _, kind := range kinds {
		docs, err := r.Proceedings.Lost(ctx, office, kind, p.From, p.To, lostMost)
		if err != nil {
			return n, err
		}
		s.LostMore = s.LostMore || len(docs) == lostMost
		for _, d := range docs {
			l := LostOf(d.Value)
			if s.Scope == report.Aggregate {
				l.Office = office
			}
			s.Lost = append(s.Lost, l)
			n++
		}
	}
	return n, nil
}

// LostOf tells of a proceeding that corrected the office what its list shows.
func LostOf(p *domain.Proceeding) Lost {
	st := p.Stand()
	l := Lost{
		ID: p.ID, Kind: p.Kind, KindLabel: p.Kind.Label(), CaseNo: p.CaseNo, Organ: p.Organ, Cause: p.Cause,
		ConcludedOn: st.ConcludedOn(), EffectiveOn: st.Effective,
	}
	if st.Result != nil {
		l.Result = st.Result.Result
		l.ResultLabel, _ = domain.ResultLabel(p.Kind, st.Result.Result)
		l.CorrectedGround, l.GroundLabel, l.Lesson = st.Result.CorrectedGround, domain.GroundLabel(st.Result.CorrectedGround), st.Result.Lesson
	}
	if st.Rectified != nil {
		l.RectifiedOn, l.Rectification = st.Rectified.On, st.Rectified.Note
	}
	return l
}
