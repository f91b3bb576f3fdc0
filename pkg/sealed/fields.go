package sealed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// Fields seals and opens the documents of one collection.
type Fields struct {
	ring       *Ring
	plan       *Plan
	collection string
}

// Of returns what seals the documents of a collection by the plan of their type. Either
// may be nil: then they are kept as they are.
func Of(ring *Ring, plan *Plan, collection string) *Fields {
	if ring == nil {
		return nil
	}
	return &Fields{ring: ring, plan: plan, collection: collection}
}

// Seal returns the body with its fields sealed with the key of the body's office. They
// open in this field of this document only.
func (f *Fields) Seal(ctx context.Context, id string, body []byte) ([]byte, error) {
	if f == nil || f.plan == nil {
		return body, nil
	}
	office, err := officeOf(body)
	if err != nil {
		return nil, err
	}
	return f.plan.Rewrite(body, func(place, s string) (string, error) {
		return f.ring.Seal(ctx, office, f.place(id, place), s)
	})
}

// Open returns the body with its fields opened. What was stored before there was
// sealing stays as it is.
func (f *Fields) Open(ctx context.Context, id string, body []byte) ([]byte, error) {
	if f == nil || f.plan == nil || !bytes.Contains(body, []byte(`"`+mark)) {
		return body, nil
	}
	office, err := officeOf(body)
	if err != nil {
		return nil, err
	}
	return f.plan.Rewrite(body, func(place, s string) (string, error) {
		return f.ring.Open(ctx, office, f.place(id, place), s)
	})
}

// Seals tells whether anything of the collection's documents is sealed.
func (f *Fields) Seals() bool { return f != nil && f.plan != nil }

// Renew returns the body with its fields sealed as Seal would do it now, and whether any
// of them was not: sealed with an older key or another cipher, or not sealed at all.
func (f *Fields) Renew(ctx context.Context, id string, body []byte) (_ []byte, changed bool, err error) {
	if !f.Seals() {
		return body, false, nil
	}
	office, err := officeOf(body)
	if err != nil {
		return nil, false, err
	}
	head := f.ring.Head()
	renewed, err := f.plan.Rewrite(body, func(place, s string) (string, error) {
		if v, ok := parse(s); ok && v.head == head {
			return s, nil
		}
		plain, err := f.ring.Open(ctx, office, f.place(id, place), s)
		if err != nil {
			return "", err
		}
		changed = true
		return f.ring.Seal(ctx, office, f.place(id, place), plain)
	})
	if err != nil {
		return nil, false, err
	}
	return renewed, changed, nil
}

// Digest stands for a value in an index of the collection.
func (f *Fields) Digest(field, value string) string {
	if f == nil {
		return value
	}
	return f.ring.Digest(f.collection+"/"+field, value)
}

func (f *Fields) place(id, place string) string { return f.collection + "\x00" + id + "\x00" + place }

// officeOf reads whose document this is; empty for one of the installation.
func officeOf(body []byte) (office string, err error) {
	w := &rewriter{src: body}
	if w.space(); w.at >= len(body) || body[w.at] != '{' {
		return "", fmt.Errorf("whose document: %w", errJSON)
	}
	err = w.object(func(name string) (err error) {
		if name != "office" || office != "" {
			return w.past()
		}
		if w.space(); w.at < len(body) && body[w.at] != '"' {
			return w.past()
		}
		office, err = w.text()
		if err == nil && office != "" {
			err = errFound
		}
		return err
	})
	if err != nil && !errors.Is(err, errFound) {
		return "", fmt.Errorf("whose document: %w", err)
	}
	return office, nil
}

// errFound ends a walk early.
var errFound = errors.New("found")
