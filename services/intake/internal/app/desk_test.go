package app_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// town is an office whose register numbers begin with 徐.
type town struct{}

func (town) Office(_ context.Context, id string) (app.Office, error) {
	if id != "xujing" {
		return app.Office{}, docstore.ErrNotFound
	}
	return app.Office{ID: id, Name: "徐泾镇人民政府", Prefix: "徐", Policy: domain.DefaultPolicy()}, nil
}

func (town) StaffName(context.Context, string, string) (string, error) { return "李经办", nil }

var officer = domain.Actor{Kind: domain.ByStaff, ID: "s-1", Name: "李经办", Roles: []string{"officer"}}

// desks returns two desks on one store, as two processes of the service have.
func desks(t *testing.T) (one, two *app.Desk, clock *wallclock.Fake) {
	t.Helper()
	clock = wallclock.NewFake(time.Date(2026, 6, 10, 2, 0, 0, 0, time.UTC))
	s, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "intake.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	cases, err := store.OpenCases(t.Context(), s, clock.Now, nil)
	require.NoError(t, err)
	master, err := secret.FromBase64("emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U=")
	require.NoError(t, err)
	c := app.Config{
		Cases: cases, Offices: town{}, Calendar: calendar.Builtin, Clock: clock, Zone: civil.Shanghai, Master: master,
	}
	return app.New(c), app.New(c), clock
}

func file(t *testing.T, d *app.Desk, id string) app.Doc {
	t.Helper()
	doc, err := d.File(t.Context(), id, domain.Filing{
		Office: "xujing", Channel: domain.InPerson,
		Applicant: domain.Applicant{
			Kind: domain.NaturalPerson, Name: "王小明", IDType: "resident_id", IDNumber: "310118199001011234",
			Contact: domain.Contacts{Phone: "13800000000"},
		},
		Content: domain.Content{Description: "甲地块方案和乙地块方案"}, Delivery: domain.Delivery{Format: "paper", Route: "pick_up"},
	}, officer)
	require.NoError(t, err)
	return doc
}

// A process that dies between closing the parent and filing its parts leaves a
// plan; whoever sweeps next carries it out, once.
func TestASplitIsFinishedByTheSweep(t *testing.T) {
	t.Parallel()
	d, other, _ := desks(t)
	file(t, d, "c-1")
	_, err := d.Register(t.Context(), "xujing", "c-1", officer, domain.Registration{})
	require.NoError(t, err)
	plan := domain.SplitOrder{Parts: []domain.Part{{CaseID: "p-1", Description: "甲"}, {CaseID: "p-2", Description: "乙"}}}
	doc, err := d.Do(t.Context(), "xujing", "c-1", officer, func(c *domain.Case, env domain.Env) error { return c.SplitUp(plan, env) })
	require.NoError(t, err)
	require.False(t, doc.Value.Split.Filed)

	require.NoError(t, other.Sweep(t.Context()))
	require.NoError(t, d.Sweep(t.Context()))
	doc, err = d.Get(t.Context(), "xujing", "c-1")
	require.NoError(t, err)
	require.True(t, doc.Value.Split.Filed)
	for i, id := range []string{"p-1", "p-2"} {
		part, err := d.Get(t.Context(), "xujing", id)
		require.NoError(t, err)
		require.Equal(t, i+2, part.Value.Number.Seq)
	}
	again := file(t, d, "c-2")
	again, err = d.Register(t.Context(), "xujing", again.ID, officer, domain.Registration{})
	require.NoError(t, err)
	require.Equal(t, "徐2026-000004", again.Value.RegisterNo())
}

// Two processes draw from one register without a gap.
func TestTwoProcessesShareTheRegister(t *testing.T) {
	t.Parallel()
	one, two, _ := desks(t)
	for i, d := range []*app.Desk{one, two, one, one, two, two, one} {
		id := string(rune('a' + i))
		file(t, d, id)
		doc, err := d.Register(t.Context(), "xujing", id, officer, domain.Registration{})
		require.NoError(t, err)
		require.Equal(t, i+1, doc.Value.Number.Seq)
	}
}

// A caller who goes away leaves the turn to the next.
func TestNobodyHoldsTheRegisterForEver(t *testing.T) {
	t.Parallel()
	d, _, _ := desks(t)
	file(t, d, "c-1")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Register(gone, "xujing", "c-1", officer, domain.Registration{})
	require.ErrorIs(t, err, context.Canceled)
	doc, err := d.Register(t.Context(), "xujing", "c-1", officer, domain.Registration{})
	require.NoError(t, err)
	require.Equal(t, 1, doc.Value.Number.Seq)
}

func TestSilenceIsSweptUp(t *testing.T) {
	t.Parallel()
	d, _, clock := desks(t)
	file(t, d, "c-1")
	_, err := d.Register(t.Context(), "xujing", "c-1", officer, domain.Registration{})
	require.NoError(t, err)
	_, err = d.Do(t.Context(), "xujing", "c-1", officer, func(c *domain.Case, env domain.Env) error {
		return c.Consult(domain.ConsultationLetter{Kind: "joint_agency", Consultee: "农业农村委"}, env)
	})
	require.NoError(t, err)
	clock.Advance(60 * 24 * time.Hour)
	require.NoError(t, d.Sweep(t.Context()))
	doc, err := d.Get(t.Context(), "xujing", "c-1")
	require.NoError(t, err)
	require.Equal(t, "consents", doc.Value.Consultations[0].Silence)
	rev := doc.Rev
	require.NoError(t, d.Sweep(t.Context()))
	doc, err = d.Get(t.Context(), "xujing", "c-1")
	require.NoError(t, err)
	require.Equal(t, rev, doc.Rev, "a second sweep finds nothing to do")
}
