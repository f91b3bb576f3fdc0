package app

import (
	"context"
	"strconv"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// Restrict keeps a case to these people of the office (限定知悉范围). An administrator
// does it without being let into the case, so that one whose people have all left is
// not lost.
func (d *Desk) Restrict(ctx context.Context, office, id string, by domain.Actor, staff []string, cmd domain.Restriction, opts ...docstore.Option) (Doc, error) {
	people, err := d.people(ctx, office, staff)
	if err != nil {
		return Doc{}, err
	}
	cmd.Staff = people
	return d.Do(seeing(ctx, by), office, id, by, func(c *domain.Case, env domain.Env) error { return c.Restrict(cmd, env) }, opts...)
}

// LiftRestriction lets the whole office know of a case again.
func (d *Desk) LiftRestriction(ctx context.Context, office, id string, by domain.Actor, cmd domain.RestrictionEnd, opts ...docstore.Option) (Doc, error) {
	return d.Do(seeing(ctx, by), office, id, by, func(c *domain.Case, env domain.Env) error { return c.LiftRestriction(cmd, env) }, opts...)
}

// RestrictedCases lists the restricted cases of an office: to an administrator all, to
// others those that they know of.
func (d *Desk) RestrictedCases(ctx context.Context, office string, by domain.Actor, limit int, cursor string) ([]Doc, string, error) {
	return d.Cases.Find(seeing(ctx, by), docstore.Query{
		Index: store.Restricted, Eq: []any{office}, Desc: true, Limit: limit, After: cursor,
	})
}

func seeing(ctx context.Context, by domain.Actor) context.Context {
	if by.Has(domain.RoleAdmin) {
		return docstore.SeeAll(ctx)
	}
	return ctx
}

// people are the active members of the office with these ids, each once.
func (d *Desk) people(ctx context.Context, office string, ids []string) ([]domain.Person, error) {
	members, err := d.Members(ctx, office)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(members))
	for _, m := range members {
		names[m.ID] = m.Name
	}
	var people []domain.Person
	var unknown []problem.Field
	for i, id := range ids {
		name, ok := names[id]
		if !ok {
			unknown = append(unknown, problem.At("/staff/"+strconv.Itoa(i), "unknown_staff",
				"本机关没有这位工作人员，或者重复列出。", "The office has no such member of staff, or it is named twice."))
			continue
		}
		delete(names, id)
		people = append(people, domain.Person{Kind: domain.ByStaff, ID: id, Name: name})
	}
	if len(unknown) > 0 {
		return nil, problem.InvalidFields(unknown...)
	}
	return people, nil
}
