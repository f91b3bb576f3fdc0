package decision

import "strings"

// regulations is how a letter cites the Regulations the first time.
const regulations = "《中华人民共和国政府信息公开条例》"

// feeRules is how a letter cites the rules on the processing fee.
const feeRules = "《政府信息公开信息处理费管理办法》"

// words are what a reply of a kind says beside its contents.
type words struct {
	title    string // what stands in brackets below the title of the letter
	citation string // the article, after the name of its instrument
	finding  string // what the agency found
}

var wordings = map[Kind]words{
	AlreadyPublished: {"已主动公开", regulations + "第三十六条第（一）项", "您申请公开的政府信息已经主动公开，现告知您获取该政府信息的方式、途径。"},
	Disclosed:        {"予以公开", regulations + "第三十六条第（二）项", "您申请公开的政府信息可以公开，现予提供。"},
	Withheld:         {"不予公开", regulations + "第三十六条第（三）项", "您申请公开的政府信息{ground}，决定不予公开。"},
	PartlyDisclosed:  {"部分公开", regulations + "第三十七条", "您申请公开的政府信息中含有不应当公开的内容，能够作区分处理。可以公开的部分现予提供；其余部分{ground}，决定不予公开。"},
	DoesNotExist:     {"政府信息不存在", regulations + "第三十六条第（四）项", "经检索，没有您申请公开的政府信息，该政府信息不存在。"},
	NotOurs:          {"非本机关负责公开", regulations + "第三十六条第（五）项", "您申请公开的政府信息不属于本机关负责公开。"},
	Repeat:           {"不予重复处理", regulations + "第三十六条第（六）项", "本机关已就您提出的相同政府信息公开申请作出答复，不予重复处理。"},
	SpecialAccess:    {"另有规定", regulations + "第三十六条第（七）项", "您申请公开的信息，有关法律、行政法规对其获取有特别规定，请依照有关规定办理。"},
	NeedsProcessing:  {"需要加工、分析", regulations + "第三十八条", "您申请公开的信息需要本机关对现有政府信息进行加工、分析，本机关不予提供。"},
	Petition:         {"不作为政府信息公开申请处理", regulations + "第三十九条第一款", "您以政府信息公开申请的形式进行信访、投诉、举报等活动，本机关不作为政府信息公开申请处理。"},
	Publication:      {"公开出版物", regulations + "第三十九条第二款", "您申请提供的是政府公报、报刊、书籍等公开出版物，本机关不作为政府信息公开申请处理。"},
	Abusive:          {"不予处理", regulations + "第三十五条", "您申请公开政府信息的数量、频次明显超过合理范围，本机关已要求您说明理由。经审查，您说明的理由不合理，不予处理。"},
	ConfirmReissue:   {"不予处理", regulations, "您要求本机关对您已经获取的政府信息进行确认或者重新出具，不属于申请公开政府信息，不予处理。"},
	NotCorrected:     {"不再处理", regulations + "第三十条", "您无正当理由逾期不补正，视为放弃申请，本机关不再处理该政府信息公开申请。"},
	FeeUnpaid:        {"不再处理", feeRules, "您未按照规定缴纳政府信息公开信息处理费，视为放弃申请，本机关不再处理该政府信息公开申请。"},
	StillUnclear:     {"无法提供", regulations + "第三十条", "您的政府信息公开申请经补正后，申请内容仍不明确，本机关无法提供。"},
	OtherClosing:     {"终止办理", regulations, "该政府信息公开申请的办理程序终止。"},
}

// groundArticles is how a letter cites a ground after the first citation.
var groundArticles = map[Ground]string{ //nolint:gosec // a state secret is a ground, not a credential
	StateSecret: "第十四条", LawForbids: "第十四条", SafetyStability: "第十四条", ThirdPartyRight: "第十五条",
	InternalAffairs: "第十六条第一款", ProcessInfo: "第十六条第二款", EnforcementFile: "第十六条第二款",
}

// groundFindings complete "您申请公开的政府信息".
var groundFindings = map[Ground]string{ //nolint:gosec // a state secret is a ground, not a credential
	StateSecret: "依法确定为国家秘密", LawForbids: "属于法律、行政法规禁止公开的政府信息",
	SafetyStability: "公开后可能危及国家安全、公共安全、经济安全、社会稳定",
	ThirdPartyRight: "涉及商业秘密、个人隐私等，公开会对第三方合法权益造成损害",
	InternalAffairs: "属于行政机关的内部事务信息", ProcessInfo: "属于行政机关在履行行政管理职能过程中形成的过程性信息",
	EnforcementFile: "属于行政执法案卷信息",
}

// Title is what stands in brackets below the title of a reply of the kind, "" for
// an unknown kind.
func Title(kind Kind) string { return wordings[kind].title }

