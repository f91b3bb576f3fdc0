package app

import (
	"cmp"
	"context"
	"slices"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// Duplicate is a case that asks for much the same as another one.
type Duplicate struct {
	Doc
	Likeness int // per cent
}

// Duplicates are other cases in which one of the applicants asked for the same, or
// much the same, within so many days, the most alike first. A person decides what
// they are; those that were decided are left out.
func (d *Desk) Duplicates(ctx context.Context, c *domain.Case, window int) ([]Duplicate, error) {
	var out []Duplicate
	seen := map[string]bool{c.ID: true, c.ParentID: true}
	since := c.ArrivedOn().AddDays(-window)
	for _, digest := range c.Digests {
		docs, _, err := d.Cases.Find(ctx, store.OfApplicant(c.Office, digest, since))
		if err != nil {
			return nil, err
		}
		for _, o := range docs {
			sibling := c.ParentID != "" && o.Value.ParentID == c.ParentID
			if seen[o.ID] || sibling || o.Value.ParentID == c.ID || c.Settled(o.ID) || o.Value.Settled(c.ID) {
				continue
			}
			seen[o.ID] = true
			if like := c.Likeness(o.Value); like >= domain.LikeEnough {
				out = append(out, Duplicate{o, like})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Duplicate) int { return cmp.Compare(b.Likeness, a.Likeness) })
	return out, nil
}

// suspects notes the probable duplicates of an application that comes in.
func (d *Desk) suspects(ctx context.Context, c *domain.Case, window int) error {
	same, err := d.Duplicates(ctx, c, window)
	for _, o := range same {
		c.Suspects = append(c.Suspects, o.ID)
	}
	return err
}

// JudgeDuplicate carries out what a person decided about a probable duplicate, and
// notes it on both cases. Each is written by itself; a repeat goes on where the
// first try ended.
func (d *Desk) JudgeDuplicate(ctx context.Context, office, id string, by domain.Actor, cmd domain.Judgement, opts ...docstore.Option) (Doc, error) {
	other, err := d.other(ctx, office, "/of", cmd.Of)
	if err != nil {
		return Doc{}, err
	}
	doc, err := d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error {
		if err := c.Judge(cmd, env); err != nil {
			return err
		}
		switch cmd.Verdict {
		case domain.MergeInto:
			return c.MergeInto(other.Value, domain.Merge{Reason: cmd.Reason}, env)
		case domain.LinkTo:
			if c.Linked(other.ID) {
				return nil
			}
			return c.AddLink(domain.Link{To: other.ID, Kind: "same_matter", Note: cmd.Reason}, env)
		case domain.NotDuplicate:
		}
		return nil
	}, opts...)
	if err != nil {
		return Doc{}, err
	}
	cmd.Of = id
	_, err = d.Do(ctx, office, other.ID, by, func(c *domain.Case, env domain.Env) error {
		c.Mirror(cmd, env)
		return nil
	})
	return doc, err
}
