package ledger

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
)

const (
	// uploadTime is how long a file may take to come in.
	uploadTime = 5 * time.Minute
	// downloadTime is how long a file of rejected rows may take to go out.
	downloadTime = 5 * time.Minute
)

// post takes a file in and queues it. The answer does not wait for the rows.
func (l *Ledgers) post(c echo.Context) error {
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "dry_run"); err != nil {
		return err
	}
	dry, err := httpkit.Choice(c, "dry_run", "true", "false")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	select {
	case l.turns <- struct{}{}:
		defer func() { <-l.turns }()
	case <-ctx.Done():
		return problem.New(problem.Unavailable, "正在接收其他台账，请稍后再试。", "Other ledgers are being received; try again later.").Because(ctx.Err())
	}
	content, name, err := upload(c.Request())
	if err != nil {
		return err
	}
	t, err := l.take(ctx, staff.Office, content)
	if err != nil {
		return err
	}
	m := t.m
	key := httpkit.Command(c).Over(m.SHA256)
	m.ID, m.Office, m.DryRun, m.FileName = key.ID("import"), staff.Office, dry == "true", fileName(name)
	m.By = domain.Person{Kind: domain.ByStaff, ID: staff.ID, Name: staff.Name}
	m.CreatedAt, m.State, m.Warnings = l.Desk.Clock.Now(), Queued, merge(nil, t.warnings)
	doc, _, err := l.imports.Insert(ctx, m.ID, &m, key.Options()...)
	if err != nil {
		return err
	}
	l.rouse()
	c.Response().Header().Set(echo.HeaderLocation, "/v1/imports/"+doc.ID)
	return c.JSON(http.StatusAccepted, view(doc.Value, nil, httpkit.Lang(c)))
}

// get loads an import of the caller's office.
func (l *Ledgers) get(c echo.Context) (*Import, error) {
	staff, err := httpkit.Caller(c)
	if err != nil {
		return nil, err
	}
	doc, err := l.imports.Get(c.Request().Context(), c.Param("id"))
	if missing(err) || err == nil && doc.Value.Office != staff.Office {
		return nil, problem.New(problem.NotFound, "没有这次导入。", "There is no such import.")
	}
	return doc.Value, err
}

func (l *Ledgers) show(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	m, err := l.get(c)
	if err != nil {
		return err
	}
	var first []Rejected
	err = l.eachRejected(c.Request().Context(), m.ID, "", func(r Rejected) error {
		first = append(first, r)
		n := 0
		for _, f := range first {
			n += len(f.Rows)
		}
		if n >= shownRows {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return c.JSON(http.StatusOK, view(m, first, httpkit.Lang(c)))
}

func (l *Ledgers) list(c echo.Context) error {
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "limit", "cursor"); err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	docs, next, err := l.imports.Find(c.Request().Context(), docstore.Query{
		Index: byOffice, Eq: []any{staff.Office}, Desc: true, Limit: limit, After: cursor,
	})
	if err != nil {
		return err
	}
	out := httpkit.List[importView]{Items: make([]importView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, view(d.Value, nil, httpkit.Lang(c)))
	}
	return c.JSON(http.StatusOK, out)
}

// eachRejected gives the batches of rejected rows of one kind, or of both, in the
// order of the file.
func (l *Ledgers) eachRejected(ctx context.Context, id string, k Kind, fn func(Rejected) error) error {
	q := docstore.Query{Index: byImport, Eq: []any{id}, Limit: 4}
	if k != "" {
		q.Eq = append(q.Eq, string(k))
	}
	for {
		docs, next, err := l.rejected.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range docs {
			if err := fn(*d.Value); err != nil {
				return err
			}
		}
		if q.After = next; next == "" {
			return nil
		}
	}
}
