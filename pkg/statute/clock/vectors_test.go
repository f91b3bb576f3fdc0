package clock_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

var day = civil.MustParse

func compute(t testing.TB, f clock.Facts) clock.Result {
	t.Helper()
	r, err := clock.Compute(calendar.Builtin(), f, clock.DefaultPolicy())
	require.NoError(t, err)
	return r
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, into))
}

func TestReplyVectors(t *testing.T) {
	t.Parallel()
	var v struct {
		Replies []struct {
			ID          string      `json:"id"`
			Facts       clock.Facts `json:"facts"`
			ReplyDue    civil.Date  `json:"reply_due"`
			Provisional bool        `json:"provisional"`
		} `json:"reply_deadlines"`
	}
	readJSON(t, "testdata/vectors.json", &v)
	require.Len(t, v.Replies, 28)
	for _, c := range v.Replies {
		r := compute(t, c.Facts)
		require.Equal(t, c.ReplyDue.String(), r.ReplyDue.String(), c.ID)
		require.Equal(t, c.Provisional, r.Provisional, c.ID)
		require.Equal(t, clock.Running, r.State, c.ID)
		raw, err := json.Marshal(c.Facts)
		require.NoError(t, err)
		var back clock.Facts
		require.NoError(t, json.Unmarshal(raw, &back))
		require.Equal(t, c.Facts, back, "%s: facts survive JSON", c.ID)
	}
}

// Every dated vector of the rule book, those of reviews and suits included.
func TestDatedVectors(t *testing.T) {
	t.Parallel()
	var vectors []struct {
		ID          string      `json:"id"`
		Facts       clock.Facts `json:"facts"`
		Start       civil.Date  `json:"start"`
		Clock       clock.Kind  `json:"clock"`
		Due         civil.Date  `json:"due"`
		MayClose    civil.Date  `json:"may_close"`
		Provisional bool        `json:"provisional"`
	}
	readJSON(t, "testdata/section6.json", &vectors)
	require.Len(t, vectors, 58)
	cal := calendar.Builtin()
	for _, v := range vectors {
		var c clock.Clock
		if v.Start != 0 {
			p, ok := clock.PeriodOf(v.Clock)
			require.True(t, ok, v.ID)
			c = clock.Due(cal, v.Start, p)
		} else {
			var ok bool
			c, ok = compute(t, v.Facts).Find(v.Clock)
			require.True(t, ok, v.ID)
		}
		if v.Due != 0 {
			require.Equal(t, v.Due.String(), c.DueOn.String(), v.ID)
		}
		if v.MayClose != 0 {
			require.Equal(t, v.MayClose.String(), c.MayCloseOn.String(), v.ID)
		}
		require.Equal(t, v.Provisional, c.Provisional, v.ID)
		requireDaysAgree(t, cal, c, v.ID)
	}
}

// requireDaysAgree holds the day-by-day counting and the explanation against
// the due date: three ways to the same day.
func requireDaysAgree(t require.TestingT, cal *calendar.Calendar, c clock.Clock, id string) {
	days := clock.Days(cal, c)
	require.NotEmpty(t, days, id)
	require.Equal(t, c.DueOn, days[len(days)-1].Date, id)
	if c.Unit == clock.WorkingDays {
		require.Equal(t, clock.DayCounted, days[len(days)-1].Reason, id)
		require.Equal(t, c.Length+c.Extension, days[len(days)-1].N, id)
		told := 0
		for _, l := range c.Explanation {
			if l.Code == clock.LineCount {
				told += l.WorkingDays
			}
		}
		require.Equal(t, c.Length+c.Extension, told, "%s: the explanation counts every day once", id)
	}
	if c.State == clock.Running || c.State == clock.Met {
		require.NotEmpty(t, c.Explanation, id)
	}
}

func TestTheEarlierNoticeOf2020GaveAnEarlierDate(t *testing.T) {
	t.Parallel()
	year, _ := calendar.Builtin().Year(2020)
	original := year
	original.Off = nil
	for _, r := range year.Off {
		if r.From == day("2020-01-24") {
			r.To = day("2020-01-30")
		}
		original.Off = append(original.Off, r)
	}
	original.Worked = append([]civil.Date{day("2020-02-01")}, year.Worked...)
	before, err := calendar.Builtin().With(original)
	require.NoError(t, err)
	r, err := clock.Compute(before, clock.Facts{ReceivedOn: day("2020-01-10")}, clock.DefaultPolicy())
	require.NoError(t, err)
	require.Equal(t, day("2020-02-12"), r.ReplyDue)
}
