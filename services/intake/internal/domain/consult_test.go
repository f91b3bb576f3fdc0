package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/domain"
)

// consulted returns a case of vector D: received 2025-06-09, letter sent
// 2025-06-12 and received 2025-06-16.
func consulted(t testing.TB, kind clock.ConsultationKind) *domain.Case {
	t.Helper()
	c := registered(t, "2025-06-09")
	require.NoError(t, c.Consult(domain.ConsultationLetter{
		Kind: kind, Consultee: "某公司", SentOn: day("2025-06-12"), ConsulteeReceivedOn: day("2025-06-16"),
	}, on("2025-06-16", officer)))
	return c
}

func TestConsultationWithAnAnswer(t *testing.T) {
	t.Parallel()
	c := consulted(t, clock.ThirdParty)
	require.Equal(t, contract.StatusWaiting, c.Queue.Status)
	require.Equal(t, day("2025-07-07"), c.Consultations[0].AnswerBy, "D1")
	require.NoError(t, c.AnswerConsultation(1, domain.ConsultationAnswer{Answer: "consent"}, on("2025-06-25", officer)))
	require.Equal(t, day("2025-07-18"), c.Due.ReplyDue, "D2")
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
	refused(t, c.AnswerConsultation(1, domain.ConsultationAnswer{Answer: "object"}, on("2025-06-25", officer)), problem.IllegalTransition, "art. 32")
}

func TestSilenceMeansSomethingElseForEach(t *testing.T) {
	t.Parallel()
	for kind, means := range map[clock.ConsultationKind]string{
		clock.ThirdParty: "agency_decides", clock.JointAgency: "consents", clock.OtherAgency: "none",
	} {
		c := consulted(t, kind)
		require.Equal(t, day("2025-07-08"), c.Queue.WakeOn)
		require.NoError(t, c.Wake(on("2025-07-07", system)))
		require.Equal(t, contract.StatusWaiting, c.Queue.Status, "the last day counts")
		c.TakeRaised()
		require.NoError(t, c.Wake(on("2025-07-08", system)))
		require.Equal(t, means, c.Consultations[0].Silence)
		require.Equal(t, day("2025-07-08"), c.Consultations[0].SilentOn)
		require.Equal(t, day("2025-07-30"), c.Due.ReplyDue, "D3")
		require.Equal(t, []string{domain.LaneRunning}, c.Queue.Lanes)
		require.Equal(t, []string{contract.CaseChanged}, c.TakeRaised())
		require.NoError(t, c.Wake(on("2025-07-09", system)))
		require.Empty(t, c.TakeRaised(), "it falls silent once")
	}
}

func TestAnAnswerRecordedLateEndsTheSilence(t *testing.T) {
	t.Parallel()
	c := consulted(t, clock.ThirdParty)
	require.NoError(t, c.Wake(on("2025-07-08", system)))
	require.NoError(t, c.AnswerConsultation(1, domain.ConsultationAnswer{AnsweredOn: day("2025-06-25"), Answer: "object"}, on("2025-07-09", officer)))
	require.True(t, c.Consultations[0].SilentOn.IsZero())
	require.False(t, c.Consultations[0].Late)

	c = consulted(t, clock.ThirdParty)
	require.NoError(t, c.AnswerConsultation(1, domain.ConsultationAnswer{Answer: "object"}, on("2025-07-10", officer)))
	require.True(t, c.Consultations[0].Late)
	require.False(t, c.Consultations[0].SilentOn.IsZero())
}

func TestTheReceiptOfTheLetterMayBecomeKnownLater(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-06-09")
	require.NoError(t, c.Consult(domain.ConsultationLetter{Kind: clock.ThirdParty, Consultee: "某公司", SentOn: day("2025-06-12")}, on("2025-06-12", officer)))
	require.Equal(t, day("2025-07-03"), c.Consultations[0].AnswerBy)
	require.NoError(t, c.AnswerConsultation(1, domain.ConsultationAnswer{ConsulteeReceivedOn: day("2025-06-16")}, on("2025-06-17", officer)))
	require.Equal(t, day("2025-07-07"), c.Consultations[0].AnswerBy)
	require.Equal(t, contract.StatusWaiting, c.Queue.Status)
}

