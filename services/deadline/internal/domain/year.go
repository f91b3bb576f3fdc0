package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/calendar"
)

// Year is one year of the calendar as it was published and amended here, over the
// years that the program ships with.
type Year struct {
	docstore.Raised `json:"-"`

	Current  calendar.Year `json:"current"`
	Versions []Version     `json:"versions"` // oldest first
	// PendingSince is set while open sheets may still stand on the version before.
	PendingSince time.Time `json:"pending_since,omitzero"`
}

// Version is one publication of a year.
type Version struct {
	Year        calendar.Year `json:"year"`
	PublishedAt time.Time     `json:"published_at"`
	PublishedBy string        `json:"published_by"` // staff id
	Office      string        `json:"office"`       // whose administrator published it
	Reason      string        `json:"reason,omitempty"`
	// Days are the days that changed between rest and work.
	Days []civil.Date `json:"days,omitempty"`
	// Examined sheets were open, Moved of them got another date, Firmed kept it and
	// are provisional no more.
	Examined int `json:"examined"`
	Moved    int `json:"moved"`
	Firmed   int `json:"firmed"`
	// Command is the Idempotency-Key, scoped to its caller, with which the version was
	// published, and Fingerprint what was asked; empty without a key.
	Command     string `json:"command,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

// By returns the version that a command has published.
func (y *Year) By(command string) (Version, bool) {
	for _, v := range y.Versions {
		if v.Command == command && v.Fingerprint != "" {
			return v, true
		}
	}
	return Version{}, false
}

// Facts are what other services are told: the newest version.
func (y *Year) Facts() contract.CalendarFacts { return contract.CalendarFacts{Year: y.Current} }

// Publish makes the next version of the year.
func (y *Year) Publish(v Version) {
	v.Year.Off = slices.Clone(v.Year.Off)
	y.Current = v.Year
	y.Versions = append(y.Versions, v)
	y.PendingSince = v.PublishedAt
	y.Raise(contract.CalendarPublished)
}

// SameArrangement reports whether two arrangements of a year say the same.
func SameArrangement(a, b calendar.Year) bool {
	return a.Notice == b.Notice && slices.Equal(sortedRanges(a.Off), sortedRanges(b.Off)) &&
		slices.Equal(sortedDates(a.Worked), sortedDates(b.Worked))
}

func sortedRanges(r []calendar.Range) []calendar.Range {
	r = slices.Clone(r)
	slices.SortFunc(r, func(a, b calendar.Range) int { return int(a.From) - int(b.From) })
	return r
}

func sortedDates(d []civil.Date) []civil.Date {
	d = slices.Clone(d)
	slices.Sort(d)
	return d
}

// CalendarVersion names a calendar by the versions of all its years. It is the
// same in every process that knows the same years.
func CalendarVersion(cal *calendar.Calendar) string {
	var b strings.Builder
	years := cal.Years()
	for _, y := range years {
		b.WriteString(ChangeID(y, cal.Version(y)))
		b.WriteByte(' ')
	}
	sum := sha256.Sum256([]byte(b.String()))
	last := 0
	if len(years) > 0 {
		last = years[len(years)-1]
	}
	return strconv.Itoa(last) + "-" + hex.EncodeToString(sum[:4])
}

// remindFrom is the day of the year from which the next year's notice is missed:
// it usually comes in October or November.
const remindMonth, remindDay = 11, 15

// MissingYear is the next year when its notice is not published although it is
// after 15 November; 0 otherwise. Also the running year, should it be missing.
func MissingYear(cal *calendar.Calendar, today civil.Date) int {
	year, month, day := today.YMD()
	if cal.Version(year) == 0 {
		return year
	}
	if (month > remindMonth || (month == remindMonth && day > remindDay)) && cal.Version(year+1) == 0 {
		return year + 1
	}
	return 0
}
