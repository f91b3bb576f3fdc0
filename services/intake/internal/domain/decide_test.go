package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/domain"
)

func reasons() map[string]string { return map[string]string{decision.ContentReasons: "理由"} }

func TestNoReplyWithoutReview(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	c := registered(t, "2025-04-14")
	refused(t, c.Decide(disclose(), env), problem.IllegalTransition, "art. 17")
	require.NoError(t, c.Review(domain.ReviewRecord{Checks: []domain.Check{{Aspect: "form", Result: "pass"}}}, env))
	p := refused(t, c.Decide(disclose(), env), problem.IllegalTransition, "art. 17")
	require.Contains(t, p.Detail.ZH, "保密审查", "a release takes every aspect")
	require.NoError(t, c.Decide(domain.Proposal{Kind: decision.NotOurs, Contents: reasons()}, env), "any other reply the form")
}

func TestAConcernForbidsFullDisclosure(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	c := registered(t, "2025-04-14")
	r := allChecks()
	r.Checks[1].Result = "concern"
	faulty(t, c.Review(r, env), "/checks/1/note", "required")
	r.Checks[1].Note = "含有身份证号"
	require.NoError(t, c.Review(r, env))
	refused(t, c.Decide(disclose(), env), problem.IllegalTransition, "art. 17")
	require.NoError(t, c.Decide(domain.Proposal{
		Kind: decision.PartlyDisclosed, Ground: "X15",
		Contents: map[string]string{decision.ContentReasons: "隐私", decision.ContentDisclosedPart: "其余部分"},
		Withheld: []domain.Withheld{{Part: "身份证号", Ground: "X15"}},
	}, env))
	require.Equal(t, "partial", c.Draft.Row)
}

func TestAChangedDraftIsReviewedAgain(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	c := registered(t, "2025-04-14")
	require.NoError(t, c.Review(allChecks(), env))
	require.NoError(t, c.Decide(disclose(), env))
	refused(t, c.Decide(disclose(), env), problem.IllegalTransition, "")
	changed := disclose()
	changed.Contents[decision.ContentInformation] = "另见附件二"
	refused(t, c.Decide(changed, env), problem.IllegalTransition, "art. 17")
	require.NoError(t, c.Review(allChecks(), env))
	require.NoError(t, c.Decide(changed, env))
	require.Len(t, c.Returned, 1, "the first draft stays on file")
	require.Equal(t, 2, c.Draft.ReviewN)

	require.NoError(t, c.Approve(domain.Approval{Returned: true, Note: "请补充"}, on("2025-04-21", head)))
	require.Nil(t, c.Draft)
	refused(t, c.Decide(changed, on("2025-04-21", officer)), problem.IllegalTransition, "art. 17")
}

func TestOnlyTheHeadSigns(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-04-14")
	require.NoError(t, c.Review(allChecks(), on("2025-04-20", officer)))
	refused(t, c.Approve(domain.Approval{}, on("2025-04-20", head)), problem.IllegalTransition, "art. 33")
	require.NoError(t, c.Decide(disclose(), on("2025-04-20", officer)))
	refused(t, c.Approve(domain.Approval{}, on("2025-04-20", officer)), problem.Forbidden, "art. 33")
	faulty(t, c.Approve(domain.Approval{SignedOn: day("2025-04-19")}, on("2025-04-20", head)), "/signed_on", "date_too_early")
	require.NoError(t, c.Approve(domain.Approval{}, on("2025-04-20", head)))
	refused(t, c.Decide(disclose(), on("2025-04-21", officer)), problem.IllegalTransition, "art. 33")
}

