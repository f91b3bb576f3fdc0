package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
)

func TestAnApplicationHasWhatArticle29Asks(t *testing.T) {
	t.Parallel()
	env := on("2025-04-14", officer)
	for _, c := range []struct {
		name, pointer, code string
		spoil               func(*domain.Filing)
	}{
		{"no name", "/applicant/name", "required", func(f *domain.Filing) { f.Applicant.Name = " 　" }},
		{"long name", "/applicant/name", "too_long", func(f *domain.Filing) { f.Applicant.Name = strings.Repeat("王", 101) }},
		{"kind", "/applicant/kind", "unknown_code", func(f *domain.Filing) { f.Applicant.Kind = "lawyer" }},
		{"no proof of identity", "/applicant/id_number", "required", func(f *domain.Filing) { f.Applicant.IDType, f.Applicant.IDNumber = "", "" }},
		{"number without kind", "/applicant/id_type", "unknown_code", func(f *domain.Filing) { f.Applicant.IDType = "" }},
		{"short number", "/applicant/id_number", "malformed", func(f *domain.Filing) { f.Applicant.IDNumber = "3101181990" }},
		{"born on 31 February", "/applicant/id_number", "malformed", func(f *domain.Filing) { f.Applicant.IDNumber = "310118199002311234" }},
		{"credit code", "/applicant/id_number", "malformed", func(f *domain.Filing) {
			f.Applicant.Kind, f.Applicant.IDType, f.Applicant.IDNumber = domain.Commercial, "social_credit_code", "123"
		}},
		{"no contact", "/applicant/contact", "required", func(f *domain.Filing) { f.Applicant.Contact = domain.Contacts{} }},
		{"phone", "/applicant/contact/phone", "malformed", func(f *domain.Filing) { f.Applicant.Contact.Phone = "call me" }},
		{"e-mail", "/applicant/contact/email", "malformed", func(f *domain.Filing) { f.Applicant.Contact.Email = "nobody" }},
		{"agent without authority", "/applicant/agent/authority", "required", func(f *domain.Filing) { f.Applicant.Agent = &domain.Agent{Name: "赵律师"} }},
		{"nameless co-applicant", "/applicant/co_applicants/0/name", "required", func(f *domain.Filing) { f.Applicant.CoApplicants = make([]domain.CoApplicant, 1) }},
		{"many co-applicants", "/applicant/co_applicants", "too_many", func(f *domain.Filing) { f.Applicant.CoApplicants = make([]domain.CoApplicant, 21) }},
		{"no description", "/content/description", "required", func(f *domain.Filing) { f.Content.Description = "" }},
		{"long description", "/content/description", "too_long", func(f *domain.Filing) { f.Content.Description = strings.Repeat("文", 5001) }},
		{"format", "/delivery/format", "unknown_code", func(f *domain.Filing) { f.Delivery.Format = "" }},
		{"route", "/delivery/route", "unknown_code", func(f *domain.Filing) { f.Delivery.Route = "pigeon" }},
		{"post without address", "/applicant/contact/address", "required", func(f *domain.Filing) { f.Applicant.Contact.Address = "" }},
		{"e-mail without address", "/applicant/contact/email", "required", func(f *domain.Filing) { f.Delivery.Route = "email" }},
		{"channel", "/channel", "unknown_code", func(f *domain.Filing) { f.Channel = "telepathy" }},
		{"arrives tomorrow", "/arrived_on", "date_in_future", func(f *domain.Filing) { f.ArrivedOn = day("2025-04-15") }},
		{"oral without difficulty", "/applicant/needs_assistance", "required", func(f *domain.Filing) { f.Channel = domain.Oral }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := filing()
			c.spoil(&f)
			_, err := domain.File(f, env)
			faulty(t, err, c.pointer, c.code)
		})
	}
}

func TestOrganisationsNeedNoNumber(t *testing.T) {
	t.Parallel()
	f := filing()
	f.Applicant.Kind, f.Applicant.Name, f.Applicant.IDType, f.Applicant.IDNumber = domain.LegalService, "某律师事务所", "", ""
	c, err := domain.File(f, on("2025-04-14", officer))
	require.NoError(t, err)
	require.Equal(t, "某律师事务所", c.Applicant.MaskedName())
	require.Equal(t, []string{"name:legal_service:某律师事务所"}, c.Applicant.Identities())
}

func TestNamesAreMasked(t *testing.T) {
	t.Parallel()
	require.Equal(t, "王**", filed(t, "2025-04-14").Applicant.MaskedName())
}

func TestIdentityPrefersTheDocument(t *testing.T) {
	t.Parallel()
	a := filing().Applicant
	b := a
	b.Name = "王小明（别名）"
	require.Equal(t, a.Identities(), b.Identities())
	a.CoApplicants = []domain.CoApplicant{{Name: "李四", IDType: "passport", IDNumber: "e123"}}
	require.Equal(t, []string{"resident_id:310118199001011234", "passport:E123"}, a.Identities())
}

