package domain

import (
	"regexp"
	"strconv"
	"strings"

	"zhiqing.dev/pkg/civil"
)

// Applicant is who asks. The kind is frozen at intake, because the report's
// identity must hold in every column (annual-report C4).
type Applicant struct {
	Kind            ApplicantKind `json:"kind"`
	Name            string        `json:"name" seal:"personal"`
	IDType          string        `json:"id_type,omitempty"`
	IDNumber        string        `json:"id_number,omitempty" seal:"personal"`
	Contact         Contacts      `json:"contact"`
	Agent           *Agent        `json:"agent,omitempty"`
	NeedsAssistance bool          `json:"needs_assistance,omitempty"` // 条例 art. 43
	CoApplicants    []CoApplicant `json:"co_applicants,omitempty"`
}

// Contacts is how the applicant can be reached; one way is enough.
type Contacts struct {
	Phone   string `json:"phone,omitempty" seal:"personal"`
	Email   string `json:"email,omitempty" seal:"personal"`
	Address string `json:"address,omitempty" seal:"personal"`
}

// Agent acts for the applicant. The principal stays the applicant
// (annual-report C6, rules 7.13).
type Agent struct {
	Name      string `json:"name" seal:"personal"`
	IDType    string `json:"id_type,omitempty"`
	IDNumber  string `json:"id_number,omitempty" seal:"personal"`
	Phone     string `json:"phone,omitempty" seal:"personal"`
	Authority string `json:"authority,omitempty" seal:"personal"` // 授权委托书
}

// CoApplicant is a further applicant of the same application; each counts for
// the fee (rules 7.13).
type CoApplicant struct {
	Name     string `json:"name" seal:"personal"`
	IDType   string `json:"id_type,omitempty"`
	IDNumber string `json:"id_number,omitempty" seal:"personal"`
}

// Content is what is asked for.
type Content struct {
	Description    string `json:"description" seal:"personal"`
	Title          string `json:"title,omitempty" seal:"personal"`
	DocumentNumber string `json:"document_number,omitempty" seal:"personal"` // 文号
}

// Delivery is the form and the route in which the applicant wants the
// information (条例 art. 29, 40).
type Delivery struct {
	Format string `json:"format"`
	Route  string `json:"route"`
}

// Field limits in characters; the API description states them too.
const (
	NameLimit    = 100
	IDLimit      = 40
	PhoneLimit   = 40
	EmailLimit   = 200
	AddressLimit = 300
	TitleLimit   = 300
	NoteLimit    = 2000
	CoLimit      = 20
)

var (
	residentID   = regexp.MustCompile(`^[0-9]{17}[0-9Xx]$`)
	creditCode   = regexp.MustCompile(`^[0-9A-Za-z]{18}$`)
	emailPattern = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	phonePattern = regexp.MustCompile(`^[0-9+()\-\s转*#]{3,40}$`)
)

// tidy trims what people type around their words.
func (a Applicant) tidy() Applicant {
	for _, s := range []*string{
		&a.Name, &a.IDNumber, &a.Contact.Phone, &a.Contact.Email, &a.Contact.Address,
	} {
		*s = strings.TrimSpace(*s)
	}
	a.IDNumber = strings.ToUpper(a.IDNumber)
	a.CoApplicants = append([]CoApplicant(nil), a.CoApplicants...)
	for i := range a.CoApplicants {
		co := &a.CoApplicants[i]
		co.Name, co.IDNumber = strings.TrimSpace(co.Name), strings.ToUpper(strings.TrimSpace(co.IDNumber))
	}
	return a
}

const art29 = "条例 art. 29"

func (a Applicant) check(f *faults) {
	f.oneOf("/applicant/kind", string(a.Kind), ApplicantKinds.has(string(a.Kind)))
	f.required("/applicant/name", a.Name, "请填写申请人姓名或者名称。", "The applicant's name is missing.", art29)
	f.text("/applicant/name", a.Name, NameLimit)
	checkIdentity(f, "/applicant", a.IDType, a.IDNumber, a.Kind == NaturalPerson)
	a.Contact.check(f)
	if g := a.Agent; g != nil {
		f.required("/applicant/agent/name", g.Name, "请填写代理人姓名。", "The agent's name is missing.", art29)
		f.required("/applicant/agent/authority", g.Authority, "请说明授权委托书。", "The power of attorney is missing.", art29)
		f.text("/applicant/agent/name", g.Name, NameLimit)
		f.text("/applicant/agent/authority", g.Authority, NoteLimit)
		f.text("/applicant/agent/phone", g.Phone, PhoneLimit)
		checkIdentity(f, "/applicant/agent", g.IDType, g.IDNumber, false)
	}
	if len(a.CoApplicants) > CoLimit {
		f.add("/applicant/co_applicants", "too_many", "共同申请人过多。", "There are too many co-applicants.", "")
		return
	}
	for i, co := range a.CoApplicants {
		at := "/applicant/co_applicants/" + strconv.Itoa(i)
		f.required(at+"/name", co.Name, "请填写共同申请人姓名。", "The co-applicant's name is missing.", art29)
		f.text(at+"/name", co.Name, NameLimit)
		checkIdentity(f, at, co.IDType, co.IDNumber, a.Kind == NaturalPerson)
	}
	seen := map[string]bool{}
	for i, who := range a.Identities() {
		if seen[who] && i > 0 {
			f.add("/applicant/co_applicants/"+strconv.Itoa(i-1), "listed_twice", "同一人不能重复列为申请人。", "The same person is listed twice.", art29)
		}
		seen[who] = true
	}
}

