package reporting_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/events"
	"zhiqing.dev/services/litigation/internal/reporting"
	"zhiqing.dev/services/litigation/internal/store"
)

var dbs atomic.Int64

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func now() time.Time { return noon }

// books are a service's documents with its event handlers, without a broker.
type books struct {
	*reporting.Reporter
	handlers map[string]bus.Consumer
	ids      atomic.Int64
}

func openBooks(t testing.TB, st docstore.Store) *books {
	t.Helper()
	ctx := t.Context()
	r := &reporting.Reporter{}
	var err error
	r.Facts, err = store.OpenFacts(ctx, st, now)
	require.NoError(t, err)
	r.Notices, err = store.OpenNotices(ctx, st, now)
	require.NoError(t, err)
	r.Proceedings, err = store.OpenProceedings(ctx, st, now, func() {})
	require.NoError(t, err)
	r.Settings, err = store.OpenSettings(ctx, st, now)
	require.NoError(t, err)
	r.Frozen, err = store.OpenFrozen(ctx, st, now)
	require.NoError(t, err)
	r.Published, err = store.OpenPublished(ctx, st, now)
	require.NoError(t, err)
	offices, err := store.OpenOffices(ctx, st, now)
	require.NoError(t, err)
	b := &books{Reporter: r, handlers: map[string]bus.Consumer{}}
	for _, c := range events.Consumers(offices, r.Facts, r.Notices, r.Proceedings, r.Settings) {
		b.handlers[c.Name] = c
	}
	return b
}

// newBooks stand on a fresh SQLite file, or on a MongoDB server when one is given.
func newBooks(t testing.TB) *books {
	t.Helper()
	if uri := os.Getenv("TEST_MONGODB_URL"); uri != "" {
		st, err := mongostore.Open(t.Context(), uri, fmt.Sprintf("t%d_litigation", os.Getpid()*1000+int(dbs.Add(1))))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		return openBooks(t, st)
	}
	st, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "litigation.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return openBooks(t, st)
}

// caseEvent is what intake would publish.
func (b *books) caseEvent(t require.TestingT, c contract.CaseFacts, version int64) event.Event {
	data, err := json.Marshal(c)
	require.NoError(t, err)
	return event.Event{
		ID: fmt.Sprintf("e%d", b.ids.Add(1)), Type: contract.CaseChanged, Office: c.Office, Subject: c.CaseID,
		Version: version, Time: noon, Data: data,
	}
}

// deliver hands events to the consumer, many at once as its lanes do.
func (b *books) deliver(ctx context.Context, t require.TestingT, evs ...event.Event) {
	handle := b.handlers["litigation-intake-case"].Handle
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(256)
	for _, e := range evs {
		g.Go(func() error { return handle(ctx, e) })
	}
	require.NoError(t, g.Wait())
}

func date(y, m, d int) civil.Date {
	on, err := civil.Of(y, m, d)
	if err != nil {
		panic(err)
	}
	return on
}

func openCase(office, id string, column report.Column, received civil.Date) contract.CaseFacts {
	return contract.CaseFacts{
		Office: office, CaseID: id, RegisterNo: "R-" + id, Status: contract.StatusInProgress, ApplicantKind: string(column),
		Channel: "online", Items: 1, Clock: clock.Facts{ReceivedOn: received},
	}
}

func finish(c contract.CaseFacts, on civil.Date, row report.Row) contract.CaseFacts {
	c.Status, c.FinishedOn, c.ReportRow = contract.StatusClosed, on, string(row)
	c.Decision = &contract.DecisionFacts{Kind: "K2", Row: string(row), DecidedOn: on, ReplyMadeOn: on}
	return c
}

type published struct {
	ID     string        `json:"id"`
	Year   int           `json:"year"`
	Table3 report.Table3 `json:"table3"`
	Table4 report.Table4 `json:"table4"`
	Says   struct {
		Consistent bool `json:"internally_consistent"`
	} `json:"consistency"`
}

