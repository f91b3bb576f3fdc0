package ledger_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/report"
)

// published is one report as it was printed.
type published struct {
	ID          string        `json:"id"`
	Year        int           `json:"year"`
	Table3      report.Table3 `json:"table3"`
	Table4      report.Table4 `json:"table4"`
	Consistency struct {
		Consistent bool `json:"internally_consistent"`
	} `json:"consistency"`
}

// load reads the consistent ones among the published reports, by id.
func load(t testing.TB) map[string]published {
	t.Helper()
	raw, err := os.ReadFile("../../../../pkg/statute/report/testdata/published-tables.json")
	require.NoError(t, err)
	var file struct {
		Reports []published `json:"reports"`
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	found := map[string]published{}
	for _, r := range file.Reports {
		if r.Consistency.Consistent {
			found[r.ID] = r
		}
	}
	require.Len(t, found, 5)
	return found
}

// cell is what a printed cell stands for: a blank one among applicants is none.
func (p published) cell(r report.Row, c report.Column) int {
	n, _ := p.Table3.Cell(r, c)
	return int(n)
}

func (p published) cell4(b report.Block, o report.Outcome) int {
	n, _ := p.Table4.Cell(b, o)
	return int(n)
}

// scaled is the report of an office that had one case where this had n: every cell
// that was not empty stays so, and what was received follows from the rest.
func (p published) scaled(n int) published {
	if n == 1 {
		return p
	}
	less := func(v int) *int64 { s := int64((v + n - 1) / n); return &s }
	small := published{ID: fmt.Sprintf("%s/%d", p.ID, n), Year: p.Year, Table3: report.Table3{}, Table4: report.Table4{}}
	for r := range p.Table3 {
		small.Table3[r] = map[report.Column]*int64{}
	}
	for _, c := range report.Applicants() {
		received := int64(0)
		for r := range p.Table3 {
			switch v := less(p.cell(r, c)); {
			case r == report.CarriedIn:
				small.Table3[r][c] = v
				received -= *v
			case r == report.CarriedOut || r.IsResult():
				small.Table3[r][c] = v
				received += *v
			}
		}
		small.Table3[report.NewReceived][c] = &received
	}
	for _, b := range report.Blocks() {
		small.Table4[b] = map[report.Outcome]*int64{}
		for _, o := range []report.Outcome{report.Upheld, report.Corrected, report.Other, report.Pending} {
			small.Table4[b][o] = less(p.cell4(b, o))
		}
	}
	return small
}

// application is one row of the ledger.
type application struct {
	no        string
	column    report.Column
	received  civil.Date
	result    report.Row // empty: open
	finished  civil.Date
	served    bool
	applicant int
}

// proceeding is one row of the second sheet.
type proceeding struct {
	block    report.Block
	no       string
	about    string // register number
	received civil.Date
	outcome  report.Outcome // empty: pending
	decided  civil.Date
}

// ledger is what an office kept over some consecutive years.
type ledger struct {
	rnd          *rand.Rand
	applications []*application
	proceedings  []*proceeding
}

func first(year int) civil.Date { return civil.MustParse(fmt.Sprintf("%d-01-01", year)) }
func last(year int) civil.Date  { return civil.MustParse(fmt.Sprintf("%d-12-31", year)) }

// between is a day from one to another; the ends come more often than the others.
func (l *ledger) between(from, to civil.Date) civil.Date {
	switch l.rnd.IntN(12) {
	case 0:
		return from
	case 1:
		return to
	}
	return from.AddDays(l.rnd.IntN(to.Sub(from) + 1))
}

// realise makes a ledger whose cases and proceedings give these reports of
// consecutive years: what one carries out is what the next carries in.
func realise(t testing.TB, seed uint64, reports ...published) *ledger {
	t.Helper()
	l := &ledger{rnd: rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // a test's own numbers
	for _, c := range report.Applicants() {
		var open []*application
		for i, p := range reports {
			open = l.yearOf(t, p, c, open, i > 0)
		}
	}
	for _, b := range report.Blocks() {
		var open []*proceeding
		for i, p := range reports {
			open = l.disputesOf(t, p, b, open, i > 0)
		}
	}
	l.rnd.Shuffle(len(l.applications), func(i, j int) {
		l.applications[i], l.applications[j] = l.applications[j], l.applications[i]
	})
	return l
}

// yearOf adds one applicants' column of a year. open are the cases that the year
// before left open.
func (l *ledger) yearOf(t testing.TB, p published, c report.Column, open []*application, chained bool) []*application {
	t.Helper()
	if chained {
		require.Len(t, open, p.cell(report.CarriedIn, c), "%s %s", p.ID, c)
	} else {
		for range p.cell(report.CarriedIn, c) {
			require.GreaterOrEqual(t, p.cell(report.NewReceived, c), 0, p.ID)
			open = append(open, l.application(c, l.between(last(p.Year-1).AddDays(-40), last(p.Year-1))))
		}
	}
	for range p.cell(report.NewReceived, c) {
		open = append(open, l.application(c, l.between(first(p.Year), last(p.Year))))
	}
	for r := range p.Table3 {
		if !r.IsResult() {
			continue
		}
		for range p.cell(r, c) {
			require.NotEmpty(t, open, "%s %s", p.ID, c)
			i := l.rnd.IntN(len(open))
			a := open[i]
			open = append(open[:i], open[i+1:]...)
			a.result, a.finished, a.served = r, l.between(max(a.received, first(p.Year)), last(p.Year)), l.rnd.IntN(2) == 0
		}
	}
	require.Len(t, open, p.cell(report.CarriedOut, c), "%s %s", p.ID, c)
	return open
}

func (l *ledger) application(c report.Column, received civil.Date) *application {
	n := len(l.applications) + 1
	a := &application{column: c, received: received, applicant: l.rnd.IntN(400)}
	switch l.rnd.IntN(3) {
	case 0:
		a.no = fmt.Sprintf("%d-%06d", received.Year(), n)
	case 1:
		a.no = fmt.Sprintf("依申〔%d〕第%d号", received.Year(), n)
	default:
		a.no = fmt.Sprintf("SQ%08d", n)
	}
	l.applications = append(l.applications, a)
	return a
}

func (l *ledger) disputesOf(t testing.TB, p published, b report.Block, open []*proceeding, chained bool) []*proceeding {
	t.Helper()
	total := 0
	for _, o := range []report.Outcome{report.Upheld, report.Corrected, report.Other, report.Pending} {
		total += p.cell4(b, o)
	}
	for len(open) < total {
		received := l.between(first(p.Year), last(p.Year))
		if !chained && l.rnd.IntN(6) == 0 {
			received = l.between(last(p.Year-1).AddDays(-100), last(p.Year-1)) // carried in
		}
		d := &proceeding{block: b, received: received, no: fmt.Sprintf("（%d）%s字%d号", received.Year(), b, len(l.proceedings)+1)}
		for range 5 {
			if a := l.applications[l.rnd.IntN(len(l.applications))]; a.received <= received {
				d.about = a.no
				break
			}
		}
		open = append(open, d)
		l.proceedings = append(l.proceedings, d)
	}
	require.Len(t, open, total, "%s %s: more is carried in than the year has", p.ID, b)
	for _, o := range []report.Outcome{report.Upheld, report.Corrected, report.Other} {
		for range p.cell4(b, o) {
			d := open[0]
			open = open[1:]
			d.outcome, d.decided = o, l.between(max(d.received, first(p.Year)), last(p.Year))
		}
	}
	return open
}
