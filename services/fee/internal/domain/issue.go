package domain

import (
	"errors"
	"fmt"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/tariff"
)

// Order is the wish to issue a notice.
type Order struct {
	Method           tariff.Method
	Items            int // 0: as counted
	Pages            int
	NoticedOn        civil.Date
	NoticeReceivedOn civil.Date
	DeliveryRoute    string
	HowToPay         string
	Note             string
	// PointsOnly: the reply will only point to what is published, or to a place and
	// time of access (条例 art. 36(1), (2)).
	PointsOnly bool
}

// PointsOnly is the refusal to charge per page for a reply that delivers no page (FR9).
func PointsOnly() *problem.Error {
	return refuse("答复仅告知已公开信息的获取方式、途径，或者仅告知获取的时间、地点的，不适用按量计收。",
		"A reply that only points to published information, or to a place and time of access, is not charged per page.", "办法 art. 5")
}

// Ground is what a notice rests on: the case, its place in the applicant's month, the
// finding of excess, and the notice that counted last on the case.
type Ground struct {
	Case      *Case
	Applicant string // as the case names it
	Person    string // whose month it is, now that identities were merged
	Month     string
	At        *Counted  // nil when the case does not count in the month
	Before    []Counted // the nearest cases before it
	Finding   *Finding  // approved, or nil
	Earlier   *Notice   // the newest on the case that was not cancelled, or nil
}

// Issue makes the notice, or says why there can be none.
func (g Ground) Issue(id string, o Order, env Env) (*Notice, error) {
	on, err := env.day("/noticed_on", o.NoticedOn, g.Case.Clock.ReceivedOn)
	if err != nil {
		return nil, err
	}
	due, err := g.Period(on, env)
	if err != nil {
		return nil, err
	}
	if err := g.found(on, env.Policy); err != nil {
		return nil, err
	}
	n := &Notice{
		ID: id, Office: g.Case.Office, CaseID: g.Case.ID, RegisterNo: g.Case.RegisterNo, Applicant: g.Applicant,
		Month: g.Month, State: contract.NoticeIssued, Method: o.Method,
		NoticedOn: on, ReplyDue: due, DeliveryRoute: o.DeliveryRoute, HowToPay: o.HowToPay, Note: o.Note,
		IssuedBy: env.By, IssuedAt: env.At,
	}
	if n.HowToPay == "" {
		n.HowToPay = env.Policy.HowToPay
	}
	if g.Finding != nil {
		n.FindingID = g.Finding.ID
	}
	if err := g.price(n, o); err != nil {
		return nil, err
	}
	n.step("issued", on, env)
	n.Raise(contract.FeeNoticeIssued)
	if o.NoticeReceivedOn != 0 {
		return n, n.Deliver(o.NoticeReceivedOn, "", env)
	}
	return n, nil
}

// Period is the processing period in which a notice may be issued (FR10): its last
// day, or why none runs on that day.
func (g Ground) Period(on civil.Date, env Env) (due civil.Date, err error) {
	c := g.Case
	switch {
	case c.Clock.ReceivedOn == 0:
		return 0, refuse("申请尚未确认收到。", "The application has not been received yet.", "条例 art. 31")
	case c.FinishedOn != 0 || c.Status == contract.StatusClosed:
		return 0, refuse("案件已经办结，不能收费。", "The case is closed.", feeRules)
	case c.Decided || c.Clock.ReplyMadeOn != 0:
		return 0, refuse("已经作出答复决定，不能再通知缴费。", "The reply has been decided; no fee notice can follow.", feeRules)
	}
	f := c.Clock
	if e := g.Earlier; e != nil {
		f.Fee = &clock.Fee{NoticedOn: e.NoticedOn, NoticeReceivedOn: e.NoticeReceivedOn}
		if e.Payment != nil {
			f.Fee.PaidOn = e.Payment.PaidOn
		}
	}
	r, err := clock.Compute(env.Calendar, f, env.Policy.Clock)
	if err != nil {
		return 0, refuse("案件的日期相互矛盾，无法计算办理期限。", "The dates of the case contradict each other; no period can be computed.", feeRules).Because(err)
	}
	switch {
	case r.State != clock.Running:
		return 0, refuse("案件正在等待补正或者缴费，办理期限没有计算，不能通知缴费。",
			"The case waits for a correction or a payment; no processing period runs in which a fee notice could be issued.", feeRules)
	case on > r.ReplyDue:
		return 0, problem.New(problem.DeadlinePassed,
			fmt.Sprintf("收费通知应在办理期限内（%s前，含当日）发出。", r.ReplyDue),
			fmt.Sprintf("A fee notice is issued within the processing period, which ended on %s.", r.ReplyDue)).Under(feeRules)
	}
	return r.ReplyDue, nil
}

