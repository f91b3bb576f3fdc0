package mongostore

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"zhiqing.dev/pkg/docstore"
)

// A body is stored as native BSON and read back as the same JSON: names in their
// order, every number exactly. It is not MongoDB's extended JSON: a member that a
// user called "$date" stays a member of that name.

// maxBody leaves room in a document of 16 MB for its entries, keys and events.
const maxBody = 12 << 20

// maxDepth keeps bodies within the depth the server accepts.
const maxDepth = 150

var errShape = errors.New("not a JSON document that BSON can hold")

// toBSON converts a JSON object.
func toBSON(body []byte) (bson.Raw, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	tok, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errShape, err)
	}
	if tok != json.Delim('{') {
		return nil, fmt.Errorf("%w: not an object", errShape)
	}
	raw, err := appendDocument(nil, dec, false, 1)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: more than one value", errShape)
	}
	if len(raw) > maxBody {
		return nil, fmt.Errorf("%w: %d bytes of BSON", docstore.ErrTooLarge, len(raw))
	}
	return raw, nil
}

// appendDocument converts the members of an object or array whose opening bracket
// has been read.
func appendDocument(dst []byte, dec *json.Decoder, array bool, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: nested deeper than %d", errShape, maxDepth)
	}
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	for i := 0; dec.More(); i++ {
		name := strconv.Itoa(i)
		if !array {
			tok, err := dec.Token()
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errShape, err)
			}
			name, _ = tok.(string)
			if strings.IndexByte(name, 0) >= 0 {
				return nil, fmt.Errorf("%w: a zero byte in a name", errShape)
			}
		}
		var err error
		if dst, err = appendElement(dst, dec, name, depth); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("%w: %w", errShape, err)
	}
	dst = append(dst, 0)
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start)) //nolint:gosec // far below 4 GB
	return dst, nil
}

func appendElement(dst []byte, dec *json.Decoder, name string, depth int) ([]byte, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errShape, err)
	}
	header := func(t bson.Type) { dst = append(append(append(dst, byte(t)), name...), 0) }
	switch v := tok.(type) {
	case nil:
		header(bson.TypeNull)
	case bool:
		header(bson.TypeBoolean)
		dst = append(dst, map[bool]byte{true: 1}[v])
	case string:
		header(bson.TypeString)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(v)+1)) //nolint:gosec // far below 4 GB
		dst = append(append(dst, v...), 0)
	case json.Number:
		return appendNumber(dst, name, v.String())
	case json.Delim:
		if v == '[' {
			header(bson.TypeArray)
			return appendDocument(dst, dec, true, depth+1)
		}
		header(bson.TypeEmbeddedDocument)
		return appendDocument(dst, dec, false, depth+1)
	}
	return dst, nil
}

// appendNumber stores a number so that the same number comes back: as an integer of
// 64 bits, as a double when that is what the text shows, and else as a decimal.
func appendNumber(dst []byte, name, text string) ([]byte, error) {
	header := func(t bson.Type) { dst = append(append(append(dst, byte(t)), name...), 0) }
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && text != "-0" {
		header(bson.TypeInt64)
		return binary.LittleEndian.AppendUint64(dst, uint64(n)), nil //nolint:gosec // the same bits
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		if shown, err := json.Marshal(f); err == nil && string(shown) == text {
			header(bson.TypeDouble)
			return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), nil
		}
	}
	d, err := bson.ParseDecimal128(text)
	if err != nil || !sameNumber(d.String(), text) {
		return nil, fmt.Errorf("%w: the number %s cannot be kept exactly", errShape, text)
	}
	header(bson.TypeDecimal128)
	high, low := d.GetBytes()
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst, low), high), nil
}

func sameNumber(a, b string) bool {
	ra, okA := new(big.Rat).SetString(a)
	rb, okB := new(big.Rat).SetString(b)
	return okA && okB && ra.Cmp(rb) == 0
}

// toJSON converts a stored body back.
func toJSON(body bson.Raw) ([]byte, error) {
	return appendObject(nil, body)
}

func appendObject(dst []byte, doc bson.Raw) ([]byte, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errShape, err)
	}
	dst = append(dst, '{')
	for i, e := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendString(dst, e.Key()); err != nil {
			return nil, err
		}
		dst = append(dst, ':')
		if dst, err = appendValue(dst, e.Value()); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendArray(dst []byte, array bson.RawArray) ([]byte, error) {
	values, err := array.Values()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errShape, err)
	}
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, v); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendValue(dst []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case bson.TypeNull:
		return append(dst, "null"...), nil
	case bson.TypeBoolean:
		return strconv.AppendBool(dst, v.Boolean()), nil
	case bson.TypeString:
		return appendString(dst, v.StringValue())
	case bson.TypeInt64:
		return strconv.AppendInt(dst, v.Int64(), 10), nil
	case bson.TypeInt32: // written by hand, in a shell
		return strconv.AppendInt(dst, int64(v.Int32()), 10), nil
	case bson.TypeDouble:
		text, err := json.Marshal(v.Double())
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errShape, err)
		}
		return append(dst, text...), nil
	case bson.TypeDecimal128:
		text := v.Decimal128().String()
		if !json.Valid([]byte(text)) {
			return nil, fmt.Errorf("%w: the decimal %s", errShape, text)
		}
		return append(dst, text...), nil
	case bson.TypeEmbeddedDocument:
		return appendObject(dst, v.Document())
	case bson.TypeArray:
		return appendArray(dst, v.Array())
	default:
		return nil, fmt.Errorf("%w: a value of type %s", errShape, v.Type)
	}
}

func appendString(dst []byte, s string) ([]byte, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errShape, err)
	}
	return append(dst, text...), nil
}
