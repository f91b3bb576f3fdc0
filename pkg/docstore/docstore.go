// Package docstore is the storage port: typed documents with a revision, found
// through declared indexes only, each written together with the events it raised.
//
// There are no multi-document transactions. Everything that must be atomic lives
// in one document: its state, the events that wait to be published (outbox) and
// the keys of the commands and events it has already applied (inbox). One
// compare-and-set on the revision writes all three, so the same code is right on
// SQLite, a standalone MongoDB server, a replica set or a shard.
//
// Services use Repo; engines implement Store and Collection and are proved by the
// suite in docstoretest.
package docstore

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/event"
)

// Errors that every engine returns the same way. Test with errors.Is.
var (
	// ErrNotFound: no document has this id.
	ErrNotFound = errors.New("document not found")
	// ErrExists: a document with this id is already there.
	ErrExists = errors.New("document already exists")
	// ErrConflict: the document's revision is not the one that was read.
	ErrConflict = errors.New("document was changed by another writer")
	// ErrUndeclared: no declared index serves this query. A query never scans.
	ErrUndeclared = errors.New("no declared index serves this query")
	// ErrUnavailable: the engine cannot tell whether the write happened, or cannot
	// work at all. Come again with the same Once key.
	ErrUnavailable = errors.New("storage is unavailable")
	// ErrBroken: the engine failed for good, for example after a failed write to its
	// file. Only Healthy returns it; the process must then stop and start again.
	ErrBroken = errors.New("storage is broken until the process starts again")
	// ErrKeyReused: a Once key came back with another fingerprint.
	ErrKeyReused = errors.New("the key was already used for another request")
	// ErrBadCursor: the page cursor is not one that this query handed out.
	ErrBadCursor = errors.New("malformed page cursor")
	// ErrTooLarge: the document, or what waits in its outbox, is larger than an
	// engine keeps. Nothing was written.
	ErrTooLarge = errors.New("document is too large to store")
	// ErrDamaged: what was read back is not what was written. Restore a backup.
	ErrDamaged = errors.New("stored document is damaged")
)

// UniqueError says which unique index refused a write. It matches ErrUnique.
type UniqueError struct{ Index string }

// ErrUnique matches every UniqueError.
var ErrUnique = errors.New("unique index violated")

func (e *UniqueError) Error() string { return fmt.Sprintf("unique index %q violated", e.Index) }

// Is makes errors.Is(err, ErrUnique) true.
func (e *UniqueError) Is(target error) bool { return target == ErrUnique }

// Kind is the type of an index field.
type Kind string

// The kinds of index fields. Dates are Int (civil.Date), instants are Int
// (Unix milliseconds).
const (
	String Kind = "string"
	Int    Kind = "int"
)

// Field is one field of an index.
type Field struct {
	Name string // lower_snake_case; becomes a column or a document field
	Kind Kind
	// Multi marks a field that holds several values of a document, for example the
	// bigrams of a text. An index has at most one, and it is of kind String.
	Multi bool
	// Personal marks a field of kind String that is made of personal data. Where the
	// store has a key, its values are entered as keyed digests: they can be asked for,
	// and neither bounded nor read back.
	Personal bool `json:",omitempty"`
}

// Index declares one index of a collection.
type Index struct {
	Name   string // lower_snake_case
	Unique bool
	Fields []Field
}

// Key is a document's entry in an index: one value a field, string or int64 by
// the field's kind, []string for a Multi field. A nil Key leaves the document
// out of the index.
type Key []any

// All is a value of a Multi field in Query.Eq that asks for documents which hold
// every one of these values.
type All []string

// MaxBody is the size in bytes of the largest document, as JSON. It leaves room for
// the events that wait within the 16 MB of a MongoDB document.
const MaxBody = 4 << 20

// CollectionSpec declares a collection to an engine.
type CollectionSpec struct {
	Name    string // lower_snake_case
	Indexes []Index
}

// Index returns the declared index of that name.
func (s CollectionSpec) Index(name string) (Index, bool) {
	for _, ix := range s.Indexes {
		if ix.Name == name {
			return ix, true
		}
	}
	return Index{}, false
}

// Record is a document as an engine keeps it.
type Record struct {
	ID   string
	Rev  int64  // 1 after Insert, plus 1 with every Replace
	Body []byte // JSON object
	// Applied holds the newest Once keys, oldest first; an engine keeps at least
	// AppliedKept of them.
	Applied []string
}

// AppliedKept is how many Once keys a document remembers.
const AppliedKept = 256

