package report

import "strconv"

// Indicator is a rate with what it was made of. One word such as 纠错率 stands
// for three different figures of one city in one year (18.2 %, 20.4 %, 47.1 %),
// so no rate leaves here without naming both sides of its division.
type Indicator struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	NameEN        string `json:"name_en"`
	Numerator     int64  `json:"numerator"`
	Denominator   int64  `json:"denominator"`
	NumeratorOf   string `json:"numerator_of"`   // what was counted
	DenominatorOf string `json:"denominator_of"` // among what
	Scope         Whose  `json:"scope,omitempty"`
	Value         string `json:"value"` // two decimals half-up, "—" if nothing to divide by
}

// definition is the half of an indicator that does not depend on figures.
type definition struct{ id, name, nameEN, numerator, denominator string }

func (d definition) of(n, m int64) Indicator {
	return Indicator{
		ID: d.id, Name: d.name, NameEN: d.nameEN, Numerator: n, Denominator: m,
		NumeratorOf: d.numerator, DenominatorOf: d.denominator, Value: Percent(n, m),
	}
}

// Percent is n of m in per cent with two decimals, half-up; nothing divided by
// nothing is "—" and not 0 %.
func Percent(n, m int64) string {
	if m == 0 {
		return "—"
	}
	sign := ""
	if (n < 0) != (m < 0) && n != 0 {
		sign = "-"
	}
	n, m = max(n, -n), max(m, -m)
	// Long division keeps large figures from overflowing.
	whole, rest := n/m*100, n%m*100
	whole += rest / m
	hundredths := (rest%m*200 + m) / (2 * m)
	if hundredths == 100 {
		whole, hundredths = whole+1, 0
	}
	if whole == 0 && hundredths == 0 {
		sign = ""
	}
	return sign + strconv.FormatInt(whole, 10) + "." + strconv.FormatInt(hundredths/10, 10) + strconv.FormatInt(hundredths%10, 10) + "%"
}

func (t Table3) total(rows ...Row) (n int64) {
	for _, r := range rows {
		if v, stated := t.Cell(r, Total); stated {
			n += v
			continue
		}
		v, _ := t.sum(r)
		n += v
	}
	return n
}

// DisclosureRate is 公开率 as reports give it: disclosed and partly disclosed
// among all results.
func DisclosureRate(t Table3) Indicator {
	return definition{
		"disclosure_rate", "公开率", "disclosure rate",
		"予以公开、部分公开", "（七）总计",
	}.of(t.total(Granted, Partial), t.total(ResultsTotal))
}

// DisclosureRateOfHandled is the other school: among everything received and
// carried in.
func DisclosureRateOfHandled(t Table3) Indicator {
	return definition{
		"disclosure_rate_of_handled", "公开率（按收到和结转）", "disclosure rate of all handled",
		"予以公开、部分公开", "本年新收、上年结转",
	}.of(t.total(Granted, Partial), t.total(NewReceived, CarriedIn))
}

// CarryOverRate is 结转率.
func CarryOverRate(t Table3) Indicator {
	return definition{
		"carry_over_rate", "结转率", "carry-over rate",
		"结转下年度继续办理", "本年新收、上年结转",
	}.of(t.total(CarriedOut), t.total(NewReceived, CarriedIn))
}

func (t Table4) figure(b Block, outcomes ...Outcome) (n int64) {
	for _, o := range outcomes {
		v, _ := t.Cell(b, o)
		n += v
	}
	return n
}

// CorrectedShare is the share of corrected cases among all of a block, the
// pending ones included.
func CorrectedShare(t Table4, b Block) Indicator {
	return definition{
		"corrected_share_" + string(b), b.Label() + "结果纠正占比", "corrected among all, pending included",
		"结果纠正", "总计（含尚未审结）",
	}.of(t.figure(b, Corrected), t.figure(b, Upheld, Corrected, Other, Pending))
}

// CorrectedOfConcluded is the share of corrected cases among the concluded.
func CorrectedOfConcluded(t Table4, b Block) Indicator {
	return definition{
		"corrected_of_concluded_" + string(b), b.Label() + "纠错率（按审结）", "corrected among concluded",
		"结果纠正", "已审结（维持、纠正、其他）",
	}.of(t.figure(b, Corrected), t.figure(b, Upheld, Corrected, Other))
}

// CorrectedOfJudged is the share of corrected cases among those judged on the
// merits.
func CorrectedOfJudged(t Table4, b Block) Indicator {
	return definition{
		"corrected_of_judged_" + string(b), b.Label() + "纠错率（按维持和纠正）", "corrected among upheld and corrected",
		"结果纠正", "结果维持、结果纠正",
	}.of(t.figure(b, Corrected), t.figure(b, Upheld, Corrected))
}

// CorrectedOfFiled is the share of corrected cases among those filed.
func CorrectedOfFiled(t Table4, b Block, filed int64) Indicator {
	return definition{
		"corrected_of_filed_" + string(b), b.Label() + "纠错率（按新收）", "corrected among filed",
		"结果纠正", "本年新收",
	}.of(t.figure(b, Corrected), filed)
}

// LossRate is 败诉率 as the courts give it: lost among first-instance cases
// concluded.
func LossRate(lost, concluded int64) Indicator {
	return definition{"loss_rate", "败诉率", "loss rate", "判决行政机关败诉", "一审审结"}.of(lost, concluded)
}

// HeadAppearanceRate is 负责人出庭率.
func HeadAppearanceRate(appeared, heard int64) Indicator {
	return definition{"head_appearance_rate", "负责人出庭率", "appearance of the agency's head", "负责人出庭", "开庭审理"}.of(appeared, heard)
}

// OnTimeRate is 按时答复率: replies made within their limit, the extended one
// included, among the replies that were due.
func OnTimeRate(inTime, due int64) Indicator {
	return definition{"on_time_rate", "按时答复率", "replies in time", "法定期限（含延期）内答复", "应答复"}.of(inTime, due)
}

// ExtensionRate is 延期率.
func ExtensionRate(extended, finished int64) Indicator {
	return definition{"extension_rate", "延期率", "extension rate", "延长答复期限", "办结"}.of(extended, finished)
}

// ProactiveRate is 主动公开率 of official documents.
func ProactiveRate(published, issued int64) Indicator {
	return definition{"proactive_rate", "主动公开率", "proactive disclosure of documents", "主动公开公文", "制发公文"}.of(published, issued)
}

// Change is 同比: the change against the same period of the year before, with
// its sign.
func Change(now, before int64) Indicator {
	i := definition{"change", "同比", "change against the year before", "本期减上年同期", "上年同期"}.of(now-before, before)
	if now > before && before > 0 {
		i.Value = "+" + i.Value
	}
	return i
}

// NoLoss is the sentence on lost cases that a report may print. 零败诉 is true
// only if nothing was corrected, and a pending case is not won: it is named.
func NoLoss(t Table4) (sentence string, ok bool) {
	pending := int64(0)
	for _, b := range Blocks() {
		if t.figure(b, Corrected) > 0 {
			return "", false
		}
		pending += t.figure(b, Pending)
	}
	if pending > 0 {
		return "已审结的行政复议、行政诉讼案件无结果纠正，另有" + figure(pending) + "件尚未审结", true
	}
	return "行政复议、行政诉讼案件无结果纠正", true
}
