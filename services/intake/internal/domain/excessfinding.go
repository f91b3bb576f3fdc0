package domain

import (
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
)

// ExcessFinding is the copy of a finding that the number or frequency of an
// applicant's applications is clearly beyond reason (条例 art. 35). The fee service
// keeps it, because it counts.
type ExcessFinding struct {
	Version int64                 `json:"version"`
	Facts   contract.FindingFacts `json:"facts"`
}

// Apply takes what was told of a finding, unless something newer is known.
func (f *ExcessFinding) Apply(facts contract.FindingFacts, version int64) {
	if version > f.Version {
		*f = ExcessFinding{Version: version, Facts: facts}
	}
}

// Approved reports whether the head has approved it.
func (f *ExcessFinding) Approved() bool { return f.Facts.State == contract.FindingApproved }

// covers reports whether it is about one of the applicants of the case, in the month
// in which the case was received.
func (f *ExcessFinding) covers(c *Case) bool {
	return f.Facts.Office == c.Office && f.Facts.Month == c.MonthReceived() &&
		slices.ContainsFunc(c.Digests, func(d string) bool { return slices.Contains(f.Facts.Applicants, d) })
}

// MonthReceived is the month in which the case counts, 2026-11; empty before it was
// received.
func (c *Case) MonthReceived() string {
	if c.ReceivedOn().IsZero() {
		return ""
	}
	return c.ReceivedOn().String()[:len("2026-11")]
}

// mustBeExcessive refuses a measure of art. 35 without a finding that was approved by
// that day, where the office's policy asks for one.
func (c *Case) mustBeExcessive(on civil.Date, findings []ExcessFinding, env Env) error {
	if !env.Policy.ReasonsNeedFinding {
		return nil
	}
	late := false
	for _, f := range findings {
		if !f.Approved() || !f.covers(c) {
			continue
		}
		if f.Facts.DecidedOn <= on {
			return nil
		}
		late = true
	}
	if late {
		return refuse("认定的批准日期晚于要求说明理由之日。", "The finding was approved after the day on which reasons are asked for.", art35)
	}
	return refuse("要求说明理由以申请公开的数量、频次明显超过合理范围为前提：本机关规定应先就该申请人收到申请当月作出认定并经负责人批准。",
		"The office asks for reasons only after an approved finding that the number or frequency of this applicant's applications "+
			"in the month of receipt is clearly beyond reason.", art35)
}
