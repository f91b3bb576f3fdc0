package ledger_test

import (
	"flag"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/deadline"
	"zhiqing.dev/services/fee"
	"zhiqing.dev/services/intake"
	"zhiqing.dev/services/litigation"
)

const (
	csvType  = "Content-Type: text/csv"
	xlsxType = "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// product is all services in one process, seen by the head of one office.
type product struct {
	*servicetest.Instance
	t    testing.TB
	head string
}

func open(t testing.TB) *product {
	t.Helper()
	p := &product{t: t, Instance: servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{intake.New, deadline.New, fee.New, litigation.New},
	})}
	return p.of("xujing")
}

// of is the product as the head of an office sees it.
func (p *product) of(office string) *product {
	q := *p
	q.head = p.As(identity.Staff{ID: "head-" + office, Office: office, Name: "王主任", Roles: []identity.Role{identity.Head, identity.Officer}})
	return &q
}

func (p *product) get(path string) servicetest.Reply {
	p.t.Helper()
	r := p.Call("GET", path, nil, p.head)
	require.Equal(p.t, http.StatusOK, r.Status, r)
	return r
}

// bring imports a file and waits until all of it is in.
func (p *product) bring(file, contentType string) servicetest.Reply {
	p.t.Helper()
	r := p.Call("POST", "/v1/imports", file, p.head, contentType)
	require.Equal(p.t, http.StatusAccepted, r.Status, r)
	id := r.Text("id")
	for done, more := 0.0, true; more; {
		p.Eventually(func() bool { // a large file takes its time, but it goes on
			r = p.get("/v1/imports/" + id)
			n, _ := r.At("percent").(float64)
			more = n < 100
			return n > done || !more
		}, "the import goes on")
		done, _ = r.At("percent").(float64)
	}
	require.Equal(p.t, "done", r.Text("state"), r)
	return r
}

// counts of an import.
func counts(r servicetest.Reply) [4]int {
	var c [4]int
	for i, name := range []string{"total", "imported", "unchanged", "rejected"} {
		n, _ := r.At("counts", name).(float64)
		c[i] = int(n)
	}
	return c
}

// number is a cell of an answer.
func number(r servicetest.Reply, path ...any) int {
	n, _ := r.At(path...).(float64)
	return int(n)
}

// settled waits until the annual report has every case and every proceeding.
func (p *product) settled(pub published) servicetest.Reply {
	p.t.Helper()
	path := fmt.Sprintf("/v1/reports/annual/%d", pub.Year)
	want := 0
	for _, c := range report.Applicants() {
		want += pub.cell(report.NewReceived, c) + pub.cell(report.CarriedIn, c)
	}
	var r servicetest.Reply
	sum := func() (n int) {
		r = p.get(path)
		return number(r, "table3", "new_received", "total") + number(r, "table3", "carried_in", "total")
	}
	for have, more := 0, true; more; {
		p.Eventually(func() bool {
			now := sum()
			more = now < want
			return now > have || !more
		}, "cases reach the report")
		have = sum()
	}
	p.Eventually(func() bool {
		r = p.get(path)
		for _, b := range report.Blocks() {
			total := 0
			for _, o := range []report.Outcome{report.Upheld, report.Corrected, report.Other, report.Pending} {
				total += pub.cell4(b, o)
			}
			if number(r, "table4", string(b), "total") != total {
				return false
			}
		}
		return true
	}, "proceedings reach the report")
	return r
}

