package fee_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/petition"
	"zhiqing.dev/pkg/similar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/fee"
)

var sketcher = similar.NewSketcher([32]byte{1})

// asked is a case with the sketch and cues that intake makes of its text.
func asked(id, applicant, on, text string) contract.CaseFacts {
	f := caseOf(id, applicant, on, 1)
	if s, ok := sketcher.Sketch(f.Office, similar.Text{Description: text}); ok {
		f.Sketch = &s
	}
	f.PetitionCues = petition.Read(text).Codes()
	return f
}

func (k *kit) similar(id string) servicetest.Reply {
	k.t.Helper()
	k.Settle()
	r := k.Call("GET", "/v1/fees/similar?case_id="+id, nil, k.As(officer))
	require.Equal(k.t, 200, r.Status, r)
	return r
}

const (
	toilets      = "申请公开青溪镇2025年农村户厕改造补助资金发放明细"
	toiletsAgain = "请提供2025年青溪镇农村厕所改造补助资金的拨付清单"
	toiletsNext  = "申请公开青溪镇2026年农村户厕改造补助资金发放明细"
)

func TestSimilar_showsWhatWasAskedBefore(t *testing.T) {
	t.Parallel()
	k := start(t)
	first := asked("a1", "zhang", "2026-03-02", toilets)
	served := first
	served.Decision = &contract.DecisionFacts{Kind: "K2", Row: "granted", DecidedOn: civil.MustParse("2026-03-20"), ServedOn: civil.MustParse("2026-03-21")}
	events := []event.Event{
		told(t, k.clock, 1, first), told(t, k.clock, 2, served),
		told(t, k.clock, 1, asked("a2", "zhang", "2026-05-06", toilets+"。")),
		told(t, k.clock, 1, asked("a3", "zhang", "2026-05-08", toiletsAgain)),
		told(t, k.clock, 1, asked("a4", "zhang", "2026-05-09", toiletsNext)),
		told(t, k.clock, 1, asked("b1", "wang", "2026-04-01", toilets)),
		told(t, k.clock, 1, asked("c1", "li", "2026-04-01", "东风路停车收费标准的批准文件")),
	}
	gone := asked("a0", "zhang", "2026-01-05", toilets)
	gone.Clock.WithdrawnOn = civil.MustParse("2026-01-09")
	events = append(events, told(t, k.clock, 3, gone), told(t, k.clock, 1, asked("a0", "zhang", "2026-01-05", toilets)))
	for range 2 { // in any order, and again
		rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		require.NoError(t, k.Bus.Publish(t.Context(), events...))
	}
	r := k.similar("a2")
	require.Equal(t, true, r.At("signal"))
	require.Equal(t, true, r.At("answered"))
	require.EqualValues(t, 1, r.At("repeats"), "the withdrawn one is none")
	require.Contains(t, r.Text("signal_text"), "第三十六条第六项")
	require.Equal(t, "a1", r.Text("items", 0, "case_id"))
	require.Equal(t, "2026-a1", r.Text("items", 0, "register_no"))
	require.Equal(t, "repeat", r.Text("items", 0, "verdict"))
	require.Equal(t, "K2", r.Text("items", 0, "reply", "kind"))
	require.Equal(t, "2026-03-20", r.Text("items", 0, "reply", "decided_on"))

	r = k.similar("a3")
	require.EqualValues(t, 0, r.At("repeats"))
	require.EqualValues(t, 2, r.At("near_repeats"))
	require.Equal(t, "a2", r.Text("items", 0, "case_id"), "the newest of equals first")
	require.Equal(t, "near_repeat", r.Text("items", 0, "verdict"))

	r = k.similar("a4")
	require.Equal(t, false, r.At("signal"), "the next year is another request")
	require.Equal(t, "variant", r.Text("items", 0, "verdict"))
	require.Equal(t, "year", r.Text("items", 0, "differs_in", 0, "code"))

	r = k.similar("b1")
	require.Equal(t, false, r.At("signal"), "what others asked is shown and signals nothing")
	require.Equal(t, false, r.At("items", 0, "same_applicant"))
	require.Empty(t, k.similar("c1").At("items"))

	require.Equal(t, 404, k.Call("GET", "/v1/fees/similar?case_id=a1", nil, k.As(foreign)).Status)
	require.Equal(t, 401, k.Call("GET", "/v1/fees/similar?case_id=a1", nil).Status)
	require.Equal(t, 422, k.Call("GET", "/v1/fees/similar", nil, k.As(officer)).Status)
	require.Equal(t, 404, k.Call("GET", "/v1/fees/similar?case_id=nobody", nil, k.As(officer)).Status)
}

