// Command floor is what the filing benchmark is measured against: the least that a
// program must do to accept an application. It decodes and validates it and inserts
// the same document, with the same index entries and the same durability. It keeps
// no outbox, raises no event, checks no key and answers with the id alone.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "floor <absolute path of a SQLite file | MongoDB URL>")
		os.Exit(2)
	}
	if err := serve(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, target string) error {
	engine, err := open(ctx, target)
	if err != nil {
		return err
	}
	cases, err := store.OpenCases(ctx, engine, time.Now, func() {})
	if err != nil {
		return err
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.POST("/v1/applications", func(c echo.Context) error { return insert(c, cases) })
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	return (&http.Server{Handler: e, ReadHeaderTimeout: 5 * time.Second}).Serve(l)
}

func open(ctx context.Context, target string) (docstore.Store, error) {
	if filepath.IsAbs(target) {
		return sqlitestore.Open(ctx, target)
	}
	return mongostore.Open(ctx, target, "floor_"+uuid.NewString()[:8])
}

// body is the part of the form that the benchmark fills.
type body struct {
	Office    string           `json:"office"`
	Applicant domain.Applicant `json:"applicant"`
	Content   domain.Content   `json:"content"`
	Delivery  domain.Delivery  `json:"delivery"`
}

var days = calendar.Builtin()

func insert(c echo.Context, cases *store.Cases) error {
	var b body
	if err := c.Bind(&b); err != nil {
		return err
	}
	now := time.Now()
	env := domain.Env{
		Today: civil.FromTime(now, civil.Shanghai), Now: now, Calendar: days, Policy: domain.DefaultPolicy(),
		Actor: domain.Actor{Kind: domain.ByApplicant},
	}
	id := uuid.NewString()
	k, err := domain.File(domain.Filing{
		ID: id, Office: b.Office, Receipt: id, Channel: domain.Online, ArrivedOn: env.Today,
		Applicant: b.Applicant, Content: b.Content, Delivery: b.Delivery,
		Digests: []string{b.Applicant.IDNumber},
	}, env)
	if err != nil {
		return err
	}
	k.TakeRaised()
	if _, _, err := cases.Insert(c.Request().Context(), id, k); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]string{"receipt": id})
}
