package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
)

func twoParts() domain.SplitOrder {
	return domain.SplitOrder{Parts: []domain.Part{{CaseID: "p-1", Description: "甲地块"}, {CaseID: "p-2", Description: "乙地块"}}}
}

func TestPartsTakeTheParentsPlace(t *testing.T) {
	t.Parallel()
	parent := registered(t, "2025-04-14")
	require.NoError(t, parent.SplitUp(twoParts(), on("2025-04-16", officer)))
	f := parent.Facts()
	require.Equal(t, contract.StatusClosed, f.Status)
	require.Zero(t, f.Items)
	require.Empty(t, f.ReportRow)
	require.True(t, f.FinishedOn.IsZero(), "the parent is no row of the report")

	part, err := parent.PartCase(1, "EEEE-FFFF-GGGG-HHHH", number(2), on("2025-04-16", system))
	require.NoError(t, err)
	require.Equal(t, "p-2", part.ID)
	require.Equal(t, "c-1", part.ParentID)
	require.Equal(t, "乙地块", part.Content.Description)
	require.Equal(t, day("2025-05-14"), part.Due.ReplyDue, "the original clock goes on")
	require.Equal(t, 1, part.Facts().Items)
	require.Equal(t, parent.Digests, part.Digests)
	require.Equal(t, []string{contract.CaseRegistered}, part.TakeRaised())
	_, err = parent.PartCase(2, "", number(3), on("2025-04-16", system))
	require.Error(t, err)
}

func TestSplittingNeedsAnIdleCase(t *testing.T) {
	t.Parallel()
	env := on("2025-03-13", officer)
	refused(t, noticed(t).SplitUp(twoParts(), env), problem.IllegalTransition, "art. 4")
	c := registered(t, "2025-03-03")
	faulty(t, c.SplitUp(domain.SplitOrder{Parts: twoParts().Parts[:1]}, env), "/parts", "out_of_range")
	one := twoParts()
	one.Parts[1].Description = " "
	faulty(t, c.SplitUp(one, env), "/parts/1/description", "required")
	require.NoError(t, c.Review(allChecks(), env))
	require.NoError(t, c.Decide(disclose(), env))
	refused(t, c.SplitUp(twoParts(), env), problem.IllegalTransition, "art. 4")
}

func TestCountingWithoutSplitting(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-04-14")
	order := twoParts()
	order.CountOnly = true
	require.NoError(t, c.SplitUp(order, on("2025-04-16", officer)))
	require.Equal(t, 2, c.Facts().Items)
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
	refused(t, c.SplitUp(twoParts(), on("2025-04-16", officer)), problem.IllegalTransition, "")
}

func TestMergingPendingDuplicates(t *testing.T) {
	t.Parallel()
	env := on("2025-04-18", officer)
	into := registered(t, "2025-04-14")
	into.ID = "c-2"
	c := registered(t, "2025-04-15")
	require.NoError(t, c.MergeInto(into, domain.Merge{}, env))
	require.Equal(t, "other_3_other", c.ReportRow)
	require.Equal(t, "c-2", c.Facts().MergedInto)
	refused(t, c.Reopen(domain.Reopening{DocumentNo: "x"}, env), problem.IllegalTransition, "")

	closed := answered(t, "2025-04-14", "2025-04-15")
	closed.ID = "c-2"
	refused(t, registered(t, "2025-04-15").MergeInto(closed, domain.Merge{}, env), problem.IllegalTransition, "art. 36(6)")
	stranger := registered(t, "2025-04-14")
	stranger.ID, stranger.Digests = "c-2", []string{"another"}
	refused(t, registered(t, "2025-04-15").MergeInto(stranger, domain.Merge{}, env), problem.IllegalTransition, "art. 36(6)")
	same := registered(t, "2025-04-14")
	refused(t, same.MergeInto(same, domain.Merge{}, env), problem.IllegalTransition, "")
	waiting := filed(t, "2025-04-14")
	waiting.ID = "c-2"
	refused(t, registered(t, "2025-04-15").MergeInto(waiting, domain.Merge{}, env), problem.IllegalTransition, "")
}

func TestLinks(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-04-14")
	env := on("2025-04-18", officer)
	require.NoError(t, c.AddLink(domain.Link{To: "c-2"}, env))
	refused(t, c.AddLink(domain.Link{To: "c-2"}, env), problem.IllegalTransition, "")
	faulty(t, c.AddLink(domain.Link{To: "c-1"}, env), "/to", "itself")
	faulty(t, c.AddLink(domain.Link{To: "c-3", Kind: "cousin"}, env), "/kind", "unknown_code")
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-04-14")
	env := on("2025-04-18", head)
	faulty(t, c.Assign(domain.Assignment{}, env), "/assignee", "required")
	require.NoError(t, c.Assign(domain.Assignment{Assignee: "a"}, env))
	refused(t, c.Assign(domain.Assignment{Assignee: "a"}, env), problem.IllegalTransition, "")
	faulty(t, c.Assign(domain.Assignment{Assignee: "b"}, env), "/reason", "required")
	require.NoError(t, c.Assign(domain.Assignment{Assignee: "b", Reason: "休假"}, env))
	require.Len(t, c.Assignments, 2)
}

func TestTheApplicantsKindMovesWithTheWholeCase(t *testing.T) {
	t.Parallel()
	c := answered(t, "2025-04-14", "2025-04-15")
	cmd := domain.KindCorrection{Kind: domain.LegalService, Reason: "登记错误"}
	refused(t, c.CorrectKind(cmd, on("2025-04-18", officer)), problem.Forbidden, "")
	require.NoError(t, c.CorrectKind(cmd, on("2025-04-18", head)))
	require.Equal(t, "legal_service", c.Facts().ApplicantKind)
	refused(t, c.CorrectKind(cmd, on("2025-04-18", head)), problem.IllegalTransition, "")
	faulty(t, c.CorrectKind(domain.KindCorrection{Kind: "x"}, on("2025-04-18", head)), "/kind", "unknown_code")
}

func TestContactsAndDeliberations(t *testing.T) {
	t.Parallel()
	c := answered(t, "2025-04-14", "2025-04-15")
	env := on("2025-04-18", officer)
	require.NoError(t, c.AddContact(domain.Contact{Means: "phone", Summary: "解释答复", Reached: true}, env), "also afterwards")
	faulty(t, c.AddContact(domain.Contact{Means: "smoke", Summary: "x"}, env), "/means", "unknown_code")
	faulty(t, c.AddContact(domain.Contact{Means: "phone"}, env), "/summary", "required")
	d := registered(t, "2025-04-14")
	due := d.Due.ReplyDue
	require.NoError(t, d.Deliberate(domain.Deliberation{Participants: items("李", "王"), Conclusion: "区分处理"}, env))
	require.Equal(t, due, d.Due.ReplyDue, "a deliberation never stops the clock")
	faulty(t, d.Deliberate(domain.Deliberation{Conclusion: "x"}, env), "/participants", "required")
}
