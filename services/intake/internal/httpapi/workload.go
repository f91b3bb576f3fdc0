package httpapi

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/intake/internal/store"
)

type loadView struct {
	Open     int64 `json:"open"`
	DueSoon  int64 `json:"due_soon"`
	Overdue  int64 `json:"overdue"`
	Waiting  int64 `json:"waiting"`
	Approval int64 `json:"approval"`
	Finished int64 `json:"finished_this_month"`
}

type officerLoad struct {
	Assignee     string `json:"assignee"`
	AssigneeName string `json:"assignee_name"`
	// Active tells whether cases can still be given to the officer.
	Active bool `json:"active"`
	loadView
}

type workloadView struct {
	Today      civil.Date    `json:"today"`
	SoonBy     civil.Date    `json:"soon_by"`
	Month      string        `json:"month"`
	Unit       loadView      `json:"unit"`
	Unassigned loadView      `json:"unassigned"`
	Officers   []officerLoad `json:"officers"`
}

// workload answers who has how much to do, the most loaded first. Officers who have
// nothing are there, too: they can be given something.
func (h *handlers) workload(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c); err != nil {
		return err
	}
	ctx := c.Request().Context()
	today := h.desk.Today()
	v := workloadView{Today: today, SoonBy: h.desk.Calendar().AddWorkdays(today, dueSoonWD), Officers: []officerLoad{}}
	v.Month = fmt.Sprintf("%04d-%02d", today.Year(), today.Month())
	loads, err := store.CountWorkload(ctx, h.desk.Cases, s.Office, today, v.SoonBy)
	if err != nil {
		return err
	}
	members, err := h.desk.Members(ctx, s.Office)
	if err != nil {
		return err
	}
	v.Unit = loadView(loads.Total())
	if l := loads[""]; l != nil {
		v.Unassigned = loadView(*l)
		delete(loads, "")
	}
	for _, m := range members {
		l := loads[m.ID]
		delete(loads, m.ID)
		if l == nil && !m.Has(identity.Officer, identity.UnitLead) {
			continue // heads and legal staff are listed when they have cases
		}
		if l == nil {
			l = &store.Load{}
		}
		v.Officers = append(v.Officers, officerLoad{Assignee: m.ID, AssigneeName: m.Name, Active: true, loadView: loadView(*l)})
	}
	for _, id := range slices.Sorted(maps.Keys(loads)) { // they have left, their cases have not
		o := officerLoad{Assignee: id, AssigneeName: id, loadView: loadView(*loads[id])}
		docs, _, err := h.desk.Cases.Find(ctx, store.OneOf(s.Office, id))
		if err != nil {
			return err
		}
		if len(docs) > 0 && docs[0].Value.AssigneeName != "" {
			o.AssigneeName = docs[0].Value.AssigneeName
		}
		v.Officers = append(v.Officers, o)
	}
	slices.SortStableFunc(v.Officers, func(a, b officerLoad) int { return cmp.Compare(b.Open, a.Open) })
	return c.JSON(http.StatusOK, v)
}
