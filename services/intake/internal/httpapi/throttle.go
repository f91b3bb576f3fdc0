package httpapi

import (
	"sync"
	"time"

	"zhiqing.dev/pkg/problem"
)

// The limits for wrong query codes: for one receipt from one address, and for
// one address over all receipts. Nobody can lock an applicant out from
// elsewhere; the codes themselves are too long to be guessed.
const (
	throttleWindow   = 15 * time.Minute
	wrongPerReceipt  = 10
	wrongPerAddress  = 60
	throttleCapacity = 20000
)

// throttle counts wrong query codes in windows of time.
type throttle struct {
	now func() time.Time

	mu    sync.Mutex
	wrong map[string]*tries
}

type tries struct {
	count int
	until time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, wrong: map[string]*tries{}}
}

// check refuses when this address has been wrong too often.
func (t *throttle) check(address, receipt string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for key, most := range map[string]int{address: wrongPerAddress, address + "\x00" + receipt: wrongPerReceipt} {
		if w := t.wrong[key]; w != nil && w.count >= most && now.Before(w.until) {
			p := problem.New(problem.RateLimited,
				"查询码错误次数过多，请稍后再试。", "Too many wrong codes; try again later.")
			p.RetryAfter = w.until.Sub(now)
			return p
		}
	}
	return nil
}

// failed counts a wrong code.
func (t *throttle) failed(address, receipt string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.makeRoom(now)
	for _, key := range []string{address, address + "\x00" + receipt} {
		w := t.wrong[key]
		if w == nil || !now.Before(w.until) {
			w = &tries{until: now.Add(throttleWindow)}
			t.wrong[key] = w
		}
		w.count++
	}
}

// makeRoom bounds the memory: ended windows go first, then any.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.wrong) < throttleCapacity {
		return
	}
	for key, w := range t.wrong {
		if !now.Before(w.until) {
			delete(t.wrong, key)
		}
	}
	for key := range t.wrong {
		if len(t.wrong) < throttleCapacity {
			return
		}
		delete(t.wrong, key)
	}
}
