package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/tariff"
)

// quoteView is a fee with its steps.
type quoteView struct {
	Method      tariff.Method `json:"method"`
	MethodLabel string        `json:"method_label"`
	AmountYuan  int64         `json:"amount_yuan"`
	Lines       []tariff.Line `json:"lines"`
	Tariff      string        `json:"tariff"`
}

var methodLabels = map[tariff.Method]problem.Text{
	tariff.PerItem: {ZH: "按件计收", EN: "per item"},
	tariff.PerPage: {ZH: "按量计收", EN: "per page"},
}

func quoteOf(q tariff.Quote, lang string) quoteView {
	v := quoteView{Method: q.Method, MethodLabel: methodLabels[q.Method].In(lang), AmountYuan: q.AmountYuan, Lines: q.Lines, Tariff: q.Tariff}
	if v.Lines == nil {
		v.Lines = []tariff.Line{}
	}
	return v
}

// calculateRequest is one application; nothing of it is stored.
type calculateRequest struct {
	Method         tariff.Method `json:"method"`
	AlreadyCounted int           `json:"already_counted"`
	Items          int           `json:"items"`
	Pages          int           `json:"pages"`
}

// calculate answers POST /v1/fees/calculate.
func (a *API) calculate(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	req, err := httpkit.Bind[calculateRequest](c)
	if err != nil {
		return err
	}
	q, err := tariff.Calculate(tariff.Request{
		Method: req.Method, AlreadyCounted: req.AlreadyCounted, Items: req.Items, Pages: req.Pages,
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, quoteOf(q, httpkit.Lang(c)))
}

type tariffView struct {
	Method     tariff.Method `json:"method"`
	Label      string        `json:"label"`
	Instrument string        `json:"instrument"`
	Article    string        `json:"article"`
	InForceOn  civil.Date    `json:"in_force_on"`
	Tiers      []tariff.Tier `json:"tiers"`
}

// tariffs answers GET /v1/fees/tariffs: both tariffs as data.
func (a *API) tariffs(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	out := httpkit.List[tariffView]{}
	for _, m := range []tariff.Method{tariff.PerItem, tariff.PerPage} {
		t, ok := tariff.Of(m)
		if !ok {
			continue
		}
		label := problem.Text{ZH: t.Label, EN: t.LabelEN}
		out.Items = append(out.Items, tariffView{m, label.In(httpkit.Lang(c)), t.Instrument, t.Article, t.InForceOn, t.Tiers})
	}
	return c.JSON(http.StatusOK, out)
}
