package bustest

import "testing"

// Run holds a broker to the promises of the bus.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*testing.T, Harness)
	}{
		{"every event is delivered", delivered},
		{"a large backlog goes in batches", backlog},
		{"one document's events come in order, documents in parallel", ordered},
		{"duplicates and reordering change nothing", shuffled},
		{"a consumer continues where it stopped", continued},
		{"a restart of the broker keeps what it acknowledged", restarted},
		{"a broker that is away delays and loses nothing", away},
		{"a broker that is away from the beginning", absent},
		{"a deleted stream is noticed and refilled", deleted},
		{"a broker that lost everything is refilled", wiped},
		{"a truncated stream is noticed and refilled", truncated},
		{"a refill that fails is begun again", refillFails},
		{"a stop does not wait for a broker that is away", stopped},
		{"unusable options are refused", unusable},
		{"what fails is tried again", retried},
		{"poison is put aside and can be replayed", poisoned},
		{"an unreadable message is put aside", unreadable},
		{"a panic is put aside after three tries", panicking},
		{"a dead letter is written before the event is given up", parkedFirst},
		{"two relays publish only duplicates", twoRelays},
		{"a batch with a known event goes one by one", knownInBatch},
		{"a slow handler keeps its event", slow},
		{"an event that cannot be published holds up nothing", stuck},
		{"facts are restated on demand", restatedOnDemand},
		{"publishing refuses what is malformed", malformed},
		{"metrics tell what waits", measured},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, h)
		})
	}
}
