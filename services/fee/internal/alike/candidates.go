package alike

import (
	"context"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/similar"
)

// candidates are the texts worth comparing with this one, by their case.
//
// A band that few texts share says more than one that a template gives to thousands:
// every band gives its newest texts first, which is all that a rare one has, and only
// what is left of the limit is divided among the common ones.
func (x *Index) candidates(ctx context.Context, t *Text, sig *similar.Signature) (map[string]*Text, error) {
	met := map[string]*Text{}
	meet := func(limit int, after string, keys ...string) (n int, next string, err error) {
		docs, next, err := x.texts.Find(ctx, docstore.Query{
			Index: byKey, Eq: []any{t.Office, docstore.All(keys)}, Desc: true, Limit: limit, After: after,
		})
		for _, d := range docs {
			met[d.ID] = d.Value
		}
		return len(docs), next, err
	}
	words := ofWords(t.Sketch.Exact)
	own := max(perBand, newest/max(1, len(t.Applicants)))
	for _, a := range t.Applicants {
		if _, _, err := meet(own, "", ofApplicant(a)); err != nil {
			return nil, err
		}
		if _, _, err := meet(perWords, "", words, ofApplicant(a)); err != nil {
			return nil, err
		}
	}
	if _, _, err := meet(perWords, "", words); err != nil {
		return nil, err
	}
	type more struct{ key, after string }
	var common []more
	left := inBands
	for _, k := range sig.Bands() {
		n, next, err := meet(perBand, "", k)
		if err != nil {
			return nil, err
		}
		if left -= n; next != "" {
			common = append(common, more{k, next})
		}
	}
	for i, c := range common {
		share := left / (len(common) - i)
		if share < 1 {
			break
		}
		n, _, err := meet(share, c.after, c.key)
		if err != nil {
			return nil, err
		}
		left -= n
	}
	return met, nil
}
