package reporting

import (
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

// indicators are those that a real document uses, each with both sides of its
// division.
func (s *Summary) indicators(f flow, t4 report.Table4, filed map[report.Block]int64) {
	cell := func(n int64) map[report.Column]*int64 { return map[report.Column]*int64{report.Total: &n} }
	row := func(r report.Row) int64 { return finished(f, func(g store.FinishedGroup) bool { return g.Row == r }) }
	all := finished(f, nil)
	t3 := report.Table3{
		report.NewReceived: cell(f.received), report.CarriedIn: cell(f.openBefore), report.CarriedOut: cell(f.openAfter),
		report.Granted: cell(row(report.Granted)), report.Partial: cell(row(report.Partial)), report.ResultsTotal: cell(all),
	}
	inTime := finished(f, func(g store.FinishedGroup) bool { return g.Timeliness == domain.InTime })
	late := finished(f, func(g store.FinishedGroup) bool { return g.Timeliness == domain.Late })
	extended := finished(f, func(g store.FinishedGroup) bool { return g.Extended })
	s.Indicators = []report.Indicator{
		report.DisclosureRate(t3), report.DisclosureRateOfHandled(t3), report.CarryOverRate(t3),
		report.OnTimeRate(inTime, inTime+late), report.ExtensionRate(extended, all),
	}
	for _, b := range report.Blocks() {
		s.Indicators = append(s.Indicators,
			report.CorrectedShare(t4, b), report.CorrectedOfConcluded(t4, b),
			report.CorrectedOfJudged(t4, b), report.CorrectedOfFiled(t4, b, filed[b]))
	}
	s.indicate()
	if sentence, ok := report.NoLoss(t4); ok {
		s.NoLoss = sentence
	}
}

// indicate adds indicators and says whose they all are.
func (s *Summary) indicate(more ...report.Indicator) {
	s.Indicators = append(s.Indicators, more...)
	for i := range s.Indicators {
		s.Indicators[i].Scope = s.Scope
	}
}
