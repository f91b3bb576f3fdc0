package reporting_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/reporting"
)

const firstYear, lastYear = 2020, 2025

// TestMain draws fewer histories than rapid would by itself: each is written to a
// real store three times. -rapid.checks asks for more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// history draws the life of one case: the facts after each of its events.
func history(t *rapid.T, office, id string) []contract.CaseFacts {
	received := date(rapid.IntRange(firstYear, lastYear-1).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
	column := rapid.SampledFrom(report.Applicants()).Draw(t, "column")
	filed := openCase(office, id, column, 0)
	filed.Status = contract.StatusSubmitted
	open := openCase(office, id, column, received)
	states := []contract.CaseFacts{filed, open}
	if rapid.IntRange(0, 9).Draw(t, "recategorised") == 0 { // the whole case moves
		open.ApplicantKind = string(rapid.SampledFrom(report.Applicants()).Draw(t, "new column"))
		states = append(states, open)
	}
	result := rapid.SampledFrom(report.Format2021.Results())
	switch rapid.SampledFrom([]string{"open", "finished", "finished", "finished", "split", "reopened", "answered again"}).Draw(t, "end") {
	case "finished":
		states = append(states, finish(open, received.AddDays(rapid.IntRange(0, 500).Draw(t, "days")), result.Draw(t, "row")))
	case "split":
		open.Status = contract.StatusClosed
		states = append(states, open)
	case "reopened", "answered again":
		done := finish(open, received.AddDays(rapid.IntRange(0, 100).Draw(t, "days")), result.Draw(t, "row"))
		again := open
		again.Earlier, again.ReopenedOn = []contract.DecisionFacts{*done.Decision}, done.FinishedOn.AddDays(200)
		states = append(states, done, again)
		if rapid.Bool().Draw(t, "answered") {
			states = append(states, finish(again, again.ReopenedOn.AddDays(10), result.Draw(t, "new row")))
		}
	}
	return states
}

// drawProceeding makes a review or suit with some of its steps.
func drawProceeding(t *rapid.T, office, id string) *domain.Proceeding {
	today := civil.FromTime(noon, civil.Shanghai)
	p := &domain.Proceeding{
		ID: id, Office: office, Kind: rapid.SampledFrom(domain.Kinds).Draw(t, "kind"), Organ: "机关",
		ReceivedOn: date(rapid.IntRange(firstYear, lastYear-1).Draw(t, "filed"), rapid.IntRange(1, 12).Draw(t, "filed month"), 5),
	}
	p.Fill(today)
	if p.Kind.Suit() {
		p.Role = rapid.SampledFrom([]domain.Role{domain.RoleDefendant, domain.RoleCoDefendant, domain.RoleReviewOrgan}).Draw(t, "role")
	}
	require.NoError(t, p.Check(today, nil))
	on := p.ReceivedOn
	for range rapid.IntRange(0, 6).Draw(t, "steps") {
		on = on.AddDays(rapid.IntRange(0, 120).Draw(t, "later"))
		st := domain.Step{Step: rapid.SampledFrom(domain.StepKinds).Draw(t, "step"), On: on}
		if st.Step == domain.Result {
			st.Result = rapid.SampledFrom(domain.ResultsOf(p.Kind)).Draw(t, "result").Code
			if rapid.Bool().Draw(t, "served") {
				st.ServedOn = on
			}
		}
		_ = p.Take(st, today, nil) // a step that cannot follow is refused and changes nothing
		p.TakeRaised()
	}
	return p
}

// requireModel compares the computed tables with counting one by one.
func requireModel(t require.TestingT, a *reporting.Annual, facts []contract.CaseFacts, procs []*domain.Proceeding) {
	counts := report.Counts{}
	for i := range facts {
		var f domain.CaseFact
		require.NoError(t, f.ApplyCase(facts[i], 1))
		if f.Counts() {
			require.NoError(t, counts.Add(report.CaseFact{Column: f.Column, ReceivedOn: f.ReceivedOn, FinishedOn: f.FinishedOn, Row: f.Row}, a.Year))
		}
	}
	require.Equal(t, counts.Table(report.FormatFor(a.Year)), a.Table3)
	four := report.CountProceedings(a.Year, a.T4Scope)
	for _, p := range procs {
		if s := p.Stand(); p.Counted() {
			require.NoError(t, four.Add(report.ProceedingFact{Block: report.Block(p.Kind), FiledOn: p.ReceivedOn, ConcludedOn: s.ConcludedOn(), Outcome: s.Outcome()}))
		}
	}
	require.Equal(t, four.Table(), a.Table4)
}

func TestAnyOrderOfAnyHistoriesGivesTheSameTablesWithEveryIdentity(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	var offices atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		ctx := t.Context()
		n := rapid.IntRange(1, 14).Draw(rt, "cases")
		straight, shuffled, rebuilt := offices.Add(3), offices.Load()+1000000, offices.Load()+2000000
		names := []string{fmt.Sprint("o", straight), fmt.Sprint("o", shuffled), fmt.Sprint("o", rebuilt)}
		evs := make([][]event.Event, 3)
		var newest []contract.CaseFacts
		for i := range n {
			states := history(rt, "", fmt.Sprint("c", i))
			newest = append(newest, states[len(states)-1])
			for k, office := range names {
				for v, s := range states {
					s.Office, s.CaseID = office, fmt.Sprintf("%s-%d", office, i)
					e := b.caseEvent(rt, s, int64(v+1))
					if k == 2 && v != len(states)-1 {
						continue // a new consumer hears the newest facts only
					}
					evs[k] = append(evs[k], e)
				}
			}
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1)) //nolint:gosec // a test's shuffle
		for range len(evs[1]) / 2 {                                      // some come twice
			evs[1] = append(evs[1], evs[1][rng.IntN(len(evs[1]))])
		}
		rng.Shuffle(len(evs[1]), func(i, j int) { evs[1][i], evs[1][j] = evs[1][j], evs[1][i] })
		for k := range evs {
			half := 0
			if k == 1 { // some of it is folded into the tally, the rest lies beside it
				half = rapid.IntRange(0, len(evs[k])).Draw(rt, "folded after")
				b.deliver(ctx, rt, evs[k][:half]...)
				_, err := b.Facts.Fold(ctx)
				require.NoError(rt, err)
			}
			b.deliver(ctx, rt, evs[k][half:]...)
		}
		var procs []*domain.Proceeding
		for i := range rapid.IntRange(0, 12).Draw(rt, "proceedings") {
			p := drawProceeding(rt, names[0], fmt.Sprintf("%s-p%d", names[0], i))
			_, _, err := b.Proceedings.Repo.Insert(ctx, p.ID, p)
			require.NoError(rt, err)
			procs = append(procs, p)
		}

		for year := firstYear - 1; year <= lastYear+1; year++ {
			a, err := b.Annual(ctx, names[0], year, report.Own)
			require.NoError(rt, err)
			require.Empty(rt, report.Failures(a.Checks))
			requireModel(rt, a, newest, procs)
			own, err := b.Facts.Year(ctx, names[0], year)
			require.NoError(rt, err)
			for _, other := range names[1:] {
				flow, err := b.Facts.Year(ctx, other, year)
				require.NoError(rt, err)
				require.Equal(rt, own, flow)
			}
		}
		from := date(rapid.IntRange(firstYear, lastYear).Draw(rt, "from"), rapid.IntRange(1, 12).Draw(rt, "from month"), rapid.IntRange(1, 28).Draw(rt, "from day"))
		p := domain.Period{From: from, To: from.AddDays(rapid.IntRange(0, 800).Draw(rt, "length"))}
		s, err := b.Summary(ctx, names[0], report.Own, p, p.To, calendar.Builtin())
		require.NoError(rt, err)
		require.True(rt, s.Applications.Balanced)
		for _, section := range s.Proceedings {
			require.True(rt, section.Balanced)
		}
		require.Empty(rt, report.Failures(s.Checks))
	})
}

