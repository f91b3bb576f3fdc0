package doors_test

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/deadline"
	"zhiqing.dev/services/fee"
	"zhiqing.dev/services/intake"
	"zhiqing.dev/services/litigation"
)

// What an operation asks for, beside the actions of the permission table.
const (
	public    = "public"         // nobody has to be signed in; a query code may be asked for
	signedIn  = "signed_in"      // any member of staff
	signature = "signed_request" // the payment side signs what it sends
)

var otherwise = []string{public, signedIn, signature}

// door is one operation of an OpenAPI document.
type door struct {
	spec, id, method, path string
	permission             string // x-permission
}

// ends reports whether the operation ends the caller's sign-in: it is tried last.
func (d door) ends() bool { return d.id == "signOut" }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (d door) String() string { return d.method + " " + d.path }

// doors reads every operation from the documents.
func doors(t *testing.T) []door {
	t.Helper()
	var all []door
	for _, name := range api.Names() {
		var doc struct {
			Servers []struct{ URL string }
			Paths   map[string]map[string]yaml.Node
		}
		require.NoError(t, yaml.Unmarshal(api.OpenAPI(name), &doc), name)
		require.NotEmpty(t, doc.Paths, name)
		base := "/v1"
		if len(doc.Servers) > 0 {
			base = strings.TrimSuffix(doc.Servers[0].URL, "/")
		}
		for path, operations := range doc.Paths {
			for method, node := range operations {
				if !slices.Contains([]string{"get", "put", "post", "patch", "delete"}, method) {
					continue
				}
				var op struct {
					OperationID string `yaml:"operationId"`
					Permission  string `yaml:"x-permission"`
				}
				require.NoError(t, node.Decode(&op))
				all = append(all, door{name, op.OperationID, strings.ToUpper(method), base + path, op.Permission})
			}
		}
	}
	slices.SortFunc(all, func(a, b door) int {
		return cmp.Or(compareBool(a.ends(), b.ends()), strings.Compare(a.path+a.method, b.path+b.method))
	})
	require.Greater(t, len(all), 100, "the documents are read")
	return all
}

var parameter = regexp.MustCompile(`\{([a-z_]+)\}`)

// knock asks for an operation with ids that nobody has.
func knock(in *servicetest.Instance, d door, headers ...string) servicetest.Reply {
	path := parameter.ReplaceAllStringFunc(d.path, func(p string) string {
		switch strings.Trim(p, "{}") {
		case "year":
			return "2025"
		case "n":
			return "1"
		case "service":
			return "service1"
		}
		return "nobody-has-this"
	})
	var body any
	if d.method != http.MethodGet && d.method != http.MethodDelete {
		body = map[string]any{}
	}
	return in.Call(d.method, path, body, headers...)
}

const office = "xujing"

// start runs everything, with an office that has one of each role.
func start(t *testing.T) (in *servicetest.Instance, staff map[identity.Role]string) {
	t.Helper()
	in = servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{intake.New, deadline.New, fee.New, litigation.New},
	})
	made := in.Call("POST", "/v1/offices/bootstrap", map[string]any{
		"setup_code": in.Master.SetupCode(), "office": map[string]any{"id": office, "name": "徐泾镇人民政府"},
		"admin": map[string]any{"username": "admin", "name": "管理员", "password": "long-enough-pass"},
	})
	require.Equal(t, 201, made.Status, made)
	admin := made.Text("staff", "id")
	staff = map[identity.Role]string{identity.Admin: admin}
	for _, role := range identity.Roles {
		if role == identity.Admin {
			continue
		}
		r := in.Call("POST", "/v1/staff", map[string]any{
			"username": "u-" + string(role), "name": "某某", "roles": []identity.Role{role}, "password": "long-enough-pass",
		}, in.As(identity.Staff{ID: admin, Office: office, Roles: []identity.Role{identity.Admin}}))
		require.Equal(t, 201, r.Status, r)
		staff[role] = r.Text("id")
	}
	return in, staff
}

// Every operation lets in whom the permission table lets in, and nobody else; it refuses
// nobody's token and a broken one, unless it is public.
func TestEveryDoorOpensForWhomTheTableNames(t *testing.T) {
	t.Parallel()
	in, staff := start(t)
	for _, d := range doors(t) {
		allowed := identity.Allowed(identity.Action(d.permission))
		switch d.permission {
		case public, signedIn, signature:
		default:
			require.NotEmpty(t, allowed, "%s (%s.yaml) states no known x-permission", d, d.spec)
		}
		for _, token := range []string{"Authorization: none", "Authorization: Bearer broken"} {
			r := knock(in, d, token)
			if d.permission == public {
				require.NotContains(t, []int{401, 403, 405}, r.Status, "%s is public: %s", d, r)
				continue
			}
			require.Equal(t, 401, r.Status, "%s with %q: %s", d, token, r)
		}
		for _, role := range identity.Roles {
			r := knock(in, d, in.As(identity.Staff{ID: staff[role], Office: office, Roles: []identity.Role{role}}))
			if d.permission == signature || d.id == "renewSession" { // these tokens belong to no stored sign-in
				require.Equal(t, 401, r.Status, "%s as %s: %s", d, role, r)
			} else if d.permission == public || d.permission == signedIn || slices.Contains(allowed, role) {
				require.NotContains(t, []int{401, 403, 405}, r.Status, "%s as %s: %s", d, role, r)
			} else {
				require.Equal(t, 403, r.Status, "%s as %s: %s", d, role, r)
			}
			require.Less(t, r.Status, 500, "%s as %s: %s", d, role, r)
		}
	}
}

// What the documents say is what the record writes down as the right under which a
// request was let in or refused.
func TestTheDocumentsNameTheRightThatIsAskedFor(t *testing.T) {
	t.Parallel()
	in, _ := start(t)
	nobody := in.As(identity.Staff{ID: "s-none", Office: office})
	var wrong []string
	refused := 0
	for _, d := range doors(t) {
		if slices.Contains(otherwise, d.permission) {
			continue
		}
		r := knock(in, d, nobody)
		require.Equal(t, 403, r.Status, "%s without a role: %s", d, r)
		refused++
	}
	asked := map[string]string{}
	in.Eventually(func() bool {
		for n := range 4 {
			recorded(in, fmt.Sprintf("service%d", n+1), asked)
		}
		return len(asked) >= refused
	}, "every refusal on record")
	for _, d := range doors(t) {
		right, known := asked[d.method+" "+parameter.ReplaceAllString(d.path, "*")]
		if known && right != d.permission {
			wrong = append(wrong, fmt.Sprintf("%s (%s) states %q, the service asks for %q", d, d.id, d.permission, right))
		}
	}
	require.Empty(t, wrong)
}

var colon = regexp.MustCompile(`:([a-z_]+)`)

// recorded adds the rights under which the one without a role was refused, by route.
func recorded(in *servicetest.Instance, service string, asked map[string]string) {
	auditor := in.As(identity.Staff{ID: "s-audit", Office: office, Roles: []identity.Role{identity.Auditor}})
	for cursor := ""; ; {
		r := in.Call("GET", "/v1/audit/"+service+"/entries?actor=s-none&limit=200"+cursor, nil, auditor)
		items, _ := r.At("items").([]any)
		for i := range items {
			if right := r.Text("items", i, "purpose"); right != "" {
				asked[r.Text("items", i, "method")+" "+colon.ReplaceAllString(r.Text("items", i, "route"), "*")] = right
			}
		}
		next := r.Text("next_cursor")
		if next == "" {
			return
		}
		cursor = "&cursor=" + next
	}
}
