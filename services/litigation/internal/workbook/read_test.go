package workbook_test

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"zhiqing.dev/services/litigation/internal/workbook"
)

// bomb is a workbook whose sheet is small only while it is packed.
func bomb(t testing.TB, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	f := excelize.NewFile()
	require.NoError(t, f.Write(&b))
	honest, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, file := range honest.File {
		if file.Name == "xl/worksheets/sheet1.xml" {
			part, err := w.Create(file.Name)
			require.NoError(t, err)
			blank := bytes.Repeat([]byte(" "), 1<<20)
			for range size >> 20 {
				_, err := part.Write(blank)
				require.NoError(t, err)
			}
			continue
		}
		require.NoError(t, w.Copy(file))
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestRead_refusesWhatUnpacksWithoutEnd(t *testing.T) {
	t.Parallel()
	packed := bomb(t, 65<<20)
	require.Less(t, len(packed), 1<<20, "it is small only while it is packed")
	_, _, err := workbook.Read(packed)
	require.ErrorIs(t, err, workbook.ErrRead)
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	require.NoError(f, excelize.NewFile().Write(&b))
	f.Add(b.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, content []byte) {
		_, _, _ = workbook.Read(content) // refuses or reads, and never ends the process
	})
}