// found refuses without an approved finding of excess, where the policy asks for one.
func (g Ground) found(on civil.Date, p Policy) error {
	switch {
	case !p.RequireExcessFinding:
		return nil
	case g.Finding == nil:
		return refuse("收费以申请公开的数量、频次明显超过合理范围为前提：应先作出认定并经负责人批准。",
			"A fee needs an approved finding that the number or frequency of applications is clearly beyond reason.", art42)
	case g.Finding.DecidedOn > on:
		return refuse("认定的批准日期晚于收费通知日期。", "The finding was approved after the day of the notice.", art42)
	}
	return nil
}

// BeforeKept bounds the cases that a notice keeps as evidence, the nearest ones; the
// ledger holds all.
const BeforeKept = 500

// price fills in what is charged.
func (g Ground) price(n *Notice, o Order) error {
	req := tariff.Request{Method: o.Method, Items: o.Items, Pages: o.Pages}
	switch o.Method {
	case tariff.PerItem:
		if g.At == nil {
			return refuse("该申请不计入申请人当月件数。", "This application does not count in the applicant's month.", "办法 art. 4")
		}
		if o.Items != 0 && o.Items != g.At.Items {
			return problem.InvalidFields(problem.Field{Pointer: "/items", Code: "items_differ", Rule: "办法 art. 4", Text: problem.Text{
				ZH: fmt.Sprintf("该申请登记为%d件；如需按最小单位拆分，请先在案件中拆分。", g.At.Items),
				EN: fmt.Sprintf("The application counts as %d; to count smallest units, split the case first.", g.At.Items),
			}})
		}
		req.AlreadyCounted, req.Items = g.At.From-1, g.At.Items
		n.AlreadyCounted = g.At.From - 1
		n.Before = g.Before
	case tariff.PerPage:
		if o.PointsOnly {
			return PointsOnly()
		}
	}
	q, err := tariff.Calculate(req)
	if err != nil {
		return err
	}
	if q.AmountYuan == 0 {
		return refuse("在免费额度以内，没有应缴费用。", "Everything lies within the free part of the tariff; there is nothing to charge.", art42)
	}
	n.Items, n.Pages, n.Quote, n.AmountYuan = req.Items, req.Pages, q, q.AmountYuan
	return nil
}

func refuse(zh, en, rule string) *problem.Error {
	return problem.New(problem.IllegalTransition, zh, en).Under(rule)
}

// Obstacle is one reason why no notice can be issued now.
func Obstacle(err error) *problem.Error {
	var p *problem.Error
	if errors.As(err, &p) {
		return p
	}
	return nil
}

// Obstacles lists what stands in the way of a notice on a day, apart from its price.
func (g Ground) Obstacles(on civil.Date, env Env) []*problem.Error {
	var list []*problem.Error
	if _, err := g.Period(on, env); err != nil {
		list = append(list, Obstacle(err))
	}
	if err := g.found(on, env.Policy); err != nil {
		list = append(list, Obstacle(err))
	}
	return list
}
