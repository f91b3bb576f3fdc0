package staffing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestServiceAccount_actsWithinItsScopesUntilItEnds(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	const accounts = "/v1/offices/qingxi/service-accounts"
	body := object{"name": "市门户网站", "scopes": []string{"read_staff"}, "expires_at": d.clock.Now().Add(24 * time.Hour)}
	made := d.Call("POST", accounts, body, admin, "Idempotency-Key: s")
	require.Equal(t, 201, made.Status, made)
	require.Equal(t, made.JSON, d.Call("POST", accounts, body, admin, "Idempotency-Key: s").JSON)
	key := made.Text("key")
	listed := d.Call("GET", accounts, nil, admin)
	require.Len(t, listed.At("items"), 1)
	require.NotContains(t, string(listed.Body), key)
	require.Empty(t, listed.Text("items", 0, "last_used_at"))

	in := d.Call("POST", "/v1/session/service", object{"key": key})
	require.Equal(t, 200, in.Status, in)
	as := "Authorization: Bearer " + in.Text("access_token")
	require.Equal(t, 200, d.Call("GET", "/v1/staff", nil, as).Status)
	require.Equal(t, 403, d.Call("GET", "/v1/offices/qingxi/policies", nil, as).Status, "no scope for it")
	require.Equal(t, 403, d.Call("GET", "/v1/session", nil, as).Status)
	require.Equal(t, 403, d.Call("GET", "/v1/staff/x/sessions", nil, as).Status)
	require.NotEmpty(t, d.Call("GET", accounts, nil, admin).Text("items", 0, "last_used_at"))

	for _, bad := range []string{"x", "zqk_", strings.ToUpper(key), key + "x", strings.Replace(key, "zqk_", "zqk_0", 1)} {
		require.Equal(t, 401, d.Call("POST", "/v1/session/service", object{"key": bad}).Status, bad)
	}
	require.Equal(t, 204, d.Call("DELETE", accounts+"/"+made.Text("id"), nil, admin).Status)
	require.Equal(t, 401, d.Call("GET", "/v1/staff", nil, as).Status)
	require.Equal(t, 401, d.Call("POST", "/v1/session/service", object{"key": key}).Status)
	require.NotEmpty(t, d.Call("GET", accounts, nil, admin).Text("items", 0, "revoked_at"))

	second := d.Call("POST", accounts, body, admin)
	require.NotEqual(t, key, second.Text("key"))
	d.clock.Advance(25 * time.Hour)
	require.Equal(t, 401, d.Call("POST", "/v1/session/service", object{"key": second.Text("key")}).Status, "expired")
}

func TestServiceAccount_isBounded(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	admin := d.as("admin")
	const accounts = "/v1/offices/qingxi/service-accounts"
	bad := d.Call("POST", accounts, object{"name": "某系统", "scopes": []string{"approve_cases", "manage_staff", "fly"}, "expires_at": d.clock.Now().AddDate(5, 0, 0)}, admin)
	require.Equal(t, 422, bad.Status, bad)
	require.Len(t, bad.At("errors"), 4)

	body := object{"id": "donghe", "name": "东河镇人民政府", "admin": object{"username": "east", "name": "孙东", "password": password}}
	require.Equal(t, 201, d.Call("POST", "/v1/offices", body, admin).Status)
	made := d.Call("POST", accounts, object{"name": "某系统", "scopes": []string{"read_cases"}, "expires_at": d.clock.Now().Add(time.Hour)}, admin)
	east := d.as("east")
	require.Equal(t, 404, d.Call("GET", accounts, nil, east).Status)
	require.Equal(t, 404, d.Call("DELETE", "/v1/offices/donghe/service-accounts/"+made.Text("id"), nil, east).Status)
	d.hire(admin, "li.na", "officer")
	require.Equal(t, 403, d.Call("GET", accounts, nil, d.as("li.na")).Status)
}
