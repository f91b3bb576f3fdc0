package docstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/sealed"
)

// Entry declares how one index is filled from a document.
type Entry[T any] struct {
	Index
	// Key computes the document's entry; nil leaves the document out.
	Key func(*T) Key
}

// Spec declares a collection of documents of type T.
type Spec[T any] struct {
	Name    string
	Indexes []Entry[T]
	// Hides tells whether a document is kept from whoever asks, by what the context says
	// of them. Get, Update and Find then answer as if it were not there; counts and
	// unique indexes take it in. Nil hides nothing. What a service does of itself runs
	// on SeeAll.
	Hides func(context.Context, *T) bool
	// Facts builds the facts that the document's events carry, and names the office
	// it belongs to. It is called after a change with the document as it will be
	// stored. Nil for collections that raise no events.
	Facts func(*T) (office string, data any)
	// Snapshot is the event type under which the current facts are emitted again,
	// for example "intake.case.v1.restated". Empty for collections without events.
	Snapshot string
	// Outbox, when set, is told after every write that raised events, so that a
	// relay need not wait for its next look.
	Outbox func()
}

// Raised collects the names of what happened to a document since it was loaded.
// Embed it in a document type; it is not stored.
type Raised struct {
	types []string
}

// Raise notes that an event of this type happened. Its facts are taken when the
// document is written.
func (r *Raised) Raise(eventType string) { r.types = append(r.types, eventType) }

// TakeRaised hands over the noted event types and forgets them.
func (r *Raised) TakeRaised() []string {
	t := r.types
	r.types = nil
	return t
}

type raiser interface{ TakeRaised() []string }

// Repo stores documents of type T. It is safe for concurrent use.
type Repo[T any] struct {
	spec  Spec[T]
	coll  Collection
	newID func() string
	now   func() time.Time
	seal  *sealed.Fields // nil: documents are kept as they are
}

// Open declares the collection to the engine. The clock gives the time of events.
func Open[T any](ctx context.Context, store Store, now func() time.Time, spec Spec[T]) (*Repo[T], error) {
	cs := CollectionSpec{Name: spec.Name}
	for _, e := range spec.Indexes {
		cs.Indexes = append(cs.Indexes, e.Index)
	}
	if err := cs.validate(); err != nil {
		return nil, err
	}
	coll, err := store.Collection(ctx, cs)
	if err != nil {
		return nil, fmt.Errorf("open collection %s: %w", spec.Name, err)
	}
	r := &Repo[T]{spec: spec, coll: coll, newID: newEventID, now: now}
	r.seal = sealed.Of(ringOf(store), sealed.PlanOf(reflect.TypeFor[T]()), spec.Name)
	if r.seal.Seals() {
		enrol(store, r)
	}
	if err := r.fill(ctx); err != nil {
		return nil, fmt.Errorf("fill new indexes of %s: %w", spec.Name, err)
	}
	return r, nil
}

// Name is the collection's name.
func (r *Repo[T]) Name() string { return r.spec.Name }

// Doc is a document with its revision.
type Doc[T any] struct {
	ID    string
	Rev   int64
	Value *T
}

// Option changes one Insert or Update.
type Option func(*options)

type options struct {
	once  string
	print string
	ifRev int64
}

// Once makes the write happen at most once for this key: when the document has
// applied the key before, nothing is done. Events use their id as the key,
// commands their Idempotency-Key.
func Once(key string) Option { return func(o *options) { o.once = key } }

// Fingerprint goes with Once: the same key with another fingerprint is refused
// with ErrKeyReused instead of being taken for a repeat.
func Fingerprint(print string) Option { return func(o *options) { o.print = print } }

// IfRev refuses the update with ErrStale unless the document stands at this
// revision (If-Match).
func IfRev(rev int64) Option { return func(o *options) { o.ifRev = rev } }

// ErrStale says that the caller looked at an older revision.
var ErrStale = errors.New("the document has changed since it was read")

// Get loads a document. ErrNotFound.
func (r *Repo[T]) Get(ctx context.Context, id string) (Doc[T], error) {
	rec, err := r.coll.Get(ctx, id)
	if err != nil {
		return Doc[T]{}, fmt.Errorf("get %s %s: %w", r.spec.Name, id, err)
	}
	doc, err := r.decode(ctx, rec)
	if err == nil && r.hides(ctx, doc.Value) {
		return Doc[T]{}, fmt.Errorf("get %s %s: %w", r.spec.Name, id, ErrNotFound)
	}
	return doc, err
}

