package report_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute"
	"zhiqing.dev/pkg/statute/report"
)

var day = civil.MustParse

func TestTheYearsOfACase(t *testing.T) {
	t.Parallel()
	f := report.CaseFact{Column: report.Commercial, ReceivedOn: day("2024-12-20"), FinishedOn: day("2026-01-05"), Row: report.Granted}
	for year, want := range map[int]report.Placement{
		2023: {},
		2024: {NewReceived: true, CarriedOut: true},
		2025: {CarriedIn: true, CarriedOut: true},
		2026: {CarriedIn: true, Row: report.Granted},
		2027: {},
	} {
		got, err := report.Place(f, year)
		require.NoError(t, err)
		require.Equal(t, want, got, "%d", year)
		require.Equal(t, year >= 2024 && year <= 2026, got.Counts())
	}
	same, err := report.Place(report.CaseFact{Column: report.NaturalPerson, ReceivedOn: day("2026-12-31"), FinishedOn: day("2026-12-31"), Row: report.OtherOther}, 2026)
	require.NoError(t, err)
	require.Equal(t, report.Placement{NewReceived: true, Row: report.OtherOther}, same, "a withdrawn application stays counted as received")
}

func TestFactsThatCannotBeCounted(t *testing.T) {
	t.Parallel()
	for code, f := range map[string]report.CaseFact{
		"unknown_column":          {Column: report.Total, ReceivedOn: day("2026-01-05")},
		"required":                {Column: report.NaturalPerson},
		"unknown_row":             {Column: report.NaturalPerson, ReceivedOn: day("2026-01-05"), FinishedOn: day("2026-01-06"), Row: report.ResultsTotal},
		"finished_before_receipt": {Column: report.NaturalPerson, ReceivedOn: day("2026-01-05"), FinishedOn: day("2026-01-04"), Row: report.Granted},
	} {
		_, err := report.Place(f, 2026)
		var errs statute.FieldErrors
		require.ErrorAs(t, err, &errs, code)
		require.True(t, errs.Has(code), "%s: %v", code, err)
		require.Error(t, report.Counts{}.Add(f, 2026))
	}
	require.Error(t, report.CaseFact{Column: report.NaturalPerson, ReceivedOn: day("2026-01-05"), Row: report.Granted}.Validate())
	for code, f := range map[string]report.ProceedingFact{
		"unknown_block":           {Block: "complaint", FiledOn: day("2026-01-05")},
		"required":                {Block: report.Review},
		"unknown_outcome":         {Block: report.Review, FiledOn: day("2026-01-05"), ConcludedOn: day("2026-02-05"), Outcome: report.Pending},
		"concluded_before_filing": {Block: report.Review, FiledOn: day("2026-01-05"), ConcludedOn: day("2026-01-04"), Outcome: report.Upheld},
	} {
		err := report.CountProceedings(2026, "").Add(f)
		var errs statute.FieldErrors
		require.ErrorAs(t, err, &errs, code)
		require.True(t, errs.Has(code), "%s: %v", code, err)
	}
	require.Error(t, report.ProceedingFact{Block: report.Review, FiledOn: day("2026-01-05"), Outcome: report.Upheld}.Validate())
}

