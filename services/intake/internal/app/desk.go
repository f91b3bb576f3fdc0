// Package app is the desk of an office: it loads a case, lets the domain decide
// and stores what came of it in one write, and it does what takes more than one
// document, in an order that can be taken up again at any point.
package app

import (
	"context"
	"fmt"
	"time"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// Doc is a case as stored, with its revision.
type Doc = docstore.Doc[domain.Case]

// Office is what the desk needs to know of an office.
type Office struct {
	ID   string
	Name string
	// Prefix begins the register numbers; empty for none.
	Prefix string
	// ReviewBody and Court are named in the sentence on remedies.
	ReviewBody, Court string
	// Address, Phone and Postcode are where applicants find it.
	Address, Phone, Postcode string
	// Policy is what the office has settled.
	Policy domain.Policy
}

// Offices tells of offices and their staff.
type Offices interface {
	// Office returns docstore.ErrNotFound for an unknown or closed office.
	Office(ctx context.Context, id string) (Office, error)
	// StaffName returns the name of an office's staff member who may be given
	// cases; docstore.ErrNotFound for anybody else.
	StaffName(ctx context.Context, office, staff string) (string, error)
}

// Config is what a Desk is built from.
type Config struct {
	Cases   *store.Cases
	Lessons *store.Lessons
	// ExcessFindings are what the fee service has found about applicants.
	ExcessFindings *store.ExcessFindings

	Offices Offices
	// BulkCommands keeps what came of commands on several cases.
	BulkCommands *store.BulkCommands
	// Members lists the active staff of an office.
	Members  func(ctx context.Context, office string) ([]identity.Staff, error)
	Calendar func() *calendar.Calendar
	Clock    wallclock.Clock
	Zone     *time.Location
	Master   secret.Master
	// Blobs keeps the files of cases.
	Blobs blobstore.Store
}

// Desk carries out commands and queries on case files. It is safe for
// concurrent use.
type Desk struct {
	Config
	registers registers
}

// New returns a desk.
func New(c Config) *Desk { return &Desk{Config: c} }

// Today is the office's day.
func (d *Desk) Today() civil.Date { return civil.FromTime(d.Clock.Now(), d.Zone) }

// Scene is what a case of an office is seen and decided with, as of now.
type Scene struct {
	Office Office
	Env    domain.Env
}

// Scene looks the office up. For an unknown one the law's usual readings hold.
func (d *Desk) Scene(ctx context.Context, office string, a domain.Actor) (Scene, error) {
	o, err := d.Offices.Office(ctx, office)
	switch {
	case isMissing(err):
		o = Office{ID: office, Policy: domain.DefaultPolicy()}
	case err != nil:
		return Scene{}, fmt.Errorf("look up office: %w", err)
	}
	now := d.Clock.Now()
	return Scene{Office: o, Env: domain.Env{
		Today: civil.FromTime(now, d.Zone), Now: now, Actor: a, Calendar: d.Calendar(), Policy: o.Policy,
	}}, nil
}

// errNoCase is the answer to ids that do not exist, and to those of other
// offices: nobody can tell the two apart.
func errNoCase() error {
	return problem.New(problem.NotFound, "没有这个案件。", "There is no such case.")
}

// Get returns a case of the office.
func (d *Desk) Get(ctx context.Context, office, id string) (Doc, error) {
	doc, err := d.Cases.Get(ctx, id)
	if err != nil {
		return Doc{}, missing(err)
	}
	if doc.Value.Office != office {
		return Doc{}, errNoCase()
	}
	return doc, nil
}

// Command changes a case.
type Command func(*domain.Case, domain.Env) error

// Do carries out a command on a case of the office, in one write.
func (d *Desk) Do(ctx context.Context, office, id string, by domain.Actor, run Command, opts ...docstore.Option) (Doc, error) {
	at, err := d.Scene(ctx, office, by)
	if err != nil {
		return Doc{}, err
	}
	return d.do(ctx, at, id, run, opts...)
}

func (d *Desk) do(ctx context.Context, at Scene, id string, run Command, opts ...docstore.Option) (Doc, error) {
	doc, err := d.Cases.Update(ctx, id, func(c *domain.Case) error {
		if c.Office != at.Office.ID {
			return errNoCase()
		}
		return run(c, at.Env)
	}, opts...)
	if err != nil {
		return Doc{}, missing(err)
	}
	if doc.Value.Office != at.Office.ID {
		return Doc{}, errNoCase()
	}
	return doc, nil
}

// Assign gives a case to a staff member of the office.
func (d *Desk) Assign(ctx context.Context, office, id string, by domain.Actor, cmd domain.Assignment, opts ...docstore.Option) (Doc, error) {
	if cmd.Assignee != "" {
		name, err := d.Offices.StaffName(ctx, office, cmd.Assignee)
		if isMissing(err) {
			return Doc{}, problem.InvalidFields(problem.At("/assignee", "unknown_staff",
				"本机关没有这位工作人员，或者其不能办理案件。", "The office has no such staff member who handles cases."))
		}
		if err != nil {
			return Doc{}, fmt.Errorf("look up assignee: %w", err)
		}
		cmd.AssigneeName = name
	}
	return d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error { return c.Assign(cmd, env) }, opts...)
}

// Link notes a relation to another case of the office.
func (d *Desk) Link(ctx context.Context, office, id string, by domain.Actor, cmd domain.Link, opts ...docstore.Option) (Doc, error) {
	if _, err := d.other(ctx, office, "/to", cmd.To); err != nil {
		return Doc{}, err
	}
	return d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error { return c.AddLink(cmd, env) }, opts...)
}

// Merge closes a case into another one of the office.
func (d *Desk) Merge(ctx context.Context, office, id, into string, by domain.Actor, cmd domain.Merge, opts ...docstore.Option) (Doc, error) {
	target, err := d.other(ctx, office, "/into", into)
	if err != nil {
		return Doc{}, err
	}
	return d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error {
		return c.MergeInto(target.Value, cmd, env)
	}, opts...)
}

// other loads a case that a command names in its body.
func (d *Desk) other(ctx context.Context, office, pointer, id string) (Doc, error) {
	doc, err := d.Get(ctx, office, id)
	if problem.CodeOf(err) == problem.NotFound {
		return Doc{}, problem.InvalidFields(problem.At(pointer, "unknown_case", "没有这个案件。", "There is no such case."))
	}
	return doc, err
}
