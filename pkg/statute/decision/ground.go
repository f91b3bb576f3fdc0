package decision

import (
	"slices"

	"zhiqing.dev/pkg/statute/report"
)

// Ground is the reason for which information is withheld (art. 14 to 16, 36(7)).
type Ground string

// The grounds.
const (
	StateSecret     Ground = "X14a"
	LawForbids      Ground = "X14b"
	SafetyStability Ground = "X14c"
	ThirdPartyRight Ground = "X15"
	InternalAffairs Ground = "X16a"
	ProcessInfo     Ground = "X16b"
	EnforcementFile Ground = "X16c"
	RegistryQuery   Ground = "X36-7"
)

// GroundText is what the law says about a ground.
type GroundText struct {
	Ground  Ground     `json:"ground"`
	Label   string     `json:"label"`
	LabelEN string     `json:"label_en"`
	Article string     `json:"article"`
	Must    bool       `json:"must"` // must not be disclosed; otherwise the agency may withhold
	Row     report.Row `json:"row"`
	Note    string     `json:"note,omitempty"` // where the ground yields
}

const yields = "法律、法规、规章规定应当公开的，从其规定（条例 art. 16(2)）"

var grounds = [...]GroundText{
	{StateSecret, "依法确定为国家秘密", "state secret", "条例 art. 14", true, report.DenyStateSecret, ""},
	{LawForbids, "法律、行政法规禁止公开", "forbidden by law or administrative regulation", "条例 art. 14", true, report.DenyLawForbids, ""},
	{SafetyStability, "公开后可能危及国家安全、公共安全、经济安全、社会稳定", "may endanger security or stability", "条例 art. 14", true, report.DenySafetyStability, ""},
	{
		ThirdPartyRight, "涉及商业秘密、个人隐私等，公开会对第三方合法权益造成损害", "would harm the rights of a third party", "条例 art. 15", true, report.DenyThirdParty,
		"第三方同意公开或者不公开会对公共利益造成重大影响的，予以公开（条例 art. 15）",
	},
	{InternalAffairs, "人事管理、后勤管理、内部工作流程等内部事务信息", "internal affairs", "条例 art. 16(1)", false, report.DenyInternalAffairs, ""},
	{ProcessInfo, "讨论记录、过程稿、磋商信函、请示报告等过程性信息", "process information", "条例 art. 16(2)", false, report.DenyProcess, yields},
	{EnforcementFile, "行政执法案卷信息", "enforcement case file", "条例 art. 16(2)", false, report.DenyEnforcementFile, yields},
	{RegistryQuery, "工商、不动产登记资料等，有关法律、行政法规对获取另有规定", "registry data with its own procedure", "条例 art. 36(7)", false, report.DenyAdminQuery, ""},
}

// GroundOf is what the law says about a ground.
func GroundOf(g Ground) (GroundText, bool) {
	for _, t := range grounds {
		if t.Ground == g {
			return t, true
		}
	}
	return GroundText{}, false
}

// Grounds lists them in order of the articles.
func Grounds() []GroundText { return slices.Clone(grounds[:]) }
