package similar_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/similar"
)

func TestSketch_saysNothingWithoutTheKey(t *testing.T) {
	t.Parallel()
	text := similar.Text{Description: "申请公开青溪镇2024年低保户名单，联系电话13800000001"}
	a, ok := sketcher.Sketch("demo", text)
	require.True(t, ok)
	again, _ := sketcher.Sketch("demo", text)
	require.Equal(t, a, again, "the same text, key and office give the same sketch")

	otherOffice, _ := sketcher.Sketch("other", text)
	otherKey, _ := similar.NewSketcher([32]byte{9}).Sketch("demo", text)
	for _, o := range []similar.Sketch{otherOffice, otherKey} {
		sa, err := a.Decode()
		require.NoError(t, err)
		so, err := o.Decode()
		require.NoError(t, err)
		l := similar.Compare(a, o, &sa, &so)
		require.False(t, l.Same)
		require.Less(t, l.Shared, 0.1)
		for _, m := range a.Marks {
			require.NotContains(t, o.Marks, m)
		}
	}
	for _, m := range append(a.Marks, a.Exact, a.Signature) {
		require.NotContains(t, m, "2024")
		require.False(t, strings.ContainsFunc(m, func(r rune) bool { return r > 127 }), m)
	}
	_, ok = sketcher.Sketch("demo", similar.Text{Description: "请公开，谢谢。"})
	require.False(t, ok, "only the words of asking")
	_, err := similar.Sketch{Method: similar.Method, Signature: "AAAA"}.Decode()
	require.ErrorIs(t, err, similar.ErrSketch)
}

func TestSketch_readsTheNumberThatTheFormNames(t *testing.T) {
	t.Parallel()
	form, _ := sketcher.Sketch("demo", similar.Text{Description: "关于户厕改造的文件", DocumentNumber: "青府办〔2024〕15号"})
	inText, _ := sketcher.Sketch("demo", similar.Text{Description: "青府办〔2024〕15号关于户厕改造的文件"})
	fa, err := form.Decode()
	require.NoError(t, err)
	fb, err := inText.Decode()
	require.NoError(t, err)
	require.True(t, similar.Compare(form, inText, &fa, &fb).Same)
}

func TestLikeness_saysWhatDiffers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want similar.Kind
	}{
		{"青溪镇2023年低保户名单", "青溪镇2024年低保户名单", similar.Year},
		{"红旗村2024年一季度财务收支", "红旗村2024年二季度财务收支", similar.Part},
		{"青府办〔2024〕15号文件", "青府办〔2024〕16号文件", similar.Document},
		{"东风路88号房屋拆迁许可证", "东风路90号房屋拆迁许可证", similar.Number},
		{"石桥村土地承包台账", "红旗村土地承包台账", similar.Place},
		{"青溪镇户厕改造补助资金", "青溪镇危房改造补助资金", similar.Matter},
		{"东风路绿化养护合同", "东风路绿化养护审计报告", similar.Paper},
	} {
		l := compare(t, c.a, c.b)
		require.Equal(t, []similar.Kind{c.want}, l.Differs, "%s | %s", c.a, c.b)
		require.NotEqual(t, similar.NearRepeat, l.Verdict(0))
	}
}

// TestCompare_isAMeasure: comparing is symmetric, a text is like itself, and punctuation
// and the words of asking change nothing.
func TestCompare_isAMeasure(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom(strings.Fields("青溪镇 红旗村 2024年 户厕 改造 资金 发放 明细 合同 道路 名单 拆迁 补偿 茶园 鱼塘 标准 第三批 12号"))
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.SliceOfN(word, 1, 12)
		a, b := words.Draw(r, "a"), words.Draw(r, "b")
		x, y := compare(t, strings.Join(a, ""), strings.Join(b, "")), compare(t, strings.Join(b, ""), strings.Join(a, ""))
		require.Equal(t, x, y)
		require.True(t, x.Similarity() >= 0 && x.Similarity() <= 1)
		self := compare(t, strings.Join(a, ""), "申请公开："+strings.Join(a, "，")+"。谢谢！")
		require.Equal(t, similar.Repeat, self.Verdict(0.99), a)
	})
}

// TestBands_meetWhereTextsAreAlike: the index finds what the comparison would.
func TestBands_meetWhereTextsAreAlike(t *testing.T) {
	t.Parallel()
	alike, met := 0, 0
	for _, p := range append(pairs(t, "pairs_tuning.tsv"), pairs(t, "pairs_heldout.tsv")...) {
		a, sa := sketch(t, p.a)
		b, sb := sketch(t, p.b)
		if l := similar.Compare(a, b, &sa, &sb); l.Shared < 0.7 || l.Same {
			continue
		}
		alike++
		theirs := sb.Bands()
		for _, k := range sa.Bands() {
			if contains(theirs, k) {
				met++
				break
			}
		}
	}
	t.Logf("%d of %d pairs that share 0.7 or more meet in a band", met, alike)
	require.GreaterOrEqual(t, float64(met), 0.9*float64(alike))
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// BenchmarkSketch makes the sketch of a usual request and of the longest that is read.
func BenchmarkSketch(b *testing.B) {
	usual := "我是红旗村三组村民，家里有两亩地被征用，至今没有看到公示，现申请公开红旗村2023年征地补偿款发放明细，望尽快答复"
	for name, text := range map[string]string{"usual": usual, "long": strings.Repeat(usual, 60)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				sketcher.Sketch("demo", similar.Text{Description: text})
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	x, sx := sketch(b, "青溪镇2025年农村户厕改造补助资金发放明细")
	y, sy := sketch(b, "请提供2025年青溪镇农村厕所改造补助资金的拨付清单")
	for b.Loop() {
		similar.Compare(x, y, &sx, &sy)
	}
}
