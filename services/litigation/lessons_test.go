package litigation_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/litigation"
)

var (
	authority = identity.Staff{ID: "s-district", Office: "district", Username: "district", Name: "区法制", Roles: []identity.Role{identity.Legal, identity.Head}}
	sister    = identity.Staff{ID: "s-east", Office: "east", Username: "east", Name: "东", Roles: []identity.Role{identity.Legal, identity.Head}}
	officer   = identity.Staff{ID: "s-officer", Office: "demo", Username: "officer", Name: "李", Roles: []identity.Role{identity.Officer}}
)

// pupil keeps what the service tells of lessons: the newest of each.
type pupil struct {
	mu     sync.Mutex
	newest map[string]event.Event
	types  []string
}

func (p *pupil) service(context.Context, service.Deps) (*service.Service, error) {
	return &service.Service{Name: "pupil", Consumers: []bus.Consumer{{
		Name: "pupil", Types: []string{"litigation.lesson.v1.*"},
		Handle: func(_ context.Context, e event.Event) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.types = append(p.types, e.Type)
			if e.Version > p.newest[e.Subject].Version {
				p.newest[e.Subject] = e
			}
			return nil
		},
	}}}, nil
}

func (p *pupil) knows(t testing.TB, id string) (f contract.LessonFacts) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.newest[id]; ok {
		require.NoError(t, e.Decode(&f))
	}
	return f
}

func (p *pupil) version(id string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest[id].Version
}

func (p *pupil) heard(typ string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.types {
		if t == typ {
			return true
		}
	}
	return false
}

// teach runs the service with a listener and a refusal of office demo that a review
// has corrected.
func teach(t testing.TB) (*instance, *pupil, string) {
	t.Helper()
	p := &pupil{newest: map[string]event.Event{}}
	clk := wallclock.NewFake(servicetest.DefaultNow)
	in := &instance{t: t, clock: clk, Instance: servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{litigation.New, p.service}, Clock: clk, Contracts: []*contracttest.Contract{contractOf},
	})}
	c := theCase("c1", "natural_person", "2026-01-05", "2026-01-20", "K3", "deny_4_third_party")
	c.Decision.Ground, c.Decision.Subject = "X15", "land"
	in.tell(3, c)
	in.annual(2026, 1)
	id := in.receive(obj{"kind": "review", "case_id": "c1", "organ_or_court": "区政府", "case_no": "复字1号", "received_on": "2026-02-02"}).Text("id")
	in.step(id, obj{
		"step": "result", "on": "2026-03-27", "served_on": "2026-03-30", "result": "ordered_reanswer", "corrected_ground": "law",
		"lesson": "申请人电话13800000001，整体拒绝而未作区分处理。",
	})
	return in, p, id
}

func TestLesson_followsItsProceeding(t *testing.T) {
	t.Parallel()
	in, p, id := teach(t)
	in.Eventually(func() bool { return p.knows(t, id).Active }, "the lesson is told")
	f := p.knows(t, id)
	require.Equal(t, []string{"demo", "K3", "X15", "land", "review", "ordered_reanswer", "适用依据错误"},
		[]string{f.Office, f.DecisionKind, f.Ground, f.Subject, f.ProceedingKind, f.Result, f.CorrectedGroundLabel})
	require.Equal(t, "申请人电话＊＊＊，整体拒绝而未作区分处理。", f.WhatWentWrong) // nobody is told a number
	require.Equal(t, 1, f.Edition)

	// The result was entered by mistake: the lesson falls with it, and rises again.
	retracted := in.post(legal, "/v1/proceedings/"+id+"/steps/1/retraction", obj{"reason": "录入错误"})
	require.Equal(t, 200, retracted.Status, retracted)
	in.Eventually(func() bool { return !p.knows(t, id).Active }, "the lesson falls")
	require.True(t, p.heard(contract.LessonWithdrawn))
	require.Empty(t, in.get(legal, "/v1/lessons").At("items"))
	in.step(id, obj{"step": "result", "on": "2026-04-01", "served_on": "2026-04-02", "result": "revoked", "corrected_ground": "procedure", "lesson": "未征求第三方意见。"})
	in.Eventually(func() bool { return p.knows(t, id).Result == "revoked" }, "the lesson of the new result")
	require.Equal(t, 2, p.knows(t, id).Edition)

	// Told again, it says the same with the same version.
	before := p.version(id)
	_, err := in.Host.Restate(t.Context())
	require.NoError(t, err)
	in.Eventually(func() bool { return p.heard(contract.LessonRestated) }, "the lesson is told again")
	require.Equal(t, before, p.version(id))
}

