package staffing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSessions_areListedRenewedAndEnded(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	id := d.hire(admin, "li.na", "officer").Text("id")
	list := "/v1/staff/" + id + "/sessions"
	first := d.signIn("li.na", password, "User-Agent: 办公电脑")
	one := "Authorization: Bearer " + first.Text("access_token")
	d.clock.Advance(time.Minute)
	two := d.as("li.na")

	open := d.Call("GET", list, nil, two)
	require.Equal(t, 200, open.Status, open)
	require.Len(t, open.At("items"), 2)
	require.Equal(t, []any{true, false}, []any{open.At("items", 0, "current"), open.At("items", 1, "current")})
	require.Equal(t, "办公电脑", open.Text("items", 1, "agent"))
	require.Equal(t, "127.0.0.1", open.Text("items", 1, "from"))

	d.clock.Advance(20 * time.Minute)
	renewed := d.Call("POST", "/v1/session/renewal", nil, one)
	require.Equal(t, 200, renewed.Status, renewed)
	d.clock.Advance(15 * time.Minute)
	require.Equal(t, 401, d.Call("GET", list, nil, two).Status, "ran out")
	one = "Authorization: Bearer " + renewed.Text("access_token")
	open = d.Call("GET", list, nil, one)
	require.Len(t, open.At("items"), 1, "what ran out is no longer open")

	two = d.as("li.na")
	path := list + "/" + d.Call("GET", list, nil, one).Text("items", 1, "id")
	require.Equal(t, 204, d.Call("DELETE", path, nil, two).Status)
	require.Equal(t, 404, d.Call("DELETE", path, nil, two).Status, "it is not open")
	require.Equal(t, 401, d.Call("GET", list, nil, one).Status)
	require.Equal(t, 401, d.Call("POST", "/v1/session/renewal", nil, one).Status)
	require.Equal(t, 200, d.Call("GET", list, nil, two).Status)

	require.Equal(t, 204, d.Call("DELETE", "/v1/session", nil, two).Status)
	require.Equal(t, 401, d.Call("GET", "/v1/session", nil, two).Status, "signed out")
}

func TestSessions_aRenewalHasAnEnd(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	as := d.as("admin")
	for range 28 { // 28 times 25 minutes: still within twelve hours
		d.clock.Advance(25 * time.Minute)
		r := d.Call("POST", "/v1/session/renewal", nil, as)
		require.Equal(t, 200, r.Status, r)
		as = "Authorization: Bearer " + r.Text("access_token")
	}
	d.clock.Advance(25 * time.Minute)
	require.Equal(t, 401, d.Call("POST", "/v1/session/renewal", nil, as).Status)
}

func TestSessions_theAdministratorEndsThoseOfTheOffice(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	id := d.hire(admin, "li.na", "officer").Text("id")
	list := "/v1/staff/" + id + "/sessions"
	adminID := d.Call("GET", "/v1/session", nil, admin).Text("staff", "id")
	require.Empty(t, d.Call("GET", list, nil, admin).At("items"), "never signed in")
	require.Equal(t, 204, d.Call("DELETE", list, nil, admin).Status)

	one, two := d.as("li.na"), d.as("li.na")
	require.Equal(t, 403, d.Call("DELETE", "/v1/staff/"+adminID+"/sessions", nil, one).Status)
	require.Equal(t, 403, d.Call("GET", "/v1/staff/"+adminID+"/sessions", nil, one).Status)
	require.Equal(t, 204, d.Call("DELETE", list, nil, admin).Status)
	for _, as := range []string{one, two} {
		require.Equal(t, 401, d.Call("GET", "/v1/staff", nil, as).Status)
	}
	again := d.as("li.na") // in the same instant of the fake clock
	require.Equal(t, 200, d.Call("GET", "/v1/staff", nil, again).Status)
	d.Settle()
	require.Equal(t, 200, d.Call("GET", "/v1/staff", nil, again).Status, "the event ends nothing that came later")
	require.Equal(t, 401, d.Call("GET", "/v1/staff", nil, one).Status)

	body := object{"id": "donghe", "name": "东河镇人民政府", "admin": object{"username": "east", "name": "孙东", "password": password}}
	require.Equal(t, 201, d.Call("POST", "/v1/offices", body, admin).Status)
	require.Equal(t, 404, d.Call("DELETE", list, nil, d.as("east")).Status)
}

