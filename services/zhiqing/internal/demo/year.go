package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"zhiqing.dev/pkg/wallclock"
)

// TownshipYear is the year that the township lives through.
const TownshipYear = 2025

// Outcome is what a played year left behind.
type Outcome struct {
	Applications int
	// Reports are the annual reports by year: the played one and the next, into which
	// it carries its open cases.
	Reports map[int]Report
	Took    time.Duration
}

// Report is the annual report as the API gives it.
type Report struct {
	Table3 map[string]map[string]int64 `json:"table3"`
	Table4 map[string]map[string]int64 `json:"table4"`
	Fees   map[string]any              `json:"fees"`
	Checks []Check                     `json:"checks"`
}

// Check is one of the report's cross-checks.
type Check struct {
	ID     string `json:"id"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// Year plays the township's year through the API. route names the address that
// answers a path; progress is told on out.
func Year(ctx context.Context, route func(path string) string, setupCode string, out io.Writer) (*Outcome, error) {
	began := wallclock.System{}.Now()
	c := newClient(route)
	fresh, err := c.setUp(ctx, setupCode)
	if err != nil {
		return nil, err
	}
	if !fresh {
		return nil, errTaken
	}
	for n, s := range township {
		t, err := c.tell(ctx, n, s)
		if err != nil {
			return nil, err
		}
		if _, err := fmt.Fprintf(out, "  %2d/%d  %s  %s\n", n+1, len(township), t.registerNo, s.text); err != nil {
			return nil, err
		}
	}
	reports, err := c.reports(ctx)
	if err != nil {
		return nil, err
	}
	return &Outcome{
		Applications: len(township), Reports: reports,
		Took: wallclock.System{}.Now().Sub(began),
	}, nil
}

// reports waits until the litigation service has heard of every case and returns
// the annual reports.
func (c *client) reports(ctx context.Context) (map[int]Report, error) {
	var before, open int64
	for _, s := range township {
		if strings.HasPrefix(s.arrived, "2024") {
			before++
		}
		if s.carriedOut {
			open++
		}
	}
	all := int64(len(township))
	played, err := c.report(ctx, TownshipYear, func(r Report) bool {
		return r.total("new_received") == all-before && r.total("carried_in") == before &&
			r.total("results_total") == all-open && r.total("carried_out") == open &&
			r.Table4["review"]["pending"] == 0 && r.Table4["review"]["total"] == 2
	})
	if err != nil {
		return nil, err
	}
	next, err := c.report(ctx, TownshipYear+1, func(r Report) bool {
		return r.total("carried_in") == open && r.total("results_total") == open
	})
	if err != nil {
		return nil, err
	}
	return map[int]Report{TownshipYear: played, TownshipYear + 1: next}, nil
}

func (r Report) total(row string) int64 { return r.Table3[row]["total"] }

func (c *client) report(ctx context.Context, year int, ready func(Report) bool) (Report, error) {
	var r Report
	_, err := c.until(ctx, "legal", fmt.Sprintf("/v1/reports/annual/%d", year), func(d document) bool {
		r = Report{}
		return d.into(&r) == nil && ready(r)
	})
	if err != nil {
		return Report{}, fmt.Errorf("annual report %d: %w", year, err)
	}
	return r, nil
}

// Reports returns the annual reports of an installation on which the year was
// played.
func Reports(ctx context.Context, route func(path string) string) (map[int]Report, error) {
	return newClient(route).reports(ctx)
}