// Each channel has its own day of receipt and its own evidence (条例 art. 31).
func TestReceiptByChannel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		channel  domain.Channel
		received string
		evidence domain.Evidence
		pointer  string // of the fault; empty: accepted
		code     string
		want     string
	}{
		{"counter", domain.InPerson, "", domain.Evidence{}, "", "", "2025-04-14"},
		{"counter, later day", domain.InPerson, "2025-04-15", domain.Evidence{}, "/received_on", "not_arrival_day", ""},
		{"oral", domain.Oral, "", domain.Evidence{}, "", "", "2025-04-14"},
		{"signed for", domain.RegisteredMail, "", domain.Evidence{Signer: "门卫"}, "", "", "2025-04-14"},
		{"signature not recorded", domain.RegisteredMail, "", domain.Evidence{}, "/evidence", "required", ""},
		{"signed for, later day", domain.RegisteredMail, "2025-04-16", domain.Evidence{Signer: "门卫"}, "/received_on", "not_arrival_day", ""},
		{"misdirected, confirmed later", domain.RegisteredMail, "2025-04-16", domain.Evidence{Misdirected: true, ConfirmedWith: "本人"}, "", "", "2025-04-16"},
		{"letter confirmed", domain.OrdinaryMail, "2025-04-15", domain.Evidence{ConfirmedWith: "本人"}, "", "", "2025-04-15"},
		{"letter not confirmed", domain.OrdinaryMail, "2025-04-15", domain.Evidence{}, "/evidence", "required", ""},
		{"online", domain.Online, "2025-04-15", domain.Evidence{}, "", "", "2025-04-15"},
		{"online, today by default", domain.Online, "", domain.Evidence{}, "", "", "2025-04-18"},
		{"fax confirmed", domain.Fax, "2025-04-14", domain.Evidence{ConfirmedWith: "本人"}, "", "", "2025-04-14"},
		{"fax not confirmed", domain.Fax, "2025-04-14", domain.Evidence{}, "/evidence", "required", ""},
		{"e-mail not confirmed", domain.Email, "2025-04-14", domain.Evidence{}, "/evidence", "required", ""},
		{"e-mail confirmed", domain.Email, "2025-04-15", domain.Evidence{Reference: "回复邮件"}, "", "", "2025-04-15"},
		{"before arrival", domain.Online, "2025-04-13", domain.Evidence{}, "/received_on", "date_too_early", ""},
		{"in the future", domain.Online, "2025-04-19", domain.Evidence{}, "/received_on", "date_in_future", ""},
		{"wrong evidence", domain.Online, "2025-04-15", domain.Evidence{Kind: "carrier_trace"}, "/evidence/kind", "wrong_evidence", ""},
		{"unknown evidence", domain.Online, "2025-04-15", domain.Evidence{Kind: "rumour"}, "/evidence/kind", "unknown_code", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := filing()
			f.Channel, f.ArrivedOn, f.Applicant.NeedsAssistance = c.channel, day("2025-04-14"), true
			k, err := domain.File(f, on("2025-04-14", officer))
			require.NoError(t, err)
			cmd := domain.Registration{Evidence: c.evidence}
			if c.received != "" {
				cmd.ReceivedOn = day(c.received)
			}
			err = k.Register(cmd, number(1), on("2025-04-18", officer))
			if c.pointer != "" {
				faulty(t, err, c.pointer, c.code)
				require.Nil(t, k.Number)
				return
			}
			require.NoError(t, err)
			require.Equal(t, day(c.want), k.ReceivedOn())
			require.NotEmpty(t, k.Evidence.Kind)
		})
	}
}

func TestARegistrationHappensOnce(t *testing.T) {
	t.Parallel()
	c := registered(t, "2025-04-14")
	refused(t, c.Register(domain.Registration{}, number(2), on("2025-04-15", officer)), problem.IllegalTransition, "art. 45")
	require.Equal(t, 1, c.Number.Seq)
}

func TestEvidenceMayBeOneSentence(t *testing.T) {
	t.Parallel()
	var e domain.Evidence
	require.NoError(t, e.UnmarshalJSON([]byte(`"门卫张某签收"`)))
	require.Equal(t, domain.Evidence{Note: "门卫张某签收"}, e)
	e = domain.Evidence{}
	require.NoError(t, e.UnmarshalJSON([]byte(`{"signer":"门卫"}`)))
	require.Equal(t, domain.Evidence{Signer: "门卫"}, e)
	require.Error(t, e.UnmarshalJSON([]byte(`{"signed":"门卫"}`)))
}

func TestSearchIsASubstringSearch(t *testing.T) {
	t.Parallel()
	f := filing()
	f.Content = domain.Content{Title: "补偿方案", Description: "关于ＡＢＣ地块  征收补偿的批复", DocumentNumber: "青府〔2024〕3号"}
	c, err := domain.File(f, on("2025-04-14", officer))
	require.NoError(t, err)
	for _, q := range []string{"征收补偿", "abc地块", "ABC 地块", "地块 征收", "补偿方案", "〔2024〕3", "方案关于", "小明"} {
		n := domain.Normalize(q)
		have := map[string]bool{}
		for _, g := range c.Grams() {
			have[g] = true
		}
		all := true
		for _, g := range domain.GramsOf(n) {
			all = all && have[g]
		}
		if c.Contains(n) {
			require.True(t, all, "%q occurs, so its pairs must be indexed", q)
		}
	}
	require.True(t, c.Contains(domain.Normalize("ABC地块")))
	require.False(t, c.Contains(domain.Normalize("方案关于")), "texts do not run together")
	require.True(t, c.Contains("小明"), "who asks is searched for, too")
}
