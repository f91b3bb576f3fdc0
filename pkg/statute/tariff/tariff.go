// Package tariff is the information processing fee (信息处理费, 条例 art. 42):
// two tariffs, per item and per page, either of which the agency may pick for
// one application, never both.
//
// All amounts are whole yuan; no rounding ever arises.
package tariff

import (
	"fmt"

	"zhiqing.dev/pkg/civil"
)

// Method is the tariff chosen for an application.
type Method string

// The two tariffs (办法 art. 3).
const (
	PerItem Method = "per_item" // 按件计收
	PerPage Method = "per_page" // 按量计收
)

// Tier is one step of an excess-progressive tariff (超额累进): each unit pays
// the price of the step in which its running number falls.
type Tier struct {
	From      int   `json:"from"`
	To        int   `json:"to"` // 0: open
	PriceYuan int64 `json:"price_yuan"`
	// StepEvery and StepYuan let the open end go on climbing: every further
	// StepEvery units cost StepYuan more each.
	StepEvery int   `json:"step_every,omitempty"`
	StepYuan  int64 `json:"step_yuan,omitempty"`
}

// Tariff is one way to charge.
type Tariff struct {
	Method     Method     `json:"method"`
	Label      string     `json:"label"`
	LabelEN    string     `json:"label_en"`
	Instrument string     `json:"instrument"`
	Article    string     `json:"article"`
	InForceOn  civil.Date `json:"in_force_on"`
	Tiers      []Tier     `json:"tiers"`
}

const instrument = "政府信息公开信息处理费管理办法（国办函〔2020〕109号）"

var tariffs = [...]Tariff{
	{
		Method: PerItem, Label: "按件计收", LabelEN: "per item", Instrument: instrument, Article: "办法 art. 4",
		InForceOn: civil.MustParse("2021-01-01"),
		Tiers: []Tier{
			{From: 1, To: 10},
			{From: 11, To: 30, PriceYuan: 100},
			{From: 31, PriceYuan: 200, StepEvery: 10, StepYuan: 100},
		},
	},
	{
		Method: PerPage, Label: "按量计收", LabelEN: "per page", Instrument: instrument, Article: "办法 art. 5",
		InForceOn: civil.MustParse("2021-01-01"),
		Tiers: []Tier{
			{From: 1, To: 30},
			{From: 31, To: 100, PriceYuan: 10},
			{From: 101, To: 200, PriceYuan: 20},
			{From: 201, PriceYuan: 40},
		},
	},
}

// Of is the tariff of a method.
func Of(m Method) (Tariff, bool) {
	for _, t := range tariffs {
		if t.Method == m {
			t.Tiers = append([]Tier(nil), t.Tiers...)
			return t, true
		}
	}
	return Tariff{}, false
}

// steps calls yield for every run of equal price within the units from..to.
func (t Tariff) steps(from, to int, yield func(from, to int, price int64)) {
	for _, tier := range t.Tiers {
		start, price := tier.From, tier.PriceYuan
		for start <= to {
			end := tier.To
			switch {
			case tier.StepEvery > 0:
				end = start + tier.StepEvery - 1
			case end == 0:
				end = to
			}
			if lo, hi := max(from, start), min(to, end); lo <= hi {
				yield(lo, hi, price)
			}
			if tier.StepEvery == 0 {
				break
			}
			start, price = end+1, price+tier.StepYuan
		}
	}
}

// Total is the fee of the units 1 to n.
func (t Tariff) Total(n int) int64 {
	sum := int64(0)
	t.steps(1, n, func(from, to int, price int64) { sum += int64(to-from+1) * price })
	return sum
}

// PriceOf is what the n-th unit costs.
func (t Tariff) PriceOf(n int) int64 {
	price := int64(0)
	t.steps(n, n, func(_, _ int, p int64) { price = p })
	return price
}

// MonthTotal is the fee of n items of one applicant in one calendar month.
func MonthTotal(n int) int64 { return tariffs[0].Total(n) }

// PageTotal is the fee of the pages of one application.
func PageTotal(pages int) int64 { return tariffs[1].Total(pages) }

func (t Tariff) rule(price int64) string {
	if price == 0 {
		return t.Article + " 免费"
	}
	return fmt.Sprintf("%s %d元", t.Article, price)
}
