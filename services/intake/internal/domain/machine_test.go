package domain_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/domain"
)

// world is an office in which anything may be tried on any day.
type world struct {
	today   civil.Date
	cases   []*domain.Case
	numbers int
	made    int
}

// env is today, with somebody of a random role at the desk.
func (w *world) env(t *rapid.T) domain.Env {
	return domain.Env{
		Today: w.today, Now: w.today.Time(time.UTC), Calendar: calendar.Builtin(), Policy: domain.DefaultPolicy(),
		Actor: rapid.SampledFrom([]domain.Actor{officer, head, self}).Draw(t, "actor"),
	}
}

// date is no date, or one around today: often out of order.
func (w *world) date(t *rapid.T, label string) civil.Date {
	if rapid.Bool().Draw(t, label+" given") {
		return w.today.AddDays(rapid.IntRange(-30, 2).Draw(t, label))
	}
	return 0
}

// try runs a command the way the store does: on a copy that counts only when the
// command was accepted. What was refused has changed nothing.
func (w *world) try(t *rapid.T, run func(*domain.Case, domain.Env) error) {
	if len(w.cases) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.cases)-1).Draw(t, "case")
	next := w.copy(t, w.cases[i])
	if run(next, w.env(t)) == nil {
		w.keep(t, i, next)
	}
}

func (w *world) copy(t *rapid.T, c *domain.Case) *domain.Case {
	b, err := json.Marshal(c)
	require.NoError(t, err)
	out := new(domain.Case)
	require.NoError(t, json.Unmarshal(b, out))
	return out
}

func (w *world) keep(t *rapid.T, i int, next *domain.Case) {
	was := w.cases[i]
	require.GreaterOrEqual(t, len(next.History), len(was.History), "nothing is taken out of the history")
	require.Equal(t, was.History, next.History[:len(was.History)])
	require.GreaterOrEqual(t, len(next.Reviews), len(was.Reviews))
	require.GreaterOrEqual(t, len(next.Earlier), len(was.Earlier))
	if was.Number != nil {
		require.Equal(t, was.Number, next.Number, "a number is for good")
	}
	next.TakeRaised()
	w.cases[i] = next
}

func (w *world) number() domain.Number {
	return domain.Number{Year: 2025, Seq: w.numbers + 1, Text: fmt.Sprintf("2025-%06d", w.numbers+1)}
}

func (w *world) file(t *rapid.T) {
	f := filing()
	w.made++
	f.ID = fmt.Sprintf("c-%d", w.made)
	f.Channel = rapid.SampledFrom([]domain.Channel{domain.InPerson, domain.Online, domain.OrdinaryMail, domain.RegisteredMail}).Draw(t, "channel")
	f.ArrivedOn = w.date(t, "arrived")
	if c, err := domain.File(f, w.env(t)); err == nil {
		c.TakeRaised()
		w.cases = append(w.cases, c)
	}
}

func (w *world) register(t *rapid.T) {
	w.try(t, func(c *domain.Case, env domain.Env) error {
		err := c.Register(domain.Registration{ReceivedOn: w.date(t, "received"), Evidence: domain.Evidence{Note: "x"}}, w.number(), env)
		if err == nil {
			w.numbers++
		}
		return err
	})
}

func (w *world) split(t *rapid.T) {
	if len(w.cases) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.cases)-1).Draw(t, "case")
	next, env := w.copy(t, w.cases[i]), w.env(t)
	order := domain.SplitOrder{SplitOn: w.date(t, "split"), CountOnly: rapid.Bool().Draw(t, "count only")}
	for range 2 {
		w.made++
		order.Parts = append(order.Parts, domain.Part{CaseID: fmt.Sprintf("c-%d", w.made), Description: "部分"})
	}
	if next.SplitUp(order, env) != nil {
		return
	}
	w.keep(t, i, next)
	if order.CountOnly {
		return
	}
	for n := range next.Split.Parts {
		part, err := next.PartCase(n, fmt.Sprintf("r-%d-%d", w.made, n), w.number(), env)
		require.NoError(t, err)
		part.TakeRaised()
		w.numbers++
		w.cases = append(w.cases, part)
	}
	next.PartsFiled()
}