// Citation names the articles on which a reply rests, as a letter cites them.
func Citation(kind Kind, ground string) string {
	w, ok := wordings[kind]
	if !ok {
		return ""
	}
	if a := groundArticles[Ground(ground)]; a != "" && (kind == Withheld || kind == PartlyDisclosed) {
		return w.citation + "、" + a
	}
	return w.citation
}

// Finding is the sentence that tells what the agency found.
func Finding(kind Kind, ground string) string {
	g := groundFindings[Ground(ground)]
	if g == "" {
		g = "依法不应当公开"
	}
	return strings.ReplaceAll(wordings[kind].finding, "{ground}", g)
}

// reasonsTemplates are beginnings of the reasons; the officer fills in what is in
// brackets.
var reasonsTemplates = map[Kind]string{
	NotOurs:         "您申请公开的政府信息由〔制作机关〕制作，根据《条例》第十条的规定，由制作该政府信息的行政机关负责公开。",
	NeedsProcessing: "本机关没有以您所述形式制作或者保存的现有信息，提供该信息需要〔汇总、统计、比对〕，属于对现有政府信息进行加工、分析。",
	Petition:        "您在申请中〔反映的问题、提出的诉求〕，并非请求公开以一定形式记录、保存的政府信息。",
	Publication:     "您申请提供的是〔出版物名称〕，属于公开出版物。",
	Abusive:         "您自〔日期〕至〔日期〕共提出〔件数〕件政府信息公开申请，明显超过合理范围；您说明的理由为〔理由〕，经审查，〔不合理的原因〕。",
	ConfirmReissue:  "您已于〔日期〕通过〔方式〕获取该政府信息，本次申请要求〔确认、重新出具〕。",
	StillUnclear:    "本机关已于〔日期〕告知您补正，您于〔日期〕提交的补正材料仍未明确〔名称、文号或者便于查询的其他特征性描述〕。",
	NotCorrected:    "本机关已告知您补正的事项和期限，您无正当理由逾期未补正。",
	FeeUnpaid:       "本机关已向您发出收费通知，您在规定期限内未缴纳信息处理费。",
}

var groundReasons = map[Ground]string{ //nolint:gosec // a state secret is a ground, not a credential
	StateSecret:     "该信息已由〔定密机关〕依法确定为〔密级〕，定密文号〔文号〕，尚未解密。",
	LawForbids:      "〔法律、行政法规名称〕第〔条〕规定：〔条文〕。该信息属于该规定禁止公开的信息。",
	SafetyStability: "该信息公开后可能〔具体影响〕，危及〔国家安全、公共安全、经济安全、社会稳定〕。",
	ThirdPartyRight: "该信息涉及〔第三方〕的〔商业秘密、个人隐私〕，公开会对其合法权益造成损害；经书面征求意见，第三方不同意公开且有合理理由，不公开不会对公共利益造成重大影响。",
	InternalAffairs: "该信息系本机关〔人事管理、后勤管理、内部工作流程〕方面的信息，不对外产生约束力，对申请人的权利义务不产生实际影响。",
	ProcessInfo:     "该信息系本机关在履行行政管理职能过程中形成的〔讨论记录、过程稿、磋商信函、请示报告〕，不是最终决定；法律、法规、规章未规定应当公开。",
	EnforcementFile: "该信息系〔案件名称〕行政执法案卷中的〔材料名称〕；法律、法规、规章未规定应当公开。",
}

// contentTemplates are beginnings of the other contents.
var contentTemplates = map[string]string{
	ContentAccessRoute:   "该信息已于〔日期〕在〔网站、公报〕公开，网址：〔网址〕。",
	ContentInformation:   "现以〔纸面、电子〕形式提供《〔名称〕》（〔文号〕），见附件。",
	ContentAccessTime:    "请于〔时间〕到〔地点〕查阅、抄录或者领取。",
	ContentDisclosedPart: "现提供《〔名称〕》（〔文号〕）中可以公开的部分，见附件。",
	ContentSearch:        "本机关在〔检索范围〕以〔检索方式〕进行检索，未检索到该信息。",
	ContentCompetent:     "〔负责公开的行政机关名称〕，联系方式：〔电话、地址〕。",
	ContentEarlierReply:  "本机关已于〔日期〕以〔文号〕作出答复。",
	ContentProcedure:     "请依照〔法律、行政法规名称〕的规定，向〔机构〕查询。",
	ContentRightChannel:  "您可以向〔信访、投诉、举报机构〕提出，联系方式：〔电话、地址〕。",
	ContentObtain:        "您可以通过〔途径〕获取。",
	ContentClosing:       "〔办结原因〕",
}

// Template is a beginning of one content of a reply, with what must be filled in
// between the brackets 〔〕; "" where there is none.
func Template(kind Kind, ground, content string) string {
	if content != ContentReasons {
		return contentTemplates[content]
	}
	if t := groundReasons[Ground(ground)]; t != "" && (kind == Withheld || kind == PartlyDisclosed) {
		return t
	}
	if t := reasonsTemplates[kind]; t != "" {
		return t
	}
	return "〔理由〕"
}
