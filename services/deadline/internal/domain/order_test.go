package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/deadline/internal/domain"
)

// told is one event: facts of a source with their version.
type told func(s *domain.Sheet) bool

// lives draws what three services told of one case, in the order in which it happened.
var lives = rapid.Custom(func(t *rapid.T) []told {
	var list []told
	received := civil.MustParse("2025-01-02") + civil.Date(rapid.IntRange(0, 600).Draw(t, "received"))
	f := contract.CaseFacts{
		Office: "demo", CaseID: "c", RegisterNo: "2025-000001", Status: contract.StatusRegistered, Assignee: "s1",
		Clock: clock.Facts{ReceivedOn: received},
	}
	version := int64(0)
	tell := func() {
		version++
		v, facts := version, f
		list = append(list, func(s *domain.Sheet) bool { return s.TakeCase(v, facts) })
	}
	tell()
	if rapid.Bool().Draw(t, "corrected") {
		f.Clock.Correction = &clock.Correction{NoticedOn: received + 2}
		tell()
		f.Clock.Correction = &clock.Correction{NoticedOn: received + 2, ReceivedOn: received + 6}
		tell()
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "letters") {
		sent := received + 6 + civil.Date(3*i)
		letters := append([]clock.Consultation(nil), f.Clock.Consultations...)
		f.Clock.Consultations = append(letters, clock.Consultation{SentOn: sent, ConsulteeReceivedOn: sent + 1})
		tell()
		if rapid.Bool().Draw(t, "answered") {
			f.Clock.Consultations = append([]clock.Consultation(nil), f.Clock.Consultations...)
			f.Clock.Consultations[i].AnsweredOn = sent + 5
			f.Assignee = "s2"
			tell()
		}
	}
	if rapid.Bool().Draw(t, "charged") {
		n := contract.NoticeFacts{Office: "demo", CaseID: "c", NoticeID: "n", State: contract.NoticeIssued, NoticedOn: received + 18}
		paid := n
		paid.State, paid.PaidOn = contract.NoticePaid, received+22
		list = append(list, func(s *domain.Sheet) bool { return s.TakeNotice(1, n) }, func(s *domain.Sheet) bool { return s.TakeNotice(2, paid) })
	}
	if rapid.Bool().Draw(t, "answered") {
		f.Clock.DecidedOn, f.Clock.ReplyMadeOn = received+40, received+40
		f.Status = contract.StatusServed
		tell()
		if rapid.Bool().Draw(t, "ordered") {
			p := contract.ProceedingFacts{Office: "demo", CaseID: "c", ProceedingID: "p", Kind: "suit_direct", ReceivedOn: received + 60}
			ordered := p
			ordered.Order = &contract.OrderFacts{EffectiveOn: received + 120, PeriodWD: 15}
			list = append(list, func(s *domain.Sheet) bool { return s.TakeOrder(1, p) }, func(s *domain.Sheet) bool { return s.TakeOrder(2, ordered) })
		}
	}
	return list
})

// Events come in any order and any number of times; what the sheet says in the end is
// the same, and an event that has come before is no news.
func TestASheetIsTheSameInWhateverOrderItWasTold(t *testing.T) {
	t.Parallel()
	cal, policy := calendar.Builtin(), domain.DefaultPolicy()
	take := func(s *domain.Sheet, e told) bool {
		if !e(s) {
			return false
		}
		s.Compute(cal, policy)
		return true
	}
	rapid.Check(t, func(t *rapid.T) {
		life := lives.Draw(t, "life")
		var straight, mixed domain.Sheet
		for _, e := range life {
			take(&straight, e)
		}
		order := make([]int, 0, 3*len(life))
		for i := range life {
			for range rapid.IntRange(1, 3).Draw(t, "times") {
				order = append(order, i)
			}
		}
		order = rapid.Permutation(order).Draw(t, "order")
		for _, i := range order {
			take(&mixed, life[i])
		}
		require.Empty(t, straight.Faults)
		require.Empty(t, mixed.Faults)
		require.Equal(t, straight.DeadlineFacts(), mixed.DeadlineFacts())
		require.Equal(t, straight.Result, mixed.Result)
		require.Equal(t, straight.NextAlarmOn, mixed.NextAlarmOn)
		require.Equal(t, straight.Assignee, mixed.Assignee)
		for _, e := range life {
			require.False(t, take(&mixed, e), "an event that has come before")
		}
		before := mixed.DeadlineFacts()
		require.False(t, mixed.Compute(cal, policy), "computing again changes nothing")
		require.Equal(t, before, mixed.DeadlineFacts())
	})
}