func TestEveryKindLeadsToItsRow(t *testing.T) {
	t.Parallel()
	for _, e := range decision.All() {
		if e.Kind == decision.NotCorrected || e.Kind == decision.FeeUnpaid || e.Kind == decision.OtherClosing {
			c := registered(t, "2025-04-14")
			refused(t, c.Decide(domain.Proposal{Kind: e.Kind}, on("2025-04-20", officer)), problem.IllegalTransition, "")
			continue
		}
		p := domain.Proposal{Kind: e.Kind, Contents: map[string]string{}}
		for _, k := range e.Contents {
			p.Contents[k.Code] = "内容"
		}
		if e.Needs {
			p.Ground = string(e.Grounds[0])
		}
		c := registered(t, "2025-03-03")
		if e.Kind == decision.StillUnclear {
			c = noticed(t)
			require.NoError(t, c.Correct(domain.CorrectionReceived{Note: "已补"}, on("2025-03-20", self)))
		}
		if e.Kind == decision.Abusive {
			require.NoError(t, c.AskReasons(domain.ReasonsRequest{Text: "x"}, nil, on("2025-03-20", officer)))
			require.NoError(t, c.GiveReasons(domain.Reasons{Reasons: "x"}, on("2025-03-20", self)))
			require.NoError(t, c.AssessReasons(domain.ReasonsAssessment{Assessment: "x"}, on("2025-03-20", officer)))
		}
		require.NoError(t, c.Review(allChecks(), on("2025-03-21", officer)))
		require.NoError(t, c.Decide(p, on("2025-03-21", officer)), "%s", e.Kind)
		require.NoError(t, c.Approve(domain.Approval{}, on("2025-03-24", head)))
		require.NoError(t, c.Serve(domain.Service{Route: "online"}, on("2025-03-24", officer)))
		want, err := decision.Row(e.Kind, p.Ground)
		require.NoError(t, err)
		require.Equal(t, string(want), c.ReportRow, "%s", e.Kind)
		require.Equal(t, string(e.Remedy), c.Decision.Remedy)
	}
}

func TestAReplySaysWhatItsKindNeeds(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	c := registered(t, "2025-04-14")
	require.NoError(t, c.Review(allChecks(), env))
	faulty(t, c.Decide(domain.Proposal{Kind: "K99"}, env), "/kind", "unknown_kind")
	faulty(t, c.Decide(domain.Proposal{Kind: decision.Withheld, Contents: reasons()}, env), "/ground", "required")
	faulty(t, c.Decide(domain.Proposal{Kind: decision.Withheld, Ground: "X99", Contents: reasons()}, env), "/ground", "ground_not_allowed")
	faulty(t, c.Decide(domain.Proposal{Kind: decision.DoesNotExist}, env), "/contents/search", "required")
	faulty(t, c.Decide(domain.Proposal{Kind: decision.Disclosed, Contents: disclose().Contents, DecidedOn: day("2025-04-13")}, env), "/decided_on", "date_too_early")
	faulty(t, c.Decide(domain.Proposal{Kind: decision.Disclosed, Contents: disclose().Contents, DecidedOn: day("2025-04-19")}, env), "/decided_on", "date_too_early")
	faulty(t, c.Decide(domain.Proposal{Kind: decision.Disclosed, Contents: disclose().Contents, DecidedOn: day("2025-04-21")}, env), "/decided_on", "date_in_future")
}

