package service

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

const auditPrefix = "/v1/audit/"

// trailOf finds the trail that a request belongs on: that of the service whose
// route it is. Pages, health and unknown addresses have none.
func (h *Host) trailOf(c echo.Context) *audit.Trail {
	if strings.HasPrefix(c.Path(), auditPrefix) {
		if s := h.find(c.Param("service")); s != nil {
			return s.trail
		}
		return nil
	}
	if s, ok := h.owners.Load(c.Request().Method + " " + c.Path()); ok {
		return s.(*hosted).trail //nolint:forcetypeassert // own puts nothing else in
	}
	return nil
}

// own notes which routes a service has added while it was mounted, so that each is
// recorded whatever its handler does.
func (h *Host) own(s *hosted, mount func()) {
	known := map[string]bool{}
	for _, r := range h.echo.Routes() {
		known[r.Method+" "+r.Path] = true
	}
	mount()
	for _, r := range h.echo.Routes() {
		if key := r.Method + " " + r.Path; !known[key] {
			h.owners.Store(key, s)
		}
	}
}

// Trail returns the audit trail of the running service of that name; nil when there
// is none.
func (h *Host) Trail(name string) *audit.Trail {
	if s := h.find(name); s != nil {
		return s.trail
	}
	return nil
}

func (h *Host) mountAudit() {
	read := httpkit.May(identity.ReadAudit)
	g := h.v1.Group("/audit")
	g.GET("/:service/entries", h.auditEntries, read)
	g.GET("/:service/export", h.auditExport, read, httpkit.Large(1, time.Minute))
	g.GET("/:service/checkpoints", h.auditCheckpoints, read)
}

// auditSearch reads what is asked for: entries of the caller's own office.
func (h *Host) auditSearch(c echo.Context, names ...string) (*audit.Trail, audit.Search, error) {
	var s audit.Search
	caller, err := httpkit.Caller(c)
	if err != nil {
		return nil, s, err
	}
	trail := h.Trail(c.Param("service"))
	if trail == nil {
		return nil, s, problem.New(problem.NotFound, "没有这个服务。", "There is no such service here.")
	}
	if err := httpkit.Query(c, append(names, "actor", "subject", "from", "to")...); err != nil {
		return nil, s, err
	}
	s = audit.Search{Office: caller.Office, Actor: c.QueryParam("actor"), Subject: c.QueryParam("subject")}
	if s.Actor != "" && s.Subject != "" || len(s.Actor) > 64 || len(s.Subject) > 64 {
		return nil, s, problem.InvalidFields(problem.At("actor", "not_together",
			"actor 与 subject 只能指定一个，且不超过64个字符。", "Give actor or subject, not both, of at most 64 characters."))
	}
	from, err := httpkit.Date(c, "from")
	if err != nil {
		return nil, s, err
	}
	to, err := httpkit.Date(c, "to")
	if err != nil {
		return nil, s, err
	}
	if !from.IsZero() {
		s.From = from.Time(h.o.Zone)
	}
	if !to.IsZero() {
		s.To = to.AddDays(1).Time(h.o.Zone)
	}
	if !from.IsZero() && !to.IsZero() && to < from {
		return nil, s, problem.InvalidFields(problem.At("to", "before_start", "截止日期早于起始日期。", "The end lies before the beginning."))
	}
	return trail, s, nil
}

func (h *Host) auditEntries(c echo.Context) error {
	trail, s, err := h.auditSearch(c, "limit", "cursor")
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	entries, next, err := trail.Find(c.Request().Context(), s, limit, cursor)
	if err != nil {
		return err
	}
	if entries == nil {
		entries = []audit.Entry{}
	}
	return c.JSON(http.StatusOK, httpkit.List[audit.Entry]{Items: entries, NextCursor: next})
}

type checkpointsView struct {
	PublicKey string             `json:"public_key"`
	Items     []audit.Checkpoint `json:"items"`
}

// mostCheckpoints bounds one answer: the newest of the office.
const mostCheckpoints = 1000