// However cases come and go, the published table balances in every column and
// what goes out of one year comes into the next.
func TestEveryTableBalances(t *testing.T) {
	t.Parallel()
	results := report.Format2021.Results()
	rapid.Check(t, func(t *rapid.T) {
		from := day("2024-06-01")
		facts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) report.CaseFact {
			f := report.CaseFact{
				Column:     rapid.SampledFrom(report.Applicants()).Draw(t, "column"),
				ReceivedOn: from + civil.Date(rapid.IntRange(0, 900).Draw(t, "received")),
			}
			if rapid.IntRange(0, 3).Draw(t, "finished") > 0 {
				f.FinishedOn = f.ReceivedOn + civil.Date(rapid.IntRange(0, 500).Draw(t, "took"))
				f.Row = rapid.SampledFrom(results).Draw(t, "row")
			}
			return f
		}), 0, 60).Draw(t, "cases")
		disputes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) report.ProceedingFact {
			f := report.ProceedingFact{
				Block:   rapid.SampledFrom(report.Blocks()).Draw(t, "block"),
				FiledOn: from + civil.Date(rapid.IntRange(0, 900).Draw(t, "filed")),
			}
			if rapid.Bool().Draw(t, "concluded") {
				f.ConcludedOn = f.FiledOn + civil.Date(rapid.IntRange(0, 500).Draw(t, "took"))
				f.Outcome = rapid.SampledFrom([]report.Outcome{report.Upheld, report.Corrected, report.Other}).Draw(t, "outcome")
			}
			return f
		}), 0, 30).Draw(t, "disputes")

		var before report.Table3
		var pending map[report.Block]int64
		for year := 2024; year <= 2027; year++ {
			counts := report.Counts{}
			for _, f := range facts {
				require.NoError(t, counts.Add(f, year))
			}
			table := counts.Table(report.FormatFor(year))
			require.Empty(t, report.Failures(report.CheckTable3(table)))
			if before != nil {
				require.Empty(t, report.Failures(report.CheckYears(before, table)))
			}
			before = table
			require.Empty(t, report.Failures(report.CheckAggregate(report.Sum(report.Format2021, table, table), table, table)))

			p, filed := report.CountProceedings(year, report.Handled), report.CountProceedings(year, report.Filed)
			flows := map[report.Block]report.Flow{}
			for _, f := range disputes {
				require.NoError(t, p.Add(f))
				require.NoError(t, filed.Add(f))
			}
			now := map[report.Block]int64{}
			for _, b := range report.Blocks() {
				flows[b] = p.Flow(b)
				now[b] = p.Flow(b).Closing
				total, _ := p.Table().Cell(b, report.OutcomeTotal)
				require.Equal(t, flows[b].Opening+flows[b].Filed, total)
				total, _ = filed.Table().Cell(b, report.OutcomeTotal)
				require.Equal(t, flows[b].Filed, total)
				if pending != nil {
					require.Equal(t, pending[b], flows[b].Opening)
				}
			}
			pending = now
			require.Empty(t, report.Failures(report.CheckFlows(flows)))
			require.Empty(t, report.Failures(report.CheckTable4(p.Table())))
		}
	})
}

func TestFormats(t *testing.T) {
	t.Parallel()
	require.Len(t, report.FormatFor(2020).Rows(), 23)
	require.Len(t, report.FormatFor(2021).Rows(), 25)
	require.Equal(t, report.Format2021.ID, report.FormatFor(2030).ID)
	require.False(t, report.Format2021.Has(report.OtherAll))
	require.True(t, report.Format2019.Has(report.OtherAll))

	c := report.Counts{}
	c.Count(report.NewReceived, report.NaturalPerson, 6)
	c.Count(report.OtherNotCorrected, report.NaturalPerson, 1)
	c.Count(report.OtherFeeUnpaid, report.NaturalPerson, 2)
	c.Count(report.OtherOther, report.NaturalPerson, 3)
	c.Count(report.ResultsTotal, report.NaturalPerson, 99)
	c.Count(report.Granted, report.Total, 99)
	old := c.Table(report.Format2019)
	n, stated := old.Cell(report.OtherAll, report.NaturalPerson)
	require.True(t, stated)
	require.EqualValues(t, 6, n)
	n, _ = old.Cell(report.ResultsTotal, report.Total)
	require.EqualValues(t, 6, n, "totals are computed, never taken")
	require.Empty(t, report.Failures(report.CheckTable3(old)))
	_, stated = old.Cell(report.OtherOther, report.NaturalPerson)
	require.False(t, stated)

	raw, err := json.Marshal(c.Table(report.Format2021)[report.Granted])
	require.NoError(t, err)
	require.JSONEq(t, `{"natural_person":0,"commercial":0,"research":0,"public_welfare":0,"legal_service":0,"other_org":0,"total":0}`, string(raw), "what was not counted is zero, not blank")
}

