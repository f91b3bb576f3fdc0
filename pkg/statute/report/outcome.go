package report

import (
	"fmt"
	"maps"

	"zhiqing.dev/pkg/statute"
)

// Forum is where a dispute is decided.
type Forum string

// The forums.
const (
	ReviewBody Forum = "review" // 行政复议机关
	Court      Forum = "suit"   // 人民法院
)

// Forum is where the cases of a block are decided.
func (b Block) Forum() Forum {
	if b == Review {
		return ReviewBody
	}
	return Court
}

// Result is one way in which a review or lawsuit can end, and the column of
// table four in which it counts. No official definition of the columns was
// published; Contested marks those that offices count differently.
type Result struct {
	Forum     Forum   `json:"forum"`
	Code      string  `json:"code"`
	Label     string  `json:"label"`
	LabelEN   string  `json:"label_en"`
	Article   string  `json:"article"`
	Outcome   Outcome `json:"outcome"`
	Contested bool    `json:"contested,omitempty"`
}

const (
	arl = "行政复议法 art. "
	all = "行政诉讼法 art. "
)

var results = [...]Result{
	{Forum: ReviewBody, Code: "maintained", Label: "维持", LabelEN: "upheld", Article: arl + "68", Outcome: Upheld},
	{Forum: ReviewBody, Code: "claim_rejected", Label: "驳回复议请求", LabelEN: "claim rejected", Article: arl + "69", Outcome: Upheld},
	{Forum: ReviewBody, Code: "changed", Label: "变更", LabelEN: "changed", Article: arl + "63", Outcome: Corrected},
	{Forum: ReviewBody, Code: "revoked", Label: "撤销", LabelEN: "revoked", Article: arl + "64", Outcome: Corrected},
	{Forum: ReviewBody, Code: "partly_revoked", Label: "部分撤销", LabelEN: "partly revoked", Article: arl + "64", Outcome: Corrected},
	{Forum: ReviewBody, Code: "confirmed_unlawful", Label: "确认违法", LabelEN: "found unlawful", Article: arl + "65", Outcome: Corrected},
	{Forum: ReviewBody, Code: "ordered_to_perform", Label: "责令履行", LabelEN: "ordered to act", Article: arl + "66", Outcome: Corrected},
	{Forum: ReviewBody, Code: "ordered_reanswer", Label: "责令重新答复", LabelEN: "ordered to answer anew", Article: arl + "64", Outcome: Corrected},
	{Forum: ReviewBody, Code: "confirmed_invalid", Label: "确认无效", LabelEN: "found void", Article: arl + "67", Outcome: Corrected},
	{Forum: ReviewBody, Code: "no_evidence", Label: "未提交证据视为无证据", LabelEN: "no evidence submitted", Article: arl + "70", Outcome: Corrected},
	{Forum: ReviewBody, Code: "mediated", Label: "调解", LabelEN: "mediated", Article: arl + "73", Outcome: Other},
	{Forum: ReviewBody, Code: "settled", Label: "和解", LabelEN: "settled", Article: arl + "74", Outcome: Other},
	{Forum: ReviewBody, Code: "withdrawn", Label: "撤回复议申请", LabelEN: "withdrawn", Article: arl + "41", Outcome: Other},
	{Forum: ReviewBody, Code: "terminated", Label: "终止", LabelEN: "terminated", Article: arl + "41", Outcome: Other},
	{Forum: ReviewBody, Code: "application_dismissed", Label: "驳回复议申请", LabelEN: "application dismissed on procedure", Article: arl + "33", Outcome: Other, Contested: true},
	{Forum: ReviewBody, Code: "not_accepted", Label: "不予受理", LabelEN: "not accepted", Article: arl + "30", Outcome: Other, Contested: true},

	{Forum: Court, Code: "claims_dismissed", Label: "驳回诉讼请求", LabelEN: "claims dismissed", Article: all + "69", Outcome: Upheld},
	{Forum: Court, Code: "revoked", Label: "撤销", LabelEN: "revoked", Article: all + "70", Outcome: Corrected},
	{Forum: Court, Code: "partly_revoked", Label: "部分撤销", LabelEN: "partly revoked", Article: all + "70", Outcome: Corrected},
	{Forum: Court, Code: "ordered_reanswer", Label: "判决重新答复", LabelEN: "ordered to answer anew", Article: all + "70", Outcome: Corrected},
	{Forum: Court, Code: "ordered_disclosure", Label: "判决公开", LabelEN: "ordered to disclose", Article: "法释〔2025〕8号", Outcome: Corrected},
	{Forum: Court, Code: "ordered_to_perform", Label: "判决履行", LabelEN: "ordered to act", Article: all + "72", Outcome: Corrected},
	{Forum: Court, Code: "confirmed_unlawful", Label: "确认违法", LabelEN: "found unlawful", Article: all + "74", Outcome: Corrected},
	{Forum: Court, Code: "confirmed_invalid", Label: "确认无效", LabelEN: "found void", Article: all + "75", Outcome: Corrected},
	{Forum: Court, Code: "changed", Label: "变更", LabelEN: "changed", Article: all + "77", Outcome: Corrected},
	{Forum: Court, Code: "disclosure_prohibited", Label: "判令不得公开", LabelEN: "disclosure forbidden", Article: "法释〔2025〕8号", Outcome: Corrected},
	{Forum: Court, Code: "withdrawn", Label: "撤诉", LabelEN: "withdrawn", Article: all + "62", Outcome: Other},
	{Forum: Court, Code: "suit_dismissed", Label: "裁定驳回起诉", LabelEN: "suit dismissed on procedure", Article: "法释〔2018〕1号 art. 69", Outcome: Other, Contested: true},
	{Forum: Court, Code: "not_docketed", Label: "不予立案", LabelEN: "not docketed", Article: all + "51", Outcome: Other},
	{Forum: Court, Code: "mediated", Label: "调解", LabelEN: "mediated", Article: all + "60", Outcome: Other},
	{Forum: Court, Code: "terminated", Label: "终结", LabelEN: "terminated", Article: "法释〔2018〕1号 art. 88", Outcome: Other},
	{Forum: Court, Code: "transferred", Label: "移送", LabelEN: "transferred", Article: all + "22", Outcome: Other},
}