func publishedReports(t testing.TB) map[string]published {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/published-tables.json")
	require.NoError(t, err)
	var file struct {
		Reports []published `json:"reports"`
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	all := map[string]published{}
	for _, p := range file.Reports {
		all[p.ID] = p
	}
	return all
}

// realise makes a year's ledger that comes to a published table three: single cases
// that were received, carried, answered in a row or left open. open holds the cases
// that came over from the year before, by column; what is left open is returned.
func (b *books) realise(t testing.TB, office string, p published, open map[report.Column][]contract.CaseFacts) map[report.Column][]contract.CaseFacts {
	t.Helper()
	var evs []event.Event
	left := map[report.Column][]contract.CaseFacts{}
	for _, column := range report.Applicants() {
		pool := open[column]
		carried, _ := p.Table3.Cell(report.CarriedIn, column)
		for i := int64(len(pool)); i < carried; i++ {
			c := openCase(office, fmt.Sprintf("%s-%d-%s-in%d", office, p.Year, column, i), column, date(p.Year-1, 12, 1+int(i)%31))
			pool = append(pool, c)
			evs = append(evs, b.caseEvent(t, c, 1))
		}
		require.Len(t, pool, int(carried), "%s %s", p.ID, column)
		fresh, _ := p.Table3.Cell(report.NewReceived, column)
		out, _ := p.Table3.Cell(report.CarriedOut, column)
		for i := range fresh {
			c := openCase(office, fmt.Sprintf("%s-%d-%s-%d", office, p.Year, column, i), column, date(p.Year, 1+int(i)%11, 1+int(i)%28))
			pool = append(pool, c)
			if finished := carried + fresh - out; int64(len(pool)) > finished || i%10 == 0 { // else only its end is heard
				evs = append(evs, b.caseEvent(t, c, 1))
			}
		}
		for _, row := range p.Table3.Format().Results() {
			n, _ := p.Table3.Cell(row, column)
			if row == report.OtherAll {
				row = report.OtherNotCorrected
			}
			for range n {
				require.NotEmpty(t, pool, "%s %s", p.ID, row)
				evs = append(evs, b.caseEvent(t, finish(pool[0], date(p.Year, 12, 1+len(pool)%31), row), 2))
				pool = pool[1:]
			}
		}
		left[column] = pool
	}
	b.deliver(t.Context(), t, evs...)
	return left
}

var resultOf = map[report.Outcome]map[bool]string{ // by whether a court decides
	report.Upheld:    {false: "maintained", true: "claims_dismissed"},
	report.Corrected: {false: "revoked", true: "revoked"},
	report.Other:     {false: "withdrawn", true: "withdrawn"},
}

// realise4 makes the proceedings of a published table four. pending are the ids of
// those that came over from the year before, by block; what is left is returned.
func (b *books) realise4(t testing.TB, office string, p published, pending map[report.Block][]string) map[report.Block][]string {
	t.Helper()
	left := map[report.Block][]string{}
	today := civil.FromTime(noon, civil.Shanghai)
	for _, block := range report.Blocks() {
		pool := pending[block]
		total, _ := p.Table4.Cell(block, report.OutcomeTotal)
		for i := int64(len(pool)); i < total; i++ {
			id := fmt.Sprintf("%s-%d-%s-%d", office, p.Year, block, i)
			q := &domain.Proceeding{ID: id, Office: office, Kind: domain.Kind(block), Organ: "机关", ReceivedOn: date(p.Year, 1+int(i)%11, 1+int(i)%28)}
			q.Fill(today)
			require.NoError(t, q.Check(today, nil))
			_, _, err := b.Proceedings.Repo.Insert(t.Context(), id, q)
			require.NoError(t, err)
			pool = append(pool, id)
		}
		for _, o := range []report.Outcome{report.Upheld, report.Corrected, report.Other} {
			n, _ := p.Table4.Cell(block, o)
			for range n {
				result := resultOf[o][domain.Kind(block).Suit()]
				_, err := b.Proceedings.Repo.Update(t.Context(), pool[0], func(q *domain.Proceeding) error {
					return q.Take(domain.Step{Step: domain.Result, On: date(p.Year, 12, 1+len(pool)%31), Result: result}, today, nil)
				})
				require.NoError(t, err)
				pool = pool[1:]
			}
		}
		left[block] = pool
	}
	return left
}

// requireSame compares cell by cell what the paper states with what was computed.
func requireSame(t testing.TB, p published, a *reporting.Annual) {
	t.Helper()
	cells := 0
	for row, columns := range p.Table3 {
		for column := range columns {
			want, stated := p.Table3.Cell(row, column)
			got, printed := a.Table3.Cell(report.FormatFor(p.Year).Fold(row), column)
			if stated {
				require.True(t, printed)
				require.Equal(t, want, got, "%s %s %s", p.ID, row, column)
				cells++
			}
		}
	}
	for block, columns := range p.Table4 {
		for o := range columns {
			if want, stated := p.Table4.Cell(block, o); stated {
				got, _ := a.Table4.Cell(block, o)
				require.Equal(t, want, got, "%s %s %s", p.ID, block, o)
				cells++
			}
		}
	}
	require.Greater(t, cells, 40, p.ID)
	require.Empty(t, report.Failures(a.Checks), p.ID)
}

func TestAPublishedReportComesOutOfItsLedgerCellByCell(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	realised := 0
	for id, p := range publishedReports(t) {
		if !p.Says.Consistent || strings.HasPrefix(id, "suqian") { // whose two years follow below
			continue
		}
		realised++
		b.realise(t, id, p, nil)
		b.realise4(t, id, p, nil)
		a, err := b.Annual(t.Context(), id, p.Year, report.Own)
		require.NoError(t, err)
		requireSame(t, p, a)
	}
	require.GreaterOrEqual(t, realised, 3)
}

func TestTwoPublishedYearsOfOneCityFollowOnEachOther(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	all := publishedReports(t)
	first, second := all["suqian-city-2023"], all["suqian-city-2024"]
	open := b.realise(t, "suqian", first, nil)
	pending := b.realise4(t, "suqian", first, nil)
	before, err := b.Annual(t.Context(), "suqian", 2023, report.Own)
	require.NoError(t, err)
	requireSame(t, first, before)

	b.realise(t, "suqian", second, open)
	b.realise4(t, "suqian", second, pending)
	for _, p := range []published{first, second} { // the first year stands as it stood
		a, err := b.Annual(t.Context(), "suqian", p.Year, report.Own)
		require.NoError(t, err)
		requireSame(t, p, a)
	}
}
