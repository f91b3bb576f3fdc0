package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-playground/validator/v10"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/sqlitestore"
)

// The floor is the least that a program must do to accept an application: decode,
// validate, and insert the same document with the same durability. It numbers
// nothing, raises no event and answers with the id. It runs as a process of its
// own, so that it shares the machine as the product does.

// floorEnv makes the test binary the floor program; it names a SQLite file or a
// MongoDB URL.
const floorEnv = "ZHIQING_BENCH_FLOOR"

// filing is the body that both programs take.
type filing struct {
	Office    string `json:"office" validate:"required"`
	Applicant struct {
		Kind     string `json:"kind" validate:"required"`
		Name     string `json:"name" validate:"required,max=100"`
		IDType   string `json:"id_type" validate:"required"`
		IDNumber string `json:"id_number" validate:"required,max=40"`
		Contact  struct {
			Phone   string `json:"phone" validate:"required"`
			Address string `json:"address" validate:"required,max=200"`
		} `json:"contact"`
	} `json:"applicant"`
	Content struct {
		Description string `json:"description" validate:"required,max=10000"`
	} `json:"content"`
	Delivery struct {
		Format string `json:"format" validate:"required"`
		Route  string `json:"route" validate:"required"`
	} `json:"delivery"`
}

func serveFloor(target string) error {
	ctx := context.Background()
	var store docstore.Store
	var err error
	if filepath.IsAbs(target) {
		store, err = sqlitestore.Open(ctx, target)
	} else {
		store, err = mongostore.Open(ctx, target, "floor_"+uuid.NewString()[:8])
	}
	if err != nil {
		return err
	}
	repo, err := docstore.Open(ctx, store, time.Now, docstore.Spec[filing]{
		Name: "filings",
		Indexes: []docstore.Entry[filing]{{
			Index: docstore.Index{Name: "by_office", Fields: []docstore.Field{{Name: "office", Kind: docstore.String}}},
			Key:   func(f *filing) docstore.Key { return docstore.Key{f.Office} },
		}},
	})
	if err != nil {
		return err
	}
	check := validator.New(validator.WithRequiredStructEnabled())
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.POST("/v1/applications", func(c echo.Context) error {
		var f filing
		if err := c.Bind(&f); err != nil {
			return err
		}
		if err := check.Struct(f); err != nil {
			return err
		}
		id := uuid.NewString()
		if _, _, err := repo.Insert(c.Request().Context(), id, &f); err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, map[string]string{"receipt": id})
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	return (&http.Server{Handler: e, ReadHeaderTimeout: 5 * time.Second}).Serve(l)
}

// startFloor runs the floor program on the engine.
func startFloor(t testing.TB, target string) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &process{t: t, stdout: &capture{}, stderr: &capture{}, done: make(chan error, 1)}
	p.cmd = exec.Command(self)
	p.cmd.Env = append(os.Environ(), floorEnv+"="+target)
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	require.NoError(t, p.cmd.Start())
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
	})
	return p.address()
}