func TestNothingIsReleasedWhileAThirdPartyMayAnswer(t *testing.T) {
	t.Parallel()
	c := consulted(t, clock.ThirdParty)
	require.NoError(t, c.Review(allChecks(), on("2025-06-20", officer)))
	refused(t, c.Decide(disclose(), on("2025-06-20", officer)), problem.IllegalTransition, "art. 32")
}

func TestDisclosureAgainstAnObjection(t *testing.T) {
	t.Parallel()
	c := consulted(t, clock.ThirdParty)
	require.NoError(t, c.AnswerConsultation(1, domain.ConsultationAnswer{Answer: "object", Reasons: "商业秘密"}, on("2025-06-25", officer)))
	require.NoError(t, c.Review(allChecks(), on("2025-06-26", officer)))
	env := on("2025-06-26", officer)
	refused(t, c.Decide(disclose(), env), problem.IllegalTransition, "art. 32")
	p := disclose()
	p.Override = &domain.Override{}
	faulty(t, c.Decide(p, env), "/public_interest/told_on", "required")
	p.Override = &domain.Override{What: "检测报告", Why: "涉及饮水安全", ToldOn: day("2025-06-26")}
	require.NoError(t, c.Decide(p, env))
}

func TestAnUnreasonableObjectionDoesNotBind(t *testing.T) {
	t.Parallel()
	c := consulted(t, clock.ThirdParty)
	require.NoError(t, c.AnswerConsultation(1, domain.ConsultationAnswer{Answer: "object", Unreasonable: true}, on("2025-06-25", officer)))
	require.NoError(t, c.Review(allChecks(), on("2025-06-26", officer)))
	require.NoError(t, c.Decide(disclose(), on("2025-06-26", officer)))
}

func TestFaultyConsultations(t *testing.T) {
	t.Parallel()
	env := on("2025-06-16", officer)
	c := registered(t, "2025-06-09")
	faulty(t, c.Consult(domain.ConsultationLetter{Kind: "neighbour", Consultee: "x"}, env), "/kind", "unknown_code")
	faulty(t, c.Consult(domain.ConsultationLetter{Kind: clock.ThirdParty}, env), "/consultee", "required")
	faulty(t, c.Consult(domain.ConsultationLetter{Kind: clock.ThirdParty, Consultee: "x", SentOn: day("2025-06-08")}, env), "/sent_on", "date_too_early")
	c = consulted(t, clock.ThirdParty)
	faulty(t, c.AnswerConsultation(1, domain.ConsultationAnswer{}, env), "/answer", "required")
	faulty(t, c.AnswerConsultation(1, domain.ConsultationAnswer{Answer: "maybe"}, env), "/answer", "unknown_code")
	faulty(t, c.AnswerConsultation(1, domain.ConsultationAnswer{Answer: "consent", AnsweredOn: day("2025-06-15")}, env), "/answered_on", "date_too_early")
	refused(t, c.AnswerConsultation(2, domain.ConsultationAnswer{}, env), problem.NotFound, "")
}

func TestExtensionByTheHeadInTime(t *testing.T) {
	t.Parallel()
	ask := domain.ExtensionRequest{WorkingDays: 20, Reason: "材料多"}
	c := registered(t, "2025-04-14")
	require.NoError(t, c.RequestExtension(ask, on("2025-05-12", officer)))
	require.Contains(t, c.Queue.Lanes, domain.LaneApproval)
	refused(t, c.ApproveExtension(domain.ExtensionApproval{}, on("2025-05-13", officer)), problem.Forbidden, "art. 33")
	require.NoError(t, c.ApproveExtension(domain.ExtensionApproval{}, on("2025-05-14", head)), "C1: the due date itself")
	require.Equal(t, day("2025-06-12"), c.Due.ReplyDue, "C2")
	refused(t, c.RequestExtension(ask, on("2025-05-20", officer)), problem.IllegalTransition, "art. 33")

	late := registered(t, "2025-04-14")
	refused(t, late.RequestExtension(ask, on("2025-05-15", officer)), problem.DeadlinePassed, "art. 33")
	require.NoError(t, late.RequestExtension(ask, on("2025-05-14", officer)))
	refused(t, late.ApproveExtension(domain.ExtensionApproval{}, on("2025-05-15", head)), problem.DeadlinePassed, "art. 33")
	require.NoError(t, late.ApproveExtension(domain.ExtensionApproval{Refused: true}, on("2025-05-15", head)))
	require.Equal(t, day("2025-05-14"), late.Due.ReplyDue)
	refused(t, late.ApproveExtension(domain.ExtensionApproval{}, on("2025-05-15", head)), problem.IllegalTransition, "art. 33")
}

