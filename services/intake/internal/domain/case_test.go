package domain_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/domain"
)

var (
	officer = domain.Actor{Kind: domain.ByStaff, ID: "s-officer", Name: "李经办", Roles: []string{"officer"}}
	head    = domain.Actor{Kind: domain.ByStaff, ID: "s-head", Name: "王主任", Roles: []string{"head"}}
	self    = domain.Actor{Kind: domain.ByApplicant}
	system  = domain.Actor{Kind: domain.BySystem}
)

func day(s string) civil.Date { return civil.MustParse(s) }

// on is the environment of a day.
func on(today string, by domain.Actor) domain.Env {
	d := day(today)
	return domain.Env{
		Today: d, Now: d.Time(time.UTC).Add(2 * time.Hour), Actor: by,
		Calendar: calendar.Builtin(), Policy: domain.DefaultPolicy(),
	}
}

func filing() domain.Filing {
	return domain.Filing{
		ID: "c-1", Office: "xujing", Receipt: "AAAA-BBBB-CCCC-DDDD", Digests: []string{"digest-1"},
		Channel: domain.InPerson,
		Applicant: domain.Applicant{
			Kind: domain.NaturalPerson, Name: "王小明", IDType: "resident_id", IDNumber: "310118199001011234",
			Contact: domain.Contacts{Phone: "13800000000", Address: "上海市青浦区某路1号"},
		},
		Content:  domain.Content{Description: "某地块征收补偿安置方案"},
		Delivery: domain.Delivery{Format: "paper", Route: "mail"},
	}
}

// filed returns a case that arrived on the day.
func filed(t testing.TB, today string) *domain.Case {
	t.Helper()
	c, err := domain.File(filing(), on(today, officer))
	require.NoError(t, err)
	return c
}

// registered returns a case received and registered on the day.
func registered(t testing.TB, today string) *domain.Case {
	t.Helper()
	c := filed(t, today)
	require.NoError(t, c.Register(domain.Registration{}, number(1), on(today, officer)))
	return c
}

func number(n int) domain.Number {
	return domain.Number{Year: 2025, Seq: n, Text: "2025-000001"}
}

func allChecks() domain.ReviewRecord {
	var r domain.ReviewRecord
	for _, a := range []string{"secrecy", "privacy", "trade_secret", "aggregation", "third_party", "form"} {
		r.Checks = append(r.Checks, domain.Check{Aspect: a, Result: "pass"})
	}
	return r
}

func disclose() domain.Proposal {
	return domain.Proposal{
		Kind: decision.Disclosed, Contents: map[string]string{decision.ContentInformation: "见附件"},
	}
}

// signed returns a case whose decision the head has signed.
func signed(t testing.TB, received, today string) *domain.Case {
	t.Helper()
	c := registered(t, received)
	require.NoError(t, c.Review(allChecks(), on(today, officer)))
	require.NoError(t, c.Decide(disclose(), on(today, officer)))
	require.NoError(t, c.Approve(domain.Approval{No: "答〔2025〕1号"}, on(today, head)))
	return c
}

// answered returns a case that was answered, served and closed.
func answered(t testing.TB, received, today string) *domain.Case {
	t.Helper()
	c := signed(t, received, today)
	require.NoError(t, c.Serve(domain.Service{Route: "direct", Signer: "王小明"}, on(today, officer)))
	return c
}

// refused asserts a problem of this code under this rule.
func refused(t testing.TB, err error, code problem.Code, rule string) *problem.Error {
	t.Helper()
	var p *problem.Error
	require.ErrorAs(t, err, &p)
	require.Equal(t, code, p.Code, "%v", err)
	require.NotEmpty(t, p.Detail.ZH)
	require.NotEmpty(t, p.Detail.EN)
	if rule != "" {
		require.Contains(t, p.Rule, rule)
	}
	return p
}

// faulty asserts an Invalid problem that names the field.
func faulty(t testing.TB, err error, pointer, code string) {
	t.Helper()
	p := refused(t, err, problem.Invalid, "")
	for _, f := range p.Fields {
		if f.Pointer == pointer {
			require.Equal(t, code, f.Code, "%s", pointer)
			require.NotEmpty(t, f.Text.ZH)
			require.NotEmpty(t, f.Text.EN)
			return
		}
	}
	t.Fatalf("no fault at %s: %v", pointer, err)
}

func events(c *domain.Case) []string { return c.TakeRaised() }