// checkIdentity holds the proof of identity to art. 29(2)(1). Its form is
// checked, not its truth: that is seen at the counter.
func checkIdentity(f *faults, at, idType, number string, needed bool) {
	f.text(at+"/id_number", number, IDLimit)
	if idType == "" && number == "" {
		if needed {
			f.add(at+"/id_number", "required", "公民申请应当提供身份证明。", "A citizen gives proof of identity.", art29)
		}
		return
	}
	if !IDTypes.has(idType) {
		f.oneOf(at+"/id_type", idType, false)
		return
	}
	switch {
	case number == "":
		f.add(at+"/id_number", "required", "请填写证件号码。", "The number of the document is missing.", art29)
	case idType == "resident_id" && !isResidentID(number):
		f.add(at+"/id_number", "malformed", "居民身份证号码格式不对。", "This is not the form of a resident identity number.", art29)
	case idType == "social_credit_code" && !creditCode.MatchString(number):
		f.add(at+"/id_number", "malformed", "统一社会信用代码格式不对。", "This is not the form of a unified social credit code.", art29)
	}
}

func isResidentID(s string) bool {
	if !residentID.MatchString(s) {
		return false
	}
	y, _ := strconv.Atoi(s[6:10])
	m, _ := strconv.Atoi(s[10:12])
	d, _ := strconv.Atoi(s[12:14])
	_, err := civil.Of(y, m, d)
	return err == nil
}

func (c Contacts) check(f *faults) {
	if c.Phone == "" && c.Email == "" && c.Address == "" {
		f.add("/applicant/contact", "required", "请至少填写一种联系方式。", "Give at least one way to reach the applicant.", art29)
	}
	if c.Phone != "" && !phonePattern.MatchString(c.Phone) {
		f.add("/applicant/contact/phone", "malformed", "电话号码格式不对。", "This is not a telephone number.", "")
	}
	if c.Email != "" && (len(c.Email) > EmailLimit || !emailPattern.MatchString(c.Email)) {
		f.add("/applicant/contact/email", "malformed", "电子邮箱格式不对。", "This is not an e-mail address.", "")
	}
	f.text("/applicant/contact/address", c.Address, AddressLimit)
}

func (k Content) check(f *faults, at string) {
	f.required(at+"/description", k.Description,
		"请写明所申请信息的名称、文号或者便于查询的其他特征性描述。",
		"Describe the information: its name, number or another identifying description.", art29)
	f.text(at+"/description", k.Description, textLimit)
	f.text(at+"/title", k.Title, TitleLimit)
	f.text(at+"/document_number", k.DocumentNumber, NameLimit)
}

func (d Delivery) check(f *faults, to Contacts) {
	f.oneOf("/delivery/format", d.Format, DeliveryFormats.has(d.Format))
	f.oneOf("/delivery/route", d.Route, DeliveryRoutes.has(d.Route))
	switch {
	case d.Route == "mail" && to.Address == "":
		f.add("/applicant/contact/address", "required", "选择邮寄的，请填写地址。", "Delivery by post needs an address.", art29)
	case d.Route == "email" && to.Email == "":
		f.add("/applicant/contact/email", "required", "选择电子邮件的，请填写邮箱。", "Delivery by e-mail needs an e-mail address.", art29)
	case d.Route == "fax" && to.Phone == "":
		f.add("/applicant/contact/phone", "required", "选择传真的，请填写号码。", "Delivery by fax needs a number.", art29)
	}
}

// MaskedName is the name as lists show it: 王** for a person, in full for an
// organisation.
func (a Applicant) MaskedName() string {
	if a.Kind != NaturalPerson {
		return a.Name
	}
	for _, r := range a.Name {
		return string(r) + "**"
	}
	return ""
}

// Identities are the identities that count for the fee, one text each, ready to
// be digested: the principal first, then the co-applicants.
func (a Applicant) Identities() []string {
	ids := []string{identity(a.Kind, a.Name, a.IDType, a.IDNumber)}
	for _, co := range a.CoApplicants {
		ids = append(ids, identity(a.Kind, co.Name, co.IDType, co.IDNumber))
	}
	return ids
}

// identity prefers the document over the name, because names repeat.
func identity(kind ApplicantKind, name, idType, number string) string {
	if number = strings.ToUpper(strings.TrimSpace(number)); number != "" {
		return idType + ":" + number
	}
	return "name:" + string(kind) + ":" + Normalize(name)
}
