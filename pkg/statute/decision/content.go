package decision

import "strings"

// Content is one thing that a reply must say.
type Content struct {
	Code    string `json:"code"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en"`
	// Optional: the law says "may" or "if it can be determined".
	Optional bool `json:"optional,omitempty"`
	// Alternatives are the codes that may stand in its place.
	Alternatives []string `json:"alternatives,omitempty"`
}

// The codes of contents.
const (
	ContentAccessRoute   = "access_route"   // manner and route of access
	ContentInformation   = "information"    // the information itself
	ContentAccessTime    = "access_time"    // manner, route and time of access
	ContentReasons       = "reasons"        // 说明理由
	ContentDisclosedPart = "disclosed_part" // what is disclosed
	ContentSearch        = "search"         // where and how was searched
	ContentCompetent     = "competent"      // the competent agency
	ContentEarlierReply  = "earlier_reply"  // number and date of the earlier reply
	ContentProcedure     = "procedure"      // the law that governs access
	ContentRightChannel  = "right_channel"  // the petition or complaint channel
	ContentObtain        = "obtain"         // how to get the publication
	ContentClosing       = "closing"        // why the case is closed
)

var contentTexts = map[string]Content{
	ContentAccessRoute:   {Label: "获取该政府信息的方式、途径", LabelEN: "manner and route of access"},
	ContentInformation:   {Label: "提供该政府信息，或者告知获取的方式、途径和时间", LabelEN: "the information, or manner, route and time of access", Alternatives: []string{ContentAccessTime}},
	ContentReasons:       {Label: "理由", LabelEN: "the reasons"},
	ContentDisclosedPart: {Label: "可以公开部分的内容", LabelEN: "the part that is disclosed"},
	ContentSearch:        {Label: "经检索没有所申请公开信息，检索范围和方式", LabelEN: "that a search found nothing, and where was searched"},
	ContentCompetent:     {Label: "能够确定的，负责公开的行政机关名称、联系方式", LabelEN: "the competent agency and its contact, if it can be determined", Optional: true},
	ContentEarlierReply:  {Label: "此前答复的文号和日期", LabelEN: "number and date of the earlier reply"},
	ContentProcedure:     {Label: "应当适用的法律、行政法规和办理途径", LabelEN: "the law and procedure that govern access"},
	ContentRightChannel:  {Label: "可以告知的相应渠道", LabelEN: "the right channel, which may be told", Optional: true},
	ContentObtain:        {Label: "可以告知的获取途径", LabelEN: "how to obtain it, which may be told", Optional: true},
	ContentClosing:       {Label: "办结原因", LabelEN: "why the case is closed"},
}

func contents(codes ...string) []Content {
	list := make([]Content, len(codes))
	for i, code := range codes {
		list[i] = contentTexts[code]
		list[i].Code = code
	}
	return list
}

func filled(given map[string]string, code string) bool { return strings.TrimSpace(given[code]) != "" }
