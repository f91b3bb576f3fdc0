package decision

// Remedy says how a decision can be challenged.
type Remedy string

// The remedies.
const (
	ReviewFirst      Remedy = "REVIEW_FIRST"      // 复议前置, 行政复议法 art. 23(1)(4)
	ReviewOrCourt    Remedy = "REVIEW_OR_COURT"   // 复议或者诉讼
	NotChallengeable Remedy = "NOT_CHALLENGEABLE" // 不可单独复议、诉讼
)

// Letter is a letter of the procedure that decides nothing by itself.
type Letter string

// The letters. None of them can be challenged alone (国办函〔2021〕132号 art. 3).
const (
	CorrectionNotice Letter = "correction_notice" // 补正告知
	ExtensionNotice  Letter = "extension_notice"  // 延期告知
	FeeNotice        Letter = "fee_notice"        // 收费通知
	ConsultLetter    Letter = "consultation"      // 征求意见书
)

// Remedy is how a letter can be challenged: not by itself.
func (Letter) Remedy() Remedy { return NotChallengeable }

// Places are the bodies to which the applicant may turn. A township's acts are
// reviewed by the government one level up (行政复议法 art. 24(1)(2)).
type Places struct {
	ReviewBody string // 上一级人民政府, e.g. 上海市青浦区人民政府
	Court      string // the court with jurisdiction
}

// RemedyWording is Wording where only the review body is known by name.
func RemedyWording(kind Kind, reviewBody string) string {
	return Wording(kind, Places{ReviewBody: reviewBody})
}

// Wording is the sentence on remedies (救济途径) that closes a reply of the
// kind, "" if it cannot be challenged. Where review comes first the reply must
// say so (行政复议法 art. 23(2)).
func Wording(kind Kind, at Places) string {
	e, ok := Of(kind)
	if !ok {
		return ""
	}
	body, court := at.ReviewBody, at.Court
	if body == "" {
		body = "上一级人民政府"
	}
	if court == "" {
		court = "有管辖权的人民法院"
	}
	switch e.Remedy {
	case ReviewFirst:
		subject := "本答复"
		if kind == PartlyDisclosed {
			subject = "本答复不予公开的部分"
		}
		return "如对" + subject + "不服，应当自收到本答复之日起60日内先向" + body + "申请行政复议；" +
			"对行政复议决定不服的，可以自收到行政复议决定书之日起15日内向" + court + "提起行政诉讼。"
	case ReviewOrCourt:
		return "如对本答复不服，可以自收到本答复之日起60日内向" + body + "申请行政复议，" +
			"或者自收到本答复之日起6个月内向" + court + "提起行政诉讼。"
	default:
		return ""
	}
}