func TestUsage_showsRepeatsAndPetitionsWithTheirCases(t *testing.T) {
	t.Parallel()
	k := start(t)
	served := asked("a1", "zhang", "2026-03-02", toilets)
	served.Decision = &contract.DecisionFacts{Kind: "K2", Row: "granted", DecidedOn: civil.MustParse("2026-03-20"), ServedOn: civil.MustParse("2026-03-21")}
	gone := asked("a5", "zhang", "2026-05-10", toilets)
	gone.Clock.WithdrawnOn = civil.MustParse("2026-05-11")
	for _, f := range []contract.CaseFacts{
		served, gone,
		asked("a2", "zhang", "2026-05-06", toilets+"。"),
		asked("a3", "zhang2", "2026-05-08", toiletsAgain), // the same person under another digest
		asked("a4", "zhang", "2026-05-09", toiletsNext),
		asked("a6", "zhang", "2026-05-12", "我要举报红旗村村主任贪污征地款，要求严肃查处，给村民一个说法。"),
		asked("a7", "zhang", "2026-06-01", toilets), // after the window
		asked("b1", "wang", "2026-05-01", toilets),
	} {
		k.tell(1, f)
	}
	k.counted("zhang", "2026-05", 3) // a5 was withdrawn
	k.counted("zhang2", "2026-05", 1)
	usage := func(query string) servicetest.Reply {
		k.Settle()
		r := k.Call("GET", "/v1/fees/usage?"+query, nil, k.As(officer))
		require.Equal(t, 200, r.Status, r)
		return r
	}
	r := usage("applicant=zhang&month=2026-05")
	require.EqualValues(t, 1, r.At("similarity", "repeats"))
	require.EqualValues(t, 0, r.At("similarity", "near_repeats"))
	require.EqualValues(t, 1, r.At("similarity", "answered"))
	require.EqualValues(t, 1, r.At("similarity", "petitions"))
	require.EqualValues(t, 3, r.At("similarity", "compared"))
	require.Equal(t, true, r.At("similarity", "complete"))
	require.Len(t, r.At("similarity", "cases"), 2)
	require.Equal(t, "a2", r.Text("similarity", "cases", 0, "case_id"))
	require.Equal(t, "a1", r.Text("similarity", "cases", 0, "repeats", "case_id"))
	require.Equal(t, "2026-03-20", r.Text("similarity", "cases", 0, "repeats", "reply", "decided_on"))
	require.Equal(t, "a6", r.Text("similarity", "cases", 1, "case_id"))
	require.Equal(t, true, r.At("similarity", "cases", 1, "petition", "signal"))
	require.EqualValues(t, 0, usage("applicant=wang&month=2026-05").At("similarity", "repeats"))

	m := k.Call("POST", "/v1/fees/identities/merges", map[string]any{"applicants": []string{"zhang", "zhang2"}, "reason": "同一人，已核对原件"}, k.As(admin))
	require.Equal(t, 201, m.Status, m)
	r = k.Call("PUT", "/v1/fees/policy", map[string]any{"signal_repeats": 2}, k.As(head))
	require.Equal(t, 200, r.Status, r)
	r = usage("applicant=zhang2&month=2026-05")
	require.EqualValues(t, 1, r.At("similarity", "near_repeats"), "what one person asked under two digests")
	require.Equal(t, "repeats", r.Text("signals", 0, "code"))
	require.Equal(t, "a3", r.Text("similarity", "cases", 1, "case_id"))
	require.Equal(t, "a1", r.Text("similarity", "cases", 1, "repeats", "case_id"), "the answered one of two")
	require.Equal(t, true, k.similar("a3").At("signal"))
	f := k.Call("POST", "/v1/fees/findings", map[string]any{"applicant": "zhang", "month": "2026-05", "grounds": "明显超过合理范围"}, k.As(officer))
	require.Equal(t, 201, f.Status, f)
	require.EqualValues(t, 1, f.At("evidence", "alike", "near_repeats"))
	require.Equal(t, "a1", f.Text("evidence", "alike", "cases", 0, "earlier_case_id"))
	require.Equal(t, "a6", f.Text("evidence", "alike", "petitions", 0))
	year := usage("applicant=zhang&window=2026")
	require.EqualValues(t, 2, year.At("similarity", "repeats"))
	require.EqualValues(t, 6, year.At("similarity", "compared"))
	next := usage("applicant=zhang&window=2026&limit=3")
	rest := usage("applicant=zhang&window=2026&limit=3&cursor=" + next.Text("next_cursor"))
	require.Nil(t, rest.At("similarity"), "said once, with the first page")
}

