package staffing_test

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake/internal/staffing"
)

var spec = contracttest.Load(api.OpenAPI("staffing"))

func TestMain(m *testing.M) { os.Exit(spec.Main(m)) }

const password = "a-good-password"

// desk is a running installation.
type desk struct {
	*servicetest.Instance
	t        *testing.T
	clock    *wallclock.Fake
	staffing *staffing.Staffing

	mu   sync.Mutex
	told []contract.OfficeFacts // in the order of the events
}

// listen keeps what other services are told.
func (d *desk) listen(_ context.Context, e event.Event) error {
	var f contract.OfficeFacts
	if err := e.Decode(&f); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, f)
	return nil
}

// tells waits until other services have been told this of an office.
func (d *desk) tells(want contract.OfficeFacts) {
	d.t.Helper()
	d.Eventually(func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return slices.ContainsFunc(d.told, func(f contract.OfficeFacts) bool { return reflect.DeepEqual(f, want) })
	}, "is not told", want)
}

func start(t *testing.T, dir string) *desk {
	t.Helper()
	return startOn(t, servicetest.Config{Dir: dir, Clock: wallclock.NewFake(servicetest.DefaultNow)})
}

func startOn(t *testing.T, config servicetest.Config) *desk {
	t.Helper()
	clock, _ := config.Clock.(*wallclock.Fake)
	d := &desk{t: t, clock: clock}
	config.Contracts = []*contracttest.Contract{spec}
	config.Services = []service.Constructor{
		func(ctx context.Context, deps service.Deps) (*service.Service, error) {
			s, err := staffing.Open(ctx, deps)
			if err != nil {
				return nil, err
			}
			d.staffing = s
			return &service.Service{
				Name: "intake", Mount: s.Mount, Outboxes: s.Outboxes(), Notes: s.Notes,
				Consumers: []bus.Consumer{{Name: "test-intake-office", Types: []string{"intake.office.v1.*"}, Handle: d.listen}},
			}, nil
		},
	}
	d.Instance = servicetest.Start(t, config)
	return d
}

// setUp starts an installation with one office and its administrator.
func setUp(t *testing.T) *desk {
	t.Helper()
	d := start(t, "")
	require.Equal(t, 201, d.Call("POST", "/v1/offices/bootstrap", foundation(d.Master.SetupCode())).Status)
	return d
}

type object = map[string]any

func foundation(code string) object {
	return object{
		"setup_code": code,
		"office": object{
			"id": "qingxi", "name": "青溪镇人民政府", "superior_government": "青浦区人民政府", "district": "青浦区",
			"court": "上海铁路运输法院", "contact": object{"address": "青溪路1号", "phone": "021-50000000", "postcode": "201700"},
		},
		"admin": object{"username": "admin", "name": "赵敏", "password": password},
	}
}

func (d *desk) signIn(username, pw string, headers ...string) servicetest.Reply {
	d.t.Helper()
	return d.Call("POST", "/v1/session", object{"username": username, "password": pw}, headers...)
}

func (d *desk) as(username string) string {
	d.t.Helper()
	r := d.signIn(username, password)
	require.Equal(d.t, 200, r.Status, r)
	return "Authorization: Bearer " + r.Text("access_token")
}

func (d *desk) hire(admin, username string, roles ...string) servicetest.Reply {
	d.t.Helper()
	return d.Call("POST", "/v1/staff", object{"username": username, "name": "员工" + username, "roles": roles, "password": password}, admin)
}

func TestBootstrap_worksOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := start(t, dir)
	notes, err := d.Host.Notes(t.Context())
	require.NoError(t, err)
	require.Contains(t, strings.Join(notes, "\n"), d.Master.SetupCode())
	require.Empty(t, d.Call("GET", "/v1/offices", nil).At("items"))

	wrong := d.Call("POST", "/v1/offices/bootstrap", foundation("0000-0000-0000-0000-0000"))
	require.Equal(t, 403, wrong.Status, wrong)

	code := strings.ToLower(strings.ReplaceAll(d.Master.SetupCode(), "-", ""))
	made := d.Call("POST", "/v1/offices/bootstrap", foundation(code), "Idempotency-Key: first")
	require.Equal(t, 201, made.Status, made)
	require.Equal(t, "qingxi", made.Text("staff", "office"))
	again := d.Call("POST", "/v1/offices/bootstrap", foundation(code), "Idempotency-Key: first")
	require.Equal(t, 201, again.Status)
	require.Equal(t, made.JSON, again.JSON)
	late := d.Call("POST", "/v1/offices/bootstrap", foundation(code))
	require.Equal(t, 409, late.Status, late)

	require.Equal(t, "青溪镇人民政府", d.Call("GET", "/v1/offices", nil).Text("items", 0, "name"))
	d.as("admin")
	notes, err = d.Host.Notes(t.Context())
	require.NoError(t, err)
	require.Empty(t, notes)

	d.Stop()
	d = start(t, dir)
	d.as("admin")
}

