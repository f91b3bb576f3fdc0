package cases_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/deadline"
	"zhiqing.dev/services/fee"
	"zhiqing.dev/services/intake"
	"zhiqing.dev/services/litigation"
)

type body = map[string]any

const office = "xujing"

// desk is the product, used by the people of one office.
type desk struct {
	*servicetest.Instance
	t                    testing.TB
	officer, head, legal string
	officerID, secondID  string
	touched              map[string]bool // commands that were carried out
	people               int
	cases                []string // every case that was made
}

func start(t testing.TB, dir string) *servicetest.Instance {
	t.Helper()
	return servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{intake.New, deadline.New, fee.New, litigation.New}, Dir: dir,
	})
}

func open(t testing.TB, dir string) *desk {
	t.Helper()
	d := &desk{t: t, Instance: start(t, dir), touched: map[string]bool{}}
	made := d.ok("/v1/offices/bootstrap", body{
		"setup_code": d.Master.SetupCode(),
		"office":     body{"id": office, "name": "徐泾镇人民政府", "superior_government": "上海市青浦区人民政府", "court": "上海铁路运输法院"},
		"admin":      body{"username": "admin", "name": "管理员", "password": "long-enough-pass"},
	})
	admin := d.As(identity.Staff{ID: made.Text("staff", "id"), Office: office, Roles: []identity.Role{identity.Admin}})
	member := func(username, name string, role identity.Role) (id, header string) {
		r := d.ok("/v1/staff", body{"username": username, "name": name, "roles": []identity.Role{role}, "password": "long-enough-pass"}, admin)
		id = r.Text("id")
		return id, d.As(identity.Staff{ID: id, Office: office, Name: name, Roles: []identity.Role{role}})
	}
	d.officerID, d.officer = member("li", "李经办", identity.Officer)
	d.secondID, _ = member("zhou", "周经办", identity.Officer)
	_, d.head = member("wang", "王主任", identity.Head)
	_, d.legal = member("qian", "钱法制", identity.Legal)
	return d
}

var (
	caseID = regexp.MustCompile(`^/v1/cases/[0-9a-f]{8}-[^/]+`)
	number = regexp.MustCompile(`/[0-9]+/`)
)

// ok posts, wants success, and remembers which command that was.
func (d *desk) ok(path string, b any, headers ...string) servicetest.Reply {
	d.t.Helper()
	r := d.Call("POST", path, b, headers...)
	require.Less(d.t, r.Status, 300, "%s: %s", path, r)
	d.touched[number.ReplaceAllString(caseID.ReplaceAllString(path, "/cases"), "/n/")] = true
	return r
}

func (d *desk) get(path string, headers ...string) servicetest.Reply {
	d.t.Helper()
	r := d.Call("GET", path, nil, headers...)
	require.Equal(d.t, http.StatusOK, r.Status, "%s: %s", path, r)
	return r
}

// applicant is a person nobody else is.
func (d *desk) applicant() body {
	d.people++
	return body{
		"kind": "natural_person", "name": fmt.Sprintf("王%d", d.people), "id_type": "resident_id",
		"id_number": fmt.Sprintf("31011819900101%04d", d.people),
		"contact":   body{"phone": "13800000000", "address": "上海市青浦区某路1号", "email": "a@example.org"},
	}
}

// script is one case as it is told.
type script struct {
	*desk
	id, at, receipt, code string
	who                   body
	on                    string // the day of everything that names no other
}

// application is what an applicant asks.
func application(who body, text string) body {
	return body{"applicant": who, "content": body{"description": text}, "delivery": body{"format": "paper", "route": "mail"}}
}

// tell begins a case over the counter, received and registered on a day.
func (d *desk) tell(who body, text, received string) *script {
	d.t.Helper()
	b := application(who, text)
	b["channel"], b["arrived_on"] = "in_person", received
	r := d.ok("/v1/cases", b, d.officer)
	s := d.of(r.Text("id"), received)
	s.who, s.receipt, s.code = who, r.Text("receipt"), "X-Query-Code: "+r.Text("query_code")
	s.do("registration", body{"received_on": received})
	return s
}

func (d *desk) of(id, on string) *script {
	d.cases = append(d.cases, id)
	return &script{desk: d, id: id, at: "/v1/cases/" + id, on: on}
}

// do takes a step as the officer.
func (s *script) do(step string, b body) servicetest.Reply {
	s.t.Helper()
	return s.ok(s.at+"/"+step, b, s.officer)
}

func (s *script) review() {
	s.t.Helper()
	var checks []body
	for _, a := range []string{"secrecy", "privacy", "trade_secret", "aggregation", "third_party", "form"} {
		checks = append(checks, body{"aspect": a, "result": "pass", "reviewer": "钱法制"})
	}
	s.ok(s.at+"/review", body{"reviewed_on": s.on, "checks": checks}, s.legal)
}

// decide reviews, drafts and signs a decision on a day.
func (s *script) decide(on, kind, ground string, contents body, more ...body) {
	s.t.Helper()
	s.on = on
	s.review()
	b := body{"kind": kind, "ground": ground, "contents": contents, "decided_on": on}
	for _, m := range more {
		for k, v := range m {
			b[k] = v
		}
	}
	s.do("decision", b)
	s.ok(s.at+"/decision/approval", body{"signed_on": on, "no": "徐府公开答" + s.id[:8] + "号"}, s.head)
}

// serve hands the reply over.
func (s *script) serve() {
	s.t.Helper()
	s.do("service", body{"route": "direct", "sent_on": s.on, "signer": "本人"})
}

// stands wants the case closed with its one row.
func (s *script) stands(kind, row string) {
	s.t.Helper()
	r := s.get(s.at, s.officer)
	require.Equal(s.t, "closed", r.Text("status"), r)
	require.Equal(s.t, row, r.Text("report_row"))
	if kind != "" {
		require.Equal(s.t, kind, r.Text("decision", "kind"))
		require.Positive(s.t, r.At("decision", "review_n"), "no reply without review")
	}
	letters := s.get(s.at+"/letters", s.officer)
	items, _ := letters.At("items").([]any)
	require.NotEmpty(s.t, items)
	for i := range items {
		page := s.get(letters.Text("items", i, "docx"), s.officer)
		require.NotEmpty(s.t, page.Body)
		require.Contains(s.t, string(s.get(letters.Text("items", i, "html"), s.officer).Body), "徐泾镇人民政府")
	}
}

// waits until another service's word has reached the case.
func (s *script) waits(status string) {
	s.t.Helper()
	s.Eventually(func() bool { return s.get(s.at, s.officer).Text("status") == status }, s.at, status)
}
