package domain

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// PersonRole is what a person does in a proceeding.
type PersonRole string

// The roles of persons. The head who appears in court does so under 行政诉讼法 art. 3(3).
const (
	Claimant      PersonRole = "claimant"       // 申请人、原告、投诉人
	OtherParty    PersonRole = "third_party"    // 第三人
	ClaimantAgent PersonRole = "claimant_agent" // 申请人（原告）的代理人
	OfficeAgent   PersonRole = "office_agent"   // 本机关的代理人
	OfficeHead    PersonRole = "office_head"    // 出庭负责人
)

// PersonRoles lists every role.
var PersonRoles = []PersonRole{Claimant, OtherParty, ClaimantAgent, OfficeAgent, OfficeHead}

// Label is the role's Chinese name.
func (r PersonRole) Label() string {
	switch r {
	case Claimant:
		return "申请人（原告、投诉人）"
	case OtherParty:
		return "第三人"
	case ClaimantAgent:
		return "申请人（原告）代理人"
	case OfficeAgent:
		return "本机关代理人"
	case OfficeHead:
		return "出庭负责人"
	}
	return string(r)
}

// MaxPersons bounds the persons of one proceeding.
const MaxPersons = 50

// Person is somebody who takes part in a proceeding. The name is for those of the office
// who handle the proceeding; lists, records and every paper that leaves it show Masked.
type Person struct {
	Role PersonRole `json:"role"`
	Name string     `json:"name" seal:"personal"`
	// Organisation: the name is that of a company or another body, which nobody masks.
	Organisation bool `json:"organisation,omitempty"`
}

// doubled are the compound surnames that are still borne by many.
var doubled = []string{
	"欧阳", "上官", "司马", "诸葛", "司徒", "东方", "独孤", "南宫", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "端木", "百里", "呼延", "东郭", "澹台", "钟离", "轩辕",
}

// Masked keeps the surname and leaves out the given name (张某), as courts do when they
// publish a judgment (法释〔2016〕19号 art. 10).
func (p Person) Masked() string {
	if p.Organisation || p.Name == "" {
		return p.Name
	}
	for _, s := range doubled {
		if strings.HasPrefix(p.Name, s) {
			return s + "某"
		}
	}
	_, n := utf8.DecodeRuneInString(p.Name)
	return p.Name[:n] + "某"
}

// MaskedNames are the masked names of those who act in one of these roles.
func (p *Proceeding) MaskedNames(roles ...PersonRole) string {
	var names []string
	for _, who := range p.Persons {
		if slices.Contains(roles, who.Role) {
			names = append(names, who.Masked())
		}
	}
	return strings.Join(names, "、")
}