func TestFactsOfTheSameCaseMeetInAnyOrder(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	ctx := t.Context()
	due := contract.DeadlineFacts{Office: "o", CaseID: "c", ReplyDue: date(2026, 3, 2), State: "running", Clocks: []contract.ClockFact{
		{Kind: "reply", DueOn: date(2026, 3, 2)}, {Kind: "performance", DueOn: date(2026, 5, 6)},
	}}
	data, err := json.Marshal(due)
	require.NoError(t, err)
	e := event.Event{ID: "d2", Type: contract.DeadlineChanged, Office: "o", Subject: "c", Version: 2, Time: noon, Data: data}
	handle := b.handlers["litigation-deadline-case"].Handle
	require.NoError(t, handle(ctx, e)) // before the case itself
	a, err := b.Annual(ctx, "o", 2026, report.Own)
	require.NoError(t, err)
	total, _ := a.Table3.Cell(report.NewReceived, report.Total)
	require.Zero(t, total)
	b.deliver(ctx, t, b.caseEvent(t, finish(openCase("o", "c", report.Commercial, date(2026, 2, 2)), date(2026, 3, 3), report.Granted), 7))
	finished, err := b.Facts.Finished(ctx, "o", domain.Period{From: date(2026, 1, 1), To: date(2026, 12, 31)})
	require.NoError(t, err)
	require.Len(t, finished, 1)
	require.Equal(t, domain.Late, finished[0].Timeliness)

	e.ID, e.Version = "d1", 1 // an older word
	e.Data = json.RawMessage(`{"office":"o","case_id":"c","reply_due":"2026-12-31"}`)
	require.NoError(t, handle(ctx, e))
	finished, err = b.Facts.Finished(ctx, "o", domain.Period{From: date(2026, 3, 3), To: date(2026, 3, 3)})
	require.NoError(t, err)
	require.Equal(t, domain.Late, finished[0].Timeliness)
}

func TestFactsThatBreakTheContractAreDeadLetters(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	handle := b.handlers["litigation-intake-case"].Handle
	good := openCase("o", "c", report.Commercial, date(2026, 2, 2))
	for name, change := range map[string]func(*contract.CaseFacts){
		"unknown applicant kind":     func(c *contract.CaseFacts) { c.ApplicantKind = "martian" },
		"finished in no row":         func(c *contract.CaseFacts) { c.FinishedOn = date(2026, 3, 3) },
		"finished before receipt":    func(c *contract.CaseFacts) { c.FinishedOn, c.ReportRow = date(2026, 1, 1), "granted" },
		"speaks of another document": func(c *contract.CaseFacts) { c.CaseID = "x" },
	} {
		c := good
		change(&c)
		e := b.caseEvent(t, c, 1)
		e.Subject = "c"
		require.ErrorContains(t, handle(t.Context(), e), "never be applied", name)
	}
	require.ErrorContains(t, handle(t.Context(), event.Event{ID: "x", Type: contract.CaseFiled, Data: json.RawMessage(`[]`)}), "never be applied")
}
