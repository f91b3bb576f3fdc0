package deadline_test

import (
	"context"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/calendarcopy"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/clock"
)

// notice2027 is a made-up arrangement; the real one was not published when this was
// written.
var notice2027 = map[string]any{
	"notice": "测试用通知〔2026〕1号",
	"off":    []string{"2027-01-01..2027-01-03", "2027-02-05..2027-02-11", "2027-04-03..2027-04-05", "2027-05-01..2027-05-05", "2027-06-09", "2027-09-15", "2027-10-01..2027-10-07"},
	"worked": []string{"2027-01-09", "2027-02-14", "2027-02-20", "2027-05-08", "2027-09-26", "2027-10-09"},
	"reason": "导入",
}

func (k *kit) put(path string, body any, headers ...string) servicetest.Reply {
	k.t.Helper()
	return k.Call("PUT", "/v1/calendars/"+path, body, append(headers, k.As(admin))...)
}

func TestCalendar_publishingMakesDatesFirmAndMovesThem(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.at("2026-12-28")
	moves := caseOf("moves", "2026-12-14") // day 20 falls into January
	k.tell(1, moves)
	firms := caseOf("firms", "2026-12-04")
	k.tell(1, firms)
	stays := caseOf("stays", "2026-12-01")
	k.tell(1, stays)
	theirs := caseOf("theirs", "2026-12-14")
	theirs.Office = "other"
	k.tell(1, theirs)
	r := k.due("moves", "2027-01-12")
	require.Equal(t, true, r.At("provisional"))
	require.Equal(t, true, k.due("firms", "2027-01-04").At("provisional"))
	require.Equal(t, false, k.due("stays", "2026-12-29").At("provisional"))
	k.Eventually(func() bool { return k.Call("GET", "/v1/deadlines/theirs", nil, k.As(foreign)).Status == 200 })

	var mu sync.Mutex
	var published []event.Event
	dead, err := bus.OpenDeadLetters(t.Context(), openStore(t), k.clock.Now)
	require.NoError(t, err)
	copied, err := calendarcopy.Open(t.Context(), openStore(t), k.clock.Now)
	require.NoError(t, err)
	require.Equal(t, 0, copied.Calendar().Version(2027))
	consumer := copied.Consumer("test")
	apply := consumer.Handle
	consumer.Handle = func(ctx context.Context, e event.Event) error {
		mu.Lock()
		published = append(published, e)
		mu.Unlock()
		return apply(ctx, e)
	}
	runUnit(t, k.Bus.Consume(dead, consumer))

	dry := k.put("2027?dry_run=true", notice2027)
	require.Equal(t, 200, dry.Status, dry)
	require.Equal(t, true, dry.At("dry_run"))
	require.EqualValues(t, 2, dry.At("moved"), "moves and theirs: %s", dry)
	require.EqualValues(t, 1, dry.At("firmed"))
	require.EqualValues(t, 2, dry.At("affected_total"), "of the own office")
	require.NotContains(t, string(dry.Body), "theirs")
	require.Equal(t, 404, k.Call("GET", "/v1/calendars/2027", nil).Status, "a trial changes nothing")
	require.Equal(t, "2027-01-12", k.show("moves").Text("reply_due"))

	require.Equal(t, 403, k.Call("PUT", "/v1/calendars/2027", notice2027, k.As(officer)).Status)
	require.Equal(t, 401, k.Call("PUT", "/v1/calendars/2027", notice2027).Status)
	pub := k.put("2027", notice2027)
	require.Equal(t, 200, pub.Status, pub)
	require.EqualValues(t, 1, pub.At("calendar", "version"))
	require.EqualValues(t, 4, pub.At("examined"))
	require.Equal(t, dry.At("affected"), pub.At("affected"), "the trial told the truth")
	require.Contains(t, string(pub.Body), `"before":"2027-01-12","after":"2027-01-11","shift_days":-1`, "Saturday 9 January is worked")

	r = k.show("moves")
	require.Equal(t, "2027-01-11", r.Text("reply_due"))
	require.Equal(t, false, r.At("provisional"))
	require.Equal(t, "2027.1", r.Text("calendar_moves", 0, "change"))
	require.Equal(t, false, k.show("firms").At("provisional"))

	again := k.put("2027", notice2027)
	require.Equal(t, true, again.At("unchanged"))
	require.ElementsMatch(t, pub.At("affected"), again.At("affected"), "the same request, the same answer")
	require.Equal(t, "2027-01-11", k.show("moves").Text("reply_due"))

	// An amendment is a new version; a stale editor is told so.
	amended := map[string]any{}
	for key, v := range notice2027 {
		amended[key] = v
	}
	amended["notice"], amended["off"] = "测试用通知〔2026〕2号", append([]string{"2027-01-04"}, notice2027["off"].([]string)...)
	require.Equal(t, 412, k.put("2027", amended, `If-Match: "3"`).Status)
	am := k.put("2027", amended, `If-Match: "1"`)
	require.Equal(t, 200, am.Status, am)
	require.EqualValues(t, 2, am.At("calendar", "version"))
	require.Equal(t, "2027-01-12", k.show("moves").Text("reply_due"))
	require.Equal(t, "2027-01-05", k.show("firms").Text("reply_due"))

	ch := k.Call("GET", "/v1/calendars/2027/changes?version=1", nil, k.As(officer))
	require.Equal(t, 200, ch.Status, ch)
	require.Len(t, ch.At("items"), 2)
	require.EqualValues(t, 2, ch.At("items", 0, "version"), "newest first")
	require.EqualValues(t, 2, ch.At("items", 1, "moved"))
	require.Equal(t, "s-admin", ch.Text("items", 1, "published_by"))
	require.Len(t, ch.At("affected"), 2)
	require.Nil(t, k.Call("GET", "/v1/calendars/2027/changes", nil, k.As(foreign)).At("items", 0, "published_by"))

	k.Eventually(func() bool { return copied.Calendar().Version(2027) == 2 }, "the copy does not follow")
	mu.Lock()
	first := published[0]
	mu.Unlock()
	require.NoError(t, copied.Apply(t.Context(), first), "an older version comes again")
	require.Equal(t, 2, copied.Calendar().Version(2027))
	require.Equal(t, "_all", first.Office)
	require.Equal(t, "2027", first.Subject)
}