func TestSimilar_leavesPartsAndMergedCasesAlone(t *testing.T) {
	t.Parallel()
	k := start(t)
	parent := asked("p", "zhang", "2026-05-06", toilets)
	parent.Items = 0
	part, other := asked("p-1", "zhang", "2026-05-06", toilets), asked("p-2", "zhang", "2026-05-06", toiletsAgain)
	part.ParentID, other.ParentID = "p", "p"
	merged := asked("q", "zhang", "2026-05-07", toilets)
	merged.MergedInto = "p-1"
	for _, f := range []contract.CaseFacts{parent, other, merged, part} {
		k.tell(1, f)
	}
	require.Empty(t, k.similar("p-1").At("items"))
}

// What is found quickly in a long history is what comparing every pair finds.
func TestUsage_findsRepeatsInALongHistory(t *testing.T) {
	t.Parallel()
	s, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "fee.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	x, err := fee.OpenTexts(t.Context(), s, wallclock.NewFake(servicetest.DefaultNow))
	require.NoError(t, err)
	first := civil.MustParse("2025-01-01")
	var wg sync.WaitGroup
	for lane := range 16 {
		wg.Go(func() {
			for i := lane; i < 420; i += 16 {
				text := request(1000 + 37*i)
				if i >= 400 { // the first twenty once more, further back than is compared one by one
					text = request(1000+37*(i-400)) + "。"
				}
				if err := x.Take(t.Context(), 1, asked(fmt.Sprintf("c%03d", i), "zhang", first.AddDays(i).String(), text)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	own, err := fee.Own(t.Context(), x, "demo", "zhang", "2026")
	require.NoError(t, err)
	require.True(t, own.Complete)
	require.Equal(t, 420-365, own.Compared)
	repeated := map[string]string{}
	for _, a := range own.Repeated {
		if a.Verdict == similar.Repeat {
			repeated[a.CaseID] = a.Earlier.CaseID
		}
	}
	require.Len(t, repeated, 20)
	for i := range 20 {
		require.Equal(t, fmt.Sprintf("c%03d", i), repeated[fmt.Sprintf("c%03d", 400+i)])
	}
}

func TestSimilar_followsTheThresholdsOfTheOffice(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.tell(1, asked("a", "zhang", "2026-05-06", toilets))
	k.tell(1, asked("b", "zhang", "2026-05-07", toiletsAgain))
	k.tell(1, asked("c", "zhang", "2026-05-08", "我要举报红旗村村主任贪污征地款，要求严肃查处，给村民一个说法。"))
	require.Equal(t, true, k.similar("b").At("signal"))
	p := k.similar("c")
	require.Equal(t, true, p.At("petition", "signal"))
	require.Equal(t, "complaint", p.Text("petition", "cues", 0, "code"))
	require.Contains(t, p.Text("petition", "text"), "第三十九条")

	r := k.Call("PUT", "/v1/fees/policy", map[string]any{"near_repeat_percent": 95, "petition_score": 20}, k.As(head))
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, false, k.similar("b").At("signal"))
	require.Equal(t, false, k.similar("c").At("petition", "signal"))
	r = k.Call("PUT", "/v1/fees/policy", map[string]any{"near_repeat_percent": 10}, k.As(head))
	require.Equal(t, 422, r.Status, r)
}

// BenchmarkSimilar lists the candidates of one request among many earlier ones, and what
// one applicant's year repeats; a thousand applicants asked in a few hundred templates.
func BenchmarkSimilar(b *testing.B) {
	sizes := []int{10_000}
	if os.Getenv("ZHIQING_BENCH_FULL") == "1" {
		sizes = []int{10_000, 100_000, 1_000_000}
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("sqlite/%d", n), func(b *testing.B) {
			s, err := sqlitestore.Open(b.Context(), filepath.Join(b.TempDir(), "fee.db"))
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, s.Close()) })
			measure(b, s, n)
		})
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("mongo/%d", n), func(b *testing.B) {
			url, name := mongotest.Database(b)
			s, err := mongostore.Open(b.Context(), url, name)
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, s.Close()) })
			measure(b, s, n)
		})
	}
}

