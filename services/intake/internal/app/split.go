package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// Split divides a case. The plan, with the ids of the parts, is written first,
// in one write that closes the parent; then each part is filed under its id. A
// process that dies in between leaves a plan that the sweeper carries out.
func (d *Desk) Split(ctx context.Context, office, id string, by domain.Actor, cmd domain.SplitOrder, opts ...docstore.Option) (Doc, error) {
	doc, err := d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error { return c.SplitUp(cmd, env) }, opts...)
	if err != nil {
		return Doc{}, err
	}
	return d.fileParts(ctx, doc)
}

// fileParts files the parts of a planned split that have no case yet.
func (d *Desk) fileParts(ctx context.Context, parent Doc) (Doc, error) {
	p := parent.Value
	if p.Split == nil || p.Split.Filed {
		return parent, nil
	}
	at, err := d.Scene(ctx, p.Office, domain.Actor{Kind: domain.BySystem})
	if err != nil {
		return Doc{}, err
	}
	for i, part := range p.Split.Parts {
		_, err := d.Cases.Get(ctx, part.CaseID)
		if err == nil {
			continue
		}
		if !isMissing(err) {
			return Doc{}, err
		}
		_, err = d.numbered(ctx, at.Office, p.Number.Year, func(n domain.Number) (Doc, error) {
			c, err := p.PartCase(i, d.Receipt(part.CaseID), n, at.Env)
			if err != nil {
				return Doc{}, err
			}
			doc, _, err := d.Cases.Insert(ctx, part.CaseID, c)
			return doc, err
		})
		if err != nil && !errors.Is(err, docstore.ErrExists) {
			return Doc{}, fmt.Errorf("file part %d of %s: %w", i+1, p.ID, err)
		}
	}
	return d.Cases.Update(ctx, p.ID, func(c *domain.Case) error { c.PartsFiled(); return nil })
}

// Parts are the cases that a split application became, in their order.
func (d *Desk) Parts(ctx context.Context, c *domain.Case) ([]Doc, error) {
	if c.Split == nil || !c.Split.Filed || c.Ending == nil {
		return nil, nil
	}
	docs, _, err := d.Cases.Find(ctx, store.Referring(c.Office, store.Child, c.ID))
	slices.SortFunc(docs, func(a, b Doc) int { return a.Value.PartNo - b.Value.PartNo })
	return docs, err
}

// Relations are the cases that refer to one: its parts, those that link to it
// and those merged into it.
type Relations struct {
	Children, LinkedFrom, MergedFrom []Doc
}

// Relations looks the references to a case up.
func (d *Desk) Relations(ctx context.Context, c *domain.Case) (Relations, error) {
	var r Relations
	for _, q := range []struct {
		into *[]Doc
		rel  store.Relation
	}{{&r.Children, store.Child}, {&r.LinkedFrom, store.Linked}, {&r.MergedFrom, store.Merged}} {
		docs, _, err := d.Cases.Find(ctx, store.Referring(c.Office, q.rel, c.ID))
		if err != nil {
			return Relations{}, err
		}
		*q.into = docs
	}
	return r, nil
}