// Results lists how a review or a lawsuit can end.
func Results(f Forum) (list []Result) {
	for _, r := range results {
		if r.Forum == f {
			list = append(list, r)
		}
	}
	return list
}

// ResultOf finds a result by its code or its Chinese label.
func ResultOf(f Forum, codeOrLabel string) (Result, bool) {
	for _, r := range results {
		if r.Forum == f && (r.Code == codeOrLabel || r.Label == codeOrLabel) {
			return r, true
		}
	}
	return Result{}, false
}

// Mapping is an office's own choice for contested results, by code, e.g.
// {"application_dismissed": "upheld"}. Settled results cannot be moved.
type Mapping map[string]Outcome

// Validate refuses a mapping that moves what is not contested.
func (m Mapping) Validate() error {
	var errs statute.FieldErrors
	for code, outcome := range maps.All(m) {
		known, contested := false, false
		for _, r := range results {
			if r.Code == code {
				known, contested = true, contested || r.Contested
			}
		}
		switch {
		case !known || !contested:
			errs = append(errs, &statute.FieldError{Field: "/" + code, Code: "not_contested", ZH: "该审理结果的归类没有争议，不能调整", EN: "this result is not among those that an office may move"})
		case !outcome.Concludes():
			errs = append(errs, &statute.FieldError{Field: "/" + code, Code: "unknown_outcome", ZH: "应归入维持、纠正或者其他", EN: "the outcome must be upheld, corrected or other"})
		}
	}
	return errs.Err()
}

// OutcomeOf is the column of table four for a result. The office's mapping
// decides the contested ones; the default counts what was dismissed on
// procedure as 其他结果.
func OutcomeOf(f Forum, code string, m Mapping) (Outcome, error) {
	r, ok := ResultOf(f, code)
	if !ok {
		return "", fmt.Errorf("result of %s: %w", f, &statute.FieldError{
			Field: "/result", Code: "unknown_result", ZH: "审理结果不明：" + code, EN: "unknown result " + code,
		})
	}
	if chosen, ok := m[r.Code]; ok && r.Contested && chosen.Concludes() {
		return chosen, nil
	}
	return r.Outcome, nil
}