// Insert stores a new document. When the id is taken, it returns ErrExists, except
// when the stored document was made with the same Once key: then replayed is true
// and doc is what is stored. ErrKeyReused, UniqueError.
func (r *Repo[T]) Insert(ctx context.Context, id string, v *T, opts ...Option) (doc Doc[T], replayed bool, err error) {
	o := collect(opts)
	w, err := r.write(ctx, id, 1, v, o)
	if err != nil {
		return Doc[T]{}, false, err
	}
	err = r.coll.Insert(ctx, w)
	switch {
	case err == nil:
		r.poke(w)
		return Doc[T]{ID: id, Rev: 1, Value: v}, false, nil
	case errors.Is(err, ErrExists) && o.once != "":
		rec, gerr := r.coll.Get(ctx, id)
		if gerr != nil {
			return Doc[T]{}, false, fmt.Errorf("get %s %s after insert: %w", r.spec.Name, id, gerr)
		}
		seen, kerr := applied(rec.Applied, o)
		if kerr != nil {
			return Doc[T]{}, false, kerr
		}
		if !seen {
			return Doc[T]{}, false, fmt.Errorf("insert %s %s: %w", r.spec.Name, id, err)
		}
		doc, derr := r.decode(ctx, rec)
		return doc, true, derr
	default:
		return Doc[T]{}, false, fmt.Errorf("insert %s %s: %w", r.spec.Name, id, err)
	}
}

// maxTries bounds how often Update meets another writer before it gives up.
const maxTries = 64

// Update is the only way to change a document. It loads it, lets fn change it and
// stores it with the events fn raised, if nobody else wrote in between; otherwise
// it begins again. fn may run several times: it must not call out, read the clock
// or keep what it is given. When fn returns an error nothing is stored and the
// error comes back as it is. When fn changes nothing and raises nothing, nothing
// is written (a Once key is, so that it is remembered). The document as stored is
// returned; with a Once key that was applied before, the document as it stands.
func (r *Repo[T]) Update(ctx context.Context, id string, fn func(*T) error, opts ...Option) (Doc[T], error) {
	o := collect(opts)
	for try := 0; ; try++ {
		rec, err := r.coll.Get(ctx, id)
		if err != nil {
			return Doc[T]{}, fmt.Errorf("update %s %s: %w", r.spec.Name, id, err)
		}
		doc, done, err := r.attempt(ctx, rec, fn, o)
		if done || !errors.Is(err, ErrConflict) {
			return doc, err
		}
		if try == maxTries {
			return Doc[T]{}, fmt.Errorf("update %s %s: gave up after %d tries: %w", r.spec.Name, id, try, err)
		}
		if err := pause(ctx, try); err != nil {
			return Doc[T]{}, fmt.Errorf("update %s %s: %w", r.spec.Name, id, err)
		}
	}
}

// Upsert is Update for a document that may not exist yet: fn then starts from the
// zero value. Consumers use it to build documents from events in any order; nothing
// is hidden from it.
func (r *Repo[T]) Upsert(ctx context.Context, id string, fn func(*T) error, opts ...Option) (Doc[T], error) {
	ctx = SeeAll(ctx)
	o := collect(opts)
	for try := 0; try < maxTries; try++ {
		doc, err := r.Update(ctx, id, fn, opts...)
		if !errors.Is(err, ErrNotFound) {
			return doc, err
		}
		v := new(T)
		if err := fn(v); err != nil {
			return Doc[T]{}, err
		}
		w, err := r.write(ctx, id, 1, v, o)
		if err != nil {
			return Doc[T]{}, err
		}
		err = r.coll.Insert(ctx, w)
		if err == nil {
			r.poke(w)
			return Doc[T]{ID: id, Rev: 1, Value: v}, nil
		}
		if !errors.Is(err, ErrExists) {
			return Doc[T]{}, fmt.Errorf("upsert %s %s: %w", r.spec.Name, id, err)
		}
	}
	return Doc[T]{}, fmt.Errorf("upsert %s %s: %w", r.spec.Name, id, ErrConflict)
}

// Find returns one page of documents. ErrUndeclared, ErrBadCursor.
func (r *Repo[T]) Find(ctx context.Context, q Query) (docs []Doc[T], next string, err error) {
	if q.Limit <= 0 || q.Limit > MaxPage {
		return nil, "", fmt.Errorf("find in %s: limit %d is not within 1..%d", r.spec.Name, q.Limit, MaxPage)
	}
	q.Eq = r.hidden(q.Index, q.Eq)
	page, err := r.coll.Find(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("find in %s: %w", r.spec.Name, err)
	}
	docs = make([]Doc[T], 0, len(page.Records))
	for _, rec := range page.Records {
		doc, err := r.decode(ctx, rec)
		if err != nil {
			return nil, "", err
		}
		if r.hides(ctx, doc.Value) {
			continue // the page is shorter, its cursor goes on behind it
		}
		docs = append(docs, doc)
	}
	return docs, page.Next, nil
}

