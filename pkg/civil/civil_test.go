package civil_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
)

func TestDateAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	d := civil.MustParse("1899-12-25")
	at := time.Date(1899, 12, 25, 0, 0, 0, 0, time.UTC)
	for at.Year() < 2202 {
		y, m, day := at.Date()
		gy, gm, gd := d.YMD()
		if gy != y || gm != int(m) || gd != day || d.Weekday() != at.Weekday() || d.String() != at.Format("2006-01-02") {
			t.Fatalf("%s became %s (%s)", at.Format("2006-01-02 Mon"), d, d.Weekday())
		}
		back, err := civil.Of(y, int(m), day)
		if err != nil || back != d {
			t.Fatalf("%s did not come back: %v %v", d, back, err)
		}
		d, at = d.AddDays(1), at.AddDate(0, 0, 1)
	}
}

func TestTheEndsOfTheCalendar(t *testing.T) {
	t.Parallel()
	require.Equal(t, civil.Date(1), civil.MustParse("0001-01-01"))
	require.Equal(t, time.Monday, civil.MustParse("0001-01-01").Weekday())
	last := civil.MustParse("9999-12-31")
	require.Equal(t, "9999-12-31", last.String())
	require.True(t, last.Valid())
	require.False(t, (last + 1).Valid())
	require.Equal(t, "10000-01-01", (last + 1).String())
	require.Equal(t, 0, civil.Date(-1).Year(), "day numbers outside the calendar still split")
	_, err := civil.Of(0, 12, 31)
	require.ErrorIs(t, err, civil.ErrInvalid)
}

func TestZeroIsNoDate(t *testing.T) {
	t.Parallel()
	var none civil.Date
	require.True(t, none.IsZero())
	require.Empty(t, none.String())
	require.Zero(t, none.Year())
	require.Zero(t, none.AddDays(3))
	require.Zero(t, none.AddMonths(3))
	require.True(t, none.Time(civil.Shanghai).IsZero())
	require.Less(t, none, civil.MustParse("0001-01-01"))
}

func TestParseIsStrict(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "2026-1-5", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01",
		"2026/01/05", "2026-01-05 ", " 2026-01-05", "20260105", "2026-01-0５", "+026-01-01", "2026-01-05T00:00:00Z",
	} {
		_, err := civil.Parse(bad)
		require.ErrorIs(t, err, civil.ErrInvalid, "%q", bad)
	}
	require.Equal(t, "2024-02-29", civil.MustParse("2024-02-29").String())
	require.Panics(t, func() { civil.MustParse("2023-02-29") })
}

func TestAddMonthsKeepsToTheMonth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2025-08-29", 6, "2026-02-28"},
		{"2025-08-04", 6, "2026-02-04"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-01-15", -1, "2025-12-15"},
		{"2025-12-31", 12, "2026-12-31"},
		{"2025-07-31", 2, "2025-09-30"},
	} {
		require.Equal(t, c.want, civil.MustParse(c.from).AddMonths(c.months).String(), "%s + %d", c.from, c.months)
	}
}

func TestAnInstantFallsOnTheDayOfItsZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC)
	require.Equal(t, civil.MustParse("2026-11-23"), civil.FromTime(at, civil.Shanghai))
	require.Equal(t, civil.MustParse("2026-11-22"), civil.FromTime(at, time.UTC))
	day := civil.MustParse("2026-11-23")
	require.Equal(t, "2026-11-23T00:00:00+08:00", day.Time(civil.Shanghai).Format(time.RFC3339))
	require.Equal(t, "2026-11-24T00:00:00+08:00", day.EndOf(civil.Shanghai).Format(time.RFC3339))
}

func TestJSON(t *testing.T) {
	t.Parallel()
	type body struct {
		A civil.Date `json:"a"`
		B civil.Date `json:"b,omitempty"`
		C civil.Date `json:"c,omitzero"`
	}
	raw, err := json.Marshal(body{A: civil.MustParse("2026-11-23")})
	require.NoError(t, err)
	require.JSONEq(t, `{"a":"2026-11-23"}`, string(raw))
	raw, err = json.Marshal(body{})
	require.NoError(t, err)
	require.JSONEq(t, `{"a":null}`, string(raw))

	var back body
	require.NoError(t, json.Unmarshal([]byte(`{"a":"2026-11-23","b":"","c":null}`), &back))
	require.Equal(t, body{A: civil.MustParse("2026-11-23")}, back)
	for _, bad := range []string{`{"a":"2026-02-30"}`, `{"a":20260101}`, `{"a":"2026-01-01T00:00:00Z"}`, `{"a":true}`} {
		require.ErrorIs(t, json.Unmarshal([]byte(bad), &back), civil.ErrInvalid, bad)
	}
	keyed, err := json.Marshal(map[civil.Date]int{civil.MustParse("2026-11-23"): 1})
	require.NoError(t, err)
	require.JSONEq(t, `{"2026-11-23":1}`, string(keyed))
}

