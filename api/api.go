// Package api holds the contracts of the services: an OpenAPI document for each,
// a JSON Schema for the data of each event, and the page that explains every
// problem code. Handlers, events and tests are held to them.
package api

import (
	"embed"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed openapi events problems.md
var files embed.FS

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// OpenAPI returns the OpenAPI document (YAML) of that name, for example "intake",
// or nil when there is none.
func OpenAPI(name string) []byte {
	if !namePattern.MatchString(name) {
		return nil
	}
	b, err := files.ReadFile(path.Join("openapi", name+".yaml"))
	if err != nil {
		return nil
	}
	return b
}

// Names lists the OpenAPI documents, in alphabetical order.
func Names() []string {
	entries, err := files.ReadDir("openapi")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Events returns the schemas of the events as <service>/v<n>/<aggregate>.json.
func Events() fs.FS {
	sub, err := fs.Sub(files, "events")
	if err != nil {
		return embed.FS{}
	}
	return sub
}

// Problems returns the page (Markdown) that explains every problem code.
func Problems() []byte {
	b, err := files.ReadFile("problems.md")
	if err != nil {
		return nil
	}
	return b
}
