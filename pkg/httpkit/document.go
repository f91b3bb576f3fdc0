package httpkit

import (
	"cmp"
	"net/http"

	"zhiqing.dev/pkg/problem"
)

// ProblemType is the media type of every failure.
const ProblemType = "application/problem+json"

// Document is a problem document (RFC 9457) as it leaves.
type Document struct {
	Type     string          `json:"type"` // ProblemURI of the code
	Title    string          `json:"title"`
	Status   int             `json:"status"`
	Detail   string          `json:"detail,omitempty"`
	Instance string          `json:"instance,omitempty"` // the request's id, as a URN
	Code     problem.Code    `json:"code"`
	Rule     string          `json:"rule,omitempty"` // legal source of the refusal
	Errors   []DocumentField `json:"errors,omitempty"`
}

// DocumentField is one fault in the input.
type DocumentField struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	Rule    string `json:"rule,omitempty"`
}

// ProblemURI is the stable type URI of a code; api/problems.md explains it.
func ProblemURI(c problem.Code) string { return "urn:zhiqing:problem:" + string(c) }

type kind struct {
	status int
	title  problem.Text
}

var kinds = map[problem.Code]kind{
	problem.Malformed:               {http.StatusBadRequest, problem.Text{ZH: "请求格式错误", EN: "Malformed request"}},
	problem.Unauthenticated:         {http.StatusUnauthorized, problem.Text{ZH: "未登录或登录已失效", EN: "Not signed in"}},
	problem.SecondFactorRequired:    {http.StatusUnauthorized, problem.Text{ZH: "需要第二重验证", EN: "Second factor required"}},
	problem.FactorEnrolmentRequired: {http.StatusForbidden, problem.Text{ZH: "须先登记第二重验证", EN: "Second factor enrolment required"}},
	problem.VerificationRequired:    {http.StatusForbidden, problem.Text{ZH: "需要验证码", EN: "A code is required"}},
	problem.PasswordChangeRequired:  {http.StatusForbidden, problem.Text{ZH: "须先修改密码", EN: "Password change required"}},
	problem.Forbidden:               {http.StatusForbidden, problem.Text{ZH: "无权进行此操作", EN: "Not allowed"}},
	problem.NotFound:                {http.StatusNotFound, problem.Text{ZH: "未找到", EN: "Not found"}},
	problem.MethodNotAllowed:        {http.StatusMethodNotAllowed, problem.Text{ZH: "不支持该请求方法", EN: "Method not allowed"}},
	problem.NotAcceptable:           {http.StatusNotAcceptable, problem.Text{ZH: "无法按所要求的格式答复", EN: "Not acceptable"}},
	problem.RequestTimeout:          {http.StatusRequestTimeout, problem.Text{ZH: "请求接收超时", EN: "The request took too long to arrive"}},
	problem.AlreadyExists:           {http.StatusConflict, problem.Text{ZH: "已存在", EN: "Already exists"}},
	problem.Conflict:                {http.StatusConflict, problem.Text{ZH: "与同时进行的修改冲突", EN: "Conflict with another change"}},
	problem.IllegalTransition:       {http.StatusConflict, problem.Text{ZH: "当前状态下不能进行此操作", EN: "Not possible in the present state"}},
	problem.DeadlinePassed:          {http.StatusConflict, problem.Text{ZH: "已超过法定期限", EN: "The statutory period has passed"}},
	problem.Stale:                   {http.StatusPreconditionFailed, problem.Text{ZH: "内容已被修改，请刷新后重试", EN: "Changed since it was read"}},
	problem.TooLarge:                {http.StatusRequestEntityTooLarge, problem.Text{ZH: "请求内容过大", EN: "Too large"}},
	problem.UnsupportedMedia:        {http.StatusUnsupportedMediaType, problem.Text{ZH: "不支持的内容类型", EN: "Unsupported media type"}},
	problem.Invalid:                 {http.StatusUnprocessableEntity, problem.Text{ZH: "内容不符合要求", EN: "Invalid content"}},
	problem.KeyReused:               {http.StatusUnprocessableEntity, problem.Text{ZH: "幂等键已用于其他请求", EN: "Idempotency key reused"}},
	problem.PreconditionRequired:    {http.StatusPreconditionRequired, problem.Text{ZH: "缺少前提条件", EN: "Precondition required"}},
	problem.RateLimited:             {http.StatusTooManyRequests, problem.Text{ZH: "请求过于频繁", EN: "Too many requests"}},
	problem.Unavailable:             {http.StatusServiceUnavailable, problem.Text{ZH: "服务暂时不可用", EN: "Temporarily unavailable"}},
	problem.Internal:                {http.StatusInternalServerError, problem.Text{ZH: "服务器内部错误", EN: "Internal error"}},
}

// Status is the HTTP status of a code.
func Status(c problem.Code) int {
	return cmp.Or(kinds[c].status, http.StatusInternalServerError)
}

// document renders the problem in the language for this request.
func document(p *problem.Error, lang, requestID string) Document {
	k, ok := kinds[p.Code]
	if !ok {
		p = &problem.Error{Code: problem.Internal}
		k = kinds[p.Code]
	}
	d := Document{
		Type: ProblemURI(p.Code), Title: k.title.In(lang), Status: k.status,
		Detail: p.Detail.In(lang), Code: p.Code, Rule: p.Rule,
	}
	if requestID != "" {
		d.Instance = "urn:zhiqing:request:" + requestID
	}
	for _, f := range p.Fields {
		d.Errors = append(d.Errors, DocumentField{Pointer: f.Pointer, Code: f.Code, Detail: f.Text.In(lang), Rule: f.Rule})
	}
	return d
}

// Describe renders a problem in a language ("zh" or "en") as one result among
// several in an answer.
func Describe(p *problem.Error, lang string) Document { return document(p, lang, "") }
