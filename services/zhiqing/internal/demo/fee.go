package demo

import (
	"context"
	"slices"
)

// finding records that the applicant's month is clearly excessive and has it
// approved; without it no fee may be asked (条例 art. 42).
func finding(on string) step {
	return func(ctx context.Context, t *telling) error {
		if err := t.counted(ctx); err != nil {
			return err
		}
		found, err := t.post(ctx, "officer", "/v1/fees/findings", document{
			"case_id": t.caseID, "found_on": on, "grounds": "同一申请人一个自然月内申请十一件以上，数量明显超过合理范围",
		})
		if err != nil {
			return err
		}
		_, err = t.post(ctx, "head", "/v1/fees/findings/"+found.text("id")+"/approval", document{"approved": true, "decided_on": on})
		return err
	}
}

// fee issues the notice by item; the case then waits for the payment.
func fee(noticed, received string) step {
	return func(ctx context.Context, t *telling) error {
		if err := t.counted(ctx); err != nil {
			return err
		}
		issued, err := t.post(ctx, "officer", "/v1/fees/notices", document{
			"case_id": t.caseID, "method": "per_item", "noticed_on": noticed, "notice_received_on": received,
			"delivery_route": "邮寄", "how_to_pay": "持缴款书到代收银行缴纳",
		})
		if err != nil {
			return err
		}
		t.noticeID = issued.text("id")
		return t.stands(ctx, func(d document) bool { return d.text("status") == "waiting" })
	}
}

func paid(on string, yuan int64) step {
	return func(ctx context.Context, t *telling) error {
		if _, err := t.post(ctx, "officer", "/v1/fees/notices/"+t.noticeID+"/payment", document{
			"paid_on": on, "amount_yuan": yuan, "receipt_no": "财政票据" + t.key,
		}); err != nil {
			return err
		}
		return t.stands(ctx, func(d document) bool { return d.text("status") != "waiting" })
	}
}

// lapse closes the case as no longer handled, because nothing was paid in time.
func lapse(on string) step {
	return func(ctx context.Context, t *telling) error {
		if _, err := t.post(ctx, "officer", "/v1/fees/notices/"+t.noticeID+"/lapse", document{"lapsed_on": on}); err != nil {
			return err
		}
		return t.stands(ctx, func(d document) bool { return d.text("status") == "closed" })
	}
}

// counted waits until the fee service has counted the case in the applicant's month,
// and the ten free ones before it.
func (t *telling) counted(ctx context.Context) error {
	_, err := t.until(ctx, "officer", "/v1/fees/usage?case_id="+t.caseID, func(d document) bool {
		n, _ := d["items"].(float64)
		return n > 10 && slices.ContainsFunc(d.list("cases"), func(c document) bool { return c.text("case_id") == t.caseID })
	})
	return err
}

// stands waits until the case stands as it should after another service's event.
func (t *telling) stands(ctx context.Context, as func(document) bool) error {
	_, err := t.until(ctx, "officer", "/v1/cases/"+t.caseID, as)
	return err
}
