package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
)

// LetterState is where a dead letter stands.
type LetterState string

// The states of a dead letter.
const (
	LetterOpen     LetterState = "open"
	LetterReplayed LetterState = "replayed"
)

// Letter is an event that a consumer could not apply and put aside. It is never
// deleted.
type Letter struct {
	ID       string `json:"id"`
	Consumer string `json:"consumer"`
	// EventID, Type, Office and Subject are empty when the envelope is unreadable.
	EventID string `json:"event_id,omitempty"`
	Type    string `json:"type,omitempty"`
	Office  string `json:"office,omitempty"`
	Subject string `json:"subject,omitempty"`
	// Reason is why it could not be applied the last time.
	Reason  string      `json:"reason"`
	FirstAt time.Time   `json:"first_at"`
	LastAt  time.Time   `json:"last_at"`
	Tries   int         `json:"tries"`
	State   LetterState `json:"state"`
	// ReplayedAt is when it was applied after all.
	ReplayedAt time.Time `json:"replayed_at,omitzero"`
	// Raw is the message as it came.
	Raw []byte `json:"raw"`
}

// DeadLetters keeps the events that a service's consumers put aside, in the
// service's own store. It is safe for concurrent use.
type DeadLetters struct {
	repo *docstore.Repo[Letter]
	now  func() time.Time

	mu       sync.Mutex
	handlers map[string]func(context.Context, event.Event) error
}

// ErrNoConsumer says that nothing in this process handles a letter's consumer.
var ErrNoConsumer = errors.New("no such consumer in this process")

// OpenDeadLetters opens the collection dead_letters in a service's store.
func OpenDeadLetters(ctx context.Context, store docstore.Store, now func() time.Time) (*DeadLetters, error) {
	byState := docstore.Index{Name: "by_state", Fields: []docstore.Field{{Name: "state", Kind: docstore.String}, {Name: "last_at", Kind: docstore.Int}}}
	byTime := docstore.Index{Name: "by_time", Fields: []docstore.Field{{Name: "last_at", Kind: docstore.Int}}}
	byConsumer := docstore.Index{Name: "by_consumer", Fields: []docstore.Field{{Name: "consumer", Kind: docstore.String}, {Name: "state", Kind: docstore.String}}}
	repo, err := docstore.Open(ctx, store, now, docstore.Spec[Letter]{
		Name: "dead_letters",
		Indexes: []docstore.Entry[Letter]{
			{Index: byState, Key: func(l *Letter) docstore.Key { return docstore.Key{string(l.State), l.LastAt.UnixMilli()} }},
			{Index: byTime, Key: func(l *Letter) docstore.Key { return docstore.Key{l.LastAt.UnixMilli()} }},
			{Index: byConsumer, Key: func(l *Letter) docstore.Key { return docstore.Key{l.Consumer, string(l.State)} }},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("open dead letters: %w", err)
	}
	return &DeadLetters{repo: repo, now: now, handlers: map[string]func(context.Context, event.Event) error{}}, nil
}

// Register makes consumers known for Replay. Bus.Consume does it as well; a
// command that only replays calls it by itself.
func (d *DeadLetters) Register(consumers ...Consumer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range consumers {
		d.handlers[c.Name] = c.Handle
	}
}

// List returns letters in a state ("" for all), those put aside last first, with
// the cursor of the next page.
func (d *DeadLetters) List(ctx context.Context, state LetterState, limit int, cursor string) ([]Letter, string, error) {
	q := docstore.Query{Index: "by_time", Desc: true, Limit: limit, After: cursor}
	if state != "" {
		q.Index, q.Eq = "by_state", []any{string(state)}
	}
	docs, next, err := d.repo.Find(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("list dead letters: %w", err)
	}
	letters := make([]Letter, len(docs))
	for i, doc := range docs {
		letters[i] = *doc.Value
	}
	return letters, next, nil
}

// Show returns one letter. docstore.ErrNotFound.
func (d *DeadLetters) Show(ctx context.Context, id string) (Letter, error) {
	doc, err := d.repo.Get(ctx, id)
	if err != nil {
		return Letter{}, fmt.Errorf("show dead letter: %w", err)
	}
	return *doc.Value, nil
}

// Open counts a consumer's letters that were not replayed.
func (d *DeadLetters) Open(ctx context.Context, consumer string) (int64, error) {
	groups, err := d.repo.Count(ctx, docstore.CountQuery{Index: "by_consumer", Eq: []any{consumer, string(LetterOpen)}})
	if err != nil {
		return 0, fmt.Errorf("count dead letters: %w", err)
	}
	var n int64
	for _, g := range groups {
		n += g.Count
	}
	return n, nil
}

// Replay gives a letter's event to its consumer once more. When the consumer takes
// it, the letter is marked as replayed; otherwise the new reason is noted and
// returned. Replaying twice is harmless, as every redelivery is.
// docstore.ErrNotFound, ErrNoConsumer.
func (d *DeadLetters) Replay(ctx context.Context, id string) (Letter, error) {
	letter, err := d.Show(ctx, id)
	if err != nil {
		return Letter{}, err
	}
	d.mu.Lock()
	handle := d.handlers[letter.Consumer]
	d.mu.Unlock()
	if handle == nil {
		return letter, fmt.Errorf("replay dead letter %s: %w: %s", id, ErrNoConsumer, letter.Consumer)
	}
	e, herr := decode(letter.Raw)
	if herr == nil {
		herr = safely(ctx, handle, e)
	}
	doc, err := d.repo.Update(ctx, id, func(l *Letter) error {
		l.Tries++
		if herr == nil {
			l.State, l.ReplayedAt = LetterReplayed, d.now()
		} else {
			l.LastAt, l.Reason = d.now(), herr.Error()
		}
		return nil
	})
	if err != nil {
		return letter, fmt.Errorf("replay dead letter %s: %w", id, err)
	}
	if herr != nil {
		return *doc.Value, fmt.Errorf("replay dead letter %s: %w", id, herr)
	}
	return *doc.Value, nil
}

// put keeps an event that a consumer cannot apply. The same event of the same
// consumer is one letter, however often it comes.
func (d *DeadLetters) put(ctx context.Context, consumer, key string, raw []byte, tries int, cause error) error {
	id := letterID(consumer, key)
	at := d.now()
	var e event.Event
	if json.Unmarshal(raw, &e) != nil {
		e = event.Event{}
	}
	_, err := d.repo.Upsert(ctx, id, func(l *Letter) error {
		if l.ID == "" {
			*l = Letter{
				ID: id, Consumer: consumer, FirstAt: at, Raw: raw,
				EventID: e.ID, Type: e.Type, Office: e.Office, Subject: e.Subject,
			}
		}
		l.State, l.Reason, l.LastAt = LetterOpen, cause.Error(), at
		l.Tries += tries
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep dead letter: %w", err)
	}
	return nil
}

// letterSpace is the namespace of the ids of dead letters.
var letterSpace = uuid.MustParse("5a6b7d51-6d0c-4d0e-9a0e-0c7ddc2f4e6b")

func letterID(consumer, key string) string {
	return uuid.NewSHA1(letterSpace, []byte(consumer+"\x1f"+key)).String()
}
