package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/domain"
)

func items(s ...string) []string { return s }

// noticed returns a case of vector B: received 2025-03-03, notice 2025-03-12.
func noticed(t testing.TB) *domain.Case {
	t.Helper()
	c := registered(t, "2025-03-03")
	require.NoError(t, c.NoticeCorrection(domain.CorrectionNotice{Items: items("请写明名称或者文号")}, on("2025-03-12", officer)))
	return c
}

func TestCorrectionNoticeStopsTheClock(t *testing.T) {
	t.Parallel()
	c := noticed(t)
	require.Equal(t, contract.StatusWaiting, c.Queue.Status)
	require.Equal(t, "correction", c.Queue.WaitingFor)
	require.Equal(t, []string{domain.LaneWaiting}, c.Queue.Lanes)
	require.True(t, c.Due.ReplyDue.IsZero())
	require.Equal(t, day("2025-04-02"), c.Corrections[0].CorrectBy, "B2: 15 working days")
	require.False(t, c.Corrections[0].Late, "B1: the seventh working day")
	require.False(t, c.Overdue(day("2025-08-01")), "a paused case is never overdue")
}

func TestCorrectionRestartsThePeriod(t *testing.T) {
	t.Parallel()
	c := noticed(t)
	require.NoError(t, c.Correct(domain.CorrectionReceived{Content: domain.Content{Description: "2024年征收批复"}}, on("2025-03-26", self)))
	require.Equal(t, day("2025-04-24"), c.Due.ReplyDue, "B3")
	require.Equal(t, "2024年征收批复", c.Content.Description)
	require.Equal(t, "某地块征收补偿安置方案", c.Corrections[0].Before.Description, "what stood before stays on file")
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
}

func TestCorrectionAfterThePeriod(t *testing.T) {
	t.Parallel()
	c := noticed(t)
	faulty(t, c.Correct(domain.CorrectionReceived{}, on("2025-04-02", self)), "/description", "required")
	refused(t, c.Correct(domain.CorrectionReceived{Note: "见附件"}, on("2025-04-03", self)), problem.DeadlinePassed, "art. 30")
	faulty(t, c.Correct(domain.CorrectionReceived{}, on("2025-04-03", officer)), "/late_reason", "required")
	require.NoError(t, c.Correct(domain.CorrectionReceived{LateReason: "住院"}, on("2025-04-03", officer)))
}

func TestAbandonmentWaitsForThePeriod(t *testing.T) {
	t.Parallel()
	c := noticed(t)
	refused(t, c.Abandon(domain.Abandonment{}, on("2025-04-02", officer)), problem.IllegalTransition, "art. 30")
	require.NoError(t, c.Abandon(domain.Abandonment{}, on("2025-04-03", officer)), "B4")
	require.Equal(t, "other_1_not_corrected", c.ReportRow)
	require.Equal(t, day("2025-04-03"), c.FinishedOn)
	require.Equal(t, contract.StatusClosed, c.Queue.Status)
}

func TestNoticeAfterTheSeventhDay(t *testing.T) {
	t.Parallel()
	late := registered(t, "2025-03-03")
	require.NoError(t, late.NoticeCorrection(domain.CorrectionNotice{Items: items("x")}, on("2025-03-13", officer)))
	require.True(t, late.Corrections[0].Late)
	require.Equal(t, day("2025-03-31"), late.Due.ShadowDue, "the first period stays in sight")

	strict := registered(t, "2025-03-03")
	env := on("2025-03-13", officer)
	env.Policy.RefuseLateNotice = true
	refused(t, strict.NoticeCorrection(domain.CorrectionNotice{Items: items("x")}, env), problem.DeadlinePassed, "art. 30")
}

func TestOneNoticeIsTheRule(t *testing.T) {
	t.Parallel()
	c := noticed(t)
	refused(t, c.NoticeCorrection(domain.CorrectionNotice{Items: items("x")}, on("2025-03-13", officer)), problem.IllegalTransition, "art. 30")
	require.NoError(t, c.Correct(domain.CorrectionReceived{Note: "已补"}, on("2025-03-20", self)))
	faulty(t, c.NoticeCorrection(domain.CorrectionNotice{Items: items("x")}, on("2025-03-21", officer)), "/reason", "required")
	require.NoError(t, c.NoticeCorrection(domain.CorrectionNotice{Items: items("x"), Reason: "仍缺文号"}, on("2025-03-21", officer)))
	require.Len(t, c.Facts().Clock.Corrections, 1)
}

func TestFaultyNotices(t *testing.T) {
	t.Parallel()
	for pointer, c := range map[string]struct {
		code string
		cmd  domain.CorrectionNotice
	}{
		"/items":        {"required", domain.CorrectionNotice{}},
		"/items/0":      {"required", domain.CorrectionNotice{Items: items(" ")}},
		"/period_wd":    {"out_of_range", domain.CorrectionNotice{Items: items("x"), PeriodWD: 61}},
		"/noticed_on":   {"date_too_early", domain.CorrectionNotice{Items: items("x"), NoticedOn: day("2025-03-02")}},
		"/delivered_on": {"date_too_early", domain.CorrectionNotice{Items: items("x"), NoticedOn: day("2025-03-05"), DeliveredOn: day("2025-03-04")}},
	} {
		faulty(t, registered(t, "2025-03-03").NoticeCorrection(c.cmd, on("2025-03-06", officer)), pointer, c.code)
	}
}

func TestStillUnclearNeedsACorrection(t *testing.T) {
	t.Parallel()
	unclear := domain.Proposal{Kind: decision.StillUnclear, Contents: map[string]string{decision.ContentReasons: "仍不明确"}}
	c := registered(t, "2025-03-03")
	require.NoError(t, c.Review(allChecks(), on("2025-03-05", officer)))
	refused(t, c.Decide(unclear, on("2025-03-05", officer)), problem.IllegalTransition, "art. 30")

	c = noticed(t)
	refused(t, c.Review(allChecks(), on("2025-03-13", officer)), problem.IllegalTransition, "art. 30")
	require.NoError(t, c.Correct(domain.CorrectionReceived{Note: "已补"}, on("2025-03-20", self)))
	require.NoError(t, c.Review(allChecks(), on("2025-03-21", officer)))
	require.NoError(t, c.Decide(unclear, on("2025-03-21", officer)))
	require.Equal(t, "unable_3_unclear_after_correction", c.Draft.Row)
}
