package decision_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/statute"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
)

func TestEveryDecisionHasItsRow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind   decision.Kind
		ground string
		row    report.Row
	}{
		{"K1", "", report.Granted},
		{"K2", "", report.Granted},
		{"K3", "X14a", report.DenyStateSecret},
		{"K3", "X14b", report.DenyLawForbids},
		{"K3", "X14c", report.DenySafetyStability},
		{"K3", "X15", report.DenyThirdParty},
		{"K3", "X16a", report.DenyInternalAffairs},
		{"K3", "X16b", report.DenyProcess},
		{"K3", "X16c", report.DenyEnforcementFile},
		{"K3p", "X15", report.Partial},
		{"K3p", "X16b", report.Partial},
		{"K4", "", report.UnableNotHeld},
		{"K5", "", report.UnableNotHeld},
		{"K6", "", report.NoProcDuplicate},
		{"K7", "", report.DenyAdminQuery},
		{"K7", "X36-7", report.DenyAdminQuery},
		{"K8", "", report.UnableNeedsCreation},
		{"K9", "", report.NoProcPetition},
		{"K10", "", report.NoProcPublication},
		{"K11", "", report.NoProcMassiveRepeated},
		{"K12", "", report.NoProcConfirmReissue},
		{"K13", "", report.OtherNotCorrected},
		{"K14", "", report.OtherFeeUnpaid},
		{"K15", "", report.UnableUnclearAfterCorrection},
		{"K16", "", report.OtherOther},
	} {
		row, err := decision.Row(c.kind, c.ground)
		require.NoError(t, err, "%s %s", c.kind, c.ground)
		require.Equal(t, c.row, row, "%s %s", c.kind, c.ground)
		require.True(t, row.IsResult())
	}
	require.Len(t, decision.All(), 17)
	used := map[report.Row]bool{}
	for _, e := range decision.All() {
		for _, g := range append(e.Grounds, "") {
			if row, err := decision.Row(e.Kind, string(g)); err == nil {
				used[row] = true
			}
		}
		require.NotEmpty(t, e.Label)
		require.NotEmpty(t, e.LabelEN)
		require.NotEmpty(t, e.Article)
		require.NotEmpty(t, e.Contents)
		for _, c := range e.Contents {
			require.NotEmpty(t, c.Label, "%s %s", e.Kind, c.Code)
		}
	}
	for _, r := range report.Format2021.Results() {
		require.True(t, used[r], "no decision leads to %s", r)
	}
}

func TestGroundsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind         decision.Kind
		ground, code string
	}{
		{"K3", "", "required"},
		{"K3p", "", "required"},
		{"K3", "X99", "ground_not_allowed"},
		{"K3", "X36-7", "ground_not_allowed"},
		{"K2", "X15", "ground_not_allowed"},
		{"K99", "", "unknown_kind"},
		{"", "", "unknown_kind"},
	} {
		_, err := decision.Row(c.kind, c.ground)
		var errs statute.FieldErrors
		require.ErrorAs(t, err, &errs, "%s %s", c.kind, c.ground)
		require.True(t, errs.Has(c.code), "%s %s: %v", c.kind, c.ground, err)
	}
}

func TestAReplySaysWhatItMust(t *testing.T) {
	t.Parallel()
	err := decision.Validate("K3", "", nil)
	var errs statute.FieldErrors
	require.ErrorAs(t, err, &errs)
	require.Len(t, errs, 2)
	require.Equal(t, "/ground", errs[0].Field)
	require.Equal(t, "/contents/reasons", errs[1].Field)
	require.Contains(t, errs[1].ZH, "理由")

	require.NoError(t, decision.Validate("K3", "X15", map[string]string{"reasons": "涉及商业秘密"}))
	require.Error(t, decision.Validate("K3", "X15", map[string]string{"reasons": "　"}))
	require.NoError(t, decision.Validate("K2", "", map[string]string{"information": "附件1"}))
	require.NoError(t, decision.Validate("K2", "", map[string]string{"access_time": "11月30日到档案室阅取"}))
	require.Error(t, decision.Validate("K2", "", nil))
	require.NoError(t, decision.Validate("K5", "", map[string]string{"reasons": "区规划资源局制作"}), "the competent agency is named only if known")
	require.Error(t, decision.Validate("K3p", "X15", map[string]string{"reasons": "x"}))
	require.Error(t, decision.Validate("K4", "", nil))
	require.Error(t, decision.Validate("K99", "", nil))
}

func TestRemedies(t *testing.T) {
	t.Parallel()
	at := decision.Places{ReviewBody: "上海市青浦区人民政府", Court: "上海铁路运输法院"}
	for _, e := range decision.All() {
		text := decision.Wording(e.Kind, at)
		switch e.Remedy {
		case decision.ReviewFirst:
			require.Contains(t, text, "先向上海市青浦区人民政府申请行政复议", e.Kind)
			require.Contains(t, text, "15日内向上海铁路运输法院", e.Kind)
			require.NotContains(t, text, "6个月")
		case decision.ReviewOrCourt:
			require.Contains(t, text, "60日内向上海市青浦区人民政府申请行政复议", e.Kind)
			require.Contains(t, text, "6个月内", e.Kind)
		default:
			require.Empty(t, text, e.Kind)
		}
	}
	withheld, _ := decision.Of("K3")
	require.Equal(t, decision.ReviewFirst, withheld.Remedy)
	partly, _ := decision.Of("K3p")
	require.Equal(t, decision.ReviewFirst, partly.Remedy)
	require.Contains(t, decision.Wording("K3p", at), "不予公开的部分")
	registry, _ := decision.Of("K7")
	require.Equal(t, decision.ReviewOrCourt, registry.Remedy)
	require.True(t, registry.SuitOftenDismissed)
	require.Equal(t, decision.NotChallengeable, decision.ExtensionNotice.Remedy())
	require.Contains(t, decision.Wording("K2", decision.Places{}), "上一级人民政府")
	require.Empty(t, decision.Wording("K99", at))
}

func TestTheTableIsACopy(t *testing.T) {
	t.Parallel()
	e, _ := decision.Of("K3")
	e.Grounds[0] = "X99"
	_, err := decision.Row("K3", "X14a")
	require.NoError(t, err)
	require.Len(t, decision.Grounds(), 8)
}
