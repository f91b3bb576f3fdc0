package alike

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/petition"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/similar"
	"zhiqing.dev/pkg/statute/report"
)

// Thresholds are what an office has settled: the similarity, in percent, from which a
// request is a near-repeat, and the weight of cues from which it may be a petition.
type Thresholds struct {
	NearRepeatPercent int `json:"near_repeat_percent"`
	PetitionScore     int `json:"petition_score"`
}

// Known is what the rest of the service tells of an office.
type Known struct {
	Thresholds func(ctx context.Context, office string) (Thresholds, error)
	// Same are all digests that stand for the applicant with this one, itself among them.
	Same func(ctx context.Context, office, applicant string) ([]string, error)
}

// Mount adds the routes below /v1.
func (x *Index) Mount(v1 *echo.Group, k Known) {
	v1.GET("/fees/similar", func(c echo.Context) error { return x.similar(c, k) }, httpkit.May(identity.ReadFees))
}

type differenceView struct {
	Code  similar.Kind `json:"code"`
	Label string       `json:"label"`
}

type replyView struct {
	Reply
	RowLabel string `json:"row_label,omitempty"`
}

type foundView struct {
	CaseID        string           `json:"case_id"`
	RegisterNo    string           `json:"register_no,omitempty"`
	ReceivedOn    civil.Date       `json:"received_on,omitzero"`
	Verdict       similar.Verdict  `json:"verdict"`
	VerdictLabel  string           `json:"verdict_label"`
	Similarity    int              `json:"similarity_percent"`
	SameApplicant bool             `json:"same_applicant"`
	Earlier       bool             `json:"earlier"`
	Withdrawn     bool             `json:"withdrawn"`
	DiffersIn     []differenceView `json:"differs_in"`
	Reply         *replyView       `json:"reply,omitempty"`
}

type cueView struct {
	Code   petition.Code `json:"code"`
	Weight int           `json:"weight"`
	Label  string        `json:"label"`
}

type petitionView struct {
	Score  int       `json:"score"`
	Signal bool      `json:"signal"`
	Text   string    `json:"text,omitempty"`
	Cues   []cueView `json:"cues"`
}

type similarView struct {
	CaseID string `json:"case_id"`
	Thresholds
	// Signal: the same applicant seems to have asked for the same before. It decides
	// nothing.
	Signal     bool   `json:"signal"`
	SignalText string `json:"signal_text,omitempty"`
	// Answered: one of those earlier requests was answered (条例 art. 36(6)).
	Answered    bool         `json:"answered"`
	Repeats     int          `json:"repeats"`
	NearRepeats int          `json:"near_repeats"`
	Comparable  bool         `json:"comparable"`
	Items       []foundView  `json:"items"`
	Petition    petitionView `json:"petition"`
}

// similar answers GET /v1/fees/similar?case_id=…: the requests of the office that are
// like this one, with what was answered, and the cues of a petition.
func (x *Index) similar(c echo.Context, k Known) error {
	if err := httpkit.Query(c, "case_id"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	id := c.QueryParam("case_id")
	if id == "" {
		return problem.InvalidFields(problem.At("case_id", "required", "请指明案件。", "Name the case."))
	}
	ctx := c.Request().Context()
	t, err := x.Text(ctx, staff.Office, id)
	if err != nil {
		return err
	}
	if identity.Barred(ctx, t.RestrictedTo) {
		return fmt.Errorf("case %s: %w", id, docstore.ErrNotFound)
	}
	th, err := k.Thresholds(ctx, staff.Office)
	if err != nil {
		return err
	}
	if t, err = t.as(ctx, k); err != nil {
		return err
	}
	found, err := x.Like(ctx, t, float64(th.NearRepeatPercent)/100)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(f Found) bool { return identity.Barred(ctx, f.RestrictedTo) })
	return c.JSON(http.StatusOK, viewOf(t, th, found, httpkit.Lang(c)))
}

// as is the text as one of all digests of its applicants.
func (t *Text) as(ctx context.Context, k Known) (*Text, error) {
	known := *t
	known.Applicants = nil
	for _, a := range t.Applicants {
		same, err := k.Same(ctx, t.Office, a)
		if err != nil {
			return nil, err
		}
		known.Applicants = append(known.Applicants, same...)
	}
	return &known, nil
}