func TestAWrongAggregateOrFlowIsFound(t *testing.T) {
	t.Parallel()
	c := report.Counts{}
	c.Count(report.NewReceived, report.NaturalPerson, 17)
	c.Count(report.CarriedOut, report.NaturalPerson, 17)
	unit := c.Table(report.Format2021)
	failures := report.Failures(report.CheckAggregate(unit, unit, unit))
	require.Len(t, failures, 4)
	require.Equal(t, report.V9, failures[0].ID)
	require.Equal(t, report.NewReceived, failures[0].Row)
	require.Len(t, report.Failures(report.CheckFlows(map[report.Block]report.Flow{report.Review: {Opening: 1, Filed: 2, Concluded: 1, Closing: 1}})), 1)
	require.Len(t, report.Failures(report.CheckScope("")), 1)
	require.Empty(t, report.Failures(report.CheckScope(report.Own)))
}

func TestRowByLabelReadsLedgers(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]report.Row{
		"granted":               report.Granted,
		" deny_1_state_secret ": report.DenyStateSecret,
		"（一）予以公开":               report.Granted,
		"(一)予以公开":               report.Granted,
		"予以公开":                  report.Granted,
		"一、予以公开":                report.Granted,
		"（二）部分公开（区分处理的，只计这一情形，不计其他情形）": report.Partial,
		"部分公开":     report.Partial,
		"1.属于国家秘密": report.DenyStateSecret,
		"１．属于国家秘密": report.DenyStateSecret,
		"1、属于国家秘密": report.DenyStateSecret,
		"属于国家秘密":   report.DenyStateSecret,
		"（三）不予公开/3.危及“三安全一稳定”":         report.DenySafetyStability,
		`3.危及"三安全一稳定"`:                 report.DenySafetyStability,
		"三、本年度办理结果／（三）不予公开／7.属于行政执法案卷": report.DenyEnforcementFile,
		"2.其他法律行政止公开":                  report.DenyLawForbids,
		"5. 属于三类内部事务信息":                report.DenyInternalAffairs,
		"信息不存在":                        report.UnableNotHeld,
		"1.信访举报投诉类申请":                  report.NoProcPetition,
		"5.要求行政机关确认或重新出具已获取信息":         report.NoProcConfirmReissue,
		"（六）其他处理/1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": report.OtherNotCorrected,
		"逾期未缴费":        report.OtherFeeUnpaid,
		"（六）其他处理/3.其他": report.OtherOther,
		"其他处理/其他":      report.OtherOther,
		"3.其他":         report.OtherOther,
		"（六）其他处理":      report.OtherAll,
		"申请人主动撤回":      report.OtherOther,
		"（七）总计":        report.ResultsTotal,
		"一、本年新收政府信息公开申请数量": report.NewReceived,
		"二、上年结转政府信息公开申请数量": report.CarriedIn,
		"四、结转下年度继续办理":      report.CarriedOut,
	} {
		got, ok := report.RowByLabel(label)
		require.True(t, ok, "%q", label)
		require.Equal(t, want, got, "%q", label)
	}
	for _, label := range []string{"", "其他", "不予公开", "（三）不予公开", "无法提供", "公开了一部分", "（三）不予公开/2.重复申请", "///", "1.", "一", "不予处理"} {
		got, ok := report.RowByLabel(label)
		require.False(t, ok, "%q became %s", label, got)
	}
	for label, want := range map[string]report.Column{"natural_person": report.NaturalPerson, "自然人": report.NaturalPerson, "其他": report.OtherOrg, " 法律服务机构 ": report.LegalService} {
		got, ok := report.ColumnByLabel(label)
		require.True(t, ok, label)
		require.Equal(t, want, got)
	}
	_, ok := report.ColumnByLabel("total")
	require.False(t, ok)
}

func FuzzRowByLabel(f *testing.F) {
	for _, s := range []string{"（一）予以公开", "3.其他", "/", "一一一", "((((", "１．"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, ok := report.RowByLabel(s); ok {
			require.True(t, r.Valid())
			again, ok := report.RowByLabel(r.FullLabel())
			require.True(t, ok)
			require.Equal(t, r, again)
		}
	})
}

