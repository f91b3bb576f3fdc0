package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// applicant is somebody who asks.
type applicant struct {
	Kind, Name, IDType, IDNumber, Phone string
	Assist                              bool // needs help with the application (条例 art. 43)
}

func (a applicant) body() document {
	return document{
		"kind": a.Kind, "name": a.Name, "id_type": a.IDType, "id_number": a.IDNumber,
		"needs_assistance": a.Assist,
		"contact":          document{"phone": a.Phone, "address": "上海市青浦区青溪镇"},
	}
}

// story is one application and what becomes of it.
type story struct {
	id      string // names the story where another part refers to it
	who     applicant
	channel string
	arrived string // civil date
	text    string
	// carriedOut: open at the end of the year and finished in the next.
	carriedOut bool
	plot       plot
}

// plot is what happens, in order.
type plot []step

// step is one thing that happens in a story.
type step func(ctx context.Context, t *telling) error

// telling is a story while it happens.
type telling struct {
	*client
	story  story
	key    string // begins every idempotency key, so that telling it twice does it once
	n      int    // steps so far
	caseID string
	// receivedOn is the day of the registration's receipt; other steps follow it.
	receivedOn string

	registerNo   string
	noticeID     string
	proceedingID string
}

// tell files the application at the counter and lets the plot happen.
func (c *client) tell(ctx context.Context, n int, s story) (*telling, error) {
	t := &telling{client: c, story: s, key: "demo-" + strconv.Itoa(n)}
	filed, err := c.do(ctx, "officer", http.MethodPost, "/v1/cases", t.key, document{
		"channel": s.channel, "arrived_on": s.arrived, "evidence": document{"note": "演示数据"},
		"applicant": s.who.body(), "content": document{"description": s.text},
		"delivery": document{"format": "paper", "route": "mail"},
	})
	if err != nil {
		return nil, fmt.Errorf("file %q: %w", s.text, err)
	}
	t.caseID = filed.text("id")
	for i, step := range s.plot {
		if err := step(ctx, t); err != nil {
			return nil, fmt.Errorf("%q, step %d: %w", s.text, i+1, err)
		}
	}
	return t, nil
}

// post does one step of the case as the staff member.
func (t *telling) post(ctx context.Context, as, path string, body document) (document, error) {
	t.n++
	return t.do(ctx, as, http.MethodPost, path, t.key+"-"+strconv.Itoa(t.n), body)
}

func (t *telling) onCase(ctx context.Context, as, action string, body document) error {
	_, err := t.post(ctx, as, "/v1/cases/"+t.caseID+"/"+action, body)
	return err
}

func register(on string) step {
	return func(ctx context.Context, t *telling) error {
		t.receivedOn = on
		registered, err := t.post(ctx, "officer", "/v1/cases/"+t.caseID+"/registration", document{
			"received_on": on, "evidence": document{"note": "演示：已核实", "signer": "收发室", "confirmed_with": t.story.who.Name},
		})
		t.registerNo = registered.text("register_no")
		return err
	}
}

func assign() step {
	return func(ctx context.Context, t *telling) error {
		return t.onCase(ctx, "officer", "assignment", document{"assignee": "me", "assigned_on": t.receivedOn})
	}
}

func notice(ctx context.Context, t *telling, noticed, delivered string) error {
	return t.onCase(ctx, "officer", "correction-notice", document{
		"noticed_on": noticed, "delivered_on": delivered, "period_wd": 15,
		"items":    []string{"请写明所申请信息的名称、文号或者便于查询的其他特征性描述"},
		"guidance": "例如：某年某项目的补助发放名册。",
	})
}

func correct(noticed, delivered, received, text string) step {
	return func(ctx context.Context, t *telling) error {
		if err := notice(ctx, t, noticed, delivered); err != nil {
			return err
		}
		return t.onCase(ctx, "officer", "correction", document{"received_on": received, "description": text})
	}
}

func uncorrected(noticed, delivered, abandoned string) step {
	return func(ctx context.Context, t *telling) error {
		if err := notice(ctx, t, noticed, delivered); err != nil {
			return err
		}
		return t.onCase(ctx, "officer", "abandonment", document{"abandoned_on": abandoned, "note": "期限届满未补正"})
	}
}

// asked sends a consultation letter that is not answered yet.
func asked(kind, sent, received string) step {
	return func(ctx context.Context, t *telling) error {
		return t.onCase(ctx, "officer", "consultations", document{
			"kind": kind, "consultee": "相关权利人", "question": "是否同意公开", "sent_on": sent, "consultee_received_on": received,
		})
	}
}

