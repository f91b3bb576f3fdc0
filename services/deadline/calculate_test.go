package deadline_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
)

func calculate(t *testing.T, in *servicetest.Instance, body any, headers ...string) servicetest.Reply {
	t.Helper()
	r := in.Call("POST", "/v1/deadlines/calculate", body, headers...)
	require.Equal(t, 200, r.Status, r)
	return r
}

// clockIn finds the clock of a kind that counts in an answer.
func clockIn(r servicetest.Reply, kind string) map[string]any {
	var found map[string]any
	list, _ := r.At("clocks").([]any)
	for _, c := range list {
		c, _ := c.(map[string]any)
		if c["kind"] == kind && (found == nil || c["state"] != "superseded") {
			found = c
		}
	}
	return found
}

// Every dated vector of the rule book's section 6, reviews and suits included.
func TestCalculate_agreesWithEveryDatedVector(t *testing.T) {
	t.Parallel()
	in, _ := start(t)
	raw, err := os.ReadFile("../../pkg/statute/clock/testdata/section6.json")
	require.NoError(t, err)
	var vectors []struct {
		ID          string          `json:"id"`
		Facts       json.RawMessage `json:"facts"`
		Start       string          `json:"start"`
		Clock       string          `json:"clock"`
		Due         string          `json:"due"`
		MayClose    string          `json:"may_close"`
		Provisional bool            `json:"provisional"`
	}
	require.NoError(t, json.Unmarshal(raw, &vectors))
	require.Len(t, vectors, 58)
	for _, v := range vectors {
		body := []byte(v.Facts)
		if v.Start != "" {
			body = []byte(`{"periods":[{"kind":"` + v.Clock + `","start_on":"` + v.Start + `"}]}`)
		}
		r := in.Call("POST", "/v1/deadlines/calculate?days="+v.Clock, body)
		require.Equal(t, 200, r.Status, "%s: %s", v.ID, r)
		c := clockIn(r, v.Clock)
		require.NotNil(t, c, v.ID)
		if v.Due != "" {
			require.Equal(t, v.Due, c["due_on"], v.ID)
		}
		if v.MayClose != "" {
			require.Equal(t, v.MayClose, c["may_close_on"], v.ID)
		}
		require.Equal(t, v.Provisional, c["provisional"], v.ID)
		days := r.At("days").([]any)
		require.Equal(t, c["due_on"], r.Text("days", len(days)-1, "date"), "%s: the day-by-day list ends on the day", v.ID)
	}
}

// A16: what was computed with the first notice of 2020, and with its amendment.
func TestCalculate_followsTheAmendmentOf2020(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const received = `{"received_on":"2020-01-10"}`
	amended := k.Call("GET", "/v1/calendars/2020", nil)
	off, worked := amended.At("off").([]any), amended.At("worked").([]any)
	first := make([]any, 0, len(off))
	for _, r := range off {
		if strings.HasPrefix(r.(string), "2020-01-24") {
			r = "2020-01-24..2020-01-30"
		}
		first = append(first, r)
	}
	r := k.put("2020", map[string]any{"notice": "国办发明电〔2019〕16号", "off": first, "worked": append([]any{"2020-02-01"}, worked...)})
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, "2020-02-12", calculate(t, k.Instance, received).Text("reply_due"))
	r = k.put("2020", map[string]any{"notice": "国务院办公厅关于延长2020年春节假期的通知", "off": off, "worked": worked})
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, []any{"2020-01-31", "2020-02-01"}, r.At("changed_days"))
	require.Equal(t, "2020-02-14", calculate(t, k.Instance, received).Text("reply_due"))
}