func TestSessions_endWithWhatTheyRestOn(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	path := "/v1/staff/" + d.hire(admin, "li.na", "officer", "legal").Text("id")
	for _, change := range []object{{"roles": []string{"officer"}}, {"password": "another-good-one"}, {"password": password}, {"active": false}} {
		as := d.as2("li.na", password, "another-good-one")
		require.Equal(t, 200, d.Call("PATCH", path, change, admin).Status)
		require.Equal(t, 401, d.Call("GET", "/v1/staff", nil, as).Status, change)
	}
}

func TestPassword_isChangedFirst(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	made := d.Call("POST", "/v1/staff", object{"username": "li.na", "name": "李娜", "roles": []string{"admin"}, "password": password, "must_change_password": true}, admin)
	require.Equal(t, 201, made.Status, made)
	path := "/v1/staff/" + made.Text("id")
	r := d.signIn("li.na", password)
	require.Equal(t, true, r.At("staff", "must_change_password"))
	as := "Authorization: Bearer " + r.Text("access_token")
	refused := d.Call("GET", "/v1/staff", nil, as)
	require.Equal(t, 403, refused.Status)
	require.Equal(t, "password_change_required", refused.Text("code"))
	require.Equal(t, 403, d.Call("PATCH", path, object{"name": "别名"}, as).Status)
	require.Equal(t, 403, d.Call("PATCH", path, object{"name": "别名", "password": "another-good-one", "current_password": password}, as).Status)
	require.Equal(t, 200, d.Call("GET", "/v1/session", nil, as).Status)
	same := d.Call("PATCH", path, object{"password": password, "current_password": password}, as)
	require.Equal(t, "unchanged", same.Text("errors", 0, "code"), same)
	require.Equal(t, 200, d.Call("PATCH", path, object{"password": "another-good-one", "current_password": password}, as).Status)
	full := d.Call("POST", "/v1/session/renewal", nil, as)
	require.Equal(t, 200, full.Status, full)
	require.Equal(t, 200, d.Call("GET", "/v1/staff", nil, "Authorization: Bearer "+full.Text("access_token")).Status)

	require.Equal(t, 200, d.Call("PUT", "/v1/offices/qingxi/policies", object{"name": "青溪镇人民政府", "policies": object{"change_first_password": true}}, admin).Status)
	require.Equal(t, 200, d.Call("PATCH", path, object{"password": password}, admin).Status)
	require.Equal(t, true, d.signIn("li.na", password).At("staff", "must_change_password"))
}

func TestPassword_isNotOneOfTheFirstGuessed(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	for pw, code := range map[string]string{
		"Password123": "common", "woaini1314520": "common", "aaaaaaaaaaaa": "simple", "0123456789": "simple", "ABCDEFGHIJKL": "simple", "xx-li.na-2026": "holds_username",
	} {
		r := d.Call("POST", "/v1/staff", object{"username": "li.na", "name": "李娜", "roles": []string{"officer"}, "password": pw}, admin)
		require.Equal(t, 422, r.Status, pw)
		require.Equal(t, code, r.Text("errors", 0, "code"), pw)
	}
}

// as2 signs in with whichever of the passwords is right.
func (d *desk) as2(username string, passwords ...string) string {
	d.t.Helper()
	for _, pw := range passwords {
		if r := d.signIn(username, pw); r.Status == 200 {
			return "Authorization: Bearer " + r.Text("access_token")
		}
	}
	d.t.Fatal("none is right")
	return ""
}
