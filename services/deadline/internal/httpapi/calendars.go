package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/services/deadline/internal/app"
	"zhiqing.dev/services/deadline/internal/domain"
)

// yearView is one year of the calendar.
type yearView struct {
	Year        int              `json:"year"`
	Version     int              `json:"version"`
	Notice      string           `json:"notice"`
	Off         []calendar.Range `json:"off"`
	Worked      []civil.Date     `json:"worked"`
	WorkingDays int              `json:"working_days"`
	Days        []dayView        `json:"days,omitempty"`
}

func yearOf(cal *calendar.Calendar, year int) (yearView, bool) {
	y, ok := cal.Year(year)
	if !ok {
		return yearView{}, false
	}
	v := yearView{Year: y.Year, Version: y.Version, Notice: y.Notice, Off: y.Off, Worked: y.Worked, WorkingDays: workingDays(cal, year)}
	if v.Off == nil {
		v.Off = []calendar.Range{}
	}
	if v.Worked == nil {
		v.Worked = []civil.Date{}
	}
	return v, true
}

func workingDays(cal *calendar.Calendar, year int) int {
	first, errFirst := civil.Of(year, 1, 1)
	next, errNext := civil.Of(year+1, 1, 1)
	if errFirst != nil || errNext != nil {
		return 0
	}
	return cal.WorkdaysBetween(first.AddDays(-1), next.AddDays(-1))
}

type reminderView struct {
	Year int    `json:"year"`
	Text string `json:"text"`
}

type calendarsView struct {
	Items            []yearView    `json:"items"`
	PublishedThrough civil.Date    `json:"published_through"`
	CalendarVersion  string        `json:"calendar_version"`
	Reminder         *reminderView `json:"reminder,omitempty"`
}

// calendars answers GET /v1/calendars: all published years, and whether one is missed.
func (a *API) calendars(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	cal, err := a.app.Calendars.Current(c.Request().Context())
	if err != nil {
		return err
	}
	out := calendarsView{Items: []yearView{}, PublishedThrough: cal.PublishedThrough(), CalendarVersion: domain.CalendarVersion(cal)}
	for _, year := range cal.Years() {
		if v, ok := yearOf(cal, year); ok {
			out.Items = append(out.Items, v)
		}
	}
	if year := domain.MissingYear(cal, a.app.Today()); year != 0 {
		out.Reminder = &reminderView{Year: year, Text: missingText(year, httpkit.Lang(c))}
	}
	return c.JSON(http.StatusOK, out)
}

func missingText(year int, lang string) string {
	return problem.Text{
		ZH: fmt.Sprintf("%d年放假调休通知尚未导入；跨入该年的期限均为暂定。请在通知公布后导入。", year),
		EN: fmt.Sprintf("The holiday notice of %d is not imported yet; due dates in that year are provisional. Import it once it is published.", year),
	}.In(lang)
}

// Remarks remind whoever looks at the service's health of a missing notice.
func (a *API) Remarks(ctx context.Context, lang string) []httpkit.Remark {
	year, err := a.app.MissingYear(ctx)
	if err != nil || year == 0 {
		return nil // a store that does not answer is the readiness' own matter
	}
	return []httpkit.Remark{{Service: "deadline", Code: "calendar_missing", Text: missingText(year, lang)}}
}

// yearParam reads the year in the address.
func yearParam(c echo.Context) (int, error) {
	year, err := strconv.Atoi(c.Param("year"))
	if err != nil || len(c.Param("year")) != 4 || year < 1990 || year > 2200 {
		return 0, problem.New(problem.NotFound, "年份应为四位数字，例如 2026。", "The year is written with four digits, for example 2026.")
	}
	return year, nil
}

func unpublished(year int) error {
	return problem.New(problem.NotFound,
		fmt.Sprintf("%d年放假调休通知尚未公布或者尚未导入。", year), fmt.Sprintf("The holiday notice of %d is not published here.", year)).Under("放假办法 art. 6")
}