func consult(kind, sent, received, answered, answer string) step {
	return func(ctx context.Context, t *telling) error {
		if err := asked(kind, sent, received)(ctx, t); err != nil {
			return err
		}
		return t.onCase(ctx, "officer", "consultations/1/answer", document{
			"answered_on": answered, "answer": answer, "reasons": "见书面意见",
		})
	}
}

func extensionAsked(workingDays int, on string) step {
	return func(ctx context.Context, t *telling) error {
		return t.onCase(ctx, "officer", "extension", document{
			"working_days": workingDays, "reason": "材料年代跨度大，需要逐卷查找", "requested_on": on,
		})
	}
}

func extend(workingDays int, on string) step {
	return func(ctx context.Context, t *telling) error {
		if err := extensionAsked(workingDays, on)(ctx, t); err != nil {
			return err
		}
		return t.onCase(ctx, "head", "extension/approval", document{"approved_on": on, "notified_on": on})
	}
}

// contents are what a reply of each kind says.
var contents = map[string]document{
	"K1":  {"access_route": "本机关门户网站“政府信息公开”专栏"},
	"K2":  {"information": "详见附件"},
	"K3":  {"reasons": "所申请信息属于条例规定可以不予公开或者不得公开的情形，详见正文"},
	"K3p": {"disclosed_part": "附件中可以公开的部分", "reasons": "其余部分涉及第三方合法权益，公开会造成损害"},
	"K4":  {"search": "经检索本机关档案室和业务系统，未检索到所申请信息"},
	"K5":  {"reasons": "该信息由区主管部门制作", "competent": "青浦区有关主管部门，电话 021-50000000"},
	"K6":  {"earlier_reply": "本机关2025年3月25日答复书"},
	"K7":  {"procedure": "不动产登记资料查询适用《不动产登记资料查询暂行办法》"},
	"K8":  {"reasons": "需要对现有信息进行加工、分析"},
	"K9":  {"reasons": "所述事项属于投诉举报", "right_channel": "青溪镇信访办公室"},
	"K10": {"reasons": "所申请信息为公开出版物", "obtain": "公共图书馆或者出版单位"},
}

// reviewed is the review before release (先审查后公开), all aspects passed.
func reviewed(on string) step {
	return func(ctx context.Context, t *telling) error {
		checks := make([]document, 0, 6)
		for _, aspect := range []string{"secrecy", "privacy", "trade_secret", "aggregation", "third_party", "form"} {
			checks = append(checks, document{"aspect": aspect, "result": "pass", "reviewer": "周敏"})
		}
		return t.onCase(ctx, "officer", "review", document{"reviewed_on": on, "checks": checks})
	}
}

func drafted(kind, ground, on string) step {
	return func(ctx context.Context, t *telling) error {
		proposal := document{"kind": kind, "contents": contents[kind], "decided_on": on}
		if ground != "" {
			proposal["ground"] = ground
		}
		return t.onCase(ctx, "officer", "decision", proposal)
	}
}

func signed(on string) step {
	return func(ctx context.Context, t *telling) error {
		sign := document{"signed_on": on}
		err := t.onCase(ctx, "head", "decision/approval", sign)
		var no *refusal
		if !errors.As(err, &no) || !strings.Contains(no.Body, "lesson_unseen") {
			return err
		}
		// Such a decision has been corrected before: the officer reads why, and only then
		// does the head sign.
		shown, err := t.do(ctx, "officer", http.MethodGet, "/v1/cases/"+t.caseID+"/lessons", "", nil)
		if err != nil {
			return err
		}
		var ids []string
		for _, l := range shown.list("items") {
			ids = append(ids, l.text("id"))
		}
		if err := t.onCase(ctx, "officer", "lessons/seen", document{"lessons": ids}); err != nil {
			return err
		}
		return t.onCase(ctx, "head", "decision/approval", sign)
	}
}

func served(on string) step {
	return func(ctx context.Context, t *telling) error {
		return t.onCase(ctx, "officer", "service", document{
			"route": "mail", "carrier": "中国邮政 EMS", "tracking_no": "1100" + t.key, "sent_on": on, "delivered_on": on, "signer": "本人",
		})
	}
}

// reply reviews, drafts, signs and serves the decision on one day.
func reply(kind, ground, on string) step {
	return func(ctx context.Context, t *telling) error {
		for _, do := range []step{reviewed(on), drafted(kind, ground, on), signed(on), served(on)} {
			if err := do(ctx, t); err != nil {
				return err
			}
		}
		return nil
	}
}

func withdraw(on string) step {
	return func(ctx context.Context, t *telling) error {
		return t.onCase(ctx, "officer", "withdrawal", document{"withdrawn_on": on, "reason": "申请人已经从其他途径获取"})
	}
}
