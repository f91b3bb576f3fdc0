package intake_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
)

func TestReasons_needAFindingWhereTheOfficeSaysSo(t *testing.T) {
	t.Parallel()
	d := open(t)
	ask := func(id string, b body) int {
		r := d.Call("POST", "/v1/cases/"+id+"/reasons-request", with(body{"text": "本月已申请三十件"}, b), d.officer)
		if r.Status == http.StatusConflict {
			require.Equal(t, "illegal_transition", r.Text("code"), r)
			require.Equal(t, "条例 art. 35", r.Text("rule"), r)
		}
		return r.Status
	}
	june, may := d.registered("第三十件", "2026-06-08"), d.registered("第三十一件", "2026-05-29")
	free := d.registered("第二十九件", "2026-06-08")
	require.Equal(t, 200, ask(free, nil), "the law names the excess and no finding of its own")
	r := d.Call("PUT", "/v1/offices/"+office+"/policies", body{"name": "徐泾镇人民政府", "policies": body{"reasons_need_finding": true}}, d.head)
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, true, r.At("policies", "reasons_need_finding"))
	require.Equal(t, 409, ask(june, nil))

	f := contract.FindingFacts{
		Office: office, FindingID: "f-1", Month: "2026-06", State: contract.FindingApproved, FoundOn: day("2026-06-08"), DecidedOn: day("2026-06-09"),
		Applicants: []string{"another", d.Master.Digest("applicant", office+"\x00resident_id:310118199001011234")},
	}
	stranger, theirs, rejected, mays := f, f, f, f
	stranger.FindingID, stranger.Applicants = "f-2", []string{"another"}
	theirs.FindingID, theirs.Office = "f-3", other
	rejected.State = contract.FindingRejected
	mays.FindingID, mays.Month = "f-4", "2026-05"
	d.tell(contract.FeeFindingApproved, "f-2", 2, stranger)
	d.tellOf(other, contract.FeeFindingApproved, "f-3", 2, theirs)
	d.tell(contract.FeeFindingApproved, "f-4", 2, mays)
	d.Eventually(func() bool { return ask(may, nil) == 200 }, "the finding about May")
	require.Equal(t, 409, ask(june, nil), "about another month, person or office")
	d.tell(contract.FeeFindingApproved, "f-1", 2, f)
	d.Eventually(func() bool { return ask(june, nil) == 200 }, "the finding about June")
	require.Equal(t, 409, ask(d.registered("第三十二件", "2026-06-08"), body{"asked_on": "2026-06-08"}), "before the approval")
	require.Equal(t, 200, ask(d.registered("第三十二件", "2026-06-08"), body{"asked_on": "2026-06-09"}))

	// What is newer holds, in whichever order it is told.
	d.tell(contract.FeeFindingRestated, "f-1", 4, rejected)
	d.Eventually(func() bool { return ask(d.registered("第三十三件", "2026-06-08"), nil) == 409 }, "the finding is gone")
	d.tell(contract.FeeFindingRestated, "f-1", 3, f)
	require.Equal(t, 409, ask(d.registered("第三十四件", "2026-06-08"), nil))
}
