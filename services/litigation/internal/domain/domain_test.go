package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

func day(s string) civil.Date { return civil.MustParse(s) }

func TestPeriods(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, from, to, last, lastFrom, lastTo, ytd string }{
		{"2026", "2026-01-01", "2026-12-31", "2025", "2025-01-01", "2025-12-31", "2026-01-01"},
		{"2026-H1", "2026-01-01", "2026-06-30", "2025-H1", "2025-01-01", "2025-06-30", "2026-01-01"},
		{"2026-H2", "2026-07-01", "2026-12-31", "2025-H2", "2025-07-01", "2025-12-31", "2026-01-01"},
		{"2026-Q3", "2026-07-01", "2026-09-30", "2025-Q3", "2025-07-01", "2025-09-30", "2026-01-01"},
		{"2026-07", "2026-07-01", "2026-07-31", "2025-07", "2025-07-01", "2025-07-31", "2026-01-01"},
		{"2024-02", "2024-02-01", "2024-02-29", "2023-02", "2023-02-01", "2023-02-28", "2024-01-01"},
		{"2025-02", "2025-02-01", "2025-02-28", "2024-02", "2024-02-01", "2024-02-29", "2025-01-01"},
	} {
		p, err := domain.ParsePeriod(c.name)
		require.NoError(t, err)
		require.Equal(t, []string{c.from, c.to}, []string{p.From.String(), p.To.String()}, c.name)
		l := p.LastYear()
		require.Equal(t, []string{c.last, c.lastFrom, c.lastTo}, []string{l.Name, l.From.String(), l.To.String()}, c.name)
		require.Equal(t, c.ytd, p.YearToDate().From.String())
		require.Equal(t, p.To, p.YearToDate().To)
	}
	for _, bad := range []string{"", "26", "2026-Q0", "2026-H3", "2026-13", "2026-1", "2026-07-01", "1999", "２０２６"} {
		_, err := domain.ParsePeriod(bad)
		require.Equal(t, problem.Invalid, problem.CodeOf(err), bad)
	}
	r, err := domain.Range(day("2026-01-15"), day("2026-02-28"))
	require.NoError(t, err)
	require.Equal(t, "2025-01-15..2025-02-28", r.LastYear().Name)
}

func TestTimeliness(t *testing.T) {
	t.Parallel()
	due := day("2026-03-02")
	for _, c := range []struct {
		name string
		fact domain.CaseFact
		want domain.Timeliness
	}{
		{"on the last day", domain.CaseFact{Row: report.Granted, FinishedOn: due, ReplyDue: due}, domain.InTime},
		{"a day later", domain.CaseFact{Row: report.Granted, FinishedOn: due + 1, ReplyDue: due}, domain.Late},
		{"reply made before the finish", domain.CaseFact{Row: report.Granted, FinishedOn: due + 1, ReplyDue: due, Decisions: []contract.DecisionFacts{{ReplyMadeOn: due}}}, domain.InTime},
		{"due date never told", domain.CaseFact{Row: report.Granted, FinishedOn: due}, domain.Unknown},
		{"withdrawn", domain.CaseFact{Row: report.OtherOther, FinishedOn: due + 9, ReplyDue: due}, domain.NoReply},
		{"not corrected", domain.CaseFact{Row: report.OtherNotCorrected, FinishedOn: due + 9}, domain.NoReply},
	} {
		require.Equal(t, c.want, c.fact.Timeliness(), c.name)
	}
}

func suit(t *testing.T) *domain.Proceeding {
	t.Helper()
	p := &domain.Proceeding{Kind: domain.SuitDirect, ReceivedOn: day("2025-09-24")}
	p.Fill(day("2026-06-10"))
	return p
}

func TestAnAppealAsksForAnAnswerAgain(t *testing.T) {
	t.Parallel()
	today := day("2026-06-10")
	p := suit(t)
	take := func(st domain.Step) {
		t.Helper()
		require.NoError(t, p.Take(st, today, nil))
	}
	take(domain.Step{Step: domain.Answer, On: day("2025-10-09")})
	take(domain.Step{Step: domain.Result, On: day("2025-12-01"), ServedOn: day("2025-12-05"), Result: "suit_dismissed"})
	periods := p.Periods()
	require.Equal(t, string(clock.KindAppealRuling), periods[1].Kind) // 裁定: 10 days
	take(domain.Step{Step: domain.Appeal, On: day("2025-12-10"), ServedOn: day("2025-12-20")})
	require.True(t, p.Owing())
	periods = p.Periods()
	require.Equal(t, "2025-12-10", periods[1].MetOn.String())
	require.Equal(t, string(clock.KindSuitAnswer), periods[2].Kind)
	require.Equal(t, "2025-12-20", periods[2].StartOn.String())
	take(domain.Step{Step: domain.Answer, On: day("2026-01-04")})
	require.False(t, p.Owing())
	clocks := p.Clocks(calendar.Builtin())
	require.Equal(t, "2026-01-04", clocks[2].DueOn.String()) // a worked Sunday by the notice
	require.Equal(t, clock.Met, clocks[2].State)
	require.Zero(t, domain.NextDue(clocks))
}

func TestAResultEndsWhatWasNotAnswered(t *testing.T) {
	t.Parallel()
	p := suit(t)
	require.True(t, p.Owing())
	require.NoError(t, p.Take(domain.Step{Step: domain.Result, On: day("2025-10-01"), Result: "withdrawn"}, day("2026-06-10"), nil))
	require.False(t, p.Owing())
}

func TestOfficesSettleOnlyWhatIsContested(t *testing.T) {
	t.Parallel()
	own := domain.Outcomes{"application_dismissed": report.Upheld}
	o, ok := own.Of(domain.Review, "application_dismissed")
	require.True(t, ok)
	require.Equal(t, report.Upheld, o)
	o, _ = domain.Outcomes(nil).Of(domain.Review, "application_dismissed")
	require.Equal(t, report.Other, o)
	_, ok = own.Of(domain.Review, "维持") // a label is not a code
	require.False(t, ok)
	_, ok = own.Of(domain.SuitDirect, "maintained")
	require.False(t, ok)
	for _, k := range domain.Kinds {
		for _, r := range domain.ResultsOf(k) {
			_, known := own.Of(k, r.Code)
			require.True(t, known, "%s %s", k, r.Code)
		}
	}
}

func TestOnlyWhatWasReceivedAndEndedSomehowCounts(t *testing.T) {
	t.Parallel()
	c := contract.CaseFacts{Office: "o", CaseID: "c", ApplicantKind: "commercial", Status: contract.StatusSubmitted}
	var f domain.CaseFact
	require.NoError(t, f.ApplyCase(c, 1))
	require.False(t, f.Counts())
	c.Clock.ReceivedOn, c.Status = day("2026-03-02"), contract.StatusRegistered
	require.NoError(t, f.ApplyCase(c, 2))
	require.True(t, f.Open())
	c.Status = contract.StatusClosed // split into parts
	require.NoError(t, f.ApplyCase(c, 3))
	require.False(t, f.Counts())
	c.FinishedOn, c.ReportRow = day("2026-03-09"), "other_all" // an old ledger's word in a new year
	require.NoError(t, f.ApplyCase(c, 4))
	require.Equal(t, report.OtherOther, f.Row)
	c.ApplicantKind = "martian"
	require.ErrorIs(t, f.ApplyCase(c, 5), domain.ErrFacts)
	require.Equal(t, report.Commercial, f.Column)
}