func (w *world) decide(t *rapid.T) {
	w.try(t, func(c *domain.Case, env domain.Env) error {
		kind := rapid.SampledFrom(decision.All()).Draw(t, "kind")
		p := domain.Proposal{Kind: kind.Kind, Contents: map[string]string{}, DecidedOn: w.date(t, "decided")}
		for _, k := range kind.Contents {
			p.Contents[k.Code] = rapid.SampledFrom([]string{"甲", "乙"}).Draw(t, "content")
		}
		if kind.Needs {
			p.Ground = string(kind.Grounds[0])
		}
		return c.Decide(p, env)
	})
}

func (w *world) fee(t *rapid.T) {
	w.try(t, func(c *domain.Case, env domain.Env) error {
		n := contract.NoticeFacts{
			CaseID: c.ID, NoticeID: rapid.SampledFrom([]string{"n-1", "n-2"}).Draw(t, "notice"), NoticedOn: w.today,
			State: rapid.SampledFrom([]contract.NoticeState{
				contract.NoticeIssued, contract.NoticePaid, contract.NoticeLapsed, contract.NoticeCancelled,
			}).Draw(t, "state"),
		}
		if n.State == contract.NoticePaid {
			n.PaidOn = w.today
		}
		return c.ApplyFee(n, rapid.Int64Range(1, 6).Draw(t, "version"), env)
	})
}

// advance takes the next step of the straight way to a served reply, so that the
// far states are reached often.
func (w *world) advance(t *rapid.T) {
	if len(w.cases) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.cases)-1).Draw(t, "case")
	env := w.env(t)
	env.Actor = head
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		next := w.copy(t, w.cases[i])
		var err error
		switch {
		case next.Decision != nil && len(next.Decision.Attempts) == 0:
			route := rapid.SampledFrom([]string{"direct", "mail", "email", "online"}).Draw(t, "route")
			err = next.Serve(domain.Service{Route: route, Signer: "x", TrackingNo: "x"}, env)
		case next.Decision != nil:
			s := domain.Service{Attempt: len(next.Decision.Attempts), DeliveredOn: w.today}
			if rapid.Bool().Draw(t, "failed") {
				s.DeliveredOn, s.FailedOn, s.FailReason = 0, w.today, "x"
			}
			err = next.Serve(s, env)
		case next.Draft != nil:
			err = next.Approve(domain.Approval{}, env)
		case len(next.Reviews) > next.ReviewsUsed:
			err = next.Decide(disclose(), env)
		default:
			err = next.Review(allChecks(), env)
		}
		if err != nil {
			return
		}
		w.keep(t, i, next)
	}
}

// check holds every case to what must always be true.
func (w *world) check(t *rapid.T) {
	seqs := []int{}
	byID := map[string]*domain.Case{}
	for _, c := range w.cases {
		byID[c.ID] = c
	}
	for _, c := range w.cases {
		if c.Number != nil {
			seqs = append(seqs, c.Number.Seq)
		}
		w.checkRow(t, c)
		w.checkReply(t, c)
		w.checkQueue(t, c)
		if c.Split != nil && c.Ending != nil && c.Ending.Code == domain.EndedSplit {
			for _, p := range c.Split.Parts {
				require.Equal(t, c.ID, byID[p.CaseID].ParentID)
				require.Equal(t, c.ReceivedOn(), byID[p.CaseID].ReceivedOn())
			}
			require.Zero(t, c.Items)
		} else {
			require.Positive(t, c.Items)
		}
		for _, s := range c.History {
			require.LessOrEqual(t, s.On, w.today, "%s", s.Code)
		}
		if len(c.Fees) == 0 {
			_, err := clock.Compute(calendar.Builtin(), c.Facts().Clock, clock.DefaultPolicy())
			require.NoError(t, err, "the law can compute what was accepted")
		}
	}
	slices.Sort(seqs)
	for i, n := range seqs {
		require.Equal(t, i+1, n, "the register has no gap and no double")
	}
}