func (h *Host) auditCheckpoints(c echo.Context) error {
	trail, s, err := h.auditSearch(c)
	if err != nil {
		return err
	}
	v := checkpointsView{PublicKey: audit.PublicKey(h.o.Master), Items: []audit.Checkpoint{}}
	v.Items, err = trail.Newest(c.Request().Context(), s.Office, mostCheckpoints)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, v)
}

const (
	typeCSV   = "text/csv"
	typeJSONL = "application/x-ndjson"
)

// mostExported bounds one export; the period says the rest.
const mostExported = 100_000

// auditExport writes what is asked for, newest first, as a table or as lines of JSON.
func (h *Host) auditExport(c echo.Context) error {
	trail, s, err := h.auditSearch(c)
	if err != nil {
		return err
	}
	as, err := httpkit.Negotiate(c, typeCSV, typeJSONL)
	if err != nil {
		return err
	}
	out := c.Response()
	out.Header().Set(echo.HeaderContentType, as+"; charset=utf-8")
	out.Header().Set(echo.HeaderContentDisposition, `attachment; filename="audit"`)
	out.WriteHeader(http.StatusOK)
	return ExportAudit(c.Request().Context(), trail, s, as == typeCSV, mostExported, out)
}

// ExportAudit writes entries as CSV or as lines of JSON, newest first, at most that many.
func ExportAudit(ctx context.Context, t *audit.Trail, s audit.Search, asCSV bool, most int, w io.Writer) error {
	put, flush := jsonLines(w)
	if asCSV {
		put, flush = csvTable(w)
	}
	cursor, n := "", 0
	for {
		entries, next, err := t.Find(ctx, s, 500, cursor)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if n++; n > most {
				return flush()
			}
			if err := put(e); err != nil {
				return err
			}
		}
		if next == "" {
			return flush()
		}
		cursor = next
	}
}

func jsonLines(w io.Writer) (put func(audit.Entry) error, flush func() error) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(e audit.Entry) error { return enc.Encode(e) }, func() error { return nil }
}

// csvTable writes a byte order mark, so that spreadsheets take it for UTF-8, and no
// cell that a spreadsheet takes for a formula.
func csvTable(w io.Writer) (put func(audit.Entry) error, flush func() error) {
	_, werr := io.WriteString(w, "\ufeff")
	out := csv.NewWriter(w)
	herr := out.Write([]string{"n", "at", "phase", "request", "kind", "actor", "roles", "method", "route", "subject", "purpose", "status", "from", "hash"})
	put = func(e audit.Entry) error {
		row := []string{
			strconv.FormatInt(e.N, 10), e.At, string(e.Phase), e.Request, string(e.Kind), e.Actor, strings.Join(e.Roles, " "),
			e.Method, e.Route, strings.Join(e.Subject, " "), e.Purpose, strconv.Itoa(e.Status), e.From, e.Hash,
		}
		for i, cell := range row {
			if strings.IndexAny(cell, "=+-@\t\r") == 0 {
				row[i] = "'" + cell
			}
		}
		return out.Write(row)
	}
	return put, func() error {
		out.Flush()
		return errors.Join(werr, herr, out.Error())
	}
}

// VerifyAudit verifies the trails of all running services against their checkpoints
// and the copies that were kept elsewhere, and writes what it found. It fails when
// anything is wrong.
func (h *Host) VerifyAudit(ctx context.Context, anchors []audit.Checkpoint, w io.Writer) error {
	faults := 0
	for _, s := range h.services() {
		reports, err := s.trail.Verify(ctx, anchors)
		if err != nil {
			return fmt.Errorf("verify the trail of %s: %w", s.name, err)
		}
		for _, r := range reports {
			state := "ok"
			if len(r.Faults) > 0 {
				state = "BROKEN"
			}
			if _, err := fmt.Fprintf(w, "%-6s %s %s: %d entries in %d blocks, %d checkpoints\n", state, r.Service, r.Office, r.Entries, r.Blocks, r.Checkpoints); err != nil {
				return err
			}
			for _, f := range r.Faults {
				faults++
				if _, err := fmt.Fprintf(w, "       %s: %s\n", f.Kind, f.Detail); err != nil {
					return err
				}
			}
		}
	}
	if faults > 0 {
		return fmt.Errorf("the audit trail is not as it was written: %d faults", faults)
	}
	return nil
}
