// Package petition reads in the wording of a request whether it may be a petition, a
// complaint, a report of wrongdoing or a question in the form of a request for information
// (以政府信息公开申请的形式进行信访、投诉、举报等活动, 条例 art. 39(1)).
//
// It is a list of cues, each with a weight and the words in which it was seen, and nothing
// else: an officer sees why, and decides. A request that names a document is a request for
// information although its writer is aggrieved, so such cues count against.
package petition

import (
	"regexp"
	"slices"

	"golang.org/x/text/unicode/norm"

	"zhiqing.dev/pkg/problem"
)

// Code names a cue.
type Code string

// The cues.
const (
	Complaint  Code = "complaint"   // 投诉、举报、控告
	Sanction   Code = "sanction"    // 要求查处、追究责任
	Demand     Code = "demand"      // 要求解决、赔偿、恢复
	Appeal     Code = "appeal"      // 信访、上访的语言
	Question   Code = "question"    // 咨询、质问
	Legality   Code = "legality"    // 要求评价是否合法
	Grievance  Code = "grievance"   // 诉说不满
	NamedPaper Code = "named_paper" // names a document: speaks against
	Disclosure Code = "disclosure"  // asks for disclosure in so many words: speaks against
)

// DefaultScore is the sum of weights from which a request is shown as a possible petition
// unless an office decides otherwise.
const DefaultScore = 3

// Rule is one cue of the list.
type Rule struct {
	Code   Code
	Weight int
	Label  problem.Text
	words  *regexp.Regexp
}

// rules is the whole list. Nouns such as 信访答复意见书 or 举报处理结果 name papers and are
// no cues of their own.
var rules = []Rule{
	{Complaint, 2, problem.Text{ZH: "投诉、举报、控告", EN: "complains or reports wrongdoing"}, regexp.MustCompile(
		`(?:本人|我|我们|现|特|特此|实名|向[^，。；]{0,12}|要|来|再次|多次)(?:投诉|举报|控告|检举|反映|揭发|申诉)|(?:投诉|举报|控告|检举|揭发)[^，。；、的]{0,10}(?:贪污|受贿|违法|违规|违纪|腐败|乱收费|偷税|不作为|乱作为|侵占|挪用)|贪污|受贿|官商勾结|黑恶|保护伞|不作为|乱作为`)},
	{Sanction, 3, problem.Text{ZH: "要求查处或者追究责任", EN: "wants somebody punished"}, regexp.MustCompile(
		`(?:要求|请求|请|希望|恳请|强烈要求|必须|应当|应该|依法)[^，。；]{0,14}(?:查处|严惩|追究|问责|处分|撤职|立案调查|严肃处理|依法处理|取缔|制止|核查处理)|追究[^，。；]{0,12}责任`)},
	{Demand, 3, problem.Text{ZH: "要求解决具体诉求", EN: "demands a remedy"}, regexp.MustCompile(
		`(?:要求|请求|请|希望|恳请|强烈要求|尽快|帮我|帮助我|给我|为我)[^，。；]{0,14}(?:解决|赔偿|赔礼|补偿我|恢复原状|退还|返还|补发|落实政策|给个说法|给予说法|讨个说法|协调|重新分配|停止施工|停工|拆除|恢复供|安排工作|办理低保|批准|增加补偿|维修|修复)|给(?:个|一个|我)说法|讨(?:个|回)?(?:说法|公道)`)},
	{Appeal, 2, problem.Text{ZH: "信访、上访用语", EN: "speaks as a petition does"}, regexp.MustCompile(
		`上访|(?:越级|继续|再次|多次|向上|进京|去|将|长期)信访|为民做主|青天|求(?:领导|政府|书记|镇长)|(?:尊敬的|敬爱的)(?:领导|书记|镇长|县长|市长)|信访诉求|信访请求`)},
	{Question, 2, problem.Text{ZH: "咨询或者质问", EN: "asks a question"}, regexp.MustCompile(
		`为什么|为何|凭什么|怎么回事|什么时候能|何时能|何时才|能不能|可不可以|如何才能|怎样才能|怎么办|请(?:解释|回答|答复我|解答|说明理由|说明原因)|咨询|有没有资格|是谁(?:批准|同意|决定)`)},
	{Legality, 2, problem.Text{ZH: "要求评价行为是否合法", EN: "asks whether an act was lawful"}, regexp.MustCompile(
		`是否(?:合法|违法|合理|合规|违规|有效|符合|属于违法|存在违法|侵权|应当)|确认[^，。；]{0,12}(?:违法|无效)|有无(?:违法|违规)|合不合法`)},
	{Grievance, 1, problem.Text{ZH: "诉说不满", EN: "voices a grievance"}, regexp.MustCompile(
		`不公平|不公正|不公|严重损害|严重影响|侵害[^，。；]{0,10}(?:利益|权益)|置之不理|推诿|不管不问|无人管|没人管|欺负|强占|霸占|苦不堪言|忍无可忍|多次反映|反映多次|一直不解决|拖延|敷衍`)},
	{NamedPaper, -2, problem.Text{ZH: "写明了文件名称或者文号", EN: "names a document"}, regexp.MustCompile(
		`[〔\[(【（][12][0-9]{3}[〕\])】）][0-9]+号|合同|协议|批复|批文|会议纪要|名单|明细|清单|台账|花名册|名册|评估报告|审计报告|检测报告|验收报告|调查报告|许可证|公示表|登记表|审批表|决定书|意见书|通知书|实施方案|预算|决算|凭证|记录|笔录|图纸|红线图|批准文件|补偿标准|统计|档案|卷宗|目录`)},
	{Disclosure, -1, problem.Text{ZH: "明确要求公开、提供信息", EN: "asks for disclosure"}, regexp.MustCompile(
		`申请公开|请公开|申请获取|公开[^，。；]{1,30}(?:信息|资料|文件|材料)|申请提供|请提供|复制|查阅|复印`)},
}

// Rules is the whole list of cues, for whoever wants to read it.
func Rules() []Rule { return slices.Clone(rules) }

// Cue is a cue seen in a text.
type Cue struct {
	Code   Code
	Weight int
	Label  problem.Text
	// Words are those in which it was seen, as they stand in the text after
	// compatibility normalization.
	Words string
}

// Reading is what the cues of a text amount to.
type Reading struct {
	Score int
	Cues  []Cue
}

// Read looks for every cue in a text. Each counts once.
func Read(text string) Reading {
	text = norm.NFKC.String(text)
	var r Reading
	for _, rule := range rules {
		if words := rule.words.FindString(text); words != "" {
			r.Cues = append(r.Cues, Cue{rule.Code, rule.Weight, rule.Label, words})
			r.Score += rule.Weight
		}
	}
	return r
}

// Codes are the codes of the cues seen, in the order of the list.
func (r Reading) Codes() []string {
	var out []string
	for _, c := range r.Cues {
		out = append(out, string(c.Code))
	}
	return out
}

// Of is the reading that these codes come from, without the words; unknown codes are
// left out.
func Of(codes []string) Reading {
	var r Reading
	for _, rule := range rules {
		if slices.Contains(codes, string(rule.Code)) {
			r.Cues = append(r.Cues, Cue{Code: rule.Code, Weight: rule.Weight, Label: rule.Label})
			r.Score += rule.Weight
		}
	}
	return r
}

// Signal reports whether the reading asks for an officer's look at this threshold.
func (r Reading) Signal(threshold int) bool { return r.Score >= threshold }
