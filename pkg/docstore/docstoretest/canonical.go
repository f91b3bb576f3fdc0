package docstoretest

import (
	"encoding/json"
	"io"
	"math/big"
	"strings"

	"github.com/stretchr/testify/require"
)

// canonical is a JSON text as the list of its tokens, numbers by their exact value,
// so that two texts of one document compare equal and nothing else does.
func canonical(t require.TestingT, text string) []any {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var out []any
	for {
		tok, err := dec.Token()
		if err == io.EOF { //nolint:errorlint // Decoder returns it bare
			return out
		}
		require.NoError(t, err)
		if n, ok := tok.(json.Number); ok {
			r, ok := new(big.Rat).SetString(n.String())
			require.True(t, ok)
			tok = r.RatString()
		}
		out = append(out, tok)
	}
}
