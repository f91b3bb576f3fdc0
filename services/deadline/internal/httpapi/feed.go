package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/deadline/internal/domain"
	"zhiqing.dev/services/deadline/internal/store"
)

type feedRequest struct {
	// Scope is mine (the caller's cases) or office (all of the office).
	Scope string `json:"scope" validate:"omitempty,oneof=mine office"`
}

type feedView struct {
	Scope string `json:"scope"`
	Key   string `json:"key"`
	Path  string `json:"path"`
}

// newFeed answers POST /v1/deadlines/feeds: an address for a calendar program.
func (a *API) newFeed(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[feedRequest](c)
	if err != nil {
		return err
	}
	f := domain.Feed{Office: staff.Office, Owner: staff.ID, Assignee: staff.ID}
	if req.Scope == "office" {
		f.Assignee = ""
	} else {
		req.Scope = "mine"
	}
	cmd := httpkit.Command(c)
	key, _, err := a.app.NewFeed(c.Request().Context(), cmd.Key, f)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, feedView{Scope: req.Scope, Key: key, Path: "/v1/deadlines/feed.ics?key=" + key})
}

type revokedView struct {
	Revoked int `json:"revoked"`
}

// revokeFeeds answers DELETE /v1/deadlines/feeds: the caller's addresses end.
func (a *API) revokeFeeds(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	n, err := a.app.RevokeFeeds(c.Request().Context(), staff.Office, staff.ID)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, revokedView{Revoked: n})
}

// feedEvents bounds a feed: what is due beyond it comes in its time.
const feedEvents = 1000

// feed answers GET /v1/deadlines/feed.ics?key=…: open due dates as iCalendar (RFC
// 5545). It holds register numbers and dates and no personal data.
func (a *API) feed(c echo.Context) error {
	if err := httpkit.Query(c, "key"); err != nil {
		return err
	}
	ctx := c.Request().Context()
	f, err := a.app.FeedOf(ctx, c.QueryParam("key"))
	if err != nil {
		return err
	}
	ctx = identity.With(ctx, identity.Staff{ID: f.Owner, Office: f.Office}) // shows what its owner may know of
	lang := httpkit.Lang(c)
	ics := newICS(a.app.Now(), pick(lang, "知情 期限", "Zhiqing deadlines"))
	for _, repo := range a.app.Store().Sheets() {
		for _, state := range []string{stateRunning, stateWaiting} {
			q := docstore.Query{Index: store.ByState, Eq: []any{f.Office}, Limit: feedEvents}
			if f.Assignee != "" {
				q.Index, q.Eq = store.ByAssignee, append(q.Eq, f.Assignee)
			}
			q.Eq = append(q.Eq, state)
			docs, _, err := repo.Find(ctx, q)
			if err != nil {
				return err
			}
			for _, d := range docs {
				if s := d.Value; s.DueOn() != 0 {
					ics.add(s, lang)
				}
			}
		}
	}
	c.Response().Header().Set("Cache-Control", "private, max-age=900")
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", ics.end())
}

// ics writes an iCalendar object.
type ics struct {
	b     strings.Builder
	stamp string
}

func newICS(now time.Time, name string) *ics {
	w := &ics{stamp: now.UTC().Format("20060102T150405Z")}
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//zhiqing//deadline//ZH")
	w.line("CALSCALE:GREGORIAN")
	w.line("X-WR-CALNAME:" + escapeICS(name))
	w.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H")
	return w
}

func (w *ics) add(s *domain.Sheet, lang string) {
	due := s.DueOn()
	label := pick(lang, "答复期限", "reply")
	if next, ok := s.Result.Next(); ok && (s.Of == domain.OfProceeding || s.Result.ReplyDue == 0) {
		label = pick(lang, next.Label, next.LabelEN)
	} else if c, ok := s.Deciding(); ok {
		label = pick(lang, c.Label, c.LabelEN)
	}
	no := s.RegisterNo
	if no == "" {
		no = s.ID
	}
	title := no + " " + label
	if s.Result.Provisional {
		title += pick(lang, "（暂定）", " (provisional)")
	}
	w.line("BEGIN:VEVENT")
	w.line("UID:" + string(s.Of) + "-" + s.ID + "@zhiqing")
	w.line("DTSTAMP:" + w.stamp)
	w.line("DTSTART;VALUE=DATE:" + strings.ReplaceAll(due.String(), "-", ""))
	w.line("DTEND;VALUE=DATE:" + strings.ReplaceAll(due.AddDays(1).String(), "-", ""))
	w.line("SUMMARY:" + escapeICS(title))
	w.line("TRANSP:TRANSPARENT")
	w.line("END:VEVENT")
}

func (w *ics) end() []byte {
	w.line("END:VCALENDAR")
	return []byte(w.b.String())
}

// line folds at 75 octets, between characters (RFC 5545, 3.1).
func (w *ics) line(s string) {
	n := 0
	for _, r := range s {
		if size := len(string(r)); n+size > 75 {
			w.b.WriteString("\r\n ")
			n = 1 + size
		} else {
			n += size
		}
		w.b.WriteRune(r)
	}
	w.b.WriteString("\r\n")
}

var icsEscaper = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n", "\r", "")

func escapeICS(s string) string { return icsEscaper.Replace(s) }