// Histories that combine what the vectors keep apart. The dates are counted by hand
// on the calendars of the notices.
func TestCalculate_combinations(t *testing.T) {
	t.Parallel()
	in, _ := start(t)
	for name, c := range map[string]struct{ body, due, state, waits string }{
		"three letters, two of them overlapping, one apart": {`{"received_on":"2025-06-09","consultations":[
			{"sent_on":"2025-06-12","consultee_received_on":"2025-06-16","answered_on":"2025-06-25"},
			{"kind":"other_agency","sent_on":"2025-06-16","consultee_received_on":"2025-06-16","answered_on":"2025-07-02"},
			{"kind":"joint_agency","sent_on":"2025-07-07","consultee_received_on":"2025-07-08","answered_on":"2025-07-10"}]}`, "2025-07-30", "running", ""},
		"one letter inside another": {`{"received_on":"2025-06-09","consultations":[
			{"sent_on":"2025-06-12","consultee_received_on":"2025-06-16","answered_on":"2025-07-02"},
			{"sent_on":"2025-06-17","consultee_received_on":"2025-06-18","answered_on":"2025-06-20"}]}`, "2025-07-25", "running", ""},
		"one letter begins on the day another ends": {`{"received_on":"2025-06-09","consultations":[
			{"sent_on":"2025-06-12","consultee_received_on":"2025-06-12","answered_on":"2025-06-18"},
			{"sent_on":"2025-06-18","consultee_received_on":"2025-06-18","answered_on":"2025-06-25"}]}`, "2025-07-18", "running", ""},
		"extended while a letter was out": {`{"received_on":"2025-06-09","extension_wd":20,"extension_notified_on":"2025-06-18","consultations":[
			{"sent_on":"2025-06-12","consultee_received_on":"2025-06-16","answered_on":"2025-06-25"}]}`, "2025-08-15", "running", ""},
		"a letter in the extension": {`{"received_on":"2025-04-14","extension_wd":20,"extension_notified_on":"2025-05-14","consultations":[
			{"sent_on":"2025-05-20","consultee_received_on":"2025-05-20","answered_on":"2025-05-27"}]}`, "2025-06-19", "running", ""},
		"a letter sent on the last day, then extended": {`{"received_on":"2025-04-14","extension_wd":5,"extension_notified_on":"2025-05-14","consultations":[
			{"sent_on":"2025-05-14","consultee_received_on":"2025-05-14","answered_on":"2025-05-16"}]}`, "2025-05-23", "running", ""},
		"corrected and then charged": {`{"received_on":"2025-10-13","correction":{"noticed_on":"2025-10-15","received_on":"2025-10-20"},
			"fee":{"noticed_on":"2025-10-28","paid_on":"2025-11-14"}}`, "2025-12-12", "running", ""},
		"two corrections": {`{"received_on":"2025-03-03","corrections":[{"noticed_on":"2025-03-05","received_on":"2025-03-10"},
			{"noticed_on":"2025-03-12","received_on":"2025-03-26","reason":"补正后仍指向两个文件"}]}`, "2025-04-24", "running", ""},
		"paid on the last day":                                      {`{"received_on":"2025-10-13","fee":{"noticed_on":"2025-10-28","paid_on":"2025-11-25"}}`, "2025-12-23", "running", ""},
		"paid a day late":                                           {`{"received_on":"2025-10-13","fee":{"noticed_on":"2025-10-28","paid_on":"2025-11-26"}}`, "", "waiting", "late_payment"},
		"paid a day late in an office that waits":                   {`{"received_on":"2025-10-13","policy":{"grace_wd":1},"fee":{"noticed_on":"2025-10-28","paid_on":"2025-11-26"}}`, "2025-12-24", "running", ""},
		"charged after the reply was due":                           {`{"received_on":"2025-10-13","fee":{"noticed_on":"2025-11-11","paid_on":"2025-11-14"}}`, "2025-11-10", "running", ""},
		"not yet paid":                                              {`{"received_on":"2025-10-13","fee":{"noticed_on":"2025-10-28"}}`, "", "waiting", "payment"},
		"not yet corrected":                                         {`{"received_on":"2025-03-03","correction":{"noticed_on":"2025-03-12"}}`, "", "waiting", "correction"},
		"a letter still out when corrected":                         {`{"received_on":"2025-06-09","correction":{"noticed_on":"2025-06-12","received_on":"2025-06-16"},"consultations":[{"kind":"other_agency","sent_on":"2025-06-11","consultee_received_on":"2025-06-11","answered_on":"2025-06-18"}]}`, "2025-07-16", "running", ""},
		"an extension falls with the restart":                       {`{"received_on":"2025-10-13","extension_wd":10,"extension_notified_on":"2025-10-20","fee":{"noticed_on":"2025-10-28","paid_on":"2025-11-14"}}`, "2025-12-12", "running", ""},
		"an extension told too late":                                {`{"received_on":"2025-04-14","extension_wd":10,"extension_notified_on":"2025-05-15"}`, "2025-05-14", "running", ""},
		"over the year's end with a make-up Sunday":                 {`{"received_on":"2025-12-26","consultations":[{"sent_on":"2025-12-30","consultee_received_on":"2025-12-31","answered_on":"2026-01-04"}]}`, "2026-01-28", "running", ""},
		"received on a worked Saturday, a letter over the festival": {`{"received_on":"2026-02-14","consultations":[{"sent_on":"2026-02-14","consultee_received_on":"2026-02-14","answered_on":"2026-02-28"}]}`, "2026-03-27", "running", ""},
		"wholly beyond the notices":                                 {`{"received_on":"2027-03-01"}`, "2027-03-29", "running", ""},
		"deferred":                                                  {`{"received_on":"2025-04-14","deferred_until":"2025-08-29"}`, "2025-08-29", "running", ""},
		"answered, then withdrawn":                                  {`{"received_on":"2025-04-14","reply_made_on":"2025-05-12","withdrawn_on":"2025-05-20"}`, "2025-05-14", "met", ""},
		"a record to correct":                                       {`{"case_type":"record_correction","received_on":"2025-09-30"}`, "2025-11-04", "running", ""},
		"performed again on an order":                               {`{"received_on":"2025-03-03","reply_made_on":"2025-03-20","order":{"effective_on":"2026-01-26"}}`, "2026-02-28", "running", ""},
	} {
		r := calculate(t, in, c.body)
		if c.due == "" {
			require.Nil(t, r.At("reply_due"), "%s: %s", name, r)
		} else {
			require.Equal(t, c.due, r.Text("reply_due"), "%s: %s", name, r)
		}
		require.Equal(t, c.state, r.Text("state"), name)
		require.Equal(t, c.waits, r.Text("waiting_for"), name)
		require.Equal(t, c.due > "2026-12-31", r.At("provisional"), name)
	}
}