func TestBootstrap_oneOfMany(t *testing.T) {
	t.Parallel()
	d := start(t, "")
	statuses := make([]int, 8)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() {
			body := foundation(d.Master.SetupCode())
			body["office"].(object)["id"] = fmt.Sprintf("office-%d", i)
			statuses[i] = d.Call("POST", "/v1/offices/bootstrap", body).Status
		})
	}
	wg.Wait()
	counts := map[int]int{}
	for _, s := range statuses {
		counts[s]++
	}
	require.Equal(t, map[int]int{201: 1, 409: 7}, counts)
	require.Len(t, d.Call("GET", "/v1/offices", nil).At("items"), 1)
}

func TestSession_tellsWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	r := d.signIn(" Admin ", password)
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, "Bearer", r.Text("token_type"))
	require.Equal(t, "2026-06-10T02:30:00Z", r.Text("expires_at"))
	require.Equal(t, []any{"admin"}, r.At("staff", "roles"))
	require.Equal(t, []any{"管理员"}, r.At("staff", "role_labels"))
	require.Equal(t, "青溪镇人民政府", r.Text("office", "name"))

	as := "Authorization: Bearer " + r.Text("access_token")
	me := d.Call("GET", "/v1/session", nil, as)
	require.Equal(t, "admin", me.Text("staff", "username"))
	require.Equal(t, 401, d.Call("GET", "/v1/session", nil).Status)

	d.clock.Advance(31 * time.Minute)
	expired := d.Call("GET", "/v1/session", nil, as)
	require.Equal(t, 401, expired.Status)
	require.Equal(t, "登录已失效，请重新登录。", expired.Text("detail"))
	require.NotEmpty(t, expired.Header.Get("WWW-Authenticate"))
}

func TestSession_refusalsLookAlike(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	require.Equal(t, 201, d.hire(d.as("admin"), "left", "officer").Status)
	id := d.Call("GET", "/v1/staff", nil, d.as("admin")).Text("items", 1, "id")
	require.Equal(t, 200, d.Call("PATCH", "/v1/staff/"+id, object{"active": false}, d.as("admin")).Status)

	var bodies []any
	for _, in := range []object{
		{"username": "admin", "password": "wrong"},
		{"username": "nobody", "password": "wrong"},
		{"username": "left", "password": password},
		{"username": "admin", "password": password, "office": "elsewhere"},
	} {
		r := d.Call("POST", "/v1/session", in, "X-Request-Id: same")
		require.Equal(t, 401, r.Status)
		bodies = append(bodies, r.JSON)
	}
	for _, b := range bodies {
		require.Equal(t, bodies[0], b)
	}
}

func TestSession_locksWithBackOff(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	for _, username := range []string{"admin", "nobody"} {
		for range 5 {
			require.Equal(t, 401, d.signIn(username, "wrong").Status)
		}
		locked := d.signIn(username, password)
		require.Equal(t, 429, locked.Status)
		require.Equal(t, "30", locked.Header.Get("Retry-After"))
	}
	d.clock.Advance(31 * time.Second)
	require.Equal(t, 401, d.signIn("admin", "wrong").Status)
	require.Equal(t, "60", d.signIn("admin", password).Header.Get("Retry-After"))
	d.clock.Advance(61 * time.Second)
	require.Equal(t, 200, d.signIn("admin", password).Status)
	require.Equal(t, 401, d.signIn("admin", "wrong").Status, "a right password makes the count begin again")
}