func TestLesson_isWrittenUpAndWithdrawn(t *testing.T) {
	t.Parallel()
	in, p, id := teach(t)
	at := "/v1/lessons/" + id
	put := func(s identity.Staff, b obj) servicetest.Reply { return in.Call("PUT", at+"/note", b, in.As(s)) }
	// The door is open at once, whether or not the event has come by.
	r := put(legal, obj{"title": "应当区分处理", "summary": "申请征收补偿明细。", "advice": "按条例第三十七条区分处理。"})
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, "应当区分处理", r.Text("note", "title"))
	require.Equal(t, "s-legal", r.Text("note", "by"))
	in.Eventually(func() bool { return p.knows(t, id).Title == "应当区分处理" }, "the note is told")

	for pointer, b := range map[string]obj{
		"/summary": {"title": "x", "summary": "身份证310118199001011234"},
		"/advice":  {"title": "x", "advice": "联系 a.b@example.com"},
		"/title":   {"title": "请电138 0000 0001"},
	} {
		r := put(legal, b)
		require.Equal(t, 422, r.Status, r)
		require.Equal(t, pointer, r.Text("errors", 0, "pointer"))
		require.Equal(t, "personal_data", r.Text("errors", 0, "code"))
	}
	require.Equal(t, 404, put(foreign, obj{"title": "x"}).Status)
	require.Equal(t, 404, in.get(foreign, at).Status)
	require.Equal(t, 404, in.get(legal, "/v1/lessons/nowhere").Status)

	put(officer, obj{"title": "应当先征求意见、再区分处理"})
	r = in.get(legal, at)
	require.Len(t, r.At("earlier"), 1)
	require.EqualValues(t, 3, r.At("edition"))

	require.Equal(t, 422, in.post(legal, at+"/withdrawal", obj{}).Status)
	r = in.post(legal, at+"/withdrawal", obj{"reason": "再审改判"})
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, false, r.At("active"))
	require.Equal(t, 409, in.post(legal, at+"/withdrawal", obj{"reason": "又一次"}).Status)
	in.Eventually(func() bool { return !p.knows(t, id).Active }, "the withdrawal is told")
	require.Equal(t, "再审改判", in.get(legal, "/v1/lessons").Text("items", 0, "withdrawn", "reason")) // stays on file
	require.Equal(t, 200, in.post(legal, at+"/withdrawal", obj{"withdrawn": false}).Status)
	require.Equal(t, 409, in.post(legal, at+"/withdrawal", obj{"withdrawn": false}).Status)
	in.Eventually(func() bool { return p.knows(t, id).Active }, "it is in force again")
}

func TestLesson_isSharedByTheAuthority(t *testing.T) {
	t.Parallel()
	in, p, id := teach(t)
	at := "/v1/lessons/" + id
	in.Eventually(func() bool { return p.knows(t, id).Active }, "the lesson")
	reportsTo := func(s identity.Staff, office string) {
		r := in.Call("PUT", "/v1/reports/settings", obj{"reports_to": office}, in.As(s))
		require.Equal(t, 200, r.Status, r)
	}
	// Nobody is above demo yet.
	require.Equal(t, 404, in.post(authority, at+"/sharing", obj{}).Status)
	require.Equal(t, 404, in.get(authority, "/v1/lessons?office=demo").Status)
	require.Equal(t, 403, in.post(head, at+"/sharing", obj{}).Status)
	require.Equal(t, 403, in.post(officer, at+"/sharing", obj{}).Status)
	reportsTo(head, "district")
	reportsTo(sister, "district")
	require.Equal(t, id, in.get(authority, "/v1/lessons?office=demo").Text("items", 0, "id"))
	require.Empty(t, in.get(sister, "/v1/lessons?scope=shared").At("items"))
	require.Equal(t, 422, in.post(authority, at+"/sharing", obj{"with": []string{"other"}}).Status)
	require.Equal(t, 409, in.post(authority, at+"/sharing", obj{"shared": false}).Status)

	r := in.post(authority, at+"/sharing", obj{})
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, []any{"district", "east"}, r.At("sharing", "with"))
	in.Eventually(func() bool { return len(p.knows(t, id).SharedWith) == 2 }, "the sharing is told")
	list := in.get(sister, "/v1/lessons?scope=shared&kind=K3&ground=X15")
	require.Equal(t, id, list.Text("items", 0, "id"))
	require.Empty(t, list.Text("items", 0, "case_no")) // what went wrong, and not in which case
	require.Equal(t, "申请人电话＊＊＊，整体拒绝而未作区分处理。", list.Text("items", 0, "lesson"))
	require.Equal(t, 200, in.get(sister, at).Status)
	require.Empty(t, in.get(foreign, "/v1/lessons?scope=shared").At("items"))
	require.Equal(t, 404, in.get(foreign, at).Status)
	// A reader changes nothing; the authority may write the note and take it back.
	require.Equal(t, 404, in.post(sister, at+"/withdrawal", obj{"reason": "x"}).Status)
	require.Equal(t, 200, in.Call("PUT", at+"/note", obj{"title": "全区通报"}, in.As(authority)).Status)
	require.Equal(t, 200, in.post(authority, at+"/sharing", obj{"shared": false}).Status)
	require.Equal(t, 404, in.get(sister, at).Status)
	in.Eventually(func() bool { return len(p.knows(t, id).SharedWith) == 0 }, "nobody else sees it")
}
