package litigation_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
)

func TestProceeding_ordersWithoutAPeriodHaveTheOffices(t *testing.T) {
	t.Parallel()
	in := start(t)
	ordered := func() servicetest.Reply {
		id := in.receive(obj{"kind": "review", "organ_or_court": "区政府", "received_on": "2026-03-02"}).Text("id")
		return in.step(id, obj{"step": "result", "on": "2026-04-20", "served_on": "2026-04-21", "result": "revoked", "order": obj{}})
	}
	require.EqualValues(t, 20, ordered().At("order", "period_wd"))
	in.publish(contract.OfficeChanged, "demo", "demo", 2, contract.OfficeFacts{
		Office: "demo", Name: "示范镇", Policies: contract.OfficePolicies{ReopenPeriodWD: 10},
	})
	in.Eventually(func() bool { return ordered().At("order", "period_wd") == 10.0 }, "the office's own period is not taken")
}
