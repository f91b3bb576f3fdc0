// Package domain is the case file (依申请公开案件) as the law sees it: what may be
// done to an application, by whom, in which order and on which days.
//
// Every command is a method of Case that checks its preconditions in law and
// then changes the case, or refuses with a problem that names the rule and
// changes nothing. Commands read no clock and no store: Env brings the day, the
// person who acts, the calendar and the office's policy. Nothing is ever
// deleted; what was overtaken stays in the lists and in the history.
package domain
