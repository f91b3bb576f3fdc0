package identity

import (
	"crypto/rand"
	"strconv"
	"strings"
	"time"
)

// NewSession returns the id of a sign-in that is opened now. It tells the instant, to
// the millisecond, so that whoever hears "all until then have ended" need not know
// every one.
func NewSession(now time.Time) string {
	return strconv.FormatInt(now.UnixMilli(), 36) + "-" + strings.ToLower(rand.Text())
}

// Opened is when a sign-in was opened, by its id; the zero time of an id that tells
// none.
func Opened(session string) time.Time {
	at, _, ok := strings.Cut(session, "-")
	ms, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil || ms < 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
