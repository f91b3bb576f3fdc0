package domain

import "zhiqing.dev/pkg/civil"

// Alarm is something about an open case that a person should look at now.
type Alarm struct {
	Code  string
	Since civil.Date
	Rule  string
}

// The alarms.
const (
	AlarmUnconfirmed = "not_confirmed"
	AlarmUnreachable = "unreachable"
	AlarmAuthority   = "authority_missing"
	AlarmDuplicate   = "probable_duplicate"
)

// AlarmsOn are the alarms of the case on a day.
func (c *Case) AlarmsOn(today civil.Date) []Alarm {
	if c.Ending != nil {
		return nil
	}
	var out []Alarm
	if by := c.ConfirmBy(); !by.IsZero() && by < today {
		out = append(out, Alarm{AlarmUnconfirmed, by + 1, art31})
	}
	since, tried := c.failedContacts()
	if u := c.Unreachable; u != nil && c.ReceivedOn().IsZero() {
		since, tried = u.TriedOn, tried+1
	}
	if tried > 0 {
		out = append(out, Alarm{AlarmUnreachable, since, rule207})
	}
	if c.Applicant.Agent != nil && !c.has(ForAuthority) {
		out = append(out, Alarm{AlarmAuthority, c.ArrivedOn(), art29})
	}
	if c.unsettled() > 0 {
		out = append(out, Alarm{AlarmDuplicate, c.ArrivedOn(), "条例 art. 36(6)"})
	}
	return out
}

// ConfirmBy is the day by which the office confirms the receipt of an application
// that has arrived (条例 art. 31, rules 7.2); zero once it is confirmed.
func (c *Case) ConfirmBy() civil.Date {
	if c.Ending != nil || !c.ReceivedOn().IsZero() || !c.Queue.HasDue() {
		return 0
	}
	return c.Queue.DueOn
}