// requireSame compares a report with the published one, cell by cell. What was
// printed blank is none; a total that was printed blank is the sum of its row.
func requireSame(t testing.TB, want published, got servicetest.Reply) {
	t.Helper()
	for r := range want.Table3 {
		sum := 0
		for _, c := range report.Applicants() {
			n := want.cell(r, c)
			if r == report.ResultsTotal {
				n = 0
				for x := range want.Table3 {
					if x.IsResult() {
						n += want.cell(x, c)
					}
				}
			}
			sum += n
			require.Equal(t, n, number(got, "table3", string(r), string(c)), "%s: %s, %s", want.ID, r, c)
		}
		if n, stated := want.Table3.Cell(r, report.Total); stated {
			require.EqualValues(t, n, sum, "%s: printed total of %s", want.ID, r)
		}
		require.Equal(t, sum, number(got, "table3", string(r), "total"), "%s: %s, total", want.ID, r)
	}
	require.Len(t, got.At("table3"), len(want.Table3.Format().Rows()), want.ID)
	for _, b := range report.Blocks() {
		sum := 0
		for _, o := range []report.Outcome{report.Upheld, report.Corrected, report.Other, report.Pending} {
			sum += want.cell4(b, o)
			require.Equal(t, want.cell4(b, o), number(got, "table4", string(b), string(o)), "%s: %s, %s", want.ID, b, o)
		}
		require.Equal(t, sum, number(got, "table4", string(b), "total"), "%s: %s, total", want.ID, b)
	}
	checks, _ := got.At("checks").([]any)
	require.NotEmpty(t, checks)
	for i := range checks {
		require.Equal(t, true, got.At("checks", i, "ok"), "%s: %s", want.ID, got.Text("checks", i, "detail"))
	}
}

var full = flag.Bool("full", false, "realise the reports of whole cities in their full size, not a twentieth of it")

func TestPublishedReportsComeOutOfTheirLedgers(t *testing.T) {
	t.Parallel()
	reports := load(t)
	all := open(t)
	for i, office := range []struct {
		years []string
		scale int
	}{
		{[]string{"shanghai-stcsm-2024"}, 1},
		{[]string{"shanghai-general-office-2019"}, 1},
		{[]string{"huaian-city-2024"}, 20},
		{[]string{"suqian-city-2023", "suqian-city-2024"}, 20},
	} {
		t.Run(office.years[0], func(t *testing.T) {
			var chain []published
			for _, id := range office.years {
				if *full {
					office.scale = 1
				}
				chain = append(chain, reports[id].scaled(office.scale))
			}
			p := all.of(office.years[0])
			p.t = t
			l := realise(t, uint64(i)+7, chain...)
			type file struct{ content, contentType string }
			var files []file
			if i == 0 {
				applications, disputes := l.csvFiles(t)
				files = []file{{applications, csvType}, {disputes, csvType}}
			} else {
				files = []file{{l.workbook(t), xlsxType}}
			}
			rows := 0
			for _, f := range files {
				c := counts(p.bring(f.content, f.contentType))
				require.Equal(t, [4]int{c[0], c[0], 0, 0}, c)
				rows += c[0]
			}
			require.Equal(t, len(l.applications)+len(l.proceedings), rows)
			before := make([]servicetest.Reply, len(chain))
			for j, pub := range chain {
				before[j] = p.settled(pub)
				requireSame(t, pub, before[j])
				p.requirePublished(pub, office.scale == 1)
			}
			for _, f := range files {
				c := counts(p.bring(f.content, f.contentType))
				require.Equal(t, [4]int{c[0], 0, c[0], 0}, c, "the same file again")
			}
			for j, pub := range chain {
				again := p.get(fmt.Sprintf("/v1/reports/annual/%d", pub.Year))
				require.Equal(t, before[j].At("table3"), again.At("table3"))
				require.Equal(t, before[j].At("table4"), again.At("table4"))
			}
		})
	}
}

// requirePublished brings in the report as it was printed and finds that the register
// tells the same. A smaller office than the printed one has other figures.
func (p *product) requirePublished(pub published, full bool) {
	p.t.Helper()
	if !full {
		return
	}
	path := fmt.Sprintf("/v1/reports/annual/%d", pub.Year)
	r := p.Call("POST", path+"/published", map[string]any{
		"year": pub.Year, "table3": pub.Table3, "table4": pub.Table4, "notes": "as printed",
	}, p.head)
	require.Equal(p.t, http.StatusCreated, r.Status, r)
	require.Equal(p.t, true, r.At("ok"), r)
	r = p.get(path)
	require.Equal(p.t, true, r.At("published", "ok"), r)
	require.Nil(p.t, r.At("published", "differences"), "%s: what the register tells is what was printed", pub.ID)
	require.Nil(p.t, r.At("unregistered"))
}
