package contracttest

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// undocumented reports members of a JSON answer that the document does not name,
// and media types that it does not. OpenAPI itself lets further members pass, and
// so a field would be added to a handler and forgotten in the document.
func undocumented(op *operation, resp *http.Response, answer []byte) []error {
	declared := op.route.Operation.Responses.Status(resp.StatusCode)
	if declared == nil {
		declared = op.route.Operation.Responses.Default()
	}
	if declared == nil || declared.Value == nil || len(answer) == 0 {
		return nil // ValidateResponse has said so
	}
	mt, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return []error{fmt.Errorf("content type %q", resp.Header.Get("Content-Type"))}
	}
	media := declared.Value.Content.Get(mt)
	if media == nil {
		return []error{fmt.Errorf("the document does not name the media type %s here", mt)}
	}
	if media.Schema == nil || !isJSON(resp.Header) {
		return nil
	}
	var v any
	if err := json.Unmarshal(answer, &v); err != nil {
		return nil // ValidateResponse has said so
	}
	var faults []error
	walk(v, []*openapi3.Schema{media.Schema.Value}, "", &faults)
	return faults
}

// walk goes through a value with all the schemas that may describe it.
func walk(v any, schemas []*openapi3.Schema, at string, faults *[]error) {
	schemas = flatten(schemas)
	switch v := v.(type) {
	case map[string]any:
		walkObject(v, schemas, at, faults)
	case []any:
		var items []*openapi3.Schema
		for _, s := range schemas {
			if s.Items != nil {
				items = append(items, s.Items.Value)
			}
		}
		for i, e := range v {
			walk(e, items, fmt.Sprintf("%s/%d", at, i), faults)
		}
	}
}

func walkObject(v map[string]any, schemas []*openapi3.Schema, at string, faults *[]error) {
	if len(schemas) == 0 || slices.ContainsFunc(schemas, free) {
		return
	}
	for name, e := range v {
		var members []*openapi3.Schema
		for _, s := range schemas {
			if p := s.Properties[name]; p != nil {
				members = append(members, p.Value)
			} else if extra := s.AdditionalProperties.Schema; extra != nil {
				members = append(members, extra.Value)
			}
		}
		if len(members) == 0 {
			*faults = append(*faults, fmt.Errorf("the document does not name the member %s/%s", at, name))
			continue
		}
		walk(e, members, at+"/"+name, faults)
	}
}

// free reports whether a schema lets an object hold anything: it says so, or it
// describes no member at all.
func free(s *openapi3.Schema) bool {
	if s.AdditionalProperties.Has != nil {
		return *s.AdditionalProperties.Has
	}
	return len(s.Properties) == 0 && s.AdditionalProperties.Schema == nil && (s.Type == nil || s.Type.Is("object")) && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0
}

// flatten opens allOf, oneOf and anyOf.
func flatten(schemas []*openapi3.Schema) []*openapi3.Schema {
	var flat []*openapi3.Schema
	for _, s := range schemas {
		if s == nil {
			continue
		}
		parts := slices.Concat(s.AllOf, s.OneOf, s.AnyOf)
		if len(parts) == 0 || len(s.Properties) > 0 {
			flat = append(flat, s)
		}
		for _, p := range parts {
			flat = append(flat, flatten([]*openapi3.Schema{p.Value})...)
		}
	}
	return flat
}