func viewOf(t *Text, th Thresholds, found []Found, lang string) similarView {
	out := similarView{
		CaseID: t.CaseID, Thresholds: th, Items: make([]foundView, 0, len(found)),
		Comparable: t.Sketch != nil && t.Sketch.Method == similar.Method,
	}
	for _, f := range found {
		if f.Signals() {
			out.Signal = true
			out.Answered = out.Answered || f.Reply != nil
			if f.Verdict == similar.Repeat {
				out.Repeats++
			} else {
				out.NearRepeats++
			}
		}
		out.Items = append(out.Items, foundOf(f, lang))
	}
	switch {
	case out.Answered:
		out.SignalText = answeredText.In(lang)
	case out.Signal:
		out.SignalText = signalText.In(lang)
	}
	out.Petition = petitionOf(petition.Of(t.Cues), th, lang)
	return out
}

func petitionOf(r petition.Reading, th Thresholds, lang string) petitionView {
	v := petitionView{Score: r.Score, Signal: r.Signal(th.PetitionScore), Cues: []cueView{}}
	if v.Signal {
		v.Text = petitionText.In(lang)
	}
	for _, cue := range r.Cues {
		v.Cues = append(v.Cues, cueView{cue.Code, cue.Weight, cue.Label.In(lang)})
	}
	return v
}

func foundOf(f Found, lang string) foundView {
	v := foundView{
		CaseID: f.CaseID, RegisterNo: f.RegisterNo, ReceivedOn: f.On, Verdict: f.Verdict,
		VerdictLabel: verdictLabels[f.Verdict].In(lang), Similarity: int(100*f.Likeness.Similarity() + 0.5),
		SameApplicant: f.SameApplicant, Earlier: f.Earlier, Withdrawn: f.Withdrawn, DiffersIn: []differenceView{},
	}
	for _, k := range f.Likeness.Differs {
		v.DiffersIn = append(v.DiffersIn, differenceView{k, kindLabels[k].In(lang)})
	}
	if r := f.Reply; r != nil {
		row := report.Row(r.Row)
		v.Reply = &replyView{Reply: *r, RowLabel: problem.Text{ZH: row.Label(), EN: row.LabelEN()}.In(lang)}
	}
	return v
}

var (
	signalText = problem.Text{
		ZH: "同一申请人此前似有相同内容的申请，请由经办人核对；系统不作认定。",
		EN: "The same applicant seems to have asked for the same before; an officer compares them. Nothing is decided by itself.",
	}
	answeredText = problem.Text{
		ZH: "同一申请人此前似有相同内容的申请且已答复；内容确属重复的，可以依照条例第三十六条第六项告知不予重复处理。由经办人核对，系统不作认定。",
		EN: "The same applicant seems to have asked for the same before and was answered; if it is truly a repeat, it may be answered under art. 36(6). An officer compares them. Nothing is decided by itself.",
	}
	petitionText = problem.Text{
		ZH: "申请内容可能属于信访、投诉、举报或者咨询（条例第三十九条第一款），请由经办人判断；系统不作认定。",
		EN: "The request may be a petition, complaint, report or question (Regulations art. 39(1)); an officer judges. Nothing is decided by itself.",
	}
	verdictLabels = map[similar.Verdict]problem.Text{
		similar.Repeat:     {ZH: "文字相同", EN: "the same words"},
		similar.NearRepeat: {ZH: "内容近似", EN: "probably the same in other words"},
		similar.Variant:    {ZH: "文字近似，事项不同", EN: "alike, but about something else"},
	}
	kindLabels = map[similar.Kind]problem.Text{
		similar.Year:     {ZH: "年份", EN: "year"},
		similar.Part:     {ZH: "月份、季度或者日期", EN: "month, quarter or day"},
		similar.Document: {ZH: "文号", EN: "document number"},
		similar.Number:   {ZH: "编号或者数字", EN: "number"},
		similar.Place:    {ZH: "地点或者单位", EN: "place or organisation"},
		similar.Matter:   {ZH: "事项", EN: "subject"},
		similar.Paper:    {ZH: "文件种类", EN: "kind of document"},
	}
)