func TestParseLooseReadsLedgers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"2026-01-05", "2026-1-5", "2026/1/5", "2026.1.5", "2026.01.05", "2026年1月5日", "2026年01月05号", "2026 年 1 月 5 日",
		"20260105", "46027", "46027.0", "46027.729166666664", "２０２６／１／５", "２０２６年１月５日", " 2026-01-05 ", "2026-01-05 09:30",
		"2026/1/5 0:00:00", "2026-01-05T08:00:00", "2026年1月5日 17:20", "2026-01-05 00:00:00.000",
	} {
		d, err := civil.ParseLoose(s)
		require.NoError(t, err, "%q", s)
		require.Equal(t, "2026-01-05", d.String(), "%q", s)
	}
	for _, s := range []string{
		"", "  ", "2026", "1", "0", "5/1/2026", "26-1-5", "2026-2-30", "2026/13/1", "2026年2月29日", "2026-1/5", "2026-1", "2026.1",
		"20261305", "46027.5.5", "1e5", "-46027", "2026-01-05Z", "2026-01-05 25:00", "2026-01-05 09:30:00+08:00", "昨天", "2026-1-5-7", "2026--1-5",
		"99999999999", "2026年1月", "202601",
	} {
		d, err := civil.ParseLoose(s)
		require.ErrorIs(t, err, civil.ErrInvalid, "%q became %s", s, d)
	}
	serial, err := civil.ParseLoose("45658")
	require.NoError(t, err)
	require.Equal(t, "2025-01-01", serial.String())
}

func TestDateArithmeticProperties(t *testing.T) {
	t.Parallel()
	dates := rapid.Int32Range(1, 3652059)
	rapid.Check(t, func(t *rapid.T) {
		d := civil.Date(dates.Draw(t, "date"))
		back, err := civil.Parse(d.String())
		require.NoError(t, err)
		require.Equal(t, d, back)
		loose, err := civil.ParseLoose(d.String())
		if d.Year() >= 1000 {
			require.NoError(t, err)
			require.Equal(t, d, loose)
		}
		n := rapid.IntRange(-5000, 5000).Draw(t, "days")
		require.Equal(t, n, d.AddDays(n).Sub(d))
		at := d.Time(time.UTC)
		require.Equal(t, d, civil.FromTime(at, time.UTC))
		require.Equal(t, at.Weekday(), d.Weekday())
	})
}

// Every day of the ten thousand years, forth and back.
func TestEveryDayForthAndBack(t *testing.T) {
	t.Parallel()
	for d := civil.Date(1); d.Valid(); d++ {
		y, m, day := d.YMD()
		if back, err := civil.Of(y, m, day); err != nil || back != d {
			t.Fatalf("day %d became %d-%d-%d and %d: %v", d, y, m, day, back, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11-23", "2024-02-29", "0000-00-00", "9999-12-31", "2026-1-5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := civil.Parse(s)
		if err != nil {
			require.ErrorIs(t, err, civil.ErrInvalid)
			return
		}
		require.Equal(t, s, d.String())
		want, err := time.Parse("2006-01-02", s)
		require.NoError(t, err)
		require.Equal(t, want, d.Time(time.UTC))
	})
}

func FuzzParseLoose(f *testing.F) {
	for _, s := range []string{"2026/1/5", "2026年1月5日", "46027", "46027.5", "２０２６．１．５", "20260105", "2026-01-05 09:30:00", "年月日"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := civil.ParseLoose(s)
		if err != nil {
			require.ErrorIs(t, err, civil.ErrInvalid)
			require.Zero(t, d)
			return
		}
		require.True(t, d.Valid())
		strict, err := civil.Parse(d.String())
		require.NoError(t, err)
		require.Equal(t, d, strict)
	})
}