// Count counts index entries in groups. ErrUndeclared.
func (r *Repo[T]) Count(ctx context.Context, q CountQuery) ([]Group, error) {
	q.Eq = r.hidden(q.Index, q.Eq)
	groups, err := r.coll.Count(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("count in %s: %w", r.spec.Name, err)
	}
	return groups, nil
}

// Each calls fn with every document, in the order of ids, and stops at its error.
func (r *Repo[T]) Each(ctx context.Context, fn func(Doc[T]) error) error {
	return r.eachRecord(ctx, func(rec Record) error {
		doc, err := r.decode(ctx, rec)
		if err != nil {
			return err
		}
		return fn(doc)
	})
}

func (r *Repo[T]) eachRecord(ctx context.Context, fn func(Record) error) error {
	after := ""
	for {
		recs, err := r.coll.Each(ctx, after, 500)
		if err != nil {
			return fmt.Errorf("walk %s: %w", r.spec.Name, err)
		}
		for _, rec := range recs {
			if err := fn(rec); err != nil {
				return err
			}
			after = rec.ID
		}
		if len(recs) < 500 {
			return nil
		}
	}
}

// Restate puts the current facts of every document into its outbox again, and
// says how many. Consumers that have them ignore them; a new consumer is built
// from them.
func (r *Repo[T]) Restate(ctx context.Context) (int, error) {
	if r.spec.Snapshot == "" {
		return 0, nil
	}
	n := 0
	err := r.eachRecord(ctx, func(rec Record) error {
		doc, err := r.decode(ctx, rec)
		if err != nil {
			return err
		}
		ev, err := r.event(ctx, doc.ID, doc.Rev, doc.Value, r.spec.Snapshot)
		if err != nil {
			return err
		}
		n++
		return r.coll.Enqueue(ctx, rec.ID, []event.Event{ev})
	})
	if n > 0 && r.spec.Outbox != nil {
		r.spec.Outbox()
	}
	return n, err
}

// Pending returns documents with events that wait to be published.
func (r *Repo[T]) Pending(ctx context.Context, limit int) ([]Pending, error) {
	return r.coll.Pending(ctx, limit)
}

// Published takes events out of a document's outbox.
func (r *Repo[T]) Published(ctx context.Context, id string, eventIDs []string) error {
	return r.coll.Published(ctx, id, eventIDs)
}

// Outbox is the side of a Repo that a relay works on.
type Outbox interface {
	Name() string
	Pending(ctx context.Context, limit int) ([]Pending, error)
	Published(ctx context.Context, id string, eventIDs []string) error
	Restate(ctx context.Context) (int, error)
}

func (r *Repo[T]) attempt(ctx context.Context, rec Record, fn func(*T) error, o options) (doc Doc[T], done bool, err error) {
	seen, err := applied(rec.Applied, o)
	if err != nil {
		return Doc[T]{}, true, err
	}
	plain, err := r.open(ctx, rec)
	if err != nil {
		return Doc[T]{}, true, err
	}
	if doc, err = r.parse(rec, plain); err != nil {
		return Doc[T]{}, true, err
	}
	if r.hides(ctx, doc.Value) {
		return Doc[T]{}, true, fmt.Errorf("update %s %s: %w", r.spec.Name, rec.ID, ErrNotFound)
	}
	if seen {
		return doc, true, nil
	}
	if o.ifRev != 0 && o.ifRev != rec.Rev {
		return Doc[T]{}, true, fmt.Errorf("update %s %s: %w", r.spec.Name, rec.ID, ErrStale)
	}
	if err := fn(doc.Value); err != nil {
		return Doc[T]{}, true, err
	}
	w, err := r.compose(ctx, rec.ID, rec.Rev+1, doc.Value, o)
	if err != nil {
		return Doc[T]{}, true, err
	}
	if len(w.Events) == 0 && w.Once == "" && sameJSON(w.Body, plain) {
		return doc, true, nil
	}
	if err := r.close(ctx, &w); err != nil {
		return Doc[T]{}, true, err
	}
	if err := r.coll.Replace(ctx, w, rec.Rev); err != nil {
		return Doc[T]{}, false, fmt.Errorf("update %s %s: %w", r.spec.Name, rec.ID, err)
	}
	r.poke(w)
	doc.Rev++
	return doc, true, nil
}

// write is the write of a document as it is stored.
func (r *Repo[T]) write(ctx context.Context, id string, rev int64, v *T, o options) (Write, error) {
	w, err := r.compose(ctx, id, rev, v, o)
	if err != nil {
		return Write{}, err
	}
	return w, r.close(ctx, &w)
}