func TestExtensionLengths(t *testing.T) {
	t.Parallel()
	for n, ok := range map[int]bool{0: false, 1: true, 10: true, 20: true, 21: false, -1: false} {
		c := registered(t, "2025-04-14")
		err := c.RequestExtension(domain.ExtensionRequest{WorkingDays: n, Reason: "x"}, on("2025-05-12", officer))
		if !ok {
			faulty(t, err, "/working_days", "out_of_range")
			continue
		}
		require.NoError(t, err)
	}
}

func TestNoExtensionWhileTheClockStandsStill(t *testing.T) {
	t.Parallel()
	refused(t, noticed(t).RequestExtension(domain.ExtensionRequest{WorkingDays: 5, Reason: "x"}, on("2025-03-14", officer)),
		problem.IllegalTransition, "art. 33")
}

func TestExcessiveApplications(t *testing.T) {
	t.Parallel()
	abusive := domain.Proposal{Kind: decision.Abusive, Contents: map[string]string{decision.ContentReasons: "x"}}
	c := registered(t, "2025-04-14")
	env := on("2025-04-20", officer)
	require.NoError(t, c.Review(allChecks(), env))
	refused(t, c.Decide(abusive, env), problem.IllegalTransition, "art. 35")
	refused(t, c.GiveReasons(domain.Reasons{Reasons: "x"}, env), problem.IllegalTransition, "art. 35")
	refused(t, c.AssessReasons(domain.ReasonsAssessment{Assessment: "x"}, env), problem.IllegalTransition, "art. 35")
	require.NoError(t, c.AskReasons(domain.ReasonsRequest{Text: "本月三十件", ReplyBy: day("2025-04-25")}, nil, env))
	refused(t, c.AskReasons(domain.ReasonsRequest{Text: "x"}, nil, env), problem.IllegalTransition, "art. 35")
	require.NotNil(t, c.AwaitedReasons())
	refused(t, c.AssessReasons(domain.ReasonsAssessment{Assessment: "x"}, on("2025-04-25", officer)), problem.IllegalTransition, "art. 35")
	require.NoError(t, c.GiveReasons(domain.Reasons{Reasons: "研究"}, on("2025-04-22", self)))
	faulty(t, c.AssessReasons(domain.ReasonsAssessment{Assessment: "x", DeferredUntil: day("2025-06-30")}, on("2025-04-23", officer)), "/deferred_until", "not_with_refusal")
	require.NoError(t, c.AssessReasons(domain.ReasonsAssessment{Assessment: "与研究无关"}, on("2025-04-23", officer)))
	require.NoError(t, c.Decide(abusive, on("2025-04-23", officer)))
	require.Equal(t, "noproc_4_massive_repeated", c.Draft.Row)

	c = registered(t, "2025-04-14")
	require.NoError(t, c.AskReasons(domain.ReasonsRequest{Text: "x"}, nil, env))
	require.NoError(t, c.GiveReasons(domain.Reasons{Reasons: "研究"}, env))
	require.NoError(t, c.AssessReasons(domain.ReasonsAssessment{Reasonable: true, Assessment: "可以", DeferredUntil: day("2025-07-31")}, env))
	require.Equal(t, day("2025-07-31"), c.Due.ReplyDue)
	require.Contains(t, c.TakeRaised(), contract.CaseDeferred)
}
