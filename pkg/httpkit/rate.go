package httpkit

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/wallclock"
)

// limiter holds a token bucket for each caller. It is per process: N processes
// behind a balancer allow N times as much.
type limiter struct {
	rate   float64 // tokens per second
	burst  float64
	passed func() time.Duration
	seed   maphash.Seed
	shards [64]shard
}

type shard struct {
	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Duration
}

type bucket struct {
	tokens float64
	at     time.Duration
}

// sweepEvery is how often full buckets are forgotten.
const sweepEvery = time.Minute

func newLimiter(l Limits) *limiter {
	return &limiter{rate: l.Rate, burst: float64(l.Burst), passed: wallclock.Stopwatch(), seed: maphash.MakeSeed()}
}

// take takes a token of the caller, or says how long to wait for the next.
func (l *limiter) take(caller string) (ok bool, wait time.Duration) {
	now := l.passed()
	s := &l.shards[maphash.String(l.seed, caller)%uint64(len(l.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets == nil {
		s.buckets = map[string]*bucket{}
	}
	if now-s.swept > sweepEvery {
		s.swept = now
		for k, b := range s.buckets {
			if l.refill(b, now) >= l.burst {
				delete(s.buckets, k)
			}
		}
	}
	b := s.buckets[caller]
	if b == nil {
		b = &bucket{tokens: l.burst, at: now}
		s.buckets[caller] = b
	}
	b.tokens, b.at = l.refill(b, now), now
	if b.tokens < 1 {
		return false, time.Duration((1 - b.tokens) / l.rate * float64(time.Second))
	}
	b.tokens--
	return true, 0
}

func (l *limiter) refill(b *bucket, now time.Duration) float64 {
	return min(l.burst, b.tokens+(now-b.at).Seconds()*l.rate)
}

// limitRate keys on the staff member when there is one, otherwise on the address.
func limitRate(limits Limits) echo.MiddlewareFunc {
	if limits.Rate < 0 {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	l := newLimiter(limits)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if quiet(c) {
				return next(c)
			}
			caller := "ip:" + c.RealIP()
			if s, ok := identity.From(c.Request().Context()); ok {
				caller = "staff:" + s.ID
			}
			if ok, wait := l.take(caller); !ok {
				p := problem.New(problem.RateLimited, "请求过于频繁，请稍后再试。", "Too many requests; try again later.")
				p.RetryAfter = wait
				return p
			}
			return next(c)
		}
	}
}
