package httpapi

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/sheet"
	"zhiqing.dev/services/intake/internal/store"
)

// dueSoonWD is how many working days ahead the due_soon queue looks.
const dueSoonWD = 5

// list answers the queues and every other list of cases.
func (h *handlers) list(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	f, err := h.filter(c, s.Office, s.ID)
	if err != nil {
		return err
	}
	as, err := httpkit.Negotiate(c, echo.MIMEApplicationJSON, sheet.CSV, sheet.XLSX)
	if err != nil {
		return err
	}
	if as != echo.MIMEApplicationJSON {
		if c.QueryParam("limit") != "" || cursor != "" {
			return problem.InvalidFields(problem.At("limit", "not_with_export",
				"导出的是整个清单，不分页。", "A whole list is exported; it has no pages."))
		}
		export := func(c echo.Context) error { return h.exported(c, f, as) }
		return httpkit.Large(1<<10, exportTime)(export)(c)
	}
	docs, next, err := store.List(c.Request().Context(), h.desk.Cases, f, limit, cursor)
	if err != nil {
		return err
	}
	out := httpkit.List[caseRow]{Items: make([]caseRow, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, row(d, f.Today, httpkit.Lang(c)))
	}
	return c.JSON(http.StatusOK, out)
}

func (h *handlers) filter(c echo.Context, office, staff string) (store.Filter, error) {
	f := store.Filter{Office: office, Staff: staff, Today: h.desk.Today()}
	f.SoonBy = h.desk.Calendar().AddWorkdays(f.Today, dueSoonWD)
	err := httpkit.Query(c, "queue", "status", "assignee", "kind", "channel", "received_from", "received_to",
		"due_from", "due_to", "q", "sort", "limit", "cursor")
	if err != nil {
		return f, err
	}
	if f.Queue, err = httpkit.Choice(c, "queue", store.Queues()...); err != nil {
		return f, err
	}
	if f.Status, err = httpkit.Choice(c, "status", contract.StatusSubmitted, contract.StatusRegistered,
		contract.StatusInProgress, contract.StatusWaiting, contract.StatusInReview, contract.StatusDecided,
		contract.StatusServed, contract.StatusClosed); err != nil {
		return f, err
	}
	if f.Kind, err = httpkit.Choice(c, "kind", kindCodes()...); err != nil {
		return f, err
	}
	if f.Channel, err = httpkit.Choice(c, "channel", channelCodes()...); err != nil {
		return f, err
	}
	if f.DueFrom, err = httpkit.Date(c, "due_from"); err != nil {
		return f, err
	}
	if f.DueTo, err = httpkit.Date(c, "due_to"); err != nil {
		return f, err
	}
	if f.ReceivedFrom, err = httpkit.Date(c, "received_from"); err != nil {
		return f, err
	}
	if f.ReceivedTo, err = httpkit.Date(c, "received_to"); err != nil {
		return f, err
	}
	if f.Assignee = c.QueryParam("assignee"); f.Assignee == "me" {
		f.Assignee = staff
	}
	if f.Text, err = searchText(c.QueryParam("q")); err != nil {
		return f, err
	}
	f.Receipt = app.ReceiptIn(c.QueryParam("q"))
	return f, sorted(c, &f)
}

func kindCodes() []string {
	codes := slices.Sorted(maps.Keys(domain.ApplicantKinds))
	for _, e := range decision.All() {
		codes = append(codes, string(e.Kind))
	}
	return codes
}

func channelCodes() []domain.Channel {
	var codes []domain.Channel
	for _, code := range slices.Sorted(maps.Keys(domain.Channels)) {
		codes = append(codes, domain.Channel(code))
	}
	return codes
}

const searchLimit = 100

func searchText(q string) (string, error) {
	text := domain.Normalize(q)
	n := utf8.RuneCountInString(text)
	if q != "" && (n < 1 || n > searchLimit) {
		return "", problem.InvalidFields(problem.At("q", "out_of_range",
			"搜索词应为1至100个字。", "A search text has 1 to 100 characters."))
	}
	return text, nil
}

// sorted settles the order: queues by due date, everything else by receipt, the
// newest first.
func sorted(c echo.Context, f *store.Filter) error {
	sort, err := httpkit.Choice(c, "sort", "due", "-due", "received", "-received")
	if err != nil {
		return err
	}
	queue := f.Queue != "" && f.Text == "" // a search looks through the text, also within a queue
	if sort == "" {
		f.ByDue, f.Desc = queue, !queue
		return nil
	}
	f.ByDue, f.Desc = strings.HasSuffix(sort, "due"), strings.HasPrefix(sort, "-")
	switch {
	case f.Text != "" && f.ByDue:
		return problem.InvalidFields(problem.At("sort", "not_with_search",
			"搜索结果按收到日期排序。", "Search results are sorted by receipt."))
	case queue && !f.ByDue:
		return problem.InvalidFields(problem.At("sort", "not_in_queue",
			"队列按到期日排序。", "A queue is sorted by due date."))
	}
	return nil
}
