package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/intake/internal/domain"
)

func TestValues_dates(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"2026-01-05": "2026-01-05", "2026/1/5": "2026-01-05", "2026.1.5": "2026-01-05", "2026年1月5日": "2026-01-05", " ２０２６／１／５ ": "2026-01-05",
		"20260105": "2026-01-05", "46027": "2026-01-05", "46027.0": "2026-01-05", "46027.75": "2026-01-05", "4.6027E4": "2026-01-05", "2026-01-05 10:20:00": "2026-01-05",
		"2026-01-05T00:00:00": "2026-01-05", "": "", "—": "", "/": "", "无": "",
	} {
		d, ok := date(s, false)
		require.True(t, ok, s)
		if want == "" {
			require.True(t, d.IsZero(), s)
			continue
		}
		require.Equal(t, want, d.String(), s)
	}
	for _, s := range []string{"5/1/2026", "2026-02-30", "昨天", "2026", "2026-13-01"} {
		_, ok := date(s, false)
		require.False(t, ok, s)
	}
	for _, s := range []string{"44565", "44565.5", "2026-01-05"} {
		d, ok := date(s, true)
		require.True(t, ok)
		require.Equal(t, "2026-01-05", d.String(), s)
	}
}

func TestValues_amounts(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int64{"": 0, "0": 0, "30": 30, "30.00": 30, "￥1,200元": 1200, "１００": 100, "免收": 0, "-": 0, "人民币 30 元整": 30} {
		n, ok := yuan(s)
		require.True(t, ok, s)
		require.Equal(t, want, n, s)
	}
	for _, s := range []string{"3.5", "-3", "很多", "1e3"} {
		_, ok := yuan(s)
		require.False(t, ok, s)
	}
}

func TestValues_codes(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]domain.Channel{
		"": "", "in_person": domain.InPerson, "当面提交": domain.InPerson, "窗口": domain.InPerson, "EMS": domain.RegisteredMail, "Registered Mail": domain.RegisteredMail,
		"平信": domain.OrdinaryMail, "网上申请": domain.Online, "e-mail": domain.Email, "传真": domain.Fax, "口头申请": domain.Oral, "信函": domain.OrdinaryMail,
	} {
		c, assumed, ok := channel(s)
		require.True(t, ok, s)
		require.Equal(t, want, c, s)
		require.Equal(t, s == "信函", assumed)
	}
	for s, want := range map[string]domain.ApplicantKind{
		"natural_person": "natural_person", "个人": "natural_person", "商业企业": "commercial", "法人或其他组织-商业企业": "commercial", "法人或其他组织／科研机构": "research",
		"其他": "other_org", "法人或其他组织：法律服务机构": "legal_service", "社会公益组织": "public_welfare", "其他法人或者组织": "other_org",
	} {
		k, ok := applicantKind(s)
		require.True(t, ok, s)
		require.Equal(t, want, k, s)
	}
	_, ok := applicantKind("总计")
	require.False(t, ok)
	for s, want := range map[string]report.Row{
		"": "", "办理中": "", "四、结转下年度继续办理": "", "（一）予以公开": report.Granted, "不存在": report.UnableNotHeld, "（六）其他处理/3.其他": report.OtherOther,
		"申请人主动撤回": report.OtherOther, "deny_6_process": report.DenyProcess,
	} {
		r, ok := result(s)
		require.True(t, ok, s)
		require.Equal(t, want, r, s)
	}
	for _, s := range []string{"不予公开", "其他", "results_total", "本年新收", "不知道"} {
		_, ok := result(s)
		require.False(t, ok, s)
	}
	// Every row of the tables has a decision, and every word of it leads back.
	for _, r := range append(report.Format2021.Results(), report.OtherAll) {
		_, _, ok := domain.KindOfRow(r)
		require.True(t, ok, r)
		found, ok := result(r.FullLabel())
		require.True(t, ok, r)
		require.Equal(t, r, found)
	}
	for s, want := range map[string]string{
		"行政复议": "review", "复议": "review", "行政诉讼（未经复议直接起诉）": "suit_direct", "复议后起诉": "suit_after_review", "行政诉讼/复议后起诉": "suit_after_review",
		"suit_direct": "suit_direct", "投诉": "complaint",
	} {
		k, ok := proceedingKind(s)
		require.True(t, ok, s)
		require.Equal(t, want, k, s)
	}
	_, ok = proceedingKind("行政诉讼")
	require.False(t, ok)
}

func TestValues_outcomes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, kind string
		want       report.Outcome
		code       string
	}{
		{"", "review", "", ""},
		{"尚未审结", "review", "", ""},
		{"审理中", "suit_direct", "", ""},
		{"结果维持", "review", report.Upheld, ""},
		{"维持", "review", report.Upheld, "maintained"},
		{"维持", "suit_direct", report.Upheld, ""},
		{"corrected", "review", report.Corrected, ""},
		{"撤销", "suit_after_review", report.Corrected, "revoked"},
		{"withdrawn", "review", report.Other, "withdrawn"},
		{"其他结果", "suit_direct", report.Other, ""},
		{"驳回诉讼请求", "suit_direct", report.Upheld, "claims_dismissed"},
		{"upheld", "complaint", report.Upheld, ""},
	} {
		o, code, ok := outcome(c.text, c.kind)
		require.True(t, ok, c)
		require.Equal(t, c.want, o, c)
		require.Equal(t, c.code, code, c)
	}
	for _, c := range [][2]string{{"驳回诉讼请求", "review"}, {"赢了", "suit_direct"}, {"revoked", "complaint"}} {
		_, _, ok := outcome(c[0], c[1])
		require.False(t, ok, c)
	}
}

func TestValues_numbers(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"12.0": "12", "2.0260012E7": "20260012", "2E5": "2E5", "1.5E0": "1.5E0", "2026-1": "2026-1", "1.0.0": "1.0.0"} {
		require.Equal(t, want, numeral(s))
	}
}