// calendar answers GET /v1/calendars/{year}.
func (a *API) calendar(c echo.Context) error {
	if err := httpkit.Query(c, "days"); err != nil {
		return err
	}
	year, err := yearParam(c)
	if err != nil {
		return err
	}
	days, err := httpkit.Choice(c, "days", "true", "false")
	if err != nil {
		return err
	}
	cal, err := a.app.Calendars.Current(c.Request().Context())
	if err != nil {
		return err
	}
	v, ok := yearOf(cal, year)
	if !ok {
		return unpublished(year)
	}
	if days == "true" {
		v.Days = yearDays(cal, year, httpkit.Lang(c))
	}
	httpkit.ETag(c, int64(v.Version))
	return c.JSON(http.StatusOK, v)
}

func yearDays(cal *calendar.Calendar, year int, lang string) []dayView {
	d, err := civil.Of(year, 1, 1)
	if err != nil {
		return nil
	}
	list := make([]dayView, 0, 366)
	for ; d.Year() == year; d++ {
		day := cal.Day(d)
		list = append(list, dayView{
			Date: d, Weekday: int(d.Weekday()), Reason: string(day.Reason), Label: reasonLabels[day.Reason].In(lang),
			Works: day.Works, MadeUp: day.Reason == calendar.WorkedWeekend, Notice: day.Notice, Provisional: day.Provisional,
		})
	}
	return list
}

// publishRequest is a year's notice as published.
type publishRequest struct {
	Notice string           `json:"notice" validate:"required,notblank,line,max=300"`
	Off    []calendar.Range `json:"off" validate:"max=60"`
	Worked []civil.Date     `json:"worked" validate:"max=60"`
	Reason string           `json:"reason" validate:"plain,max=1000"`
}

type movedView struct {
	Of           domain.Of  `json:"of"`
	CaseID       string     `json:"case_id,omitempty"`
	ProceedingID string     `json:"proceeding_id,omitempty"`
	RegisterNo   string     `json:"register_no,omitempty"`
	Moves        []moveView `json:"moves"`
}

func movedOf(list []app.MovedSheet) []movedView {
	out := make([]movedView, 0, len(list))
	for _, m := range list {
		v := movedView{Of: m.Of, CaseID: m.CaseID, RegisterNo: m.RegisterNo, Moves: movesOf(m.Moves)}
		if m.Of == domain.OfProceeding {
			v.ProceedingID = m.SubjectID
		}
		out = append(out, v)
	}
	return out
}

type publishResponse struct {
	Year      yearView `json:"calendar"`
	DryRun    bool     `json:"dry_run"`
	Unchanged bool     `json:"unchanged"`
	// ChangedDays are the days that change between rest and work.
	ChangedDays []civil.Date `json:"changed_days"`
	// Of all offices: open cases and proceedings, those that get another date, and
	// those whose date is no longer provisional.
	Examined int `json:"examined"`
	Moved    int `json:"moved"`
	Firmed   int `json:"firmed"`
	// Affected are those of the caller's own office, before and after.
	Affected      []movedView `json:"affected"`
	AffectedTotal int         `json:"affected_total"`
}

// publish answers PUT /v1/calendars/{year}, also as a trial with ?dry_run=true.
func (a *API) publish(c echo.Context) error {
	if err := httpkit.Query(c, "dry_run"); err != nil {
		return err
	}
	year, err := yearParam(c)
	if err != nil {
		return err
	}
	dry, err := httpkit.Choice(c, "dry_run", "true", "false")
	if err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	seen, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	req, err := bindYear(c, year)
	if err != nil {
		return err
	}
	p := app.Publication{
		Year:   calendar.Year{Year: year, Notice: req.Notice, Off: req.Off, Worked: req.Worked},
		Reason: req.Reason, By: staff.ID, Office: staff.Office,
	}
	content, err := json.Marshal(req)
	if err != nil {
		return fmt.Errorf("publish the calendar: %w", err)
	}
	if cmd := httpkit.Command(c).Over(string(content)); cmd.Fingerprint != "" {
		p.Command, p.Fingerprint = cmd.Key, cmd.Fingerprint
	}
	ctx := c.Request().Context()
	var out app.Outcome
	if dry == "true" {
		out, err = a.app.Try(ctx, p)
	} else {
		out, err = a.app.Publish(ctx, p, int(seen))
	}
	if err != nil {
		return err
	}
	return a.answerOutcome(c, out, dry == "true")
}

