package clock

import (
	"math"
	"strconv"

	"zhiqing.dev/pkg/civil"
)

// The articles that explanations and errors cite.
const (
	art30  = "条例 art. 30"
	art31  = "条例 art. 31"
	art32  = "条例 art. 32"
	art33  = "条例 art. 33"
	art332 = "条例 art. 33(2)"
	art333 = "条例 art. 33(3)"
	art34  = "条例 art. 34"
	art35  = "条例 art. 35"
	art41  = "条例 art. 41"
	art42  = "条例 art. 42"
	feeArt = "信息处理费管理办法"
)

// MaxExtensionWD is the longest extension (条例 art. 33(2)).
const MaxExtensionWD = 20

// maxSetPeriodWD bounds the periods that an office or an order sets itself; a
// longer one is a typing error.
const maxSetPeriodWD = 250

// The years in which a fact can lie.
var earliest, latest = civil.MustParse("1990-01-01"), civil.MustParse("2200-12-31")

// noticed is a correction with the field it came from.
type noticed struct {
	Correction
	field string
}

// corrections lists every correction notice in order of its date.
func (f *Facts) corrections() []noticed {
	if f.Correction == nil && len(f.Corrections) == 0 {
		return nil
	}
	list := make([]noticed, 0, 1+len(f.Corrections))
	if f.Correction != nil {
		list = append(list, noticed{*f.Correction, "/correction"})
	}
	for i, c := range f.Corrections {
		list = append(list, noticed{c, "/corrections/" + strconv.Itoa(i)})
	}
	for i := 1; i < len(list); i++ { // a handful at most, nearly always in order
		for j := i; j > 0 && list[j].before(&list[j-1]); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

// before orders notices by their day; of two on one day the one that was answered
// that very day came first.
func (c *noticed) before(other *noticed) bool {
	if c.NoticedOn != other.NoticedOn {
		return c.NoticedOn < other.NoticedOn
	}
	return c.ReceivedOn == c.NoticedOn && other.ReceivedOn != other.NoticedOn
}

// findings collects what is wrong or irregular.
type findings []*FactError

// once adds what more than one look at the same period may find.
func (l *findings) once(field, code, rule, zh, en string) {
	for _, e := range *l {
		if e.Field == field && e.Code == code {
			return
		}
	}
	l.add(field, code, rule, zh, en)
}

func (l *findings) add(field, code, rule, zh, en string) {
	*l = append(*l, &FactError{Field: field, Code: code, Rule: rule, ZH: zh, EN: en})
}

// Validate reports every fact that cannot stand, as FactErrors.
func (f Facts) Validate(p Policy) error {
	if errs := f.check(p.withDefaults(), f.corrections()); len(errs) > 0 {
		return FactErrors(errs)
	}
	return nil
}

func (f *Facts) check(p Policy, corrections []noticed) findings {
	var errs findings
	f.checkReceipt(&errs)
	f.checkType(&errs)
	f.checkPlausible(&errs, corrections)
	if len(errs) > 0 && f.ReceivedOn == 0 {
		return errs
	}
	f.checkCorrections(&errs, p, corrections)
	f.checkFee(&errs, corrections)
	for i := range f.Consultations {
		f.Consultations[i].check(&errs, i, f.ReceivedOn)
	}
	f.checkExtension(&errs, corrections)
	f.checkReply(&errs)
	f.checkEnd(&errs, corrections)
	f.checkOrder(&errs)
	return errs
}

func (f *Facts) checkReceipt(errs *findings) {
	switch {
	case f.ReceivedOn == 0 && f.ArrivedOn == 0:
		errs.add("/received_on", "required", art31, "应填写收到申请的日期", "the day of receipt is required")
	case f.ReceivedOn == 0 && f.started():
		errs.add("/received_on", "required", art31, "申请尚未确认收到，不应有后续事项", "nothing can happen in a case before the application is received")
	case f.ReceivedOn != 0 && f.ReceivedOn < f.ArrivedOn:
		errs.add("/received_on", "received_before_arrived", art31, "收到日期早于到达日期", "the application cannot be received before it arrived")
	}
}

// started reports whether there are facts that presuppose a received application.
func (f *Facts) started() bool {
	return f.Correction != nil || len(f.Corrections) > 0 || f.Fee != nil || len(f.Consultations) > 0 ||
		f.ExtensionWD != 0 || f.DeferredUntil != 0 || f.DecidedOn != 0 || f.ReplyMadeOn != 0 || f.ServedOn != 0 ||
		f.AbandonedOn != 0 || f.LapsedOn != 0 || f.Order != nil
}

// checkPlausible refuses dates that can only be typing errors, before they
// send a computation through centuries.
func (f *Facts) checkPlausible(errs *findings, corrections []noticed) {
	one := func(d civil.Date, parent, name string) {
		if d != 0 && (d < earliest || d > latest) {
			errs.add(parent+"/"+name, "implausible_date", "民法典 art. 200", "日期不合常理："+d.String(), "the date is implausible: "+d.String())
		}
	}
	one(f.ArrivedOn, "", "arrived_on")
	one(f.ReceivedOn, "", "received_on")
	for i := range corrections {
		c := &corrections[i]
		one(c.NoticedOn, c.field, "noticed_on")
		one(c.DeliveredOn, c.field, "delivered_on")
		one(c.ReceivedOn, c.field, "received_on")
	}
	if f.Fee != nil {
		one(f.Fee.NoticedOn, "/fee", "noticed_on")
		one(f.Fee.NoticeReceivedOn, "/fee", "notice_received_on")
		one(f.Fee.PaidOn, "/fee", "paid_on")
	}
	for i := range f.Consultations {
		c := &f.Consultations[i]
		for _, d := range [...]civil.Date{c.SentOn, c.ConsulteeReceivedOn, c.AnsweredOn, c.WithdrawnOn} {
			if d != 0 && (d < earliest || d > latest) {
				one(d, "/consultations", strconv.Itoa(i))
			}
		}
	}
	one(f.ExtensionNotifiedOn, "", "extension_notified_on")
	one(f.DeferredUntil, "", "deferred_until")
	one(f.DecidedOn, "", "decided_on")
	one(f.ReplyMadeOn, "", "reply_made_on")
	one(f.ServedOn, "", "served_on")
	one(f.AbandonedOn, "", "abandoned_on")
	one(f.LapsedOn, "", "lapsed_on")
	one(f.WithdrawnOn, "", "withdrawn_on")
	one(f.TransferredOn, "", "transferred_on")
	one(f.ClosedOn, "", "closed_on")
	if f.Order != nil {
		one(f.Order.EffectiveOn, "/order", "effective_on")
		one(f.Order.PerformedOn, "/order", "performed_on")
	}
}

func (f *Facts) checkCorrections(errs *findings, p Policy, corrections []noticed) {
	for i := range corrections {
		c := &corrections[i]
		switch {
		case c.NoticedOn == 0:
			errs.add(c.field+"/noticed_on", "required", art30, "应填写补正通知的日期", "the day of the correction notice is required")
		case c.NoticedOn < f.ReceivedOn:
			errs.add(c.field+"/noticed_on", "before_receipt", art30, "补正通知早于收到申请之日", "the correction notice lies before the receipt of the application")
		case i > 0 && corrections[i-1].ReceivedOn == 0:
			errs.add(c.field+"/noticed_on", "while_waiting", art30, "前一次补正尚未收到，不能再次通知补正", "the previous correction is still awaited")
		case i > 0 && c.NoticedOn < corrections[i-1].ReceivedOn:
			errs.add(c.field+"/noticed_on", "while_waiting", art30, "补正通知早于收到前一次补正之日", "the notice lies before the previous correction was received")
		}
		if c.DeliveredOn != 0 && c.DeliveredOn < c.NoticedOn {
			errs.add(c.field+"/delivered_on", "delivered_before_notice", art30, "送达日期早于补正通知日期", "the notice cannot be delivered before it is sent")
		}
		if c.ReceivedOn != 0 && c.ReceivedOn < c.NoticedOn {
			errs.add(c.field+"/received_on", "received_before_notice", art30, "收到补正的日期早于补正通知日期", "the correction cannot be received before it was asked for")
		}
		if c.PeriodWD < 0 || c.PeriodWD > maxSetPeriodWD {
			errs.add(c.field+"/period_wd", "out_of_range", art30, "补正期限不合常理", "the correction period is implausible")
		}
		if i >= p.MaxCorrectionNotices && c.Reason == "" {
			errs.add(c.field, "too_many_corrections", art30, "补正通知应一次性告知；再次通知应说明理由", "art. 30 gives one correction notice; a further one needs a recorded reason")
		}
	}
}

func (f *Facts) checkFee(errs *findings, corrections []noticed) {
	if f.Fee == nil {
		return
	}
	fee := f.Fee
	switch {
	case fee.NoticedOn == 0:
		errs.add("/fee/noticed_on", "required", feeArt, "应填写收费通知的日期", "the day of the fee notice is required")
	case fee.NoticedOn < f.ReceivedOn:
		errs.add("/fee/noticed_on", "before_receipt", feeArt, "收费通知早于收到申请之日", "the fee notice lies before the receipt of the application")
	}
	if fee.NoticeReceivedOn != 0 && fee.NoticeReceivedOn < fee.NoticedOn {
		errs.add("/fee/notice_received_on", "received_before_notice", feeArt, "收到收费通知的日期早于通知日期", "the fee notice cannot be received before it is sent")
	}
	if fee.PaidOn != 0 && fee.PaidOn < fee.NoticedOn {
		errs.add("/fee/paid_on", "paid_before_notice", feeArt, "缴费日期早于收费通知日期", "the fee cannot be paid before it was asked for")
	}
	for i := range corrections {
		c := &corrections[i]
		if !overlap(fee.NoticedOn, fee.PaidOn, c.NoticedOn, c.ReceivedOn) {
			continue
		}
		if fee.NoticedOn >= c.NoticedOn {
			errs.add("/fee/noticed_on", "while_waiting", feeArt, "等待补正期间不能通知缴费", "no fee notice can be given while a correction is awaited")
		} else {
			errs.add(c.field+"/noticed_on", "while_waiting", art30, "等待缴费期间不能通知补正", "no correction notice can be given while the payment is awaited")
		}
	}
}

// overlap reports whether two times of waiting share a day on which both wait;
// one that was over on the day it began shares none. Without an end it still lasts.
func overlap(from, to, otherFrom, otherTo civil.Date) bool {
	const never = civil.Date(math.MaxInt32)
	if to == 0 {
		to = never
	}
	if otherTo == 0 {
		otherTo = never
	}
	return from < otherTo && otherFrom < to
}

func (c *Consultation) check(errs *findings, i int, receivedOn civil.Date) {
	field := func(name string) string { return "/consultations/" + strconv.Itoa(i) + name }
	switch c.Kind {
	case "", ThirdParty, JointAgency, OtherAgency:
	default:
		errs.add(field("/kind"), "unknown_kind", art333, "征求意见的对象类型不明", "the kind must be third_party, joint_agency or other_agency")
	}
	rule := c.article()
	switch {
	case c.SentOn == 0:
		errs.add(field("/sent_on"), "required", rule, "应填写征求意见书的发出日期", "the day on which the letter was sent is required")
	case c.SentOn < receivedOn:
		errs.add(field("/sent_on"), "before_receipt", rule, "征求意见书早于收到申请之日", "the letter lies before the receipt of the application")
	}
	if c.ConsulteeReceivedOn != 0 && c.ConsulteeReceivedOn < c.SentOn {
		errs.add(field("/consultee_received_on"), "received_before_letter", rule, "对方收到征求意见书的日期早于发出日期", "the letter cannot be received before it is sent")
	}
	switch {
	case c.AnsweredOn == 0:
	case c.AnsweredOn < c.SentOn:
		errs.add(field("/answered_on"), "answer_before_letter", rule, "答复意见早于征求意见书的发出日期", "the answer lies before the letter")
	case c.AnsweredOn < c.ConsulteeReceivedOn:
		errs.add(field("/answered_on"), "answer_before_receipt", rule, "答复意见早于对方收到征求意见书之日", "the answer lies before the consultee received the letter")
	}
	if c.WithdrawnOn != 0 && c.WithdrawnOn < c.SentOn {
		errs.add(field("/withdrawn_on"), "withdrawn_before_letter", rule, "撤回日期早于征求意见书的发出日期", "the letter cannot be withdrawn before it is sent")
	}
}

func (f *Facts) checkExtension(errs *findings, corrections []noticed) {
	if f.ExtensionWD < 0 || f.ExtensionWD > MaxExtensionWD {
		errs.add("/extension_wd", "extension_out_of_range", art332, "延长答复期限应在1至20个工作日之间", "an extension lasts 1 to 20 working days")
	}
	on := f.ExtensionNotifiedOn
	switch {
	case on != 0 && f.ExtensionWD == 0:
		errs.add("/extension_wd", "required", art332, "应填写延长的工作日数", "the length of the extension is required")
	case on != 0 && on < f.ReceivedOn:
		errs.add("/extension_notified_on", "before_receipt", art332, "延期告知早于收到申请之日", "the notice of extension lies before the receipt of the application")
	}
	if f.ExtensionWD == 0 {
		return
	}
	if on == 0 {
		return // it was given when a period ran, whenever that was
	}
	waiting := func(since, until civil.Date) bool {
		return on > since && (until == 0 || on < until)
	}
	const field = "/extension_notified_on"
	for i := range corrections {
		if waiting(corrections[i].NoticedOn, corrections[i].ReceivedOn) {
			errs.add(field, "extension_while_waiting", art332, "等待补正期间答复期限不计算，不能延长", "no reply period runs while a correction is awaited, so none can be extended")
		}
	}
	if f.Fee != nil && waiting(f.Fee.NoticedOn, f.Fee.PaidOn) {
		errs.add(field, "extension_while_waiting", art332, "等待缴费期间答复期限不计算，不能延长", "no reply period runs while the payment is awaited, so none can be extended")
	}
}

func (f *Facts) checkReply(errs *findings) {
	if f.DeferredUntil != 0 && f.DeferredUntil <= f.ReceivedOn {
		errs.add("/deferred_until", "before_receipt", art35, "延迟答复的日期不晚于收到申请之日", "the deferred date must lie after the receipt of the application")
	}
	if f.DecidedOn != 0 && f.DecidedOn < f.ReceivedOn {
		errs.add("/decided_on", "before_receipt", art33, "决定日期早于收到申请之日", "the decision lies before the receipt of the application")
	}
	switch {
	case f.ReplyMadeOn == 0:
	case f.ReplyMadeOn < f.ReceivedOn:
		errs.add("/reply_made_on", "before_receipt", art33, "答复日期早于收到申请之日", "the reply lies before the receipt of the application")
	case f.ReplyMadeOn < f.DecidedOn:
		errs.add("/reply_made_on", "reply_before_decision", art33, "答复日期早于决定日期", "the reply lies before the decision")
	}
	switch {
	case f.ServedOn == 0:
	case f.ServedOn < f.ReceivedOn:
		errs.add("/served_on", "before_receipt", art33, "送达日期早于收到申请之日", "the service lies before the receipt of the application")
	case f.ServedOn < f.DecidedOn:
		errs.add("/served_on", "service_before_decision", art33, "送达日期早于决定日期", "the service lies before the decision")
	}
}

func (f *Facts) checkEnd(errs *findings, corrections []noticed) {
	begin := f.ReceivedOn
	if f.ArrivedOn != 0 {
		begin = f.ArrivedOn
	}
	early := func(d civil.Date, field string) {
		if d != 0 && d < begin {
			errs.add(field, "before_receipt", art31, "办结日期早于收到申请之日", "the case cannot end before the application was received")
		}
	}
	early(f.AbandonedOn, "/abandoned_on")
	early(f.LapsedOn, "/lapsed_on")
	early(f.WithdrawnOn, "/withdrawn_on")
	early(f.ClosedOn, "/closed_on")
	early(f.TransferredOn, "/transferred_on")
	if f.AbandonedOn != 0 && len(corrections) == 0 {
		errs.add("/abandoned_on", "abandoned_without_notice", art30, "未通知补正，不能视为放弃申请", "an application is abandoned only after a correction notice")
	}
	if f.LapsedOn != 0 && f.Fee == nil {
		errs.add("/lapsed_on", "lapsed_without_notice", feeArt, "未通知缴费，不能按逾期未缴费处理", "an application lapses only after a fee notice")
	}
}

func (f *Facts) checkOrder(errs *findings) {
	o := f.Order
	if o == nil {
		return
	}
	switch {
	case o.EffectiveOn == 0:
		errs.add("/order/effective_on", "required", "行政诉讼法 art. 94", "应填写决定、判决生效的日期", "the day on which the order took effect is required")
	case o.EffectiveOn < f.ReceivedOn:
		errs.add("/order/effective_on", "before_receipt", "行政诉讼法 art. 94", "生效日期早于收到申请之日", "the order lies before the receipt of the application")
	}
	if o.PeriodWD < 0 || o.PeriodWD > maxSetPeriodWD {
		errs.add("/order/period_wd", "out_of_range", "法释〔2025〕8号", "履行期限不合常理", "the period of performance is implausible")
	}
	if o.PerformedOn != 0 && o.PerformedOn < o.EffectiveOn {
		errs.add("/order/performed_on", "performed_before_order", "行政诉讼法 art. 94", "履行日期早于生效日期", "the order cannot be performed before it took effect")
	}
}
