package domain

import (
	"strconv"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
)

// Attachment is a file kept beside the case. Its content lies in the blob store
// under Blob and is never in the document.
type Attachment struct {
	N       int    `json:"n"` // from 1, in the order in which they came
	Purpose string `json:"purpose"`
	Name    string `json:"name" seal:"personal"` // for people; its ending fits the content
	// Media is what the content is, whatever the sender said.
	Media   string     `json:"media_type"`
	Size    int64      `json:"size"`   // bytes
	SHA256  string     `json:"sha256"` // of the content, lower hex
	Blob    string     `json:"blob"`
	Batch   string     `json:"batch"` // the command that brought it
	AddedOn civil.Date `json:"added_on"`
	AddedAt time.Time  `json:"added_at"`
	By      Person     `json:"by"`
	Note    string     `json:"note,omitempty" seal:"personal"`
	// Withdrawn marks a file that was added by mistake. It is kept: what was once in a
	// file may have to be shown.
	Withdrawn *AttachmentEnd `json:"withdrawn,omitempty"`
}

// AttachmentEnd says since when and why a file is no part of the case any more.
type AttachmentEnd struct {
	On     civil.Date `json:"on"`
	Reason string     `json:"reason" seal:"personal"`
	By     Person     `json:"by"`
}

// What an attachment is for.
const (
	ForApplication = "application"
	ForIdentity    = "identity"
	ForAuthority   = "authority"
	ForArrival     = "arrival"
	ForCorrection  = "correction"
	ForReasons     = "reasons"
	ForNotice      = "notice"
	ForReply       = "reply"
	ForWork        = "work"
)

// Purposes names them.
var Purposes = Labels{
	ForApplication: {ZH: "申请材料", EN: "application"},
	ForIdentity:    {ZH: "身份证明", EN: "proof of identity"},
	ForAuthority:   {ZH: "授权委托书", EN: "power of attorney"},
	ForArrival:     {ZH: "签收、确认凭证", EN: "proof of arrival or confirmation"},
	ForCorrection:  {ZH: "补正材料", EN: "correction"},
	ForReasons:     {ZH: "理由说明材料", EN: "reasons"},
	ForNotice:      {ZH: "告知书", EN: "notice to the applicant"},
	ForReply:       {ZH: "答复及所附信息", EN: "reply and the information with it"},
	ForWork:        {ZH: "内部办理材料", EN: "working paper"},
}

// fromApplicant are the purposes under which an applicant may send files.
var fromApplicant = map[string]bool{
	ForApplication: true, ForIdentity: true, ForAuthority: true, ForCorrection: true, ForReasons: true,
}

// FromApplicant reports whether applicants send files for this purpose.
func FromApplicant(purpose string) bool { return fromApplicant[purpose] }

// ComesWithFiling reports whether files for this purpose come with an application.
func ComesWithFiling(purpose string) bool {
	return purpose == ForApplication || purpose == ForIdentity || purpose == ForAuthority
}

// Limits of attachments; the API description states them too.
const (
	AttachmentLimit          = 200       // of one case
	ApplicantAttachmentLimit = 40        // of one case, sent by the applicant
	ApplicantAttachmentBytes = 200 << 20 // of one case, sent by the applicant
	FileNameLimit            = 120       // characters
)

// Attach keeps files with the case. Staff add them at any time, also to a closed
// case; the applicant until the reply is signed.
func (c *Case) Attach(files []Attachment, env Env) error {
	if env.Actor.Kind == ByApplicant {
		if err := c.mustBeOpen(); err != nil {
			return err
		}
		if c.Decision != nil {
			return refuse("答复已经签发，不能再补充材料。", "The reply has been signed; nothing can be added.", "条例 art. 33")
		}
	}
	if err := c.attach(files, env); err != nil {
		return err
	}
	c.note(env, "attached", env.Today, strconv.Itoa(len(files)))
	return c.settle(env)
}