func measure(b *testing.B, engine docstore.Store, n int) {
	b.Helper()
	x, err := fee.OpenTexts(b.Context(), engine, wallclock.NewFake(servicetest.DefaultNow))
	require.NoError(b, err)
	next := make(chan int)
	done := make(chan error)
	const lanes = 64
	for range lanes {
		go func() {
			var failed error
			for i := range next {
				if failed == nil {
					failed = x.Take(b.Context(), 1, asked(fmt.Sprintf("c%07d", i), fmt.Sprintf("p%04d", i%1000), day(i), request(i)))
				}
			}
			done <- failed
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	for range lanes {
		require.NoError(b, <-done)
	}
	b.Run("like", func(b *testing.B) {
		found, i := 0, 0
		for b.Loop() {
			i = (i + 7919) % n
			t, err := x.Text(b.Context(), "demo", fmt.Sprintf("c%07d", i))
			require.NoError(b, err)
			list, err := x.Like(b.Context(), t, similar.DefaultThreshold)
			require.NoError(b, err)
			found += len(list)
		}
		b.ReportMetric(float64(found)/float64(b.N), "found/op")
	})
	b.Run("own year", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i = (i + 7919) % n
			_, err := fee.Own(b.Context(), x, "demo", fmt.Sprintf("p%04d", i%1000), "2025")
			require.NoError(b, err)
		}
	})
}

func day(i int) string { return fmt.Sprintf("20%02d-%02d-%02d", 19+i%7, 1+i/7%12, 1+i/84%28) }

// request is one of very many: places, years and matters in the wording that people use.
func request(i int) string {
	forms := []string{"申请公开%s%d年%s", "请提供", "关于%s在%d年的%s，请公开", "本人是当地村民，想了解%s%d年%s"}
	matters := []string{
		"征地补偿款发放明细", "低保户名单", "危房改造对象名单", "道路硬化工程施工合同", "村级财务收支明细", "物业服务合同", "环评批复",
		"违法建设查处台账", "招标文件", "土地流转合同", "学区划分依据", "安全生产检查记录", "公务接待费支出", "水质监测报告", "停车收费批准文件",
		"茶园承包费账目", "殡葬补贴发放表", "健身器材采购合同", "幼儿园收费标准", "宅基地审批表",
	}
	surnames := []rune("张王李赵刘陈杨黄周吴徐孙马朱胡郭何林罗高")
	ends := []rune("家庄湾坪沟岭坡塘桥河滩店铺屯寨坝口角台顶")
	place := string([]rune{surnames[i%20], ends[i/20%20], ends[i/400%20]}) + "村"
	form := forms[i/8000%len(forms)]
	if form == forms[1] {
		return fmt.Sprintf("请提供%d年%s的%s", 2015+i/3%10, place, matters[i/7%20])
	}
	return fmt.Sprintf(form, place, 2015+i/3%10, matters[i/7%20])
}
