// Package tariff is the information processing fee (信息处理费): two tariffs,
// per item and per page, either of which the agency may pick for one
// application, never both.
package tariff

// Method is the tariff chosen for an application.
type Method string

// The two tariffs of 国办函〔2020〕109号 art. 3.
const (
	PerItem Method = "per_item" // 按件计收
	PerPage Method = "per_page" // 按量计收
)

// Request asks for the fee of one application.
type Request struct {
	Method         Method `json:"method"`
	AlreadyCounted int    `json:"already_counted,omitempty"` // items of the applicant in this calendar month before this application
	Items          int    `json:"items,omitempty"`
	Pages          int    `json:"pages,omitempty"`
}

// Line is one step of the tariff.
type Line struct {
	From          int    `json:"from"`
	To            int    `json:"to"`
	UnitPriceYuan int64  `json:"unit_price_yuan"`
	Quantity      int    `json:"quantity"`
	AmountYuan    int64  `json:"amount_yuan"`
	Rule          string `json:"rule,omitempty"`
}

// Quote is the fee with its steps.
type Quote struct {
	Method     Method `json:"method"`
	AmountYuan int64  `json:"amount_yuan"`
	Lines      []Line `json:"lines"`
	Tariff     string `json:"tariff"` // the instrument
}

// Calculate is the fee of one application.
func Calculate(r Request) (Quote, error) { return Quote{}, nil }

// MonthTotal is the fee of n items in one calendar month.
func MonthTotal(n int) int64 { return 0 }

// PageTotal is the fee of the pages of one application.
func PageTotal(pages int) int64 { return 0 }