func (c *Case) attach(files []Attachment, env Env) error {
	count, theirs, bytes := len(c.Attachments)+len(files), 0, int64(0)
	for _, a := range c.Attachments {
		if a.By.Kind == ByApplicant {
			theirs++
			bytes += a.Size
		}
	}
	var bad faults
	for i, a := range files {
		at := "/files/" + strconv.Itoa(i)
		bad.oneOf(at+"/purpose", a.Purpose, Purposes.has(a.Purpose))
		bad.text(at+"/note", a.Note, NoteLimit)
		if env.Actor.Kind == ByApplicant {
			theirs++
			bytes += a.Size
			bad.oneOf(at+"/purpose", a.Purpose, fromApplicant[a.Purpose])
		}
		a.N, a.AddedOn, a.AddedAt, a.By = len(c.Attachments)+1, env.Today, env.Now, env.Actor.person()
		c.Attachments = append(c.Attachments, a)
	}
	if count > AttachmentLimit || env.Actor.Kind == ByApplicant && (theirs > ApplicantAttachmentLimit || bytes > ApplicantAttachmentBytes) {
		bad.add("/files", "too_many", "该案件的附件数量或者总大小已达上限。", "The case holds as many files, or as much, as it may.", "")
	}
	return bad.err()
}

// Attachment returns the file with this number.
func (c *Case) Attachment(n int) (Attachment, error) {
	if n < 1 || n > len(c.Attachments) {
		return Attachment{}, problem.New(problem.NotFound, "没有这个附件。", "There is no such attachment.")
	}
	return c.Attachments[n-1], nil
}

// WithdrawAttachment takes a file out of the case that staff added by mistake (误传). What
// came from the applicant stays, and so does what the applicant has got.
func (c *Case) WithdrawAttachment(n int, cmd AttachmentEnd, env Env) error {
	a, err := c.Attachment(n)
	if err != nil {
		return err
	}
	switch {
	case a.Withdrawn != nil:
		return refuse("该附件已经撤下。", "The file has been withdrawn.", "")
	case a.By.Kind == ByApplicant || FromApplicant(a.Purpose):
		return refuse("申请人提交的材料不能撤下。", "What came from the applicant stays in the file.", "")
	case a.Purpose == ForNotice, c.ShownToApplicant(a):
		return refuse("已经向申请人提供的材料不能撤下。", "What the applicant has got stays in the file.", "")
	}
	var bad faults
	bad.required("/reason", cmd.Reason, "请写明撤下的原因。", "Say why.", "")
	bad.text("/reason", cmd.Reason, NoteLimit)
	cmd.On = bad.day("/withdrawn_on", cmd.On, env, a.AddedOn, "添加之日", "the day it was added")
	if err := bad.err(); err != nil {
		return err
	}
	cmd.By = env.Actor.person()
	c.Attachments[n-1].Withdrawn = &cmd
	c.note(env, "file_withdrawn", cmd.On, strconv.Itoa(n)+"："+cmd.Reason)
	return c.settle(env)
}

// AttachedBy are the files that one command brought.
func (c *Case) AttachedBy(batch string) []Attachment {
	var out []Attachment
	for _, a := range c.Attachments {
		if a.Batch == batch {
			out = append(out, a)
		}
	}
	return out
}

// ShownToApplicant reports whether whoever holds the query code sees that the file
// is there: what came from the applicant, notices, and the reply once it was made.
func (c *Case) ShownToApplicant(a Attachment) bool {
	if a.Withdrawn != nil {
		return false
	}
	switch a.Purpose {
	case ForReply:
		return c.Decision != nil && !c.Decision.MadeOn.IsZero()
	case ForNotice:
		return true
	}
	return fromApplicant[a.Purpose]
}

// HandedToApplicant reports whether the content, too, is handed out for a query
// code. Proof of identity is not: a code that got lost must not lead to it.
func (c *Case) HandedToApplicant(a Attachment) bool {
	return c.ShownToApplicant(a) && a.Purpose != ForIdentity && a.Purpose != ForAuthority
}
