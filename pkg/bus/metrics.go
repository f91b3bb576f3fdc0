package bus

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are shared by everything that uses one registerer.
type metrics struct {
	published *prometheus.CounterVec // by way: single, batch
	failures  *prometheus.CounterVec // failed rounds of a relay
	pending   *prometheus.GaugeVec   // events that wait, as far as the relay has looked
	oldest    *prometheus.GaugeVec   // seconds the longest of them waits
	stuck     *prometheus.GaugeVec   // documents with an event that can never be published
	restated  *prometheus.CounterVec // refills after a loss
	handled   *prometheus.CounterVec // by consumer and result
	inHand    *prometheus.GaugeVec
	dead      *prometheus.GaugeVec
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	c := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "zhiqing", Name: name, Help: help}, labels)
	}
	g := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "zhiqing", Name: name, Help: help}, labels)
	}
	m := &metrics{
		published: c("events_published_total", "Events the broker acknowledged.", "way"),
		failures:  c("relay_failures_total", "Rounds of a relay that failed.", "relay"),
		pending:   g("outbox_pending_events", "Events that wait to be published.", "relay"),
		oldest:    g("outbox_oldest_seconds", "Age of the event that waits longest.", "relay"),
		stuck:     g("outbox_stuck_documents", "Documents with an event that can never be published.", "relay"),
		restated:  c("stream_refills_total", "Times that facts were restated because the stream had lost events.", "relay"),
		handled:   c("events_handled_total", "Events handled, by result: ok, retry, dead.", "consumer", "result"),
		inHand:    g("events_in_hand", "Events taken from the broker and not finished.", "consumer"),
		dead:      g("dead_letters_open", "Events that were put aside and not replayed.", "consumer"),
	}
	if reg == nil {
		return m, nil
	}
	return m, errors.Join(
		share(reg, &m.published), share(reg, &m.failures), share(reg, &m.pending), share(reg, &m.oldest),
		share(reg, &m.stuck), share(reg, &m.restated), share(reg, &m.handled), share(reg, &m.inHand), share(reg, &m.dead),
	)
}

// share registers a collector, or takes the one already registered, so that
// several connections of a process can use one registry.
func share[C prometheus.Collector](reg prometheus.Registerer, c *C) error {
	err := reg.Register(*c)
	var taken prometheus.AlreadyRegisteredError
	if errors.As(err, &taken) {
		if same, ok := taken.ExistingCollector.(C); ok {
			*c = same
			return nil
		}
	}
	return err
}