func TestThinLine(t *testing.T) {
	t.Parallel()
	c := filed(t, "2025-04-14")
	require.Equal(t, contract.StatusSubmitted, c.Queue.Status)
	require.Equal(t, []string{domain.LaneSubmitted}, c.Queue.Lanes)

	require.NoError(t, c.Register(domain.Registration{}, number(1), on("2025-04-14", officer)))
	require.Equal(t, contract.StatusRegistered, c.Queue.Status)
	require.Equal(t, day("2025-05-14"), c.Queue.DueOn)

	require.NoError(t, c.Assign(domain.Assignment{Assignee: "s-officer"}, on("2025-04-15", officer)))
	require.Equal(t, contract.StatusInProgress, c.Queue.Status)
	require.NoError(t, c.Review(allChecks(), on("2025-04-20", officer)))
	require.Equal(t, contract.StatusInReview, c.Queue.Status)
	require.NoError(t, c.Decide(disclose(), on("2025-04-20", officer)))
	require.Contains(t, c.Queue.Lanes, domain.LaneApproval)
	require.Nil(t, c.Facts().Decision, "a draft is not told")
	require.NoError(t, c.Approve(domain.Approval{}, on("2025-04-21", head)))
	require.Equal(t, contract.StatusDecided, c.Queue.Status)
	require.Equal(t, "K2", c.Facts().Decision.Kind)
	require.NoError(t, c.Serve(domain.Service{Route: "mail", TrackingNo: "EMS1"}, on("2025-04-22", officer)))
	require.Equal(t, contract.StatusServed, c.Queue.Status)
	require.Equal(t, day("2025-04-22"), c.FinishedOn, "posting is the day the reply is made")
	require.NoError(t, c.Serve(domain.Service{Attempt: 1, DeliveredOn: day("2025-04-24")}, on("2025-04-25", officer)))
	require.Equal(t, contract.StatusClosed, c.Queue.Status)

	f := c.Facts()
	require.Equal(t, "granted", f.ReportRow)
	require.Equal(t, day("2025-04-22"), f.FinishedOn)
	require.Equal(t, day("2025-04-24"), f.Decision.ServedOn)
	require.Equal(t, []string{
		contract.CaseFiled, contract.CaseRegistered, contract.CaseAssigned, contract.CaseReviewed, contract.CaseDecided,
		contract.CaseApproved, contract.CaseServed, contract.CaseServed, contract.CaseClosed,
	}, events(c))
}

func TestFactsHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	c := answered(t, "2025-04-14", "2025-04-21")
	b, err := json.Marshal(c.Facts())
	require.NoError(t, err)
	for _, personal := range []string{"王小明", "310118199001011234", "13800000000", "某路", "征收补偿"} {
		require.NotContains(t, string(b), personal)
	}
}

func TestStoredCaseComesBack(t *testing.T) {
	t.Parallel()
	c := answered(t, "2025-04-14", "2025-04-21")
	b, err := json.Marshal(c)
	require.NoError(t, err)
	var back domain.Case
	require.NoError(t, json.Unmarshal(b, &back))
	c.TakeRaised()
	require.Equal(t, *c, back)
}

func TestNothingHappensToAClosedCase(t *testing.T) {
	t.Parallel()
	env := on("2025-06-01", head)
	steps := map[string]func(*domain.Case) error{
		"register":   func(c *domain.Case) error { return c.Register(domain.Registration{}, number(2), env) },
		"assign":     func(c *domain.Case) error { return c.Assign(domain.Assignment{Assignee: "x"}, env) },
		"deliberate": func(c *domain.Case) error { return c.Deliberate(domain.Deliberation{}, env) },
		"notice":     func(c *domain.Case) error { return c.NoticeCorrection(domain.CorrectionNotice{}, env) },
		"correct":    func(c *domain.Case) error { return c.Correct(domain.CorrectionReceived{}, env) },
		"abandon":    func(c *domain.Case) error { return c.Abandon(domain.Abandonment{}, env) },
		"consult":    func(c *domain.Case) error { return c.Consult(domain.ConsultationLetter{}, env) },
		"extend":     func(c *domain.Case) error { return c.RequestExtension(domain.ExtensionRequest{}, env) },
		"approve":    func(c *domain.Case) error { return c.ApproveExtension(domain.ExtensionApproval{}, env) },
		"ask":        func(c *domain.Case) error { return c.AskReasons(domain.ReasonsRequest{}, nil, env) },
		"give":       func(c *domain.Case) error { return c.GiveReasons(domain.Reasons{}, env) },
		"assess":     func(c *domain.Case) error { return c.AssessReasons(domain.ReasonsAssessment{}, env) },
		"review":     func(c *domain.Case) error { return c.Review(allChecks(), env) },
		"decide":     func(c *domain.Case) error { return c.Decide(disclose(), env) },
		"sign":       func(c *domain.Case) error { return c.Approve(domain.Approval{}, env) },
		"serve":      func(c *domain.Case) error { return c.Serve(domain.Service{}, env) },
		"withdraw":   func(c *domain.Case) error { return c.Withdraw(domain.Withdrawal{}, env) },
		"close":      func(c *domain.Case) error { return c.Close(domain.Closure{Note: "x"}, env) },
		"split":      func(c *domain.Case) error { return c.SplitUp(domain.SplitOrder{}, env) },
		"merge":      func(c *domain.Case) error { return c.MergeInto(&domain.Case{}, domain.Merge{}, env) },
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := answered(t, "2025-04-14", "2025-04-21")
			before, err := json.Marshal(c)
			require.NoError(t, err)
			refused(t, step(c), problem.IllegalTransition, "")
			after, err := json.Marshal(c)
			require.NoError(t, err)
			require.JSONEq(t, string(before), string(after))
		})
	}
}

func TestNothingBeforeRegistration(t *testing.T) {
	t.Parallel()
	env := on("2025-04-15", head)
	c := filed(t, "2025-04-14")
	for _, err := range []error{
		c.NoticeCorrection(domain.CorrectionNotice{Items: []string{"x"}}, env),
		c.Review(allChecks(), env),
		c.Decide(disclose(), env),
		c.RequestExtension(domain.ExtensionRequest{WorkingDays: 5, Reason: "x"}, env),
		c.Consult(domain.ConsultationLetter{Kind: "third_party", Consultee: "x"}, env),
		c.SplitUp(domain.SplitOrder{}, env),
	} {
		refused(t, err, problem.IllegalTransition, "art. 31")
	}
	var p *problem.Error
	require.False(t, errors.As(c.Assign(domain.Assignment{Assignee: "s"}, env), &p), "it may be given to somebody")
}
