package calendar_test

import (
	"testing"
	"time"

	"github.com/6tail/lunar-go/HolidayUtil"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/statute/calendar"
)

// Every day of the published years, held against a calendar that other people
// typed from the same notices.
func TestEveryDayAgreesWithAnIndependentCalendar(t *testing.T) {
	t.Parallel()
	c := calendar.Builtin()
	days := 0
	for d := day("2019-01-01"); d <= day("2026-12-31"); d++ {
		works := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		if arranged := HolidayUtil.GetHoliday(d.String()); arranged != nil {
			works = arranged.IsWork()
		}
		require.Equal(t, works, c.IsWorkday(d), "%s %s", d, d.Weekday())
		days++
	}
	require.Equal(t, 2922, days)
	require.Nil(t, HolidayUtil.GetHoliday("2027-01-01"), "the other calendar has learned of 2027: publish it here too")
}
