package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/domain"
)

func nothing() domain.SearchReport {
	return domain.SearchReport{Result: "nothing", Places: []string{"镇档案室2023年文书档案", "协同办公系统"}, Method: "以文号和地块名称检索"}
}

func missing() domain.Proposal { return domain.Proposal{Kind: decision.DoesNotExist} }

// 条例 art. 36(4): a reply that there is nothing rests on a search.
func TestASearchIsTheEvidenceForNothing(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	c := registered(t, "2025-04-14")
	due := c.Due.ReplyDue
	faulty(t, c.OrderSearch(domain.SearchOrder{}, env), "/unit", "required")
	require.NoError(t, c.OrderSearch(domain.SearchOrder{Unit: "规建办", AskedOn: day("2025-04-15")}, env))
	require.Equal(t, c.Content.Description, c.Searches[0].Scope)
	require.Equal(t, due, c.Due.ReplyDue, "a search never stops the clock (rules 7.6)")

	require.NoError(t, c.Review(allChecks(), env))
	withText := missing()
	withText.Contents = map[string]string{decision.ContentSearch: "已检索"}
	refused(t, c.Decide(withText, env), problem.IllegalTransition, "36(4)")
	refused(t, c.Decide(disclose(), env), problem.IllegalTransition, "36(4)")

	refused(t, c.ReportSearch(2, nothing(), env), problem.NotFound, "")
	faulty(t, c.ReportSearch(1, domain.SearchReport{Result: "nothing", Method: "x"}, env), "/places", "required")
	faulty(t, c.ReportSearch(1, domain.SearchReport{Result: "nothing", Places: []string{"x"}}, env), "/method", "required")
	faulty(t, c.ReportSearch(1, domain.SearchReport{Result: "maybe"}, env), "/result", "unknown_code")
	require.NoError(t, c.ReportSearch(1, nothing(), env))
	refused(t, c.ReportSearch(1, nothing(), env), problem.IllegalTransition, "36(4)")

	require.NoError(t, c.Decide(missing(), env))
	require.Equal(t, "2025-04-20，规建办检索了镇档案室2023年文书档案、协同办公系统，检索方式：以文号和地块名称检索，均未检索到。",
		c.Draft.Contents[decision.ContentSearch])
}

func TestWhatASearchFoundExists(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	c := registered(t, "2025-04-14")
	require.NoError(t, c.OrderSearch(domain.SearchOrder{Unit: "规建办"}, env))
	require.NoError(t, c.ReportSearch(1, domain.SearchReport{Result: "partly", Found: "方案正文"}, env))
	require.NoError(t, c.Review(allChecks(), env))
	p := missing()
	p.Contents = map[string]string{decision.ContentSearch: "没有"}
	refused(t, c.Decide(p, env), problem.IllegalTransition, "36(4)")
	require.NoError(t, c.Decide(disclose(), env))
}

func TestAnOfficeMayReplyBeforeASearchEnds(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	env.Policy.OpenSearch = domain.AllowWithReason
	c := registered(t, "2025-04-14")
	require.NoError(t, c.OrderSearch(domain.SearchOrder{Unit: "规建办"}, env))
	require.NoError(t, c.Review(allChecks(), env))
	faulty(t, c.Decide(disclose(), env), "/note", "required")
	p := disclose()
	p.Note = "其余部分已由本办查到"
	require.NoError(t, c.Decide(p, env))
}

// A draft is held to the law again when it is signed: what came in meanwhile may
// stand against it.
func TestAnObjectionAfterTheDraftForbidsSigning(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	c := registered(t, "2025-04-14")
	require.NoError(t, c.Review(allChecks(), env))
	require.NoError(t, c.Decide(disclose(), env))
	require.NoError(t, c.Consult(domain.ConsultationLetter{Kind: clock.ThirdParty, Consultee: "某公司"}, env))
	refused(t, c.Approve(domain.Approval{}, on("2025-04-20", head)), problem.IllegalTransition, "art. 32")
	require.NoError(t, c.AnswerConsultation(1, domain.ConsultationAnswer{Answer: "object", Reasons: "商业秘密"}, env))
	refused(t, c.Approve(domain.Approval{}, on("2025-04-20", head)), problem.IllegalTransition, "art. 32")
	require.NoError(t, c.Approve(domain.Approval{Returned: true}, on("2025-04-20", head)))
	r := allChecks()
	r.Checks[4].Result = "not_applicable"
	faulty(t, c.Review(r, env), "/checks/4/result", "contradiction")
}

// Rules 7.10: one extension of at most 20 working days, unless the office reads
// the article as allowing several that make 20 together.
func TestSeveralExtensionsMakeTwentyDays(t *testing.T) {
	t.Parallel()
	env := on("2025-05-12", head)
	env.Policy.MaxExtensions = 2
	c := registered(t, "2025-04-14")
	ask := func(days int) error {
		return c.RequestExtension(domain.ExtensionRequest{WorkingDays: days, Reason: "材料多"}, env)
	}
	require.NoError(t, ask(10))
	require.NoError(t, c.ApproveExtension(domain.ExtensionApproval{}, env))
	require.Equal(t, day("2025-05-28"), c.Due.ReplyDue)
	env.Today = day("2025-05-20")
	faulty(t, ask(11), "/working_days", "out_of_range")
	require.NoError(t, ask(10))
	require.NoError(t, c.ApproveExtension(domain.ExtensionApproval{}, env))
	require.Equal(t, day("2025-06-12"), c.Due.ReplyDue)
	refused(t, ask(1), problem.IllegalTransition, "art. 33")
}

func TestALateExtensionOnlyWhereTheOfficeTakesIt(t *testing.T) {
	t.Parallel()
	env := on("2025-05-16", head) // the reply was due on 2025-05-14
	c := registered(t, "2025-04-14")
	ask := domain.ExtensionRequest{WorkingDays: 10, Reason: "材料多"}
	refused(t, c.RequestExtension(ask, env), problem.DeadlinePassed, "art. 33")
	env.Policy.Clock.LateExtension = clock.Accept
	require.NoError(t, c.RequestExtension(ask, env))
	faulty(t, c.ApproveExtension(domain.ExtensionApproval{}, env), "/note", "required")
	require.NoError(t, c.ApproveExtension(domain.ExtensionApproval{Note: "与申请人商定"}, env))
	require.True(t, c.Extensions[0].Late)
	require.Equal(t, day("2025-05-28"), c.Due.ReplyDue)
}

func TestOpinionsComeFromParticipants(t *testing.T) {
	t.Parallel()
	env := on("2025-04-20", officer)
	c := registered(t, "2025-04-14")
	d := domain.Deliberation{
		Participants: []string{"李经办", "钱法制"}, Conclusion: "部分公开",
		Opinions: []domain.Opinion{{Who: "过路人", Opinion: "公开"}},
	}
	faulty(t, c.Deliberate(d, env), "/opinions/0/who", "not_a_participant")
	due := c.Due.ReplyDue
	d.Opinions[0].Who = "钱法制"
	require.NoError(t, c.Deliberate(d, env))
	require.Equal(t, due, c.Due.ReplyDue, "deliberation never stops the clock")
}
