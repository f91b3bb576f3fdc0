package tariff

import "zhiqing.dev/pkg/statute"

// Request asks for the fee of one application.
type Request struct {
	Method Method `json:"method"`
	// AlreadyCounted are the items of the same applicant in the calendar month
	// before this application (同一申请人一个自然月内累计). Pages are counted for
	// each application alone, so per page it plays no part.
	AlreadyCounted int `json:"already_counted,omitempty"`
	Items          int `json:"items,omitempty"`
	Pages          int `json:"pages,omitempty"`
}

// Line is one step of the tariff. The free step is shown with price 0.
type Line struct {
	From          int    `json:"from"`
	To            int    `json:"to"`
	UnitPriceYuan int64  `json:"unit_price_yuan"`
	Quantity      int    `json:"quantity"`
	AmountYuan    int64  `json:"amount_yuan"`
	Rule          string `json:"rule"`
}

// Quote is the fee with its steps.
type Quote struct {
	Method     Method `json:"method"`
	AmountYuan int64  `json:"amount_yuan"`
	Lines      []Line `json:"lines"`
	Tariff     string `json:"tariff"` // the instrument it rests on
}

// Figures beyond these are typing errors, and would make absurdly long quotes:
// the price climbs with every ten items, one line each.
const (
	maxCounted = 1_000_000
	maxItems   = 100_000
	maxPages   = 1_000_000
)

// Calculate is the fee of one application, or everything that is wrong with
// the request as statute.FieldErrors.
func Calculate(r Request) (Quote, error) {
	if err := r.Validate(); err != nil {
		return Quote{}, err
	}
	t, from, to := tariffs[1], 1, r.Pages
	if r.Method == PerItem {
		t, from, to = tariffs[0], r.AlreadyCounted+1, r.AlreadyCounted+r.Items
	}
	q := Quote{Method: r.Method, Tariff: t.Instrument, Lines: make([]Line, 0, 4)}
	t.steps(from, to, func(from, to int, price int64) {
		n := to - from + 1
		line := Line{From: from, To: to, UnitPriceYuan: price, Quantity: n, AmountYuan: int64(n) * price, Rule: t.rule(price)}
		q.Lines = append(q.Lines, line)
		q.AmountYuan += line.AmountYuan
	})
	return q, nil
}

// Validate reports everything that is wrong with the request.
func (r Request) Validate() error {
	var errs statute.FieldErrors
	add := func(field, code, rule, zh, en string) {
		errs = append(errs, &statute.FieldError{Field: field, Code: code, Rule: rule, ZH: zh, EN: en})
	}
	bounded := func(field string, n, limit int) {
		switch {
		case n < 0:
			add(field, "negative", "", "数量不能为负", "the figure cannot be negative")
		case n > limit:
			add(field, "too_large", "", "数量超出合理范围", "the figure is beyond all reason")
		}
	}
	bounded("/already_counted", r.AlreadyCounted, maxCounted)
	bounded("/items", r.Items, maxItems)
	bounded("/pages", r.Pages, maxPages)

	required := func(field string, n int) {
		if n == 0 {
			add(field, "required", "", "应填写数量，且不少于1", "a figure of at least 1 is required")
		}
	}
	exclusive := func(field string, n int) {
		if n != 0 {
			add(field, "exclusive", "办法 art. 3", "同一申请只能按件或者按量择一计收", "one application is charged per item or per page, never both")
		}
	}
	switch r.Method {
	case PerItem:
		required("/items", r.Items)
		exclusive("/pages", r.Pages)
	case PerPage:
		required("/pages", r.Pages)
		exclusive("/items", r.Items)
	case "":
		add("/method", "required", "办法 art. 3", "应选择按件计收或者按量计收", "per_item or per_page must be chosen")
	default:
		add("/method", "unknown_method", "办法 art. 3", "收费方式只有按件计收、按量计收两种", "the method must be per_item or per_page")
	}
	return errs.Err()
}
