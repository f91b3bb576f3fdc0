package demo

import (
	"context"
	"net/http"
)

// review is an administrative review of the case's decision: received, answered,
// decided with the result and served. A corrected result orders a new answer, which
// reopens the case.
func review(received, outcome, result, decided, served string) step {
	return func(ctx context.Context, t *telling) error {
		if err := t.challenge(ctx, "review", "上海市青浦区人民政府", received); err != nil {
			return err
		}
		body := document{"step": "result", "on": decided, "served_on": served, "result": result}
		if outcome == "corrected" {
			body["corrected_ground"] = "law"
			body["lesson"] = "以第三方权益为由整体拒绝，未作区分处理（条例第三十七条）。"
			body["order"] = document{"period_wd": 20}
		}
		if err := t.steps(ctx, document{"step": "acceptance", "on": received}, document{"step": "answer", "on": received}, body); err != nil {
			return err
		}
		if outcome != "corrected" {
			return nil
		}
		_, err := t.until(ctx, "officer", "/v1/cases/"+t.caseID, func(d document) bool { return d.text("status") != "closed" })
		return err
	}
}

// suit is a lawsuit against the case's decision that is still pending.
func suit(received string) step {
	return func(ctx context.Context, t *telling) error {
		if err := t.challenge(ctx, "suit_direct", "上海铁路运输法院", received); err != nil {
			return err
		}
		return t.steps(ctx, document{"step": "answer", "on": received})
	}
}

// challenge registers a proceeding on the case, once litigation knows the case.
func (t *telling) challenge(ctx context.Context, kind, organ, received string) error {
	if _, err := t.until(ctx, "officer", "/v1/deadlines/"+t.caseID, func(d document) bool { return d.text("state") != "running" }); err != nil {
		return err
	}
	filed, err := t.post(ctx, "legal", "/v1/proceedings", document{
		"kind": kind, "case_id": t.caseID, "organ_or_court": organ, "case_no": "（演示）" + t.key + "号",
		"cause": "政府信息公开", "received_on": received,
	})
	if err != nil {
		return err
	}
	t.proceedingID = filed.text("id")
	return nil
}

func (t *telling) steps(ctx context.Context, bodies ...document) error {
	for _, body := range bodies {
		t.n++
		if _, err := t.do(ctx, "legal", http.MethodPost, "/v1/proceedings/"+t.proceedingID+"/steps", "", body); err != nil {
			return err
		}
	}
	return nil
}
