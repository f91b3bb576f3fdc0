// Package decision is the table of reply decisions (答复决定): which kinds
// there are, what each must say, on what grounds, how it can be challenged and
// in which row of the annual report it counts.
package decision

import (
	"slices"

	"zhiqing.dev/pkg/statute"
	"zhiqing.dev/pkg/statute/report"
)

// Kind is the code of a decision kind, K1 to K16 and K3p.
type Kind string

// The kinds.
const (
	AlreadyPublished Kind = "K1"
	Disclosed        Kind = "K2"
	Withheld         Kind = "K3"
	PartlyDisclosed  Kind = "K3p"
	DoesNotExist     Kind = "K4"
	NotOurs          Kind = "K5"
	Repeat           Kind = "K6"
	SpecialAccess    Kind = "K7"
	NeedsProcessing  Kind = "K8"
	Petition         Kind = "K9"
	Publication      Kind = "K10"
	Abusive          Kind = "K11"
	ConfirmReissue   Kind = "K12"
	NotCorrected     Kind = "K13"
	FeeUnpaid        Kind = "K14"
	StillUnclear     Kind = "K15"
	OtherClosing     Kind = "K16"
)

// Entry is one row of the table.
type Entry struct {
	Kind     Kind       `json:"kind"`
	Label    string     `json:"label"`
	LabelEN  string     `json:"label_en"`
	Article  string     `json:"article"`
	Contents []Content  `json:"contents"`          // what the reply must say
	Grounds  []Ground   `json:"grounds,omitempty"` // the grounds allowed
	Needs    bool       `json:"needs_ground"`      // a ground must be given
	Remedy   Remedy     `json:"remedy"`
	Row      report.Row `json:"row,omitempty"` // "" where the ground decides
	// SuitOftenDismissed warns that courts tend to find no effect on rights.
	SuitOftenDismissed bool `json:"suit_often_dismissed,omitempty"`
}

// withholding are the grounds of art. 14 to 16.
var withholding = []Ground{StateSecret, LawForbids, SafetyStability, ThirdPartyRight, InternalAffairs, ProcessInfo, EnforcementFile}

var table = [...]Entry{
	{
		Kind: AlreadyPublished, Label: "已主动公开", LabelEN: "already published", Article: "条例 art. 36(1)",
		Contents: contents(ContentAccessRoute), Remedy: ReviewOrCourt, Row: report.Granted,
	},
	{
		Kind: Disclosed, Label: "予以公开", LabelEN: "disclosed", Article: "条例 art. 36(2)",
		Contents: contents(ContentInformation), Remedy: ReviewOrCourt, Row: report.Granted,
	},
	{
		Kind: Withheld, Label: "不予公开", LabelEN: "withheld", Article: "条例 art. 36(3)",
		Contents: contents(ContentReasons), Grounds: withholding, Needs: true, Remedy: ReviewFirst,
	},
	{
		Kind: PartlyDisclosed, Label: "部分公开（区分处理）", LabelEN: "partly disclosed", Article: "条例 art. 37",
		Contents: contents(ContentDisclosedPart, ContentReasons), Grounds: withholding, Needs: true, Remedy: ReviewFirst, Row: report.Partial,
	},
	{
		Kind: DoesNotExist, Label: "信息不存在", LabelEN: "does not exist", Article: "条例 art. 36(4)",
		Contents: contents(ContentSearch), Remedy: ReviewOrCourt, Row: report.UnableNotHeld,
	},
	{
		Kind: NotOurs, Label: "不属于本机关负责公开", LabelEN: "not this agency's to disclose", Article: "条例 art. 36(5)",
		Contents: contents(ContentReasons, ContentCompetent), Remedy: ReviewOrCourt, Row: report.UnableNotHeld,
	},
	{
		Kind: Repeat, Label: "重复申请，不予重复处理", LabelEN: "repeated application", Article: "条例 art. 36(6)",
		Contents: contents(ContentEarlierReply), Remedy: ReviewOrCourt, Row: report.NoProcDuplicate, SuitOftenDismissed: true,
	},
	{
		Kind: SpecialAccess, Label: "属于行政查询事项，另有规定", LabelEN: "its own query procedure applies", Article: "条例 art. 36(7)",
		Contents: contents(ContentProcedure), Grounds: []Ground{RegistryQuery}, Remedy: ReviewOrCourt, Row: report.DenyAdminQuery, SuitOftenDismissed: true,
	},
	{
		Kind: NeedsProcessing, Label: "需要加工、分析，不予提供", LabelEN: "would need processing", Article: "条例 art. 38",
		Contents: contents(ContentReasons), Remedy: ReviewOrCourt, Row: report.UnableNeedsCreation, SuitOftenDismissed: true,
	},
	{
		Kind: Petition, Label: "信访、投诉、举报等活动", LabelEN: "petition, complaint or report", Article: "条例 art. 39(1)",
		Contents: contents(ContentReasons, ContentRightChannel), Remedy: ReviewOrCourt, Row: report.NoProcPetition, SuitOftenDismissed: true,
	},
	{
		Kind: Publication, Label: "公开出版物", LabelEN: "publication", Article: "条例 art. 39(2)",
		Contents: contents(ContentReasons, ContentObtain), Remedy: ReviewOrCourt, Row: report.NoProcPublication, SuitOftenDismissed: true,
	},
	{
		Kind: Abusive, Label: "申请数量、频次明显超过合理范围且理由不合理，不予处理", LabelEN: "excessive without good reason", Article: "条例 art. 35",
		Contents: contents(ContentReasons), Remedy: ReviewOrCourt, Row: report.NoProcMassiveRepeated,
	},
	{
		Kind: ConfirmReissue, Label: "要求确认或者重新出具已获取信息，不予处理", LabelEN: "asks to confirm or re-issue", Article: report.Format2021.Instrument,
		Contents: contents(ContentReasons), Remedy: ReviewOrCourt, Row: report.NoProcConfirmReissue,
	},
	{
		Kind: NotCorrected, Label: "逾期不补正，视为放弃申请", LabelEN: "not corrected in time", Article: "条例 art. 30",
		Contents: contents(ContentReasons), Remedy: ReviewOrCourt, Row: report.OtherNotCorrected,
	},
	{
		Kind: FeeUnpaid, Label: "逾期未缴纳信息处理费，视为放弃申请", LabelEN: "fee not paid in time", Article: "信息处理费管理办法",
		Contents: contents(ContentReasons), Remedy: ReviewOrCourt, Row: report.OtherFeeUnpaid,
	},
	{
		Kind: StillUnclear, Label: "补正后申请内容仍不明确，无法提供", LabelEN: "still unclear after correction", Article: "条例 art. 30",
		Contents: contents(ContentReasons), Remedy: ReviewOrCourt, Row: report.UnableUnclearAfterCorrection,
	},
	{
		Kind: OtherClosing, Label: "其他办结（撤回、并案等）", LabelEN: "other closing (withdrawn, merged)", Article: report.Format2021.Instrument,
		Contents: contents(ContentClosing), Remedy: NotChallengeable, Row: report.OtherOther,
	},
}