func TestCalendar_refusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for name, c := range map[string]struct {
		body string
		code string
	}{
		"both off and worked":  {`{"notice":"x","off":["2027-02-06"],"worked":["2027-02-06"]}`, "off_and_worked"},
		"ends before it start": {`{"notice":"x","off":["2027-02-08..2027-02-06"]}`, "range_reversed"},
		"a weekday worked":     {`{"notice":"x","worked":["2027-02-01"]}`, "worked_weekday"},
		"another year":         {`{"notice":"x","off":["2030-02-01"]}`, "date_outside_year"},
		"twice":                {`{"notice":"x","off":["2027-02-01..2027-02-03","2027-02-03"]}`, "day_twice"},
		"too few holidays":     {`{"notice":"x","off":["2027-01-01"]}`, "implausible_working_days"},
		"no notice":            {`{"off":["2027-01-01"]}`, "required"},
		"no date":              {`{"notice":"x","off":["soon"]}`, "bad_format"},
	} {
		r := k.put("2027", c.body)
		require.Equal(t, 422, r.Status, "%s: %s", name, r)
		require.Equal(t, c.code, r.Text("errors", 0, "code"), "%s: %s", name, r)
	}
	require.Equal(t, 404, k.put("27", notice2027).Status)
	require.Equal(t, 404, k.Call("GET", "/v1/calendars/2027", nil).Status)
	require.Equal(t, 404, k.Call("GET", "/v1/calendars/2027/changes", nil, k.As(officer)).Status)
}

func TestCalendar_isReadByAnybodyAndRemindsInTime(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	r := k.Call("GET", "/v1/calendars", nil)
	require.Equal(t, 200, r.Status, r)
	require.Len(t, r.At("items"), 8)
	require.Equal(t, "2026-12-31", r.Text("published_through"))
	require.Nil(t, r.At("reminder"))
	k.at("2026-11-15")
	require.Nil(t, k.Call("GET", "/v1/calendars", nil).At("reminder"))
	k.at("2026-11-16")
	require.EqualValues(t, 2027, k.Call("GET", "/v1/calendars", nil).At("reminder", "year"))

	y := k.Call("GET", "/v1/calendars/2026?days=true", nil)
	require.EqualValues(t, 248, y.At("working_days"))
	require.Len(t, y.At("days"), 365)
	require.Equal(t, "worked_weekend", y.Text("days", 3, "reason"), "Sunday 4 January")
	require.Equal(t, `"1"`, y.Header.Get("ETag"))
	h := k.Call("GET", "/v1/calendars/2026/changes", nil, k.As(officer))
	require.Equal(t, "shipped", h.Text("items", 0, "source"))
}

