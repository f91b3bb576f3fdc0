package domain

import (
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
)

// Channel is the way an application reached the office.
type Channel string

// The channels (条例 art. 29, 31). In person and by post may never be refused.
const (
	InPerson       Channel = "in_person"
	RegisteredMail Channel = "registered_mail"
	OrdinaryMail   Channel = "ordinary_mail"
	Fax            Channel = "fax"
	Online         Channel = "online"
	Email          Channel = "email"
	Oral           Channel = "oral"
)

// ApplicantKind is the applicant's column of the annual report.
type ApplicantKind string

// The kinds; all but the first are 法人或其他组织.
const (
	NaturalPerson ApplicantKind = "natural_person"
	Commercial    ApplicantKind = "commercial"
	Research      ApplicantKind = "research"
	PublicWelfare ApplicantKind = "public_welfare"
	LegalService  ApplicantKind = "legal_service"
	OtherOrg      ApplicantKind = "other_org"
)

// Labels names codes for people.
type Labels map[string]problem.Text

// In is the label of a code in the language, or the code itself.
func (l Labels) In(code, lang string) string {
	if t, ok := l[code]; ok {
		return t.In(lang)
	}
	return code
}

func (l Labels) has(code string) bool { _, ok := l[code]; return ok }

// The code tables of the case file.
var (
	Channels = Labels{
		string(InPerson):       {ZH: "当面提交", EN: "in person"},
		string(RegisteredMail): {ZH: "挂号信或者特快专递", EN: "registered mail"},
		string(OrdinaryMail):   {ZH: "平常信函", EN: "ordinary letter"},
		string(Fax):            {ZH: "传真", EN: "fax"},
		string(Online):         {ZH: "互联网渠道", EN: "online"},
		string(Email):          {ZH: "电子邮件", EN: "e-mail"},
		string(Oral):           {ZH: "口头申请", EN: "oral"},
	}
	ApplicantKinds = Labels{
		string(NaturalPerson): {ZH: "自然人", EN: "natural person"},
		string(Commercial):    {ZH: "商业企业", EN: "commercial enterprise"},
		string(Research):      {ZH: "科研机构", EN: "research institution"},
		string(PublicWelfare): {ZH: "社会公益组织", EN: "public welfare organisation"},
		string(LegalService):  {ZH: "法律服务机构", EN: "legal service organisation"},
		string(OtherOrg):      {ZH: "其他法人或者组织", EN: "other organisation"},
	}
	Statuses = Labels{
		string(contract.StatusSubmitted):  {ZH: "已提交，待登记", EN: "submitted, awaiting registration"},
		string(contract.StatusRegistered): {ZH: "已登记", EN: "registered"},
		string(contract.StatusInProgress): {ZH: "办理中", EN: "in progress"},
		string(contract.StatusWaiting):    {ZH: "等待中", EN: "waiting"},
		string(contract.StatusInReview):   {ZH: "审查中", EN: "in review"},
		string(contract.StatusDecided):    {ZH: "已签发，待送达", EN: "signed, to be served"},
		string(contract.StatusServed):     {ZH: "已送达", EN: "served"},
		string(contract.StatusClosed):     {ZH: "已办结", EN: "closed"},
	}
	IDTypes = Labels{
		"resident_id":        {ZH: "居民身份证", EN: "resident identity card"},
		"passport":           {ZH: "护照", EN: "passport"},
		"hk_macau_permit":    {ZH: "港澳居民来往内地通行证", EN: "Hong Kong and Macau travel permit"},
		"taiwan_permit":      {ZH: "台湾居民来往大陆通行证", EN: "Taiwan travel permit"},
		"social_credit_code": {ZH: "统一社会信用代码", EN: "unified social credit code"},
		"other":              {ZH: "其他有效证件", EN: "other valid document"},
	}
	DeliveryFormats = Labels{
		"paper":      {ZH: "纸面", EN: "paper"},
		"electronic": {ZH: "电子数据", EN: "electronic data"},
		"on_site":    {ZH: "现场查阅、抄录", EN: "reading and copying on site"},
		"other":      {ZH: "其他形式", EN: "another form"},
	}
	DeliveryRoutes = Labels{
		"mail":    {ZH: "邮寄", EN: "post"},
		"pick_up": {ZH: "自行领取", EN: "collection in person"},
		"email":   {ZH: "电子邮件", EN: "e-mail"},
		"online":  {ZH: "网上获取", EN: "online"},
		"fax":     {ZH: "传真", EN: "fax"},
		"on_site": {ZH: "当场查阅", EN: "on site"},
	}
	EvidenceKinds = Labels{
		"counter_receipt": {ZH: "当面接收回执", EN: "counter receipt"},
		"carrier_trace":   {ZH: "邮件签收记录", EN: "carrier's trace and signature"},
		"call_log":        {ZH: "电话确认记录", EN: "call log"},
		"confirmation":    {ZH: "双方确认记录", EN: "record of mutual confirmation"},
		"assisted_form":   {ZH: "工作机构代为填写的申请表", EN: "form filled in by the office"},
	}
	WaitingFor = Labels{
		"confirmation": {ZH: "等待确认收到", EN: "confirmation of receipt"},
		"correction":   {ZH: "等待申请人补正", EN: "the applicant's correction"},
		"payment":      {ZH: "等待申请人缴费", EN: "the applicant's payment"},
		"late_payment": {ZH: "逾期缴费，待机关决定", EN: "a decision on a late payment"},
		"consultation": {ZH: "等待征求意见答复", EN: "an answer to a consultation"},
		"head":         {ZH: "等待负责人审批", EN: "the head's approval"},
	}
	ConsultationKinds = Labels{
		"third_party":  {ZH: "征求第三方意见", EN: "third party"},
		"joint_agency": {ZH: "征求共同制作机关意见", EN: "joint agency"},
		"other_agency": {ZH: "征求其他机关意见", EN: "other agency"},
	}
	Answers = Labels{
		"consent":    {ZH: "同意公开", EN: "consents"},
		"object":     {ZH: "不同意公开", EN: "objects"},
		"partial":    {ZH: "同意部分公开", EN: "consents in part"},
		"no_opinion": {ZH: "无意见", EN: "no opinion"},
	}
	Silences = Labels{
		"agency_decides": {ZH: "逾期未答复，由行政机关依照条例决定", EN: "no answer: the agency decides under the Regulations"},
		"consents":       {ZH: "逾期未答复，视为同意公开", EN: "no answer: taken as consent to disclosure"},
		"none":           {ZH: "逾期未答复", EN: "no answer"},
	}
	SearchResults = Labels{
		SearchFound:   {ZH: "已检索到", EN: "found"},
		SearchPartly:  {ZH: "检索到部分", EN: "found in part"},
		SearchNothing: {ZH: "未检索到", EN: "nothing found"},
	}
	LessonPolicies = Labels{
		string(LessonsRequired): {ZH: "签发前须有办理人员阅知", EN: "somebody who works on the case must have seen them"},
		string(LessonsBySigner): {ZH: "签发前须由签发人阅知", EN: "who signs must have seen them"},
		string(LessonsAdvisory): {ZH: "仅作提示", EN: "they are shown only"},
	}
	Aspects = Labels{
		"secrecy":      {ZH: "保密审查", EN: "secrecy"},
		"privacy":      {ZH: "个人隐私", EN: "privacy"},
		"trade_secret": {ZH: "商业秘密", EN: "trade secrets"},
		"aggregation":  {ZH: "信息汇聚风险", EN: "aggregation risk"},
		"third_party":  {ZH: "第三方意见", EN: "third-party opinion"},
		"form":         {ZH: "文书形式", EN: "form"},
	}
	CheckResults = Labels{
		"pass":           {ZH: "通过", EN: "passed"},
		"concern":        {ZH: "有问题", EN: "a concern"},
		"not_applicable": {ZH: "不涉及", EN: "not applicable"},
	}
	ServiceRoutes = Labels{
		"direct":    {ZH: "直接送达", EN: "handed over"},
		"entrusted": {ZH: "委托送达", EN: "entrusted"},
		"mail":      {ZH: "邮寄送达", EN: "post"},
		"email":     {ZH: "电子邮件", EN: "e-mail"},
		"online":    {ZH: "网上送达", EN: "online"},
		"fax":       {ZH: "传真", EN: "fax"},
	}
	ContactMeans = Labels{
		"phone":   {ZH: "电话", EN: "phone"},
		"visit":   {ZH: "当面", EN: "visit"},
		"email":   {ZH: "电子邮件", EN: "e-mail"},
		"letter":  {ZH: "信函", EN: "letter"},
		"message": {ZH: "短信或者即时通信", EN: "message"},
	}
	CodeProofs = Labels{
		"identity_document": {ZH: "出示身份证件", EN: "identity document shown"},
		"agent_authority":   {ZH: "代理人出示身份证件和授权委托书", EN: "agent's identity document and power of attorney shown"},
		"organisation":      {ZH: "出示单位证明", EN: "proof of the organisation shown"},
		"call_back":         {ZH: "按登记的电话回拨核实", EN: "confirmed by calling the number on file"},
	}
	Alarms = Labels{
		AlarmUnconfirmed: {ZH: "到达后尚未确认收到", EN: "the arrival is not confirmed"},
		AlarmUnreachable: {ZH: "未能联系到申请人", EN: "the applicant cannot be reached"},
		AlarmDuplicate:   {ZH: "疑似重复申请，待认定", EN: "a probable duplicate, to be decided"},
		AlarmAuthority:   {ZH: "未见授权委托书原件或者扫描件", EN: "the power of attorney is not on file"},
	}
	LinkKinds = Labels{
		"related":     {ZH: "相关", EN: "related"},
		"same_matter": {ZH: "同一事项", EN: "same matter"},
		"earlier":     {ZH: "在先申请", EN: "earlier application"},
	}
	Endings = Labels{
		string(EndedServed):    {ZH: "答复已送达", EN: "answered and served"},
		string(EndedAbandoned): {ZH: "逾期不补正，不再处理", EN: "not corrected in time"},
		string(EndedUnpaid):    {ZH: "逾期未缴费，不再处理", EN: "fee not paid in time"},
		string(EndedWithdrawn): {ZH: "申请人撤回", EN: "withdrawn by the applicant"},
		string(EndedMerged):    {ZH: "并入重复申请", EN: "merged duplicate"},
		string(EndedOther):     {ZH: "其他处理", EN: "closed otherwise"},
		string(EndedSplit):     {ZH: "已拆分为多件", EN: "split into parts"},
	}
	Steps = Labels{
		"filed":              {ZH: "提交申请", EN: "filed"},
		"registered":         {ZH: "登记", EN: "registered"},
		"unreachable":        {ZH: "无法联系申请人，先行登记", EN: "registered; the applicant cannot be reached"},
		"judged":             {ZH: "认定疑似重复申请", EN: "probable duplicate decided"},
		"assigned":           {ZH: "分办", EN: "assigned"},
		"handed_over":        {ZH: "转办", EN: "handed over"},
		"attached":           {ZH: "补充材料", EN: "files added"},
		"code_reissued":      {ZH: "重新发放查询码", EN: "query code issued again"},
		"file_withdrawn":     {ZH: "撤下误传的附件", EN: "file added by mistake withdrawn"},
		"restricted":         {ZH: "限定知悉范围", EN: "restricted to named people"},
		"unrestricted":       {ZH: "解除知悉范围限定", EN: "restriction lifted"},
		"contacted":          {ZH: "联系记录", EN: "contact recorded"},
		"deliberated":        {ZH: "会商研判", EN: "deliberated"},
		"correction_noticed": {ZH: "告知补正", EN: "correction notice sent"},
		"corrected":          {ZH: "收到补正", EN: "corrected application received"},
		"abandoned":          {ZH: "逾期不补正，视为放弃", EN: "abandoned"},
		"consulted":          {ZH: "征求意见", EN: "opinion asked"},
		"consult_received":   {ZH: "对方收到征求意见书", EN: "consultation letter received"},
		"consult_answered":   {ZH: "收到意见", EN: "opinion received"},
		"consult_silent":     {ZH: "征求意见逾期未答复", EN: "no opinion within the period"},
		"extension_asked":    {ZH: "提请延长答复期限", EN: "extension requested"},
		"extended":           {ZH: "批准延长", EN: "extended"},
		"extension_refused":  {ZH: "不批准延长", EN: "extension refused"},
		"reasons_asked":      {ZH: "要求说明理由", EN: "reasons asked for"},
		"reasons_given":      {ZH: "收到理由说明", EN: "reasons given"},
		"reasons_assessed":   {ZH: "审核理由", EN: "reasons assessed"},
		"deferred":           {ZH: "确定延迟答复期限", EN: "reply deferred"},
		"search_asked":       {ZH: "交办检索", EN: "search ordered"},
		"search_reported":    {ZH: "检索反馈", EN: "search reported"},
		"reviewed":           {ZH: "公开审查", EN: "reviewed"},
		"drafted":            {ZH: "拟定答复", EN: "decision drafted"},
		"lessons_seen":       {ZH: "已阅知案例提示", EN: "lessons seen"},
		"returned":           {ZH: "退回修改", EN: "draft returned"},
		"approved":           {ZH: "签发", EN: "signed"},
		"service_tried":      {ZH: "发出送达", EN: "service attempted"},
		"service_failed":     {ZH: "送达未成功", EN: "service failed"},
		"served":             {ZH: "送达", EN: "served"},
		"closed":             {ZH: "办结", EN: "closed"},
		"withdrawn":          {ZH: "撤回申请", EN: "withdrawn"},
		"split":              {ZH: "拆分", EN: "split"},
		"items_counted":      {ZH: "核定件数", EN: "items counted"},
		"merged":             {ZH: "并案", EN: "merged"},
		"linked":             {ZH: "关联", EN: "linked"},
		"reopened":           {ZH: "依复议决定或者判决重新办理", EN: "reopened on an order"},
		"fee_noticed":        {ZH: "发出收费通知", EN: "fee notice issued"},
		"fee_paid":           {ZH: "已缴费", EN: "fee paid"},
		"fee_lapsed":         {ZH: "逾期未缴费", EN: "fee not paid"},
		"fee_cancelled":      {ZH: "收费通知撤销", EN: "fee notice cancelled"},
		"kind_corrected":     {ZH: "更正申请人类型", EN: "applicant kind corrected"},
		"imported":           {ZH: "从台账导入", EN: "imported from a ledger"},
	}
)
