package demo

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
)

// Office is the id of the demo office.
const Office = "demo"

// staff of the demo office beside its administrator "admin".
var staff = []document{
	{"username": "officer", "name": "周敏", "roles": []string{"officer"}},
	{"username": "head", "name": "孙立", "roles": []string{"head"}},
	{"username": "legal", "name": "钱芳", "roles": []string{"legal"}},
}

// errTaken says that the installation belongs to somebody already.
var errTaken = errors.New("the demo needs an installation of its own: this one is already set up for another office (choose another --data folder)")

// setUp creates the demo office and its staff, as far as they are not there yet.
// fresh says whether it was this call that created the office.
func (c *client) setUp(ctx context.Context, setupCode string) (fresh bool, err error) {
	_, err = c.do(ctx, "", http.MethodPost, "/v1/offices/bootstrap", "demo-office", document{
		"setup_code": setupCode,
		"office": document{
			"id": Office, "name": "青溪镇人民政府", "superior_government": "上海市青浦区人民政府", "court": "上海铁路运输法院",
			"contact": document{"phone": "021-50000000", "address": "上海市青浦区青溪镇人民路1号"},
		},
		"admin": document{"username": "admin", "name": "赵静", "password": Password},
	})
	var no *refusal
	switch {
	case errors.As(err, &no) && no.Status == http.StatusConflict:
		if _, err := c.token(ctx, "admin"); err != nil {
			return false, errTaken
		}
	case err != nil:
		return false, fmt.Errorf("set up the demo office: %w", err)
	default:
		fresh = true
	}
	for _, s := range staff {
		body := document{"password": Password}
		for k, v := range s {
			body[k] = v
		}
		_, err := c.do(ctx, "admin", http.MethodPost, "/v1/staff", "demo-staff-"+s.text("username"), body)
		if errors.As(err, &no) && no.Status == http.StatusConflict {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("create staff member %s: %w", s.text("username"), err)
		}
	}
	return fresh, nil
}

// SettledAt reports whether the installation at the address has an office. A process asks
// itself: over TLS its certificate need not name the address that it asks at.
func SettledAt(ctx context.Context, baseURL string) (bool, error) {
	c := newClient(func(string) string { return baseURL })
	c.http.Transport = &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // sends no secret, and asks only whether there is an office
	}
	offices, err := c.do(ctx, "", http.MethodGet, "/v1/offices", "", nil)
	if err != nil {
		return false, err
	}
	return len(offices.list("items")) > 0, nil
}
