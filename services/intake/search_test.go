package intake_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/width"
	"pgregory.net/rapid"
)

// fold is how a person would say that two texts are alike: width, capitals and
// runs of white space make no difference.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(width.Fold.String(s))), " ")
}

// searchable is what the tests know of a case that a search may find it by.
type searchable struct {
	id    string
	texts []string
}

func (s searchable) has(q string) bool {
	return slices.ContainsFunc(s.texts, func(text string) bool { return strings.Contains(fold(text), fold(q)) })
}

// A search returns what a plain look through all cases returns: in titles, texts,
// document numbers, register numbers and names, for one character and for many, in
// every page size.
func TestSearchIsAPlainSubstringSearch(t *testing.T) {
	t.Parallel()
	d := open(t)
	texts := []string{
		"东桥村三组房屋征收补偿安置方案", "东桥村2019年集体资产清产核资明细", "青溪镇2024年度一般公共预算“三公”经费决算表",
		"关于ABC地块 征收补偿的批复", "关于abc地块征收的批复", "补偿", "征收", "收补征补", "青府〔2024〕3号文件", "ＡＢＣ地块  征收",
		"土地征收补偿土地征收补偿", "𠮷野家门前道路挖掘许可", "征", "=征收+补偿",
	}
	names := []string{"张小明", "青溪镇东桥村民委员会", "ＡＢＣ有限公司", "征收办"}
	var all []searchable
	for i, text := range texts {
		form := with(application(text), body{"channel": "in_person", "arrived_on": "2026-05-06"})
		form["applicant"] = body{"kind": "other_org", "name": names[i%len(names)], "contact": body{"phone": "13800000000", "address": "青溪镇"}}
		form["content"] = body{"description": text, "title": texts[(i+5)%len(texts)], "document_number": fmt.Sprintf("青府〔20%02d〕%d号", 20+i%5, i)}
		id := d.ok("/v1/cases", form, d.officer).Text("id")
		s := searchable{id: id, texts: []string{text, texts[(i+5)%len(texts)], fmt.Sprintf("青府〔20%02d〕%d号", 20+i%5, i), names[i%len(names)]}}
		if i%3 != 0 {
			s.texts = append(s.texts, d.ok("/v1/cases/"+id+"/registration", nil, d.officer).Text("register_no"))
		}
		all = append(all, s)
	}
	search := func(q string, limit int) []string {
		return pages(d, fmt.Sprintf("/v1/cases?limit=%d&q=%s", limit, url.QueryEscape(q)))
	}
	var alphabet []rune
	for _, s := range all {
		alphabet = append(alphabet, []rune(strings.Join(s.texts, ""))...)
	}
	rapid.Check(t, func(r *rapid.T) {
		text := []rune(rapid.SampledFrom(rapid.SampledFrom(all).Draw(r, "case").texts).Draw(r, "text"))
		from := rapid.IntRange(0, len(text)-1).Draw(r, "from")
		q := string(text[from:rapid.IntRange(from+1, len(text)).Draw(r, "to")])
		if rapid.IntRange(0, 3).Draw(r, "mix") == 0 { // something that may stand nowhere
			q = string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 1, 4).Draw(r, "q"))
		}
		if fold(q) == "" {
			return
		}
		want := []string{}
		for _, s := range all {
			if s.has(q) {
				want = append(want, s.id)
			}
		}
		got := search(q, rapid.SampledFrom([]int{1, 2, 3, 50}).Draw(r, "limit"))
		if slices.Sort(want); !slices.Equal(want, slices.Sorted(slices.Values(got))) {
			r.Fatalf("%q: %v, want %v", q, got, want)
		}
	})
	require.Empty(t, d.listed("q="+url.QueryEscape("征收"), d.stranger))
	require.Empty(t, d.listed("q="+url.QueryEscape("征"), d.stranger))

	receipt := d.get("/v1/cases/"+all[2].id, d.officer).Text("receipt")
	for _, typed := range []string{receipt, strings.ToLower(receipt), strings.ReplaceAll(receipt, "-", "")} {
		require.Equal(t, []string{all[2].id}, d.listed("q="+typed, d.officer), "the number that the applicant holds: %s", typed)
		require.Empty(t, d.listed("q="+typed, d.stranger))
	}
	id := all[6].id
	d.ok("/v1/cases/"+d.registered("x", "2026-05-06")+"/contacts", body{"means": "phone", "summary": "不在搜索之列"}, d.officer)
	require.Empty(t, d.listed("q="+url.QueryEscape("不在搜索"), d.officer))
	if d.get("/v1/cases/"+id, d.officer).Text("register_no") == "" {
		d.ok("/v1/cases/"+id+"/registration", nil, d.officer)
	}
	d.ok("/v1/cases/"+id+"/correction-notice", body{"noticed_on": "2026-05-12", "items": []string{"x"}, "period_wd": 30}, d.officer)
	d.ok("/v1/cases/"+id+"/correction", body{"received_on": "2026-05-20", "description": "青苗费分户清单"}, d.officer)
	require.Equal(t, []string{id}, d.listed("q="+url.QueryEscape("青苗"), d.officer), "the corrected text is found")
}
