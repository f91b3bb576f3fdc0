package demo

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/wallclock"
)

// Probe is a signed-in officer of the demo office who measures.
type Probe struct {
	client *client
	n      int
}

// SignIn signs the officer of the demo office in.
func SignIn(ctx context.Context, baseURL string) (*Probe, error) {
	c := newClient(func(string) string { return baseURL })
	_, err := c.token(ctx, "officer")
	return &Probe{client: c}, err
}

// ClockVisible registers one more case and returns how long after the answer the
// deadline service showed its due date.
func (p *Probe) ClockVisible(ctx context.Context) (time.Duration, error) {
	p.n++
	clock := wallclock.System{}
	today := civil.FromTime(clock.Now(), civil.Shanghai).String()
	t, err := p.client.tell(ctx, 1000+p.n, story{
		who: li, channel: "in_person", arrived: today, text: "青溪镇第" + strconv.Itoa(p.n) + "号探测申请", plot: plot{register(today)},
	})
	if err != nil {
		return 0, err
	}
	elapsed := wallclock.Stopwatch()
	_, err = p.client.until(ctx, "officer", "/v1/deadlines/"+t.caseID, func(d document) bool { return d.text("reply_due") != "" })
	if err != nil {
		return 0, fmt.Errorf("clock of %s: %w", t.caseID, err)
	}
	return elapsed(), nil
}
