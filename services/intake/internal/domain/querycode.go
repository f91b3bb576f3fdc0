package domain

import "zhiqing.dev/pkg/civil"

// FirstCodeVersion is the version of the query code that comes with a receipt.
const FirstCodeVersion = 1

// CodeReissue is a query code given in place of one that was lost or became known
// to somebody else. The code itself is never kept.
type CodeReissue struct {
	Version    int        `json:"version"`
	ReissuedOn civil.Date `json:"reissued_on"`
	Proof      string     `json:"proof" seal:"personal"`     // what showed that it is the applicant
	HandedTo   string     `json:"handed_to" seal:"personal"` // who was given the code
	Note       string     `json:"note,omitempty" seal:"personal"`
	By         Person     `json:"by"`
}

// codeReissues bounds how often a code is given anew.
const codeReissues = 50

// QueryCodeVersion is the version of the code that is in force.
func (c *Case) QueryCodeVersion() int {
	if n := len(c.Reissues); n > 0 {
		return c.Reissues[n-1].Version
	}
	return FirstCodeVersion
}

// ReissueCode ends the query code and puts a new one into force, by staff who have
// seen proof of who asks. The old code opens nothing from then on.
func (c *Case) ReissueCode(cmd CodeReissue, env Env) error {
	if env.Actor.Kind != ByStaff {
		return notAllowed("查询码由工作人员核实身份后重新发放。", "Staff issue a new query code after proof of identity.", art29)
	}
	var bad faults
	bad.oneOf("/proof", cmd.Proof, CodeProofs.has(cmd.Proof))
	bad.required("/handed_to", cmd.HandedTo, "请写明领取人。", "Say who is given the code.", "")
	bad.text("/handed_to", cmd.HandedTo, NameLimit)
	bad.text("/note", cmd.Note, NoteLimit)
	if cmd.Proof == "agent_authority" && c.Applicant.Agent == nil {
		bad.add("/proof", "no_agent", "本申请没有代理人。", "The application has no agent.", art29)
	}
	if cmd.Proof == "call_back" && c.Applicant.Contact.Phone == "" {
		bad.add("/proof", "no_phone", "本申请没有登记电话。", "There is no telephone number on file.", "")
	}
	cmd.ReissuedOn = bad.day("/reissued_on", cmd.ReissuedOn, env, c.Clock.ArrivedOn, "到达之日", "the day of arrival")
	if err := bad.err(); err != nil {
		return err
	}
	if len(c.Reissues) >= codeReissues {
		return refuse("查询码重新发放次数过多。", "The query code was issued anew too often.", "")
	}
	cmd.Version, cmd.By = c.QueryCodeVersion()+1, env.Actor.person()
	c.Reissues = append(c.Reissues, cmd)
	c.note(env, "code_reissued", cmd.ReissuedOn, CodeProofs.In(cmd.Proof, "zh"))
	return c.settle(env)
}