func (a *API) answerOutcome(c echo.Context, out app.Outcome, dry bool) error {
	base, err := a.app.Calendars.Current(c.Request().Context())
	if err != nil {
		return err
	}
	switch stands := base.Version(out.Version.Year.Year); {
	case dry && !out.Unchanged:
		base, err = base.With(out.Version.Year)
	case !dry && stands != out.Version.Year.Version: // a repeated command; the year has been amended since
		base, err = calendar.New(out.Version.Year)
	}
	if err != nil {
		return err
	}
	v, ok := yearOf(base, out.Version.Year.Year)
	if !ok {
		return unpublished(out.Version.Year.Year)
	}
	res := publishResponse{
		Year: v, DryRun: dry, Unchanged: out.Unchanged, ChangedDays: out.Version.Days,
		Examined: out.Version.Examined, Moved: out.Version.Moved, Firmed: out.Version.Firmed,
		Affected: movedOf(out.Moved), AffectedTotal: out.OwnMoved,
	}
	if res.ChangedDays == nil {
		res.ChangedDays = []civil.Date{}
	}
	if !dry {
		httpkit.ETag(c, int64(v.Version))
	}
	return c.JSON(http.StatusOK, res)
}

// changeView is one version of a year in its history.
type changeView struct {
	Version     int              `json:"version"`
	Notice      string           `json:"notice"`
	Source      string           `json:"source"` // shipped with the program, or published here
	PublishedAt time.Time        `json:"published_at,omitzero"`
	PublishedBy string           `json:"published_by,omitempty"`
	Reason      string           `json:"reason,omitempty"`
	Off         []calendar.Range `json:"off"`
	Worked      []civil.Date     `json:"worked"`
	ChangedDays []civil.Date     `json:"changed_days"`
	Examined    int              `json:"examined"`
	Moved       int              `json:"moved"`
	Firmed      int              `json:"firmed"`
}

type changesView struct {
	Year  int          `json:"year"`
	Items []changeView `json:"items"` // newest first
	// Affected are the cases of the caller's office that the version asked for moved.
	Affected   []movedView `json:"affected,omitempty"`
	NextCursor string      `json:"next_cursor,omitempty"`
}

// changes answers GET /v1/calendars/{year}/changes: the versions, and with ?version=
// the cases that one of them moved.
func (a *API) changes(c echo.Context) error {
	if err := httpkit.Query(c, "version", "limit", "cursor"); err != nil {
		return err
	}
	year, err := yearParam(c)
	if err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	version, err := httpkit.Number(c, "version", 1, 10000, 0)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	history, err := a.app.History(ctx, year)
	if err != nil {
		return err
	}
	if len(history) == 0 {
		return unpublished(year)
	}
	out := changesView{Year: year, Items: make([]changeView, 0, len(history))}
	for i := len(history) - 1; i >= 0; i-- {
		out.Items = append(out.Items, changeOf(history[i], staff.Office))
	}
	if version != 0 {
		moved, next, err := a.app.MovedBy(ctx, staff.Office, domain.ChangeID(year, version), limit, cursor)
		if err != nil {
			return err
		}
		out.Affected, out.NextCursor = movedOf(moved), next
	}
	return c.JSON(http.StatusOK, out)
}

func changeOf(v domain.Version, office string) changeView {
	out := changeView{
		Version: v.Year.Version, Notice: v.Year.Notice, Source: "shipped", PublishedAt: v.PublishedAt, Reason: v.Reason,
		Off: v.Year.Off, Worked: v.Year.Worked, ChangedDays: v.Days, Examined: v.Examined, Moved: v.Moved, Firmed: v.Firmed,
	}
	if !v.PublishedAt.IsZero() {
		out.Source = "published"
	}
	if v.Office == office {
		out.PublishedBy = v.PublishedBy
	}
	if out.Off == nil {
		out.Off = []calendar.Range{}
	}
	if out.Worked == nil {
		out.Worked = []civil.Date{}
	}
	if out.ChangedDays == nil {
		out.ChangedDays = []civil.Date{}
	}
	return out
}