func (w *world) checkRow(t *rapid.T, c *domain.Case) {
	require.Equal(t, c.ReportRow != "", !c.FinishedOn.IsZero(), "row and day go together")
	split := c.Ending != nil && c.Ending.Code == domain.EndedSplit
	counted := c.Ending != nil && !split && !c.ReceivedOn().IsZero()
	if counted {
		require.NotEmpty(t, c.ReportRow, "a closed case has one row")
	}
	if split || c.ReceivedOn().IsZero() {
		require.Empty(t, c.ReportRow)
	}
	if c.Ending == nil && c.Queue.Status != contract.StatusServed {
		require.Empty(t, c.ReportRow, "an open case has none")
	}
	require.LessOrEqual(t, c.FinishedOn, w.today)
}

func (w *world) checkReply(t *rapid.T, c *domain.Case) {
	require.False(t, c.Draft != nil && c.Decision != nil)
	for _, d := range c.Earlier {
		require.False(t, d.OvertakenOn.IsZero())
	}
	if d := c.Decision; d != nil {
		for i := range c.Searches {
			if d.Kind == decision.DoesNotExist {
				require.Equal(t, domain.SearchNothing, c.Searches[i].Result, "what a search found exists")
			}
		}
		for i := range c.Consultations {
			k := &c.Consultations[i]
			require.False(t, d.Kind == decision.Disclosed && k.Kind == clock.ThirdParty && k.Answer == "object" && !k.Unreasonable,
				"nothing is given against a third party's objection")
		}
		if d.Kind == decision.Abusive {
			require.False(t, c.Excess.Reasonable)
		}
		require.Positive(t, d.ReviewN, "no reply without review")
		require.LessOrEqual(t, d.ReviewN, len(c.Reviews))
		require.Equal(t, "s-head", d.SignedBy.ID)
		require.LessOrEqual(t, c.Reviews[d.ReviewN-1].ReviewedOn, d.DecidedOn)
		require.LessOrEqual(t, d.DecidedOn, d.SignedOn)
		if !d.MadeOn.IsZero() {
			require.GreaterOrEqual(t, d.MadeOn, d.SignedOn)
			require.Equal(t, d.MadeOn, c.FinishedOn)
			require.Equal(t, d.Row, c.ReportRow)
		}
	}
}

func (w *world) checkQueue(t *rapid.T, c *domain.Case) {
	status := c.StatusOn(w.today)
	switch status {
	case contract.StatusWaiting, contract.StatusClosed, contract.StatusServed, contract.StatusSubmitted:
		require.False(t, c.Overdue(w.today), "a paused or finished case is never overdue")
	}
	require.Equal(t, c.Ending == nil, len(c.Queue.Lanes) > 0, "every open case stands in a queue")
	f := c.Facts()
	require.Equal(t, f.Decision != nil, c.Decision != nil)
	require.Nil(t, f.Clock.Fee)
}

