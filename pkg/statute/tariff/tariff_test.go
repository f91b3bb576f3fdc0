package tariff_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/statute"
	"zhiqing.dev/pkg/statute/tariff"
)

type vectors struct {
	Fees struct {
		PerItem []struct {
			Items int   `json:"items_in_month"`
			Total int64 `json:"total_yuan"`
			Last  int64 `json:"price_of_last"`
		} `json:"per_item"`
		Increment []struct {
			Already int   `json:"already"`
			Items   int   `json:"items"`
			Amount  int64 `json:"amount_yuan"`
		} `json:"per_item_increment"`
		PerPage []struct {
			Pages  int   `json:"pages"`
			Amount int64 `json:"amount_yuan"`
		} `json:"per_page"`
	} `json:"fees"`
}

func TestVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(raw, &v))
	require.Len(t, v.Fees.PerItem, 24)
	require.Len(t, v.Fees.Increment, 8)
	require.Len(t, v.Fees.PerPage, 17)

	perItem, _ := tariff.Of(tariff.PerItem)
	for _, c := range v.Fees.PerItem {
		q, err := tariff.Calculate(tariff.Request{Method: tariff.PerItem, Items: c.Items})
		require.NoError(t, err)
		require.Equal(t, c.Total, q.AmountYuan, "%d items", c.Items)
		require.Equal(t, c.Total, tariff.MonthTotal(c.Items))
		require.Equal(t, c.Last, perItem.PriceOf(c.Items))
		require.Equal(t, c.Last, q.Lines[len(q.Lines)-1].UnitPriceYuan)
	}
	for _, c := range v.Fees.Increment {
		q, err := tariff.Calculate(tariff.Request{Method: tariff.PerItem, AlreadyCounted: c.Already, Items: c.Items})
		require.NoError(t, err)
		require.Equal(t, c.Amount, q.AmountYuan, "%d after %d", c.Items, c.Already)
	}
	for _, c := range v.Fees.PerPage {
		q, err := tariff.Calculate(tariff.Request{Method: tariff.PerPage, Pages: c.Pages})
		require.NoError(t, err)
		require.Equal(t, c.Amount, q.AmountYuan, "%d pages", c.Pages)
		require.Equal(t, c.Amount, tariff.PageTotal(c.Pages))
	}
}

func TestTheStepsOfAQuote(t *testing.T) {
	t.Parallel()
	q, err := tariff.Calculate(tariff.Request{Method: tariff.PerItem, AlreadyCounted: 25, Items: 10})
	require.NoError(t, err)
	raw, err := json.Marshal(q)
	require.NoError(t, err)
	require.JSONEq(t, `{"method":"per_item","amount_yuan":1500,"tariff":"政府信息公开信息处理费管理办法（国办函〔2020〕109号）","lines":[
		{"from":26,"to":30,"unit_price_yuan":100,"quantity":5,"amount_yuan":500,"rule":"办法 art. 4 100元"},
		{"from":31,"to":35,"unit_price_yuan":200,"quantity":5,"amount_yuan":1000,"rule":"办法 art. 4 200元"}]}`, string(raw))

	q, err = tariff.Calculate(tariff.Request{Method: tariff.PerPage, Pages: 250})
	require.NoError(t, err)
	require.Len(t, q.Lines, 4)
	require.Equal(t, tariff.Line{From: 1, To: 30, Quantity: 30, Rule: "办法 art. 5 免费"}, q.Lines[0])
	require.Equal(t, tariff.Line{From: 201, To: 250, UnitPriceYuan: 40, Quantity: 50, AmountYuan: 2000, Rule: "办法 art. 5 40元"}, q.Lines[3])
}

// The month vectors M1 to M8 as far as they are arithmetic.
func TestOneTariffForOneApplication(t *testing.T) {
	t.Parallel()
	amount := func(r tariff.Request) int64 {
		q, err := tariff.Calculate(r)
		require.NoError(t, err)
		return q.AmountYuan
	}
	require.EqualValues(t, 100, amount(tariff.Request{Method: tariff.PerItem, AlreadyCounted: 11, Items: 1}))
	require.EqualValues(t, 1700, amount(tariff.Request{Method: tariff.PerPage, AlreadyCounted: 11, Pages: 150}), "pages do not accumulate over the month")
	require.Zero(t, amount(tariff.Request{Method: tariff.PerItem, AlreadyCounted: 4, Items: 1}))
	require.EqualValues(t, 200, amount(tariff.Request{Method: tariff.PerItem, Items: 12}))
	require.Zero(t, amount(tariff.Request{Method: tariff.PerItem, Items: 1}))
	require.EqualValues(t, 380, amount(tariff.Request{Method: tariff.PerPage, Pages: 68}))
}

func TestWrongRequestsAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request tariff.Request
		codes   []string
		fields  []string
	}{
		"nothing":       {tariff.Request{}, []string{"required"}, []string{"/method"}},
		"unknown":       {tariff.Request{Method: "per_kilo", Items: 1}, []string{"unknown_method"}, []string{"/method"}},
		"both":          {tariff.Request{Method: tariff.PerItem, Items: 12, Pages: 150}, []string{"exclusive"}, []string{"/pages"}},
		"both, by page": {tariff.Request{Method: tariff.PerPage, Items: 12, Pages: 150}, []string{"exclusive"}, []string{"/items"}},
		"no items":      {tariff.Request{Method: tariff.PerItem}, []string{"required"}, []string{"/items"}},
		"no pages":      {tariff.Request{Method: tariff.PerPage}, []string{"required"}, []string{"/pages"}},
		"negative":      {tariff.Request{Method: tariff.PerItem, AlreadyCounted: -1, Items: -5}, []string{"negative", "negative"}, []string{"/already_counted", "/items"}},
		"absurd":        {tariff.Request{Method: tariff.PerPage, Pages: 1_000_001}, []string{"too_large"}, []string{"/pages"}},
		"overflow":      {tariff.Request{Method: tariff.PerItem, AlreadyCounted: 1 << 62, Items: 1 << 62}, []string{"too_large", "too_large"}, []string{"/already_counted", "/items"}},
		"all at once":   {tariff.Request{Method: tariff.PerItem, AlreadyCounted: -1, Pages: 3}, []string{"negative", "required", "exclusive"}, []string{"/already_counted", "/items", "/pages"}},
	} {
		_, err := tariff.Calculate(c.request)
		var errs statute.FieldErrors
		require.ErrorAs(t, err, &errs, name)
		var codes, fields []string
		for _, e := range errs {
			codes, fields = append(codes, e.Code), append(fields, e.Field)
		}
		require.Equal(t, c.codes, codes, name)
		require.Equal(t, c.fields, fields, name)
	}
}

func TestTariffProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		already := rapid.IntRange(0, 500).Draw(t, "already")
		items := rapid.IntRange(1, 300).Draw(t, "items")
		whole, err := tariff.Calculate(tariff.Request{Method: tariff.PerItem, AlreadyCounted: already, Items: items})
		require.NoError(t, err)
		require.Equal(t, tariff.MonthTotal(already+items)-tariff.MonthTotal(already), whole.AmountYuan)

		// However a month's items are split over applications, the month costs the same.
		sum, done := int64(0), 0
		for done < items {
			part := rapid.IntRange(1, items-done).Draw(t, "part")
			q, err := tariff.Calculate(tariff.Request{Method: tariff.PerItem, AlreadyCounted: already + done, Items: part})
			require.NoError(t, err)
			sum, done = sum+q.AmountYuan, done+part
		}
		require.Equal(t, whole.AmountYuan, sum)

		next, quantity, total := already+1, 0, int64(0)
		for _, line := range whole.Lines {
			require.Equal(t, next, line.From, "the steps join without a gap")
			require.Equal(t, line.To-line.From+1, line.Quantity)
			require.Equal(t, int64(line.Quantity)*line.UnitPriceYuan, line.AmountYuan)
			next, quantity, total = line.To+1, quantity+line.Quantity, total+line.AmountYuan
		}
		require.Equal(t, items, quantity)
		require.Equal(t, whole.AmountYuan, total)

		// The formulae of the rule, written out a second time.
		require.Equal(t, byFormula(already+items)-byFormula(already), whole.AmountYuan)
		pages := rapid.IntRange(1, 3000).Draw(t, "pages")
		require.Equal(t, int64(10*max(0, min(pages, 100)-30)+20*max(0, min(pages, 200)-100)+40*max(0, pages-200)), tariff.PageTotal(pages))
		require.LessOrEqual(t, tariff.PageTotal(pages), tariff.PageTotal(pages+1))
		require.LessOrEqual(t, tariff.MonthTotal(items), tariff.MonthTotal(items+1))
	})
}

func byFormula(n int) (sum int64) {
	for k := 1; k <= n; k++ {
		switch {
		case k >= 31:
			sum += 100 * int64(1+(k-30+9)/10)
		case k >= 11:
			sum += 100
		}
	}
	return sum
}

func TestTheTariffIsACopy(t *testing.T) {
	t.Parallel()
	mine, ok := tariff.Of(tariff.PerItem)
	require.True(t, ok)
	mine.Tiers[1].PriceYuan = 1
	require.EqualValues(t, 1000, tariff.MonthTotal(20))
	_, ok = tariff.Of("per_kilo")
	require.False(t, ok)
}

func BenchmarkCalculate(b *testing.B) {
	for b.Loop() {
		if _, err := tariff.Calculate(tariff.Request{Method: tariff.PerItem, AlreadyCounted: 25, Items: 10}); err != nil {
			b.Fatal(err)
		}
	}
}
