package ledger

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHeader_everyOfficialHeadingInAnyOrder(t *testing.T) {
	t.Parallel()
	for k, cols := range columnsOf {
		var zh, en, labels []string
		for _, c := range cols {
			zh, en, labels = append(zh, c.label.ZH), append(en, c.key), append(labels, c.label.EN)
		}
		for _, heads := range [][]string{zh, en, labels} {
			slices.Reverse(heads)
			c := matchHeader(heads)
			require.Equal(t, k, c.kind, heads)
			require.Empty(t, c.missing(), heads)
			require.Empty(t, c.twice, heads)
			require.Empty(t, c.unknown, heads)
			for i := range cols {
				require.Equal(t, len(cols)-1-i, c.places[i], heads)
			}
		}
		for i, col := range cols { // no other heading means two things
			for _, h := range col.also {
				at, _ := find(k, bareHeading(h))
				require.Equal(t, i, at, "%s %s", k, h)
			}
		}
	}
}

func TestHeader_sloppy(t *testing.T) {
	t.Parallel()
	c := matchHeader([]string{
		"序号", "＊ 登记编号（必填）", "申请人\n类型", "申请人名称", "申请事项", "收件日期", "备注", "Fee_Yuan", "办理结果 ", "原因",
	})
	require.Equal(t, Cases, c.kind)
	require.Empty(t, c.missing())
	require.Equal(t, []string{"序号", "备注"}, c.unknown)
	require.Equal(t, 1, c.places[atRegisterNo])
	require.Equal(t, 7, c.places[atFeeYuan])

	// The official heading wins over another name for the same.
	c = matchHeader([]string{"登记号", "登记编号", "申请人类型", "申请人", "申请内容", "收到日期"})
	require.Equal(t, 1, c.places[atRegisterNo])
	require.Equal(t, []string{"登记号"}, c.unknown)
	require.Empty(t, c.twice)
	c = matchHeader([]string{"登记编号", "登记编号", "申请人类型", "申请人", "申请内容", "收到日期"})
	require.Equal(t, []string{"register_no"}, c.twice)

	c = matchHeader([]string{"类型", "案号", "登记编号", "收到日期", "审理结果", "审结日期"})
	require.Equal(t, Proceedings, c.kind)
	require.Empty(t, c.missing())
	c = matchHeader([]string{"案件类型", "收到日期", "结果"})
	require.Equal(t, []string{"case_no"}, c.missing())
	c = matchHeader([]string{"类型", "登记编号", "申请人类型", "申请人", "收到日期", "办理结果"})
	require.Equal(t, Cases, c.kind)
	require.Equal(t, []string{"description"}, c.missing())
}

func FuzzHeader(f *testing.F) {
	for _, seed := range []string{"登记编号,申请人类型,申请人", "register_no\x00KIND\x00案号", "（,(,((", strings.Repeat("登", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cells := strings.Split(s, ",")
		c := matchHeader(cells)
		seen := map[int]bool{}
		n := 0
		for _, at := range c.places {
			require.Less(t, at, len(cells))
			if at >= 0 {
				require.False(t, seen[at], "one cell is two columns")
				seen[at] = true
				n++
			}
		}
		require.Equal(t, c.found, n)
		require.LessOrEqual(t, len(c.unknown)+len(c.twice)+n, len(cells))
		for _, cell := range cells {
			if bare := bareHeading(cell); len(bare) <= longestHeading {
				require.Equal(t, bare, bareHeading(bare))
			}
		}
	})
}
