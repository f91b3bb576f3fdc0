package staffing_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
)

func (d *desk) code(secret string) string {
	d.t.Helper()
	code, err := totp.GenerateCode(secret, d.clock.Now())
	require.NoError(d.t, err)
	return code
}

// enrol gives the caller a second factor.
func (d *desk) enrol(as string) (secret string, recovery []any) {
	d.t.Helper()
	begun := d.Call("POST", "/v1/session/second-factor", nil, as)
	require.Equal(d.t, 200, begun.Status, begun)
	secret = begun.Text("secret")
	require.Contains(d.t, begun.Text("uri"), "otpauth://totp/")
	require.True(d.t, strings.HasPrefix(begun.Text("qr_svg"), "<svg "))
	wrong := d.Call("POST", "/v1/session/second-factor/confirmation", object{"code": "000000x"}, as)
	require.Equal(d.t, 422, wrong.Status)
	done := d.Call("POST", "/v1/session/second-factor/confirmation", object{"code": d.code(secret)}, as)
	require.Equal(d.t, 200, done.Status, done)
	recovery, _ = done.At("recovery_codes").([]any)
	require.Len(d.t, recovery, 10)
	require.Equal(d.t, 409, d.Call("POST", "/v1/session/second-factor", nil, as).Status)
	return secret, recovery
}

func (d *desk) signInWith(username, code string) servicetest.Reply {
	d.t.Helper()
	return d.Call("POST", "/v1/session", object{"username": username, "password": password, "second_factor": code})
}

func TestSecondFactor_noCodeServesTwice(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	as := d.as("admin")
	require.Equal(t, 409, d.Call("POST", "/v1/session/second-factor/confirmation", object{"code": "123456"}, as).Status, "not begun")
	secret, recovery := d.enrol(as)

	needs := d.signIn("admin", password)
	require.Equal(t, 401, needs.Status)
	require.Equal(t, "second_factor_required", needs.Text("code"))
	require.Equal(t, "required", needs.Text("errors", 0, "code"))
	require.Equal(t, "unauthenticated", d.signIn("admin", "wrong").Text("code"), "nothing is told of the factor without the password")
	replay := d.signInWith("admin", d.code(secret))
	require.Equal(t, "wrong", replay.Text("errors", 0, "code"), "the code of the confirmation")

	d.clock.Advance(30 * time.Second)
	code := d.code(secret)
	in := d.signInWith("admin", code)
	require.Equal(t, 200, in.Status, in)
	require.Equal(t, true, in.At("staff", "second_factor"))
	require.Equal(t, 401, d.signInWith("admin", code).Status)
	late := d.code(secret)
	d.clock.Advance(time.Minute)
	require.Equal(t, 401, d.signInWith("admin", late).Status, "two steps old")
	spare, _ := recovery[0].(string)
	require.Equal(t, 200, d.signInWith("admin", strings.ToUpper(spare)).Status)
	require.Equal(t, 401, d.signInWith("admin", spare).Status, "a recovery code serves once")

	require.Equal(t, 422, d.Call("POST", "/v1/session/second-factor/removal", object{"code": spare}, as).Status)
	next, _ := recovery[1].(string)
	require.Equal(t, 204, d.Call("POST", "/v1/session/second-factor/removal", object{"code": next}, as).Status)
	d.as("admin")
}

func TestSecondFactor_guessesLockTheAccount(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	secret, _ := d.enrol(d.as("admin"))
	for range 5 {
		require.Equal(t, 401, d.signInWith("admin", "999999x").Status)
	}
	d.clock.Advance(29 * time.Second)
	require.Equal(t, 429, d.signInWith("admin", d.code(secret)).Status)
}

func TestSecondFactor_isRequiredOfRoles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := start(t, dir)
	require.Equal(t, 201, d.Call("POST", "/v1/offices/bootstrap", foundation(d.Master.SetupCode())).Status)
	admin := d.as("admin")
	id := d.hire(admin, "li.na", "head").Text("id")
	require.Equal(t, 200, d.Call("PUT", "/v1/offices/qingxi/policies", object{"name": "青溪镇人民政府", "policies": object{"second_factor_roles": []string{"head"}}}, admin).Status)
	r := d.signIn("li.na", password)
	require.Equal(t, "second_factor", r.Text("limit"))
	as := "Authorization: Bearer " + r.Text("access_token")
	refused := d.Call("GET", "/v1/staff", nil, as)
	require.Equal(t, 403, refused.Status)
	require.Equal(t, "second_factor_enrolment_required", refused.Text("code"))
	require.Equal(t, 403, d.Call("PATCH", "/v1/staff/"+id, object{"password": "another-good-one", "current_password": password}, as).Status)
	secret, recovery := d.enrol(as)
	full := d.Call("POST", "/v1/session/renewal", nil, as)
	require.Empty(t, full.Text("limit"))
	as = "Authorization: Bearer " + full.Text("access_token")
	require.Equal(t, 200, d.Call("GET", "/v1/staff", nil, as).Status)

	adminID := d.Call("GET", "/v1/session", nil, admin).Text("staff", "id")
	require.Equal(t, 403, d.Call("DELETE", "/v1/staff/"+adminID+"/second-factor", nil, as).Status)
	require.Equal(t, 409, d.Call("DELETE", "/v1/staff/"+adminID+"/second-factor", nil, admin).Status)
	require.Equal(t, 204, d.Call("DELETE", "/v1/staff/"+id+"/second-factor", nil, admin).Status)
	require.Equal(t, 404, d.Call("DELETE", "/v1/staff/"+id+"/second-factor", nil, admin).Status)
	require.Equal(t, 401, d.Call("GET", "/v1/staff", nil, as).Status)
	require.Equal(t, "second_factor", d.signIn("li.na", password).Text("limit"))

	d.enrol("Authorization: Bearer " + d.signIn("li.na", password).Text("access_token"))
	d.Stop()
	spare, _ := recovery[0].(string)
	require.NoError(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		require.NotContains(t, string(content), secret, path)
		require.NotContains(t, string(content), spare, path)
		return err
	}))
}

func TestSource_isRefusedAfterTooManyTriesAndThisLasts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := start(t, dir)
	require.Equal(t, 201, d.Call("POST", "/v1/offices/bootstrap", foundation(d.Master.SetupCode())).Status)
	for i := range 60 {
		require.Equal(t, 401, d.signIn("nobody-"+string(rune('a'+i%26))+string(rune('a'+i/26)), "wrong").Status)
	}
	require.Equal(t, 429, d.signIn("admin", password).Status)
	d.Stop()
	again := start(t, dir)
	again.clock.Advance(10 * time.Minute)
	require.Equal(t, 429, again.signIn("admin", password).Status, "after a restart")
	again.clock.Advance(6 * time.Minute)
	again.as("admin")
}
