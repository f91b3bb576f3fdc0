package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
)

func TestParseRegisterNo(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][2]int{
		"2025-000012": {2025, 12}, "徐依申〔2025〕第12号": {2025, 12}, "XJ-2025/7": {2025, 7}, "２０２５－３": {2025, 3}, "依申(2025)3": {2025, 3},
		"2025年第1号": {2025, 1}, "xj2025-999999": {2025, 999999},
	} {
		year, seq, ok := ParseRegisterNo(s)
		require.True(t, ok, s)
		require.Equal(t, want, [2]int{year, seq}, s)
	}
	for _, s := range []string{"", "20250012", "2025", "12", "2025-0", "2025-1000000", "2025-05-12", "1-2025-3", "1889-3", "第三号", "SQ20250001-2"} {
		_, _, ok := ParseRegisterNo(s)
		require.False(t, ok, s)
	}
	require.Equal(t, CanonicalRegisterNo("徐依申 [2025] 3 号"), CanonicalRegisterNo("徐依申〔２０２５〕3号"))
}

func FuzzRegisterNo(f *testing.F) {
	for _, s := range []string{"2025-000012", "〔2025〕第12号", "2025", "二〇二五"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := CanonicalRegisterNo(s)
		y, n, ok := ParseRegisterNo(s)
		y2, n2, ok2 := ParseRegisterNo(c)
		require.Equal(t, [3]any{y, n, ok}, [3]any{y2, n2, ok2}, "%q: however it is written, it is the same number", s)
		require.True(t, !ok || y >= 1990 && y <= 2199 && n >= 1 && n <= maxImportedSeq)
	})
}

func importEnv() Env {
	return Env{
		Today: civil.MustParse("2026-06-10"), Now: time.Date(2026, 6, 10, 2, 0, 0, 0, time.UTC),
		Actor: Actor{Kind: ByStaff, ID: "s1", Name: "李"}, Calendar: calendar.Builtin(), Policy: DefaultPolicy(),
	}
}

func ledgerCase() LedgerCase {
	return LedgerCase{
		RegisterNo: "2025-000001", ApplicantKind: NaturalPerson, ApplicantName: "张三", Description: "内容",
		ReceivedOn: civil.MustParse("2025-03-03"),
	}
}

// Every row of the table closes a case with exactly this row, under a decision that
// leads to it, and tells the others so.
func TestImport_everyRowOfTheReport(t *testing.T) {
	t.Parallel()
	for _, row := range append(report.Format2021.Results(), report.OtherAll) {
		l := ledgerCase()
		l.Result, l.DecidedOn, l.ServedOn, l.FeeYuan = row, civil.MustParse("2025-03-20"), civil.MustParse("2025-03-21"), 30
		c, err := Import(l, Imported{ID: "c", Office: "demo", Receipt: "R", Number: Number{Year: 2025, Seq: 1, Text: l.RegisterNo}}, importEnv())
		require.NoError(t, err, row)
		require.Equal(t, []string{contract.CaseClosed}, c.TakeRaised())
		f := c.Facts()
		require.Equal(t, contract.StatusClosed, f.Status)
		require.Equal(t, string(row), f.ReportRow)
		require.Equal(t, "2025-03-21", f.FinishedOn.String())
		require.Equal(t, f.FinishedOn, f.Decision.ReplyMadeOn)
		require.True(t, f.Imported)
		require.EqualValues(t, 30, f.FeeYuan)
		require.NoError(t, f.Clock.Validate(DefaultPolicy().Clock), row)
		leads, err := decision.Row(decision.Kind(f.Decision.Kind), f.Decision.Ground)
		switch row {
		case report.Partial: // the ledger does not say on what ground the rest is withheld
			require.Error(t, err)
			require.EqualValues(t, decision.PartlyDisclosed, f.Decision.Kind)
		case report.OtherAll:
			require.EqualValues(t, decision.OtherClosing, f.Decision.Kind)
		default:
			require.NoError(t, err, row)
			require.Equal(t, row, leads)
		}
		require.Empty(t, c.Queue.Lanes)
	}
}

func TestImport_anOpenCaseHasItsDueDate(t *testing.T) {
	t.Parallel()
	l := ledgerCase()
	l.ReceivedOn = civil.MustParse("2026-06-01")
	c, err := Import(l, Imported{ID: "c", Office: "demo", Number: Number{Year: 2026, Text: l.RegisterNo}}, importEnv())
	require.NoError(t, err)
	require.Equal(t, []string{contract.CaseRegistered}, c.TakeRaised())
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
	require.Equal(t, "2026-06-30", c.Queue.DueOn.String())
	require.Equal(t, []string{LaneRunning}, c.Queue.Lanes)
	require.Nil(t, c.Facts().Decision)

	// A proceeding finds the decision that stood when it was received.
	require.NoError(t, c.Withdraw(Withdrawal{WithdrawnOn: civil.MustParse("2026-06-09")}, importEnv()))
	require.Nil(t, c.DecisionOn(civil.MustParse("2026-06-10")))
	l.Result, l.DecidedOn = report.Granted, civil.MustParse("2026-06-05")
	c, err = Import(l, Imported{ID: "c", Office: "demo"}, importEnv())
	require.NoError(t, err)
	require.Nil(t, c.DecisionOn(civil.MustParse("2026-06-04")))
	require.EqualValues(t, decision.Disclosed, c.DecisionOn(civil.MustParse("2026-06-05")).Kind)
}