// The day a reply counts as made depends on the route (国办公开办函〔2016〕235号).
func TestServiceByRoute(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		cmd        domain.Service
		made       string // empty: not made yet
		status     contract.CaseStatus
		faultAt    string
		faultyCode string
	}{
		{name: "handed over", cmd: domain.Service{Route: "direct", SentOn: day("2025-04-22"), Signer: "王小明"}, made: "2025-04-22", status: contract.StatusClosed},
		{name: "entrusted, signed a day later", cmd: domain.Service{Route: "entrusted", SentOn: day("2025-04-22"), DeliveredOn: day("2025-04-23"), Signer: "王小明"}, made: "2025-04-23", status: contract.StatusClosed},
		{name: "posted", cmd: domain.Service{Route: "mail", SentOn: day("2025-04-22"), TrackingNo: "E1"}, made: "2025-04-22", status: contract.StatusServed},
		{name: "posted and delivered", cmd: domain.Service{Route: "mail", SentOn: day("2025-04-22"), DeliveredOn: day("2025-04-24"), TrackingNo: "E1"}, made: "2025-04-22", status: contract.StatusClosed},
		{name: "e-mail dispatched", cmd: domain.Service{Route: "email", SentOn: day("2025-04-22")}, status: contract.StatusDecided},
		{name: "e-mail arrived", cmd: domain.Service{Route: "email", SentOn: day("2025-04-22"), DeliveredOn: day("2025-04-22")}, made: "2025-04-22", status: contract.StatusClosed},
		{name: "online", cmd: domain.Service{Route: "online", SentOn: day("2025-04-22")}, made: "2025-04-22", status: contract.StatusClosed},
		{name: "nobody signed", cmd: domain.Service{Route: "direct"}, faultAt: "/signer", faultyCode: "required"},
		{name: "private courier", cmd: domain.Service{Route: "mail"}, faultAt: "/tracking_no", faultyCode: "required"},
		{name: "before the signature", cmd: domain.Service{Route: "online", SentOn: day("2025-04-20")}, faultAt: "/sent_on", faultyCode: "date_too_early"},
		{name: "failed without a reason", cmd: domain.Service{Route: "mail", TrackingNo: "E1", FailedOn: day("2025-04-25")}, faultAt: "/fail_reason", faultyCode: "required"},
		{name: "route", cmd: domain.Service{Route: "pigeon"}, faultAt: "/route", faultyCode: "unknown_code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := signed(t, "2025-04-14", "2025-04-21")
			err := k.Serve(c.cmd, on("2025-04-25", officer))
			if c.faultAt != "" {
				faulty(t, err, c.faultAt, c.faultyCode)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.status, k.Queue.Status)
			require.Equal(t, c.made, k.FinishedOn.String())
			require.Equal(t, c.made != "", k.ReportRow != "")
		})
	}
}

func TestFailedServiceAndASecondAttempt(t *testing.T) {
	t.Parallel()
	c := signed(t, "2025-04-14", "2025-04-21")
	require.NoError(t, c.Serve(domain.Service{Route: "mail", TrackingNo: "E1"}, on("2025-04-22", officer)))
	refused(t, c.Serve(domain.Service{Route: "mail", TrackingNo: "E2"}, on("2025-04-23", officer)), problem.IllegalTransition, "")
	require.NoError(t, c.Serve(domain.Service{Attempt: 1, FailedOn: day("2025-04-25"), FailReason: "无人签收"}, on("2025-04-25", officer)))
	require.Equal(t, contract.StatusDecided, c.Queue.Status)
	require.True(t, c.FinishedOn.IsZero())
	require.Empty(t, c.ReportRow)
	refused(t, c.Serve(domain.Service{Attempt: 1, DeliveredOn: day("2025-04-26")}, on("2025-04-26", officer)), problem.IllegalTransition, "")
	refused(t, c.Serve(domain.Service{Attempt: 3}, on("2025-04-26", officer)), problem.NotFound, "")
	require.NoError(t, c.Serve(domain.Service{Route: "direct", Signer: "王小明"}, on("2025-04-28", officer)))
	require.Equal(t, day("2025-04-28"), c.FinishedOn)
	require.Len(t, c.Decision.Attempts, 2)
}

func TestServiceNeedsASignature(t *testing.T) {
	t.Parallel()
	refused(t, registered(t, "2025-04-14").Serve(domain.Service{Route: "online"}, on("2025-04-20", officer)), problem.IllegalTransition, "art. 33")
}

func TestWithdrawal(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-04-14")
	require.NoError(t, c.Withdraw(domain.Withdrawal{}, on("2025-04-20", self)))
	require.Equal(t, "other_3_other", c.ReportRow)

	c = filed(t, "2025-04-14")
	require.NoError(t, c.Withdraw(domain.Withdrawal{}, on("2025-04-20", self)))
	require.Empty(t, c.ReportRow, "it was never received")
	require.True(t, c.FinishedOn.IsZero())
	require.Equal(t, contract.StatusClosed, c.Queue.Status)

	c = signed(t, "2025-04-14", "2025-04-21")
	require.NoError(t, c.Withdraw(domain.Withdrawal{}, on("2025-04-22", self)), "signed, but not served")
	require.Nil(t, c.Facts().Decision)

	c = signed(t, "2025-04-14", "2025-04-21")
	require.NoError(t, c.Serve(domain.Service{Route: "mail", TrackingNo: "E1"}, on("2025-04-22", officer)))
	refused(t, c.Withdraw(domain.Withdrawal{}, on("2025-04-23", self)), problem.IllegalTransition, "art. 33")
}