func TestResultsOfDisputes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		forum report.Forum
		code  string
		want  report.Outcome
	}{
		{report.ReviewBody, "维持", report.Upheld},
		{report.ReviewBody, "claim_rejected", report.Upheld},
		{report.ReviewBody, "partly_revoked", report.Corrected},
		{report.ReviewBody, "application_dismissed", report.Other},
		{report.ReviewBody, "mediated", report.Other},
		{report.Court, "claims_dismissed", report.Upheld},
		{report.Court, "ordered_disclosure", report.Corrected},
		{report.Court, "suit_dismissed", report.Other},
		{report.Court, "撤诉", report.Other},
	} {
		got, err := report.OutcomeOf(c.forum, c.code, nil)
		require.NoError(t, err)
		require.Equal(t, c.want, got, c.code)
	}
	own := report.Mapping{"application_dismissed": report.Upheld}
	require.NoError(t, own.Validate())
	got, err := report.OutcomeOf(report.ReviewBody, "application_dismissed", own)
	require.NoError(t, err)
	require.Equal(t, report.Upheld, got)
	got, err = report.OutcomeOf(report.ReviewBody, "revoked", report.Mapping{"revoked": report.Upheld})
	require.NoError(t, err)
	require.Equal(t, report.Corrected, got, "a lost case cannot be mapped away")
	require.Error(t, report.Mapping{"revoked": report.Upheld}.Validate())
	require.Error(t, report.Mapping{"suit_dismissed": report.Pending}.Validate())
	_, err = report.OutcomeOf(report.Court, "维持", nil)
	var field *statute.FieldError
	require.ErrorAs(t, err, &field)
	require.NotEmpty(t, report.Results(report.Court))
	require.Equal(t, report.ReviewBody, report.Review.Forum())
	require.Equal(t, report.Court, report.SuitAfterReview.Forum())
	seen := map[string]bool{}
	for _, f := range []report.Forum{report.ReviewBody, report.Court} {
		for _, r := range report.Results(f) {
			require.False(t, seen[string(f)+r.Code])
			seen[string(f)+r.Code] = true
			require.True(t, r.Outcome.Concludes())
			require.NotEmpty(t, r.Article)
			require.NotEmpty(t, r.LabelEN)
		}
	}
}

func TestPercentages(t *testing.T) {
	t.Parallel()
	for want, c := range map[string][2]int64{
		"—":        {5, 0},
		"0.00%":    {0, 7},
		"100.00%":  {3, 3},
		"17.46%":   {208, 1191},
		"30.61%":   {10538, 34430},
		"95.19%":   {673, 707},
		"0.01%":    {1, 20000},
		"33.33%":   {1, 3},
		"66.67%":   {2, 3},
		"-12.50%":  {-1, 8},
		"1.00%":    {19999, 2000000},
		"250.00%":  {5, 2},
		"3000.00%": {9_000_000_000_000_000, 300_000_000_000_000},
	} {
		require.Equal(t, want, report.Percent(c[0], c[1]), "%d of %d", c[0], c[1])
	}
	require.Equal(t, "0.00%", report.Percent(-1, 1_000_000))
	require.Equal(t, "+1.52%", report.Change(267, 263).Value)
	require.Equal(t, "-50.00%", report.Change(1, 2).Value)
	require.Equal(t, "—", report.Change(3, 0).Value)
	require.Equal(t, "4.07%", report.LossRate(209, 5129).Value)
	for _, i := range []report.Indicator{report.HeadAppearanceRate(1, 2), report.OnTimeRate(1, 2), report.ExtensionRate(1, 2), report.ProactiveRate(1, 2)} {
		require.Equal(t, "50.00%", i.Value)
	}
}

func TestPendingCasesAreNotCalledWon(t *testing.T) {
	t.Parallel()
	table := report.Table4FromCounts(map[report.Block]map[report.Outcome]int64{
		report.Review: {report.Upheld: 5, report.Pending: 2}, report.SuitDirect: {report.Upheld: 8, report.Pending: 1},
	})
	sentence, ok := report.NoLoss(table)
	require.True(t, ok)
	require.Contains(t, sentence, "另有3件尚未审结")
	*table[report.Review][report.Corrected] = 1
	_, ok = report.NoLoss(table)
	require.False(t, ok)
	sentence, ok = report.NoLoss(report.Table4FromCounts(nil))
	require.True(t, ok)
	require.NotContains(t, sentence, "尚未审结")
}
