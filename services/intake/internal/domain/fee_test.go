package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
)

// fee is a notice as the fee service tells it (vectors E).
func fee(state contract.NoticeState) contract.NoticeFacts {
	f := contract.NoticeFacts{
		Office: "xujing", NoticeID: "n-1", CaseID: "c-1", State: state, AmountYuan: 100,
		NoticedOn: day("2025-10-28"), NoticeReceivedOn: day("2025-10-28"), PayBy: day("2025-11-25"),
	}
	switch state {
	case contract.NoticePaid:
		f.PaidOn = day("2025-11-14")
	case contract.NoticeLapsed:
		f.LapsedOn = day("2025-11-26")
	}
	return f
}

func TestFeeStopsAndRestartsThePeriod(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-10-13")
	c.TakeRaised()
	env := on("2025-10-28", system)
	require.NoError(t, c.ApplyFee(fee(contract.NoticeIssued), 1, env))
	require.Equal(t, contract.StatusWaiting, c.Queue.Status)
	require.Equal(t, "payment", c.Queue.WaitingFor)
	require.Equal(t, day("2025-11-25"), c.Queue.DueOn)
	require.True(t, c.Due.ReplyDue.IsZero())
	require.Equal(t, []string{contract.CaseChanged}, c.TakeRaised())
	require.Nil(t, c.Facts().Clock.Fee, "the fee service owns these facts")

	require.NoError(t, c.ApplyFee(fee(contract.NoticeIssued), 1, env), "a duplicate")
	require.Empty(t, c.TakeRaised())
	refused(t, c.Review(allChecks(), env), problem.IllegalTransition, "")
	refused(t, c.NoticeCorrection(domain.CorrectionNotice{Items: items("x")}, env), problem.IllegalTransition, "")

	require.NoError(t, c.ApplyFee(fee(contract.NoticePaid), 3, on("2025-11-14", system)))
	require.Equal(t, day("2025-12-12"), c.Due.ReplyDue, "E3")
	require.NoError(t, c.ApplyFee(fee(contract.NoticeIssued), 2, on("2025-11-15", system)), "an older version")
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
}

func TestFeeLapseClosesTheCase(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-10-13")
	require.NoError(t, c.ApplyFee(fee(contract.NoticeIssued), 1, on("2025-10-28", system)))
	c.TakeRaised()
	require.NoError(t, c.ApplyFee(fee(contract.NoticeLapsed), 2, on("2025-11-26", system)))
	require.Equal(t, "other_2_fee_unpaid", c.ReportRow)
	require.Equal(t, day("2025-11-26"), c.FinishedOn)
	require.Equal(t, []string{contract.CaseClosed}, c.TakeRaised())
}

func TestACancelledNoticeLeavesTheClock(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-10-13")
	due := c.Due.ReplyDue
	require.NoError(t, c.ApplyFee(fee(contract.NoticeIssued), 1, on("2025-10-28", system)))
	require.NoError(t, c.ApplyFee(fee(contract.NoticeCancelled), 2, on("2025-10-29", system)))
	require.Equal(t, due, c.Due.ReplyDue)
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
}

func TestALapseAfterTheReplyChangesNothing(t *testing.T) {
	t.Parallel()
	c := answered(t, "2025-10-13", "2025-10-20")
	require.NoError(t, c.ApplyFee(fee(contract.NoticeLapsed), 2, on("2025-11-26", system)))
	require.Equal(t, "granted", c.ReportRow)
	require.Equal(t, day("2025-10-20"), c.FinishedOn)
}

func TestAFeeThatTheLawCannotPlaceIsKept(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-10-13")
	f := fee(contract.NoticeIssued)
	f.NoticedOn = day("2025-10-01") // before the receipt
	require.NoError(t, c.ApplyFee(f, 1, on("2025-10-28", system)))
	require.Len(t, c.Fees, 1)
	require.Equal(t, contract.StatusWaiting, c.Queue.Status)
}

func TestTheDeadlineServiceHasTheLastWord(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-10-13")
	c.TakeRaised()
	f := contract.DeadlineFacts{CaseID: "c-1", ReplyDue: day("2025-11-11"), State: "running", Provisional: true}
	require.NoError(t, c.ApplyDeadline(f, 5, on("2025-10-14", system)))
	require.Equal(t, day("2025-11-11"), c.Queue.DueOn)
	require.True(t, c.Due.Provisional)
	require.Empty(t, c.TakeRaised(), "copying a date raises nothing")
	f.ReplyDue = day("2025-11-12")
	require.NoError(t, c.ApplyDeadline(f, 4, on("2025-10-14", system)))
	require.Equal(t, day("2025-11-11"), c.Queue.DueOn, "older")
}

func TestAnOrderReopensOnce(t *testing.T) {
	t.Parallel()
	c := answered(t, "2025-08-11", "2025-08-29")
	p := contract.ProceedingFacts{
		CaseID: "c-1", ProceedingID: "p-1",
		Order: &contract.OrderFacts{EffectiveOn: day("2025-11-12"), PeriodWD: 10},
	}
	require.NoError(t, c.ApplyOrder(p, 1, on("2025-11-20", system)))
	require.Len(t, c.Reopenings, 1)
	require.Equal(t, day("2025-11-12"), c.Reopenings[0].ReopenedOn)
	require.Equal(t, day("2025-11-26"), c.Due.ReplyDue)
	require.NoError(t, c.ApplyOrder(p, 2, on("2025-11-20", system)))
	require.Len(t, c.Reopenings, 1)
}