// Of is the table's row for a kind.
func Of(kind Kind) (Entry, bool) {
	for i := range table {
		if table[i].Kind == kind {
			return table[i].clone(), true
		}
	}
	return Entry{}, false
}

// All is the whole table in order.
func All() []Entry {
	list := make([]Entry, len(table))
	for i := range table {
		list[i] = table[i].clone()
	}
	return list
}

func (e Entry) clone() Entry {
	e.Contents, e.Grounds = slices.Clone(e.Contents), slices.Clone(e.Grounds)
	return e
}

// Row is the annual-report row of a decision. K3 counts under its ground;
// partial disclosure counts once, as such, whatever the withheld part rests on.
func Row(kind Kind, ground string) (report.Row, error) {
	e, errs := lookup(kind, ground)
	if len(errs) > 0 {
		return "", errs
	}
	if e.Row != "" {
		return e.Row, nil
	}
	text, _ := GroundOf(Ground(ground))
	return text.Row, nil
}

// lookup finds the kind and checks that the ground fits it.
func lookup(kind Kind, ground string) (Entry, statute.FieldErrors) {
	e, ok := Of(kind)
	if !ok {
		return Entry{}, statute.FieldErrors{{
			Field: "/kind", Code: "unknown_kind", Rule: "条例 art. 36", ZH: "决定类型不明", EN: "the kind must be K1 to K16 or K3p",
		}}
	}
	switch {
	case ground == "" && e.Needs:
		return e, statute.FieldErrors{{
			Field: "/ground", Code: "required", Rule: e.Article, ZH: "应写明不予公开的依据", EN: "the ground for withholding is required",
		}}
	case ground != "" && !slices.Contains(e.Grounds, Ground(ground)):
		return e, statute.FieldErrors{{
			Field: "/ground", Code: "ground_not_allowed", Rule: e.Article, ZH: "该依据不适用于“" + e.Label + "”", EN: "the ground does not fit this kind of decision",
		}}
	}
	return e, nil
}

// Validate reports what a decision of a kind lacks: its ground, or something
// that the reply must say. The contents are keyed by their codes.
func Validate(kind Kind, ground string, given map[string]string) error {
	e, errs := lookup(kind, ground)
	for _, c := range e.Contents {
		if c.Optional || filled(given, c.Code) {
			continue
		}
		alternative := false
		for _, other := range c.Alternatives {
			alternative = alternative || filled(given, other)
		}
		if !alternative {
			errs = append(errs, &statute.FieldError{
				Field: "/contents/" + c.Code, Code: "required", Rule: e.Article,
				ZH: "答复应载明：" + c.Label, EN: "the reply must state: " + c.LabelEN,
			})
		}
	}
	return errs.Err()
}