// close seals what a write holds of persons.
func (r *Repo[T]) close(ctx context.Context, w *Write) (err error) {
	if w.Body, err = r.seal.Seal(ctx, w.ID, w.Body); err != nil {
		return fmt.Errorf("seal %s %s: %w", r.spec.Name, w.ID, err)
	}
	if len(w.Body) > MaxBody {
		return fmt.Errorf("%w: %s %s takes %d bytes", ErrTooLarge, r.spec.Name, w.ID, len(w.Body))
	}
	return nil
}

// compose is the write of a document with a plain body.
func (r *Repo[T]) compose(ctx context.Context, id string, rev int64, v *T, o options) (Write, error) {
	w := Write{ID: id, Once: o.mark()}
	if rs, ok := any(v).(raiser); ok {
		for _, typ := range rs.TakeRaised() {
			ev, err := r.event(ctx, id, rev, v, typ)
			if err != nil {
				return Write{}, err
			}
			w.Events = append(w.Events, ev)
		}
	}
	body, err := json.Marshal(v)
	if err != nil {
		return Write{}, fmt.Errorf("encode %s %s: %w", r.spec.Name, id, err)
	}
	w.Body = body
	if w.Keys, err = r.keys(id, v); err != nil {
		return Write{}, err
	}
	return w, nil
}

func (r *Repo[T]) keys(id string, v *T) (map[string]Key, error) {
	keys := make(map[string]Key, len(r.spec.Indexes))
	for _, e := range r.spec.Indexes {
		if k := e.Key(v); k != nil {
			if err := e.check(k); err != nil {
				return nil, fmt.Errorf("index %s of %s %s: %w", e.Name, r.spec.Name, id, err)
			}
			keys[e.Name] = r.hidden(e.Name, k)
		}
	}
	return keys, nil
}

func (r *Repo[T]) event(ctx context.Context, id string, rev int64, v *T, typ string) (event.Event, error) {
	if r.spec.Facts == nil {
		return event.Event{}, fmt.Errorf("%s raised %s but declares no facts", r.spec.Name, typ)
	}
	office, facts := r.spec.Facts(v)
	data, err := json.Marshal(facts)
	if err != nil {
		return event.Event{}, fmt.Errorf("encode facts of %s %s: %w", r.spec.Name, id, err)
	}
	ev := event.Event{
		ID: r.newID(), Type: typ, Office: office, Subject: id, Version: rev,
		Time: r.now(), Data: data, Trace: traceOf(ctx),
	}
	if err := ev.Validate(); err != nil {
		return event.Event{}, fmt.Errorf("event of %s %s: %w", r.spec.Name, id, err)
	}
	return ev, nil
}

func (r *Repo[T]) poke(w Write) {
	if len(w.Events) > 0 && r.spec.Outbox != nil {
		r.spec.Outbox()
	}
}

// decode reads a document as its type.
func (r *Repo[T]) decode(ctx context.Context, rec Record) (Doc[T], error) {
	plain, err := r.open(ctx, rec)
	if err != nil {
		return Doc[T]{}, err
	}
	return r.parse(rec, plain)
}

// open is the body of a record with nothing sealed.
func (r *Repo[T]) open(ctx context.Context, rec Record) ([]byte, error) {
	plain, err := r.seal.Open(ctx, rec.ID, rec.Body)
	if err != nil {
		return nil, fmt.Errorf("open %s %s: %w", r.spec.Name, rec.ID, err)
	}
	return plain, nil
}

func (r *Repo[T]) parse(rec Record, plain []byte) (Doc[T], error) {
	v := new(T)
	if err := json.Unmarshal(plain, v); err != nil {
		return Doc[T]{}, fmt.Errorf("decode %s %s: %w", r.spec.Name, rec.ID, err)
	}
	return Doc[T]{ID: rec.ID, Rev: rec.Rev, Value: v}, nil
}

func collect(opts []Option) options {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// mark is what the document remembers of a Once key.
func (o options) mark() string {
	if o.once == "" || o.print == "" {
		return o.once
	}
	return o.once + "\x1f" + o.print
}

func applied(marks []string, o options) (bool, error) {
	if o.once == "" {
		return false, nil
	}
	for _, m := range marks {
		key, print, _ := strings.Cut(m, "\x1f")
		if key != o.once {
			continue
		}
		if print != o.print {
			return false, ErrKeyReused
		}
		return true, nil
	}
	return false, nil
}

// pause waits a random time that grows with the tries, so that writers that met
// do not meet again.
func pause(ctx context.Context, try int) error {
	limit := min(time.Millisecond<<min(try, 6), 50*time.Millisecond)
	t := time.NewTimer(rand.N(limit) + 1) //nolint:gosec // jitter needs no secrecy
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