func TestCalendar_takesTheNoticeAsATable(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	csv := "日期,安排\n文号,测试用通知〔2026〕1号\n2027年1月1日至2027年1月3日,放假\n2027-02-05..2027-02-11,放假\n2027/4/3~2027/4/5,放假\n2027-05-01..2027-05-05,off\n2027-06-09,off\n2027-09-15,off\n2027-10-01..2027-10-07,off\n" +
		"2027-01-09,上班\n2027-02-14,上班\n2027-02-20,worked\n2027-05-08,worked\n2027-09-26,worked\n2027-10-09,worked\n"
	r := k.put("2027?dry_run=true", csv, "Content-Type: text/csv")
	require.Equal(t, 200, r.Status, r)
	json := k.put("2027?dry_run=true", notice2027)
	require.Equal(t, json.At("calendar"), r.At("calendar"))

	bad := k.put("2027", strings.Replace(csv, "2027-06-09,off", "2027-06-39,off", 1), "Content-Type: text/csv")
	require.Equal(t, 422, bad.Status, bad)
	require.Equal(t, "/rows/7", bad.Text("errors", 0, "pointer"))
	require.Equal(t, 422, k.put("2027", "2027-06-09,off\n", "Content-Type: text/csv").Status, "no notice is named")
	require.Equal(t, 415, k.put("2027", "<x/>", "Content-Type: text/xml").Status)
}

func TestCalendar_recomputationGoesOnByItself(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.at("2026-12-28")
	k.tell(1, caseOf("a", "2026-12-14"))
	k.due("a", "2027-01-12")
	require.Equal(t, 200, k.put("2027", notice2027).Status)
	k.due("a", "2027-01-11")
	k.clock.Advance(time.Minute) // the sweeper settles and finds nothing to do
	k.tell(1, caseOf("b", "2026-12-14"))
	k.due("b", "2027-01-11")
	require.Len(t, k.show("a").At("calendar_moves"), 1)
}

// A repeated request is not a second publication, even when somebody has amended the
// year in between.
func TestCalendar_publishesOnceForOneKey(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.at("2026-12-28")
	k.tell(1, caseOf("a", "2026-12-14"))
	k.due("a", "2027-01-12")
	first := k.put("2027", notice2027, "Idempotency-Key: k1")
	require.Equal(t, 200, first.Status, first)
	amended := maps.Clone(notice2027)
	amended["notice"], amended["off"] = "测试用通知〔2026〕2号", append([]string{"2027-01-04"}, notice2027["off"].([]string)...)
	require.Equal(t, 422, k.put("2027", amended, "Idempotency-Key: k1").Status, "the key belongs to another arrangement")
	require.Equal(t, 200, k.put("2027", amended, "Idempotency-Key: k2").Status)
	k.due("a", "2027-01-12")
	again := k.put("2027", notice2027, "Idempotency-Key: k1")
	require.Equal(t, 200, again.Status, again)
	require.JSONEq(t, string(first.Body), string(again.Body))
	require.EqualValues(t, 2, k.Call("GET", "/v1/calendars/2027", nil).At("version"), "the amendment stands")
	require.Equal(t, "2027-01-12", k.show("a").Text("reply_due"))
}

// After 15 November the missing notice stands on the head's list and beside the
// readiness, once for an office, until the year is published.
func TestCalendar_missedIsAnAlarm(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.tell(1, contract.OfficeFacts{Office: "demo", Policies: contract.OfficePolicies{Clock: clock.DefaultPolicy()}})
	open := func(n int) servicetest.Reply {
		var r servicetest.Reply
		k.Eventually(func() bool {
			k.clock.Advance(16 * time.Second)
			r = k.Call("GET", "/v1/deadlines/alarms?escalated=true", nil, k.As(head), "Accept-Language: en")
			return len(r.At("items").([]any)) == n
		}, "not so many alarms:", n)
		return r
	}
	k.at("2026-11-15")
	k.clock.Advance(time.Minute)
	open(0)
	require.JSONEq(t, `{"status":"ready"}`, string(k.Call("GET", "/readyz", nil).Body))
	k.at("2026-11-16")
	r := open(1)
	require.Equal(t, "calendar", r.Text("items", 0, "of"))
	require.Equal(t, "2027", r.Text("items", 0, "subject_id"))
	require.Contains(t, r.Text("items", 0, "text"), "holiday notice of 2027")
	k.at("2026-11-20")
	open(1)
	require.Equal(t, "calendar_missing", k.Call("GET", "/readyz", nil).Text("remarks", 0, "code"))
	require.Equal(t, 200, k.put("2027", notice2027).Status)
	open(0)
	require.Len(t, k.Call("GET", "/v1/deadlines/alarms?open=false", nil, k.As(head)).At("items"), 1)
	require.JSONEq(t, `{"status":"ready"}`, string(k.Call("GET", "/readyz", nil).Body))
}
