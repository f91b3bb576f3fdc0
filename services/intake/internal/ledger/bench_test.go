package ledger

import (
	"bytes"
	"flag"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/wallclock"
)

var benchRows = flag.Int("ledger-rows", 20_000, "rows of the larger ledger in BenchmarkImport")

func benchLedger(n int, format Format) []byte {
	heads := []any{"登记编号", "申请人类型", "申请人", "申请内容", "申请渠道", "收到日期", "经办人", "办理结果", "答复日期", "送达日期", "收费金额"}
	row := func(i int) []any {
		return []any{
			fmt.Sprintf("2025-%06d", i+1), "自然人", fmt.Sprintf("申请人%d", i%5000), fmt.Sprintf("关于第%d号地块征收补偿方案、补偿协议和公告的政府信息", i), "网上",
			"2025-03-03", "李经办", "予以公开", "2025年3月20日", "2025/3/21", "0",
		}
	}
	var b bytes.Buffer
	if format == CSV {
		for i := -1; i < n; i++ {
			cells := heads
			if i >= 0 {
				cells = row(i)
			}
			b.WriteString(strings.Trim(fmt.Sprintln(cells...), "\n"))
			b.WriteByte('\n')
		}
		return bytes.ReplaceAll(b.Bytes(), []byte(" "), []byte(","))
	}
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // in memory
	w, err := f.NewStreamWriter("Sheet1")
	if err == nil {
		err = w.SetRow("A1", heads)
	}
	for i := 0; err == nil && i < n; i++ {
		err = w.SetRow(fmt.Sprintf("A%d", i+2), row(i))
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Write(&b)
	}
	if err != nil {
		panic(err) // a benchmark's own file
	}
	return b.Bytes()
}

// peak samples how much memory is live until stop is called; in MB, above what was
// live before.
func peak() (stop func() float64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, m.HeapAlloc
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	}()
	return func() float64 {
		close(done)
		<-ended
		return float64(most-before) / (1 << 20)
	}
}

// BenchmarkImport brings a ledger in, from the bytes of the file to cases with
// their indexes and events. Reported: rows per second, and the memory that was
// live at the worst moment.
func BenchmarkImport(b *testing.B) {
	engines := []struct {
		name string
		open func(b *testing.B) (docstore.Store, error)
	}{
		{"sqlite", func(b *testing.B) (docstore.Store, error) {
			return sqlitestore.Open(b.Context(), filepath.Join(b.TempDir(), "intake.db"))
		}},
		{"mongodb", func(b *testing.B) (docstore.Store, error) {
			url, prefix := mongotest.Prefix(b)
			return mongostore.Open(b.Context(), url, prefix+"intake")
		}},
	}
	for _, format := range []Format{CSV, XLSX} {
		for _, rows := range []int{*benchRows / 10, *benchRows} {
			file := benchLedger(rows, format)
			for _, e := range engines {
				b.Run(fmt.Sprintf("%s/%s/rows=%d", e.name, format, rows), func(b *testing.B) {
					var most float64
					for b.Loop() {
						b.StopTimer()
						s, err := e.open(b)
						require.NoError(b, err)
						l := openLedgers(b, s, wallclock.System{})
						b.StartTimer()
						stop := peak()
						t, err := l.take(b.Context(), "demo", bytes.NewReader(file))
						require.NoError(b, err)
						m := t.m
						m.ID, m.Office, m.State, m.CreatedAt = uuid.NewString(), "demo", Queued, l.Desk.Clock.Now()
						_, _, err = l.imports.Insert(b.Context(), m.ID, &m)
						require.NoError(b, err)
						require.NoError(b, l.workAll(b.Context()))
						most = max(most, stop())
						b.StopTimer()
						doc, err := l.imports.Get(b.Context(), m.ID)
						require.NoError(b, err)
						require.Equal(b, Counts{Total: rows, Imported: rows}, doc.Value.sum())
						require.NoError(b, s.Close())
						b.StartTimer()
					}
					b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
					b.ReportMetric(most, "peak-MB")
					b.ReportMetric(float64(len(file))/(1<<20), "file-MB")
					b.ReportMetric(0, "ns/op")
				})
			}
		}
	}
}
