package api_test

import (
	"io/fs"
	"testing"

	"zhiqing.dev/api"
)

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	if len(api.OpenAPI("staffing")) == 0 {
		t.Error("the staffing document is missing")
	}
	for _, name := range []string{"", "nothing", "../api", "staffing.yaml", "openapi/staffing"} {
		if api.OpenAPI(name) != nil {
			t.Errorf("%q is no document", name)
		}
	}
	for _, name := range api.Names() {
		if api.OpenAPI(name) == nil {
			t.Errorf("%s is listed and not there", name)
		}
	}
	if len(api.Problems()) == 0 {
		t.Error("the page of problems is missing")
	}
	if _, err := fs.Stat(api.Events(), "README.md"); err != nil {
		t.Error(err)
	}
}
