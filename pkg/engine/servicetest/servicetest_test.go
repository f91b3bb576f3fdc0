package servicetest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
)

// note is what the two services of this test keep.
type note struct {
	docstore.Raised `json:"-"`
	Office          string `json:"office"`
	Text            string `json:"text"`
	Version         int64  `json:"version"`
}

type noteInput struct {
	Text string `json:"text" validate:"required,max=40"`
}

// writer takes notes over HTTP and tells of them.
func writer(ctx context.Context, d service.Deps) (*service.Service, error) {
	repo, err := docstore.Open(ctx, d.Store, d.Clock.Now, docstore.Spec[note]{
		Name: "notes", Snapshot: "writer.note.v1.restated", Outbox: d.Poke,
		Facts: func(n *note) (string, any) { return n.Office, n },
	})
	if err != nil {
		return nil, err
	}
	return &service.Service{
		Name: "writer", Outboxes: []docstore.Outbox{repo},
		Mount: func(v1 *echo.Group) {
			v1.POST("/notes", func(c echo.Context) error {
				in, err := httpkit.Bind[noteInput](c)
				if err != nil {
					return err
				}
				s, err := httpkit.Caller(c)
				if err != nil {
					return err
				}
				key := httpkit.Command(c)
				n := &note{Office: s.Office, Text: in.Text}
				n.Raise("writer.note.v1.written")
				doc, _, err := repo.Insert(c.Request().Context(), key.ID("note"), n, key.Options()...)
				if err != nil {
					return err
				}
				return c.JSON(http.StatusCreated, map[string]any{"id": doc.ID, "text": doc.Value.Text})
			}, httpkit.May(identity.FileCases))
		},
	}, nil
}

// reader follows the notes.
func reader(ctx context.Context, d service.Deps) (*service.Service, error) {
	repo, err := docstore.Open(ctx, d.Store, d.Clock.Now, docstore.Spec[note]{Name: "copies"})
	if err != nil {
		return nil, err
	}
	return &service.Service{
		Name: "reader",
		Consumers: []bus.Consumer{{Name: "reader-notes", Types: []string{"writer.note.v1.*"}, Handle: func(ctx context.Context, e event.Event) error {
			_, err := repo.Upsert(ctx, e.Subject, func(n *note) error {
				if e.Version <= n.Version {
					return nil
				}
				n.Version = e.Version
				return json.Unmarshal(e.Data, n)
			}, docstore.Once(e.ID))
			return err
		}}},
		Mount: func(v1 *echo.Group) {
			v1.GET("/copies/:id", func(c echo.Context) error {
				doc, err := repo.Get(c.Request().Context(), c.Param("id"))
				if err != nil {
					return err
				}
				return c.JSON(http.StatusOK, map[string]any{"text": doc.Value.Text})
			}, httpkit.Staff())
		},
	}, nil
}

var officer = identity.Staff{ID: "s1", Office: "demo", Username: "officer", Roles: []identity.Role{identity.Officer}}

func TestStart_twoServicesSpeakThroughEvents(t *testing.T) {
	t.Parallel()
	in := servicetest.Start(t, servicetest.Config{Services: []service.Constructor{writer, reader}})
	as := in.As(officer)

	made := in.Call("POST", "/v1/notes", noteInput{"你好"}, as, "Idempotency-Key: k1")
	require.Equal(t, 201, made.Status, made)
	again := in.Call("POST", "/v1/notes", `{ "text":"你好"}`, as, "Idempotency-Key: k1")
	require.Equal(t, made.JSON, again.JSON)
	other := in.Call("POST", "/v1/notes", noteInput{"再见"}, as, "Idempotency-Key: k1")
	require.Equal(t, 422, other.Status)
	require.Equal(t, "key_reused", other.Text("code"))

	in.Settle()
	copied := in.Call("GET", "/v1/copies/"+made.Text("id"), nil, as)
	require.Equal(t, "你好", copied.Text("text"), copied)

	require.Equal(t, 401, in.Call("POST", "/v1/notes", noteInput{"x"}).Status)
	require.Equal(t, 200, in.Call("GET", "/readyz", nil).Status)
	require.Equal(t, 200, in.Call("GET", "/livez", nil).Status)
	require.Contains(t, string(in.Call("GET", "/metrics", nil).Body), `route="/v1/notes"`)
}

func TestStart_againOnTheSameData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := servicetest.Start(t, servicetest.Config{Services: []service.Constructor{writer}, Dir: dir})
	made := in.Call("POST", "/v1/notes", noteInput{"留下"}, in.As(officer))
	require.Equal(t, 201, made.Status, made)
	in.Stop()

	in = servicetest.Start(t, servicetest.Config{Services: []service.Constructor{writer, reader}, Dir: dir})
	in.Settle()
	told := in.Call("GET", "/v1/copies/"+made.Text("id"), nil, in.As(officer))
	require.Equal(t, 200, told.Status, "a new reader is told of what was there")
}