// Every clock that there is tells how its date came about, in both languages, each
// line with its rule.
func TestCalculate_everyKindOfClockExplainsItself(t *testing.T) {
	t.Parallel()
	in, _ := start(t)
	bodies := []string{
		`{"arrived_on":"2025-03-03"}`,
		`{"received_on":"2025-03-03","policy":{"reply_target_wd":10},"extension_wd":1,"consultations":[{"sent_on":"2025-03-04","consultee_received_on":"2025-03-05","answered_on":"2025-03-06"},{"kind":"joint_agency","sent_on":"2025-03-04"},{"kind":"other_agency","sent_on":"2025-03-04"}]}`,
		`{"received_on":"2025-03-03","correction":{"noticed_on":"2025-03-05"}}`,
		`{"received_on":"2025-03-03","fee":{"noticed_on":"2025-03-05"}}`,
		`{"received_on":"2025-03-03","correction":{"noticed_on":"2025-03-05","received_on":"2025-03-10"},"fee":{"noticed_on":"2025-03-12","paid_on":"2025-03-14"},"deferred_until":"2025-07-01"}`,
		`{"received_on":"2025-03-03","fee":{"noticed_on":"2025-05-05"}}`,
		`{"received_on":"2026-12-20","reply_made_on":"2026-12-21","order":{"effective_on":"2026-12-24"}}`,
		`{"case_type":"record_correction","received_on":"2025-03-03"}`,
	}
	periods := in.Call("GET", "/v1/deadlines/periods", nil)
	for i := range periods.At("items").([]any) {
		bodies = append(bodies, `{"periods":[{"kind":"`+periods.Text("items", i, "kind")+`","start_on":"2025-08-08"}]}`)
	}
	seen := map[string]bool{}
	for _, body := range bodies {
		for lang, chinese := range map[string]bool{"zh": true, "en": false} {
			r := calculate(t, in, body, "Accept-Language: "+lang)
			for i := range r.At("clocks").([]any) {
				kind := r.Text("clocks", i, "kind")
				seen[kind] = true
				lines := r.At("clocks", i, "explanation").([]any)
				require.NotEmpty(t, lines, "%s: %s", kind, body)
				require.NotEmpty(t, r.Text("clocks", i, "article"), kind)
				require.Equal(t, chinese, hasHan(r.Text("clocks", i, "label")), kind)
				for j := range lines {
					text := r.Text("clocks", i, "explanation", j, "text")
					require.Equal(t, chinese, hasHan(text), "%s in %s: %q", kind, lang, text)
					require.NotEmpty(t, r.Text("clocks", i, "explanation", j, "rule"), "%s: %q", kind, text)
				}
			}
		}
	}
	require.Len(t, seen, 41, "every kind of clock")
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
