package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

const (
	// bulkLimit is how many cases one command takes.
	bulkLimit = 200
	// bulkTime is how long it may take.
	bulkTime = time.Minute
)

// bulkBody is what the body of every bulk command names: its cases.
type bulkBody struct {
	Cases []string `json:"cases"`
}

func (b bulkBody) caseIDs() []string { return b.Cases }

func checkCases(ids []string) error {
	if len(ids) == 0 || len(ids) > bulkLimit {
		return problem.InvalidFields(problem.At("/cases", "out_of_range",
			"请选择1至200个案件。", "Choose 1 to 200 cases."))
	}
	seen := map[string]bool{}
	var bad []problem.Field
	for i, id := range ids {
		if id == "" || len(id) > 64 || seen[id] {
			bad = append(bad, problem.At("/cases/"+strconv.Itoa(i), "not_a_case", "案件编号为空、过长或者重复。", "The case is empty, too long or named twice."))
		}
		seen[id] = true
	}
	if len(bad) > 0 {
		return problem.InvalidFields(bad...)
	}
	return nil
}

type bulkAssignmentBody struct {
	bulkBody
	Assignee   string     `json:"assignee"`
	AssignedOn civil.Date `json:"assigned_on"`
	Reason     string     `json:"reason"`
}

type bulkExtensionBody struct {
	bulkBody
	extensionBody
}

type bulkApprovalBody struct {
	bulkBody
	extensionApprovalBody
}

// bulkStep carries a command out on one case.
type bulkStep func(ctx context.Context, d *app.Desk, r request, id string, opts ...docstore.Option) (app.Doc, error)

func bulkAssignment(b bulkAssignmentBody) bulkStep {
	return func(ctx context.Context, d *app.Desk, r request, id string, opts ...docstore.Option) (app.Doc, error) {
		cmd := domain.Assignment{Assignee: b.Assignee, AssignedOn: b.AssignedOn, Reason: b.Reason}
		if cmd.Assignee == "me" {
			cmd.Assignee = r.actor.ID
		}
		return d.Assign(ctx, r.office, id, r.actor, cmd, opts...)
	}
}

func bulkExtension(b bulkExtensionBody) bulkStep { return each(extension(b.extensionBody)) }

func bulkApproval(b bulkApprovalBody) bulkStep {
	return each(extensionApproval(b.extensionApprovalBody))
}

func each(run app.Command) bulkStep {
	return func(ctx context.Context, d *app.Desk, r request, id string, opts ...docstore.Option) (app.Doc, error) {
		return d.Do(ctx, r.office, id, r.actor, run, opts...)
	}
}

type bulkResultView struct {
	CaseID     string            `json:"case_id"`
	RegisterNo string            `json:"register_no,omitempty"`
	OK         bool              `json:"ok"`
	Problem    *httpkit.Document `json:"problem,omitempty"`
}

type bulkView struct {
	Done    int              `json:"done"`
	Refused int              `json:"refused"`
	Results []bulkResultView `json:"results"` // in the order of the request
}

// bulk is the handler of one command on several cases: each succeeds or is refused
// by itself.
func bulk[B interface{ caseIDs() []string }](h *handlers, step func(B) bulkStep) echo.HandlerFunc {
	return func(c echo.Context) error {
		body, err := httpkit.Bind[B](c)
		if err != nil {
			return err
		}
		if err := checkCases(body.caseIDs()); err != nil {
			return err
		}
		s, err := httpkit.Caller(c)
		if err != nil {
			return err
		}
		r := request{office: s.Office, actor: actor(s)}
		key, do := httpkit.Command(c), step(body)
		cmd := app.Bulk{
			Office: r.office, Actor: r.actor, Cases: body.caseIDs(), Key: key.Key, Fingerprint: key.Fingerprint,
			Do: func(ctx context.Context, id string, opts ...docstore.Option) (app.Doc, error) {
				return do(ctx, h.desk, r, id, opts...)
			},
		}
		if key.Fingerprint != "" {
			cmd.ID = key.ID("bulk")
		}
		results, err := h.desk.Bulk(c.Request().Context(), cmd)
		if err != nil {
			return err
		}
		v := bulkView{Results: make([]bulkResultView, 0, len(results))}
		for _, res := range results {
			out := bulkResultView{CaseID: res.CaseID, RegisterNo: res.RegisterNo, OK: res.Problem == nil}
			if out.OK {
				v.Done++
			} else {
				v.Refused++
				doc := httpkit.Describe(res.Problem, httpkit.Lang(c))
				out.Problem = &doc
			}
			v.Results = append(v.Results, out)
		}
		return c.JSON(http.StatusOK, v)
	}
}