func TestClosureByHand(t *testing.T) {
	t.Parallel()
	c := signed(t, "2025-04-14", "2025-04-21")
	refused(t, c.Close(domain.Closure{Note: "x"}, on("2025-04-22", head)), problem.IllegalTransition, "art. 33")
	require.NoError(t, c.Serve(domain.Service{Route: "mail", TrackingNo: "E1"}, on("2025-04-22", officer)))
	require.NoError(t, c.Close(domain.Closure{Note: "邮件跟踪显示妥投"}, on("2025-04-30", officer)))
	require.Equal(t, day("2025-04-22"), c.FinishedOn)
	require.Equal(t, "granted", c.ReportRow)

	c = registered(t, "2025-04-14")
	faulty(t, c.Close(domain.Closure{}, on("2025-04-22", head)), "/note", "required")
	refused(t, c.Close(domain.Closure{Note: "申请人去世"}, on("2025-04-22", officer)), problem.Forbidden, "")
	require.NoError(t, c.Close(domain.Closure{Note: "申请人去世"}, on("2025-04-22", head)))
	require.Equal(t, "other_3_other", c.ReportRow)
}

func TestReopeningOnAnOrder(t *testing.T) {
	t.Parallel()
	c := answered(t, "2025-08-11", "2025-08-29")
	order := domain.Reopening{EffectiveOn: day("2025-11-12"), DocumentNo: "青府复决字8号"}
	require.NoError(t, c.Reopen(order, on("2025-11-13", head)))
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
	require.True(t, c.FinishedOn.IsZero())
	require.Equal(t, day("2025-12-10"), c.Due.ReplyDue, "the order's own 20 working days")
	require.Equal(t, "K2", c.Facts().Earlier[0].Kind)
	require.Equal(t, day("2025-11-13"), c.Facts().ReopenedOn)
	refused(t, c.Reopen(order, on("2025-11-13", head)), problem.IllegalTransition, "")
	refused(t, c.Decide(disclose(), on("2025-11-20", officer)), problem.IllegalTransition, "art. 17")
	refused(t, c.RequestExtension(domain.ExtensionRequest{WorkingDays: 5, Reason: "x"}, on("2025-11-20", officer)), problem.IllegalTransition, "art. 33")

	require.NoError(t, c.Review(allChecks(), on("2025-12-01", officer)))
	require.NoError(t, c.Decide(disclose(), on("2025-12-01", officer)))
	require.NoError(t, c.Approve(domain.Approval{}, on("2025-12-02", head)))
	require.NoError(t, c.Serve(domain.Service{Route: "online"}, on("2025-12-03", officer)))
	require.Equal(t, day("2025-12-03"), c.FinishedOn)
	require.Equal(t, contract.StatusClosed, c.Queue.Status)

	faulty(t, answered(t, "2025-08-11", "2025-08-29").Reopen(domain.Reopening{}, on("2025-11-13", head)), "/document_no", "required")
	faulty(t, answered(t, "2025-08-11", "2025-08-29").Reopen(domain.Reopening{DocumentNo: "x", EffectiveOn: day("2025-08-01")}, on("2025-11-13", head)), "/effective_on", "date_too_early")
	refused(t, registered(t, "2025-08-11").Reopen(order, on("2025-11-13", head)), problem.IllegalTransition, "")
}

func TestAClosingCanBeReopenedToo(t *testing.T) {
	t.Parallel()
	c := noticed(t)
	require.NoError(t, c.Abandon(domain.Abandonment{}, on("2025-04-03", officer)))
	require.NoError(t, c.Reopen(domain.Reopening{DocumentNo: "x"}, on("2025-06-03", head)))
	f := c.Facts()
	require.Equal(t, "K13", f.Earlier[0].Kind)
	require.Equal(t, "other_1_not_corrected", f.Earlier[0].Row)
	require.Equal(t, day("2025-07-01"), c.Due.ReplyDue)
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
}
