package clock_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

func requireCodes(t testing.TB, err error, want ...string) {
	t.Helper()
	var errs clock.FactErrors
	require.ErrorAs(t, err, &errs)
	var got []string
	for _, e := range errs {
		got = append(got, e.Code)
		require.NotEmpty(t, e.Field)
		require.NotEmpty(t, e.ZH)
		require.NotEmpty(t, e.EN)
	}
	require.Equal(t, want, got)
}

func TestFactsThatCannotStand(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][2]string{
		`{}`:                           {"/received_on", "required"},
		`{"received_on":"0026-01-05"}`: {"/received_on", "implausible_date"},
		`{"arrived_on":"2025-03-03","extension_wd":3}`:                                                                                                           {"/received_on", "required"},
		`{"received_on":"2025-03-03","arrived_on":"2025-03-04"}`:                                                                                                 {"/received_on", "received_before_arrived"},
		`{"received_on":"2025-03-03","correction":{}}`:                                                                                                           {"/correction/noticed_on", "required"},
		`{"received_on":"2025-03-03","correction":{"noticed_on":"2025-03-02"}}`:                                                                                  {"/correction/noticed_on", "before_receipt"},
		`{"received_on":"2025-03-03","correction":{"noticed_on":"2025-03-05","received_on":"2025-03-04"}}`:                                                       {"/correction/received_on", "received_before_notice"},
		`{"received_on":"2025-03-03","correction":{"noticed_on":"2025-03-05","delivered_on":"2025-03-04"}}`:                                                      {"/correction/delivered_on", "delivered_before_notice"},
		`{"received_on":"2025-03-03","correction":{"noticed_on":"2025-03-05","period_wd":-1}}`:                                                                   {"/correction/period_wd", "out_of_range"},
		`{"received_on":"2025-03-03","corrections":[{"noticed_on":"2025-03-05"},{"noticed_on":"2025-03-06","reason":"x"}]}`:                                      {"/corrections/1/noticed_on", "while_waiting"},
		`{"received_on":"2025-03-03","corrections":[{"noticed_on":"2025-03-05","received_on":"2025-03-09"},{"noticed_on":"2025-03-06","reason":"x"}]}`:           {"/corrections/1/noticed_on", "while_waiting"},
		`{"received_on":"2025-03-03","fee":{}}`:                                                                                                                  {"/fee/noticed_on", "required"},
		`{"received_on":"2025-03-03","fee":{"noticed_on":"2025-03-01"}}`:                                                                                         {"/fee/noticed_on", "before_receipt"},
		`{"received_on":"2025-03-03","fee":{"noticed_on":"2025-03-05","paid_on":"2025-03-04"}}`:                                                                  {"/fee/paid_on", "paid_before_notice"},
		`{"received_on":"2025-03-03","fee":{"noticed_on":"2025-03-05","notice_received_on":"2025-03-04"}}`:                                                       {"/fee/notice_received_on", "received_before_notice"},
		`{"received_on":"2025-03-03","fee":{"noticed_on":"2025-03-07"},"correction":{"noticed_on":"2025-03-05"}}`:                                                {"/fee/noticed_on", "while_waiting"},
		`{"received_on":"2025-03-03","fee":{"noticed_on":"2025-03-05"},"correction":{"noticed_on":"2025-03-07"}}`:                                                {"/correction/noticed_on", "while_waiting"},
		`{"received_on":"2025-03-03","consultations":[{"kind":"neighbour","sent_on":"2025-03-04"}]}`:                                                             {"/consultations/0/kind", "unknown_kind"},
		`{"received_on":"2025-03-03","consultations":[{}]}`:                                                                                                      {"/consultations/0/sent_on", "required"},
		`{"received_on":"2025-03-03","consultations":[{"sent_on":"2025-03-01"}]}`:                                                                                {"/consultations/0/sent_on", "before_receipt"},
		`{"received_on":"2025-03-03","consultations":[{"sent_on":"2025-03-05","consultee_received_on":"2025-03-04"}]}`:                                           {"/consultations/0/consultee_received_on", "received_before_letter"},
		`{"received_on":"2025-03-03","consultations":[{"sent_on":"2025-03-05","answered_on":"2025-03-04"}]}`:                                                     {"/consultations/0/answered_on", "answer_before_letter"},
		`{"received_on":"2025-03-03","consultations":[{"sent_on":"2025-03-05","consultee_received_on":"2025-03-07","answered_on":"2025-03-06"}]}`:                {"/consultations/0/answered_on", "answer_before_receipt"},
		`{"received_on":"2025-03-03","consultations":[{"sent_on":"2025-03-05","withdrawn_on":"2025-03-04"}]}`:                                                    {"/consultations/0/withdrawn_on", "withdrawn_before_letter"},
		`{"received_on":"2025-03-03","consultations":[{"sent_on":"2925-03-05"}]}`:                                                                                {"/consultations/0", "implausible_date"},
		`{"received_on":"2025-03-03","extension_wd":21}`:                                                                                                         {"/extension_wd", "extension_out_of_range"},
		`{"received_on":"2025-03-03","extension_wd":-1}`:                                                                                                         {"/extension_wd", "extension_out_of_range"},
		`{"received_on":"2025-03-03","extension_notified_on":"2025-03-20"}`:                                                                                      {"/extension_wd", "required"},
		`{"received_on":"2025-03-03","extension_wd":5,"extension_notified_on":"2025-03-01"}`:                                                                     {"/extension_notified_on", "before_receipt"},
		`{"received_on":"2025-03-03","extension_wd":5,"extension_notified_on":"2025-03-07","correction":{"noticed_on":"2025-03-05","received_on":"2025-03-10"}}`: {"/extension_notified_on", "extension_while_waiting"},
		`{"received_on":"2025-03-03","extension_wd":5,"extension_notified_on":"2025-03-07","fee":{"noticed_on":"2025-03-05"}}`:                                   {"/extension_notified_on", "extension_while_waiting"},
		`{"received_on":"2025-03-03","deferred_until":"2025-03-03"}`:                                                                                             {"/deferred_until", "before_receipt"},
		`{"received_on":"2025-03-03","decided_on":"2025-03-02"}`:                                                                                                 {"/decided_on", "before_receipt"},
		`{"received_on":"2025-03-03","reply_made_on":"2025-03-02"}`:                                                                                              {"/reply_made_on", "before_receipt"},
		`{"received_on":"2025-03-03","decided_on":"2025-03-06","reply_made_on":"2025-03-05"}`:                                                                    {"/reply_made_on", "reply_before_decision"},
		`{"received_on":"2025-03-03","served_on":"2025-03-02"}`:                                                                                                  {"/served_on", "before_receipt"},
		`{"received_on":"2025-03-03","decided_on":"2025-03-06","served_on":"2025-03-05"}`:                                                                        {"/served_on", "service_before_decision"},
		`{"received_on":"2025-03-03","withdrawn_on":"2025-03-02"}`:                                                                                               {"/withdrawn_on", "before_receipt"},
		`{"received_on":"2025-03-03","abandoned_on":"2025-03-20"}`:                                                                                               {"/abandoned_on", "abandoned_without_notice"},
		`{"received_on":"2025-03-03","lapsed_on":"2025-03-20"}`:                                                                                                  {"/lapsed_on", "lapsed_without_notice"},
		`{"received_on":"2025-03-03","order":{}}`:                                                                                                                {"/order/effective_on", "required"},
		`{"received_on":"2025-03-03","order":{"effective_on":"2025-03-01"}}`:                                                                                     {"/order/effective_on", "before_receipt"},
		`{"received_on":"2025-03-03","order":{"effective_on":"2025-05-01","period_wd":999}}`:                                                                     {"/order/period_wd", "out_of_range"},
		`{"received_on":"2025-03-03","order":{"effective_on":"2025-05-01","performed_on":"2025-04-01"}}`:                                                         {"/order/performed_on", "performed_before_order"},
	} {
		var f clock.Facts
		require.NoError(t, json.Unmarshal([]byte(body), &f), body)
		_, err := clock.Compute(calendar.Builtin(), f, clock.DefaultPolicy())
		var errs clock.FactErrors
		require.ErrorAs(t, err, &errs, body)
		require.Len(t, errs, 1, "%s: %v", body, errs)
		require.Equal(t, want, [2]string{errs[0].Field, errs[0].Code}, body)
		var one *clock.FactError
		require.ErrorAs(t, err, &one)
		require.Error(t, f.Validate(clock.Policy{}))
	}
}

func TestAllErrorsComeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := clock.Compute(calendar.Builtin(), clock.Facts{
		ReceivedOn: day("2025-06-09"), ExtensionWD: 25,
		Fee:           &clock.Fee{NoticedOn: day("2025-06-12"), PaidOn: day("2025-06-11")},
		Consultations: []clock.Consultation{{Kind: "x", SentOn: day("2025-06-12"), AnsweredOn: day("2025-06-10")}},
	}, clock.DefaultPolicy())
	requireCodes(t, err, "paid_before_notice", "unknown_kind", "answer_before_letter", "extension_out_of_range")
	require.Contains(t, err.Error(), "/fee/paid_on: the fee cannot be paid before it was asked for")
}