// Write is one atomic write of a document: the new body, its index entries, the
// events it raises and the Once key it applies (empty for none).
type Write struct {
	ID     string
	Body   []byte
	Keys   map[string]Key // by index name; a missing or nil key is not indexed
	Events []event.Event  // appended to the outbox, in this order
	Once   string
}

// Swap is a write of a document that stands at revision IfRev.
type Swap struct {
	Write
	IfRev int64
}

// Query asks for documents in the order of one index.
type Query struct {
	Index string
	// Eq fixes the first len(Eq) fields of the index (string, int64 or All).
	Eq []any
	// From (inclusive) and To (exclusive) bound the field after those, when not nil.
	From, To any
	// Desc walks the index backwards. Order is by the remaining fields, then by id:
	// where a collection has ids of several forms, each form by itself.
	Desc bool
	// Limit is the page size, 1 to MaxPage.
	Limit int
	// After is the cursor of the page before, or empty.
	After string
}

// MaxPage is the largest page an engine returns.
const MaxPage = 1000

// Page is one page of a query.
type Page struct {
	Records []Record
	// Next is the cursor of the following page; empty when there is none.
	Next string
}

// CountQuery counts index entries.
type CountQuery struct {
	Index string
	Eq    []any
	// From (inclusive) and To (exclusive) bound the field after Eq, when not nil.
	From, To any
	// GroupBy is how many fields after Eq the counts are grouped by; 0 counts all.
	GroupBy int
}

// Group is one group of a count.
type Group struct {
	Values []any // string or int64, GroupBy of them
	Count  int64
}

// Pending is a document with events that wait to be published, oldest first.
type Pending struct {
	ID     string
	Events []event.Event
}

// Collection is what an engine gives for one declared collection. All methods are
// safe for concurrent use; a cancelled context leaves no trace or the whole write.
type Collection interface {
	// Get returns ErrNotFound when there is no such document.
	Get(ctx context.Context, id string) (Record, error)
	// Insert writes a new document at revision 1. ErrExists, UniqueError.
	Insert(ctx context.Context, w Write) error
	// Replace writes the document if its revision is still ifRev, and adds one to
	// it. ErrConflict, ErrNotFound, UniqueError.
	Replace(ctx context.Context, w Write, ifRev int64) error
	// ReplaceMany is Replace for several documents, each by itself and in any order,
	// at the cost of few round trips. Nil when all were written. After an error any
	// of them may have been written: look at each. ErrConflict when one was not at
	// its revision or is not there, UniqueError.
	ReplaceMany(ctx context.Context, swaps []Swap) error
	// Find returns one page. ErrUndeclared, ErrBadCursor.
	Find(ctx context.Context, q Query) (Page, error)
	// Count counts index entries in groups, ordered by their values; with GroupBy 0
	// it returns one group without values, also when it counted nothing.
	// ErrUndeclared.
	Count(ctx context.Context, q CountQuery) ([]Group, error)
	// Each walks all documents in the order of their ids, a page at a time: those
	// after the given id, at most limit.
	Each(ctx context.Context, afterID string, limit int) ([]Record, error)
	// Pending returns documents whose outbox is not empty, longest waiting first.
	Pending(ctx context.Context, limit int) ([]Pending, error)
	// Published takes events out of a document's outbox. The revision stays.
	Published(ctx context.Context, id string, eventIDs []string) error
	// Enqueue adds events to a document's outbox without changing anything else.
	Enqueue(ctx context.Context, id string, events []event.Event) error

	// Unfilled names the declared indexes in which the documents that were there
	// before them are not entered yet. An engine cannot do it: it has no keys.
	Unfilled(ctx context.Context) ([]string, error)
	// Rekey writes the index entries of a document anew if its revision is still
	// ifRev; the revision and everything else stay. ErrConflict, ErrNotFound,
	// UniqueError.
	Rekey(ctx context.Context, id string, keys map[string]Key, ifRev int64) error
	// Filled notes that every document is entered in these indexes.
	Filled(ctx context.Context, indexes []string) error
}

// Store is one engine, opened on one service's data.
type Store interface {
	// Collection opens a collection and creates what its declaration needs.
	Collection(ctx context.Context, spec CollectionSpec) (Collection, error)
	// Healthy returns an error while the engine cannot keep its promises. ErrBroken
	// when waiting does not help: the process should then stop and start again.
	Healthy(ctx context.Context) error
	// Close finishes what was accepted and releases the engine.
	Close() error
}
