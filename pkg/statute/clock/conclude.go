package clock

import "strconv"

// consultations adds one clock for each letter.
func (k *keeper) consultations() {
	for i := range k.f.Consultations {
		c := &k.f.Consultations[i]
		p, _ := PeriodOf(KindConsultation)
		p.Length, p.Article = k.p.ConsultationLimitWD, c.article()
		switch c.kind() {
		case JointAgency:
			p.Label, p.LabelEN, p.Silence = "征求共同制作机关意见期限", "consultation of the joint agency", SilenceConsents
		case OtherAgency:
			p.Label, p.LabelEN, p.Silence = "征求其他机关意见期限", "consultation of another agency", SilenceNone
		default:
			p.Label, p.LabelEN = "征求第三方意见期限", "consultation of the third party"
		}
		from := c.ConsulteeReceivedOn
		if from == 0 {
			from = c.SentOn
			if c.AnsweredOn == 0 && c.WithdrawnOn == 0 {
				k.found.add("/consultations/"+strconv.Itoa(i)+"/consultee_received_on", "consultee_receipt_unknown", p.Article,
					"对方收到征求意见书的日期未填，暂以发出日期推算", "the consultee's receipt is unknown; the sending day stands in for it")
			}
		}
		clock := p.clock(k.cal, from, k.ink)
		clock.ID = numbered(clock.Kind, i+1)
		clock = clock.Done(c.AnsweredOn)
		if clock.State == Late {
			k.found.add("/consultations/"+strconv.Itoa(i)+"/answered_on", "answer_late", p.Article,
				"逾期答复意见，超出期限的时间仍计入答复期限", "the answer came after its limit; the excess is not left out of the reply period")
		}
		if c.AnsweredOn == 0 && (c.WithdrawnOn != 0 || k.over()) {
			clock.State = Superseded
		}
		k.clocks = append(k.clocks, clock)
	}
}

// over reports whether the case needs no more opinions.
func (k *keeper) over() bool { return k.made != 0 || k.ended != 0 || k.f.ClosedOn != 0 }

// pending reports whether the due date may still move with an answer.
func (k *keeper) pending() bool {
	if k.over() || k.waiting != "" {
		return false
	}
	for i := range k.f.Consultations {
		c := &k.f.Consultations[i]
		if c.ended() != 0 {
			continue
		}
		if g, ok := c.pause(k.cal, k.p); ok && g.through > k.start {
			return true
		}
	}
	return false
}

// conclude finds the clock that decides the case and its state.
func (k *keeper) conclude(reply Clock) Result {
	r := Result{
		ReplyDue: reply.DueOn, Provisional: reply.Provisional && reply.DueOn != 0,
		PendingConsultation: k.pending(), WaitingFor: k.waiting, Explanation: reply.Explanation,
	}
	switch {
	case k.ended != 0:
		r.State = Closed
	case k.made != 0:
		r.State = Met
	case k.f.ClosedOn != 0:
		r.State = Closed
	case k.waiting != "":
		r.State = Waiting
	default:
		r.State = Running
	}
	if k.f.DeferredUntil != 0 && k.waiting == "" {
		deferred := k.deferred(reply)
		reply.State = Superseded
		reply.MetOn = 0
		k.clocks = append(k.clocks, reply, deferred)
		r.ReplyDue, r.Provisional, r.Explanation = deferred.DueOn, false, deferred.Explanation
	} else {
		k.clocks = append(k.clocks, reply)
	}
	if k.f.Order != nil {
		k.perform(&r)
	}
	if r.State != Waiting {
		r.WaitingFor = ""
	}
	if k.ended != 0 || k.made != 0 || k.f.ClosedOn != 0 {
		for i := range k.clocks {
			c := &k.clocks[i]
			if c.State == Running && c.Kind != KindPerformance {
				c.State = Superseded
			}
		}
	}
	r.Clocks, r.Findings = k.clocks, k.found
	return r
}

// deferred is the date that the agency has set under art. 35 (延迟答复): a
// reasonable time, with no statutory length, told to the applicant. It is no
// extension under art. 33 and takes the place of the reply period.
func (k *keeper) deferred(reply Clock) Clock {
	c := Clock{
		ID: string(KindDeferredReply), Kind: KindDeferredReply, Label: "延迟答复期限", LabelEN: "deferred reply", Article: art35,
		StartOn: k.start, DueOn: k.f.DeferredUntil, State: Running,
	}
	if c.DueOn < reply.DueOn {
		k.found.add("/deferred_until", "deferred_before_due", art35, "延迟答复的日期早于原答复期限届满日", "the deferred date lies before the reply was due anyway")
	}
	n := k.ink.narrator(k.cal)
	n.trigger(k.start, "收到申请", "the application was received", art33)
	n.note(c.DueOn, "：已告知申请人延迟至此日答复", ": the applicant was told that the reply is deferred to this day", art35)
	c.Explanation = n.told()
	return k.settle(c)
}

// perform adds the period that a review decision or judgment sets for acting
// anew. It reopens a case that was answered.
func (k *keeper) perform(r *Result) {
	o := k.f.Order
	p, _ := PeriodOf(KindPerformance)
	if o.PeriodWD > 0 {
		p.Length = o.PeriodWD
	}
	c := p.clock(k.cal, o.EffectiveOn, k.ink)
	done := o.PerformedOn
	if done == 0 && k.performed() {
		done = k.made
	}
	c = c.Done(done)
	switch {
	case done != 0:
		r.State = Met
	case k.f.WithdrawnOn >= o.EffectiveOn, k.f.ClosedOn >= o.EffectiveOn:
		c.State, r.State = Superseded, Closed
	default:
		r.State = Running
	}
	r.WaitingFor, r.PendingConsultation = "", false
	r.ReplyDue, r.Provisional, r.Explanation = c.DueOn, c.Provisional, c.Explanation
	k.clocks = append(k.clocks, c)
}
