package clock

// checkType refuses facts of an application in a request to correct a record, and
// the other way round.
func (f *Facts) checkType(errs *findings) {
	switch f.CaseType {
	case "":
		if f.TransferredOn != 0 {
			errs.add("/transferred_on", "not_in_application", art41, "只有更正本人信息的申请可以转送有权机关", "only a request to correct a record about oneself is transferred to another agency")
		}
		return
	case CaseRecordCorrection:
	default:
		errs.add("/case_type", "unknown_type", art41, "案件类型不明", "the type must be absent or record_correction")
		return
	}
	foreign := func(there bool, field string) {
		if there {
			errs.add(field, "not_in_record_correction", art41, "更正本人信息的申请不适用信息公开申请的这一程序", "a request to correct a record about oneself has no such step")
		}
	}
	foreign(f.Correction != nil, "/correction")
	foreign(len(f.Corrections) > 0, "/corrections")
	foreign(f.Fee != nil, "/fee")
	foreign(len(f.Consultations) > 0, "/consultations")
	foreign(f.ExtensionWD != 0, "/extension_wd")
	foreign(f.ExtensionNotifiedOn != 0, "/extension_notified_on")
	foreign(f.DeferredUntil != 0, "/deferred_until")
	foreign(f.AbandonedOn != 0, "/abandoned_on")
	foreign(f.LapsedOn != 0, "/lapsed_on")
}

// recordCorrection is a request to correct a record about oneself (art. 41). The law
// sets no period; the office sets itself one (rule book 7.14). It is over when the
// person was told of the correction or of its refusal, or when the request was
// transferred to the agency that may correct the record.
func (k *keeper) recordCorrection() Result {
	p, _ := PeriodOf(KindRecordCorrection)
	p.Length = k.p.RecordCorrectionTargetWD
	c := p.clock(k.cal, k.start, k.ink)
	made, end := k.f.replyMade(k.p), max(k.f.WithdrawnOn, k.f.ClosedOn)
	if t := k.f.TransferredOn; t != 0 && (made == 0 || t < made) {
		made = t
	}
	r := Result{ReplyDue: c.DueOn, Provisional: c.Provisional, State: Running}
	switch {
	case made != 0:
		c, r.State = c.Done(made), Met
	case end != 0:
		c.State, r.State = Superseded, Closed
	}
	k.clocks = append(k.clocks, c)
	if k.f.Order != nil {
		k.perform(&r)
	} else {
		r.Explanation = c.Explanation
	}
	r.Clocks, r.Findings = k.clocks, k.found
	return r
}