// No sequence of steps, in any order and on any day, breaks what the report, the
// register and the queues rest on.
func TestNoSequenceOfStepsBreaksTheFile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := &world{today: day("2025-03-03")}
		t.Repeat(map[string]func(*rapid.T){
			"":         w.check,
			"tomorrow": func(t *rapid.T) { w.today = w.today.AddDays(rapid.IntRange(1, 15).Draw(t, "days")) },
			"file":     w.file,
			"register": w.register,
			"split":    w.split,
			"decide":   w.decide,
			"fee":      w.fee,
			"advance":  w.advance,
			"further":  w.advance,
			"assign": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.Assign(domain.Assignment{Assignee: "s", AssignedOn: w.date(t, "assigned")}, env)
				})
			},
			"notice": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.NoticeCorrection(domain.CorrectionNotice{Items: items("x"), Reason: "x", NoticedOn: w.date(t, "noticed")}, env)
				})
			},
			"correct": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.Correct(domain.CorrectionReceived{LateReason: "x", Note: "x", ReceivedOn: w.date(t, "corrected")}, env)
				})
			},
			"abandon": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.Abandon(domain.Abandonment{AbandonedOn: w.date(t, "abandoned")}, env)
				})
			},
			"consult": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.Consult(domain.ConsultationLetter{Kind: clock.ThirdParty, Consultee: "x", SentOn: w.date(t, "sent")}, env)
				})
			},
			"answer": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					answer := rapid.SampledFrom([]string{"consent", "object"}).Draw(t, "answer")
					return c.AnswerConsultation(max(1, len(c.Consultations)), domain.ConsultationAnswer{Answer: answer, AnsweredOn: w.date(t, "answered")}, env)
				})
			},
			"search": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.OrderSearch(domain.SearchOrder{Unit: "x", AskedOn: w.date(t, "asked")}, env)
				})
			},
			"search report": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.ReportSearch(max(1, len(c.Searches)), domain.SearchReport{
						Result: rapid.SampledFrom([]string{"found", "nothing"}).Draw(t, "result"),
						Places: items("x"), Method: "x", ReportedOn: w.date(t, "reported"),
					}, env)
				})
			},
			"ask reasons": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.AskReasons(domain.ReasonsRequest{Text: "x", AskedOn: w.date(t, "asked"), ReplyBy: w.today}, nil, env)
				})
			},
			"give reasons": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.GiveReasons(domain.Reasons{Reasons: "x", GivenOn: w.date(t, "given")}, env)
				})
			},
			"assess reasons": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					a := domain.ReasonsAssessment{Assessment: "x", Reasonable: rapid.Bool().Draw(t, "reasonable"), AssessedOn: w.date(t, "assessed")}
					if a.Reasonable {
						a.DeferredUntil = w.date(t, "deferred")
					}
					return c.AssessReasons(a, env)
				})
			},
			"deliberate": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					due := c.Due.ReplyDue
					err := c.Deliberate(domain.Deliberation{Participants: items("x"), Conclusion: "x", HeldOn: w.date(t, "held")}, env)
					if err == nil && len(c.Fees) == 0 && len(c.Consultations) == 0 {
						require.Equal(t, due, c.Due.ReplyDue)
					}
					return err
				})
			},
			"correct kind": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.CorrectKind(domain.KindCorrection{Kind: domain.Research, Reason: "x"}, env)
				})
			},
			"wake": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error { return c.Wake(env) })
			},
			"ask extension": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.RequestExtension(domain.ExtensionRequest{WorkingDays: 10, Reason: "x", RequestedOn: w.date(t, "asked")}, env)
				})
			},
			"approve extension": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.ApproveExtension(domain.ExtensionApproval{DecidedOn: w.date(t, "approved"), NotifiedOn: w.date(t, "told")}, env)
				})
			},
			"review": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					r := allChecks()
					r.ReviewedOn = w.date(t, "reviewed")
					return c.Review(r, env)
				})
			},
			"sign": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.Approve(domain.Approval{SignedOn: w.date(t, "signed"), Returned: rapid.Bool().Draw(t, "returned")}, env)
				})
			},
			"serve": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					s := domain.Service{
						Attempt: rapid.IntRange(0, 1).Draw(t, "attempt"), Signer: "x", TrackingNo: "x", FailReason: "x",
						SentOn: w.date(t, "sent"), DeliveredOn: w.date(t, "delivered"), FailedOn: w.date(t, "failed"),
					}
					if s.Attempt == 0 {
						s.Route = rapid.SampledFrom([]string{"direct", "mail", "email", "online"}).Draw(t, "route")
					}
					return c.Serve(s, env)
				})
			},
			"withdraw": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.Withdraw(domain.Withdrawal{WithdrawnOn: w.date(t, "withdrawn")}, env)
				})
			},
			"close": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.Close(domain.Closure{ClosedOn: w.date(t, "closed"), Note: "x"}, env)
				})
			},
			"merge": func(t *rapid.T) {
				if len(w.cases) > 0 {
					into := w.cases[rapid.IntRange(0, len(w.cases)-1).Draw(t, "into")]
					w.try(t, func(c *domain.Case, env domain.Env) error { return c.MergeInto(into, domain.Merge{}, env) })
				}
			},
			"reopen": func(t *rapid.T) {
				w.try(t, func(c *domain.Case, env domain.Env) error {
					return c.Reopen(domain.Reopening{DocumentNo: "x", EffectiveOn: w.date(t, "effective")}, env)
				})
			},
		})
	})
}