func TestSession_guessesAtOnceDoNotPassTheLock(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	var mu sync.Mutex
	counts := map[int]int{}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			status := d.signIn("admin", fmt.Sprint("guess", i)).Status
			mu.Lock()
			counts[status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	require.Equal(t, map[int]int{401: 5, 429: 15}, counts)
}

func TestStaff_areManagedByTheAdministratorOfTheOffice(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	made := d.Call("POST", "/v1/staff", object{"username": "li.na", "name": "李娜", "roles": []string{"officer"}, "password": password}, admin, "Idempotency-Key: a")
	require.Equal(t, 201, made.Status, made)
	again := d.Call("POST", "/v1/staff", object{"username": "li.na", "name": "李娜", "roles": []string{"officer"}, "password": password}, admin, "Idempotency-Key: a")
	require.Equal(t, made.JSON, again.JSON)
	taken := d.hire(admin, "li.na", "head")
	require.Equal(t, 409, taken.Status)
	require.Equal(t, "/username", taken.Text("errors", 0, "pointer"))

	officer := d.as("li.na")
	require.Equal(t, 403, d.hire(officer, "friend", "officer").Status)
	require.Len(t, d.Call("GET", "/v1/staff", nil, officer).At("items"), 2)

	path := "/v1/staff/" + made.Text("id")
	one := d.Call("GET", path, nil, officer)
	require.Equal(t, `"1"`, one.Header.Get("ETag"))
	changed := d.Call("PATCH", path, object{"name": "李娜娜", "roles": []string{"officer", "legal"}}, admin, `If-Match: "1"`)
	require.Equal(t, 200, changed.Status, changed)
	require.Equal(t, []any{"经办人", "法制人员"}, changed.At("role_labels"))
	require.Equal(t, 412, d.Call("PATCH", path, object{"name": "晚了"}, admin, `If-Match: "1"`).Status)
	require.Equal(t, 403, d.Call("PATCH", path, object{"roles": []string{"admin"}}, officer).Status)

	require.Equal(t, 200, d.Call("PATCH", path, object{"active": false}, admin).Status)
	require.Equal(t, 401, d.Call("GET", "/v1/session", nil, officer).Status)
	require.Equal(t, 401, d.signIn("li.na", password).Status)
}

func TestStaff_passwords(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	path := "/v1/staff/" + d.hire(admin, "wang", "officer").Text("id")
	own := d.as("wang")
	const next = "another-good-one"

	missing := d.Call("PATCH", path, object{"password": next}, own)
	require.Equal(t, 422, missing.Status)
	require.Equal(t, "/current_password", missing.Text("errors", 0, "pointer"))
	wrong := d.Call("PATCH", path, object{"password": next, "current_password": "no"}, own)
	require.Equal(t, "wrong", wrong.Text("errors", 0, "code"))
	require.Equal(t, 200, d.Call("PATCH", path, object{"password": next, "current_password": password}, own).Status)
	require.Equal(t, 401, d.signIn("wang", password).Status)
	require.Equal(t, 200, d.signIn("wang", next).Status)

	require.Equal(t, 200, d.Call("PATCH", path, object{"password": password}, admin).Status, "a reset by the administrator")
	d.as("wang")
	require.Equal(t, 422, d.Call("PATCH", path, object{"password": "xxx-wang-xxx"}, admin).Status)
	require.Equal(t, 422, d.Call("PATCH", path, object{"password": "short"}, admin).Status)
}

func TestStaff_oneAdministratorStays(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	me := "/v1/staff/" + d.Call("GET", "/v1/session", nil, admin).Text("staff", "id")
	for _, change := range []object{{"active": false}, {"roles": []string{"head"}}} {
		r := d.Call("PATCH", me, change, admin)
		require.Equal(t, 409, r.Status)
		require.Equal(t, "illegal_transition", r.Text("code"))
	}
	require.Equal(t, 201, d.hire(admin, "second", "admin", "head").Status)
	require.Equal(t, 200, d.Call("PATCH", me, object{"roles": []string{"head"}}, admin).Status)
}

func TestOffices_seeOnlyTheirOwn(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	body := object{"id": "donghe", "name": "东河镇人民政府", "admin": object{"username": "east", "name": "孙东", "password": password}}
	made := d.Call("POST", "/v1/offices", body, admin, "Idempotency-Key: o")
	require.Equal(t, 201, made.Status, made)
	require.Equal(t, made.JSON, d.Call("POST", "/v1/offices", body, admin, "Idempotency-Key: o").JSON)
	taken := d.Call("POST", "/v1/offices", object{"id": "donghe", "name": "冒名", "admin": object{"username": "mallory", "name": "某", "password": password}}, admin)
	require.Equal(t, 409, taken.Status)
	require.Equal(t, "/id", taken.Text("errors", 0, "pointer"))
	require.Equal(t, 409, d.Call("POST", "/v1/offices", object{"id": "third", "name": "三", "admin": object{"username": "admin", "name": "某", "password": password}}, admin).Status)

	east := d.as("east")
	require.Equal(t, 401, d.Call("POST", "/v1/offices", body).Status)
	require.Len(t, d.Call("GET", "/v1/staff", nil, east).At("items"), 1)
	adminID := d.Call("GET", "/v1/session", nil, admin).Text("staff", "id")
	require.Equal(t, 404, d.Call("GET", "/v1/staff/"+adminID, nil, east).Status)
	require.Equal(t, 404, d.Call("PATCH", "/v1/staff/"+adminID, object{"active": false}, east).Status)
	require.Equal(t, 404, d.Call("GET", "/v1/offices/qingxi/policies", nil, east).Status)
	require.Equal(t, 404, d.Call("PUT", "/v1/offices/qingxi/policies", object{"name": "夺取", "policies": object{}}, east).Status)

	_, err := d.staffing.Assignable(t.Context(), "qingxi", adminID)
	require.NoError(t, err)
	_, err = d.staffing.Assignable(t.Context(), "donghe", adminID)
	require.ErrorIs(t, err, docstore.ErrNotFound)

	first := d.Call("GET", "/v1/offices?limit=1", nil)
	require.Equal(t, "donghe", first.Text("items", 0, "id"))
	second := d.Call("GET", "/v1/offices?limit=1&cursor="+first.Text("next_cursor"), nil)
	require.Equal(t, "qingxi", second.Text("items", 0, "id"))
	require.Empty(t, second.Text("next_cursor"))
}

func TestPolicies_haveDefaultsAndAreReplaced(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	before := d.Call("GET", "/v1/offices/qingxi/policies", nil, admin)
	require.EqualValues(t, 15, before.At("policies", "correction_period_wd"))
	require.Equal(t, "青浦区人民政府", before.Text("superior_government"))

	put := d.Call("PUT", "/v1/offices/qingxi/policies", object{
		"name": "青溪镇人民政府", "court": "上海铁路运输法院",
		"policies": object{"correction_period_wd": 10, "excludable_kinds": []string{"third_party"}, "refuse_late_notice": true},
	}, admin, "If-Match: "+before.Header.Get("ETag"))
	require.Equal(t, 200, put.Status, put)
	require.EqualValues(t, 10, put.At("policies", "correction_period_wd"))
	require.Equal(t, "shadow", put.Text("policies", "late_correction_policy"))
	o, err := d.staffing.Office(t.Context(), "qingxi")
	require.NoError(t, err)
	p := o.Policies
	require.True(t, p.RefuseLateNotice)
	require.Equal(t, 10, p.CorrectionPeriodWD)
	want := contract.OfficeFacts{Office: "qingxi", Name: "青溪镇人民政府", Policies: contract.OfficePolicies{
		Clock: p.Policy, RefuseLateNotice: true, ReopenPeriodWD: 20, DuplicateDays: 90, MaxExtensions: 1, OpenSearch: "refuse", FeeCountDate: contract.CountOnReceipt,
	}}
	d.tells(want)
	want.Policies.Clock, want.Policies.RefuseLateNotice = clock.DefaultPolicy(), false
	d.tells(want)

	stale := d.Call("PUT", "/v1/offices/qingxi/policies", object{"name": "青溪镇人民政府"}, admin, "If-Match: "+before.Header.Get("ETag"))
	require.Equal(t, 412, stale.Status)
	bad := d.Call("PUT", "/v1/offices/qingxi/policies", object{"name": "", "policies": object{"grace_wd": -1, "pause_bounds": "never", "fee_count_date": "payment"}, "contact": object{"email": "x"}}, admin, "Accept-Language: en")
	require.Equal(t, 422, bad.Status)
	pointers := map[any]bool{}
	for i := range bad.At("errors").([]any) {
		pointers[bad.Text("errors", i, "pointer")] = true
	}
	require.Equal(t, map[any]bool{"/name": true, "/policies/grace_wd": true, "/policies/fee_count_date": true, "/policies/pause_bounds": true, "/contact/email": true}, pointers)
}
