package similar

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLexicon_canBeRead(t *testing.T) {
	t.Parallel()
	l, err := readLexicon(lexiconText)
	require.NoError(t, err)
	require.Greater(t, len(l.words), 600)
	for _, bad := range []string{"other x", "matter no colon", "matter a: 词\nmatter b: 词"} {
		_, err := readLexicon(bad)
		require.Error(t, err, bad)
	}
}

// TestMethod_namesWhatItDoes: sketches that are kept stay comparable only while the words
// and the arithmetic stay. When this fails, raise Method and note the new digest.
func TestMethod_namesWhatItDoes(t *testing.T) {
	t.Parallel()
	sum := sha256.New()
	sum.Write([]byte(lexiconText))
	for _, text := range []string{"青溪镇２０２４年户厕改造，12号", "石桥村第二村民小组土地台账（凤政〔2020〕22号）二〇二二年上半年"} {
		s, ok := NewSketcher([32]byte{7}).Sketch("demo", Text{Description: text})
		require.True(t, ok)
		sum.Write([]byte(s.Exact + s.Signature))
		for _, m := range s.Marks {
			sum.Write([]byte(m))
		}
	}
	require.Equal(t, "zh1 f6fe6a913762b3ec", Method+" "+hex.EncodeToString(sum.Sum(nil))[:16])
}
