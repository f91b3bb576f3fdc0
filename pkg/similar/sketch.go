package similar

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode"
)

// Method names the way in which sketches are made. Only sketches of one method can be
// compared; whoever keeps sketches of an older one asks for the facts to be stated again.
const Method = "zh1"

const (
	// slots is the length of a signature. The likeness that it estimates has a standard
	// error of at most 0.5/sqrt(slots) = 4.4 hundredths.
	slots = 128
	// readLimit is how many characters of a text make its signature. The exact digest
	// covers all of it.
	readLimit = 1000
)

// Text is what a request asks for, as the applicant wrote it.
type Text struct {
	Title, DocumentNumber, Description string
}

// Sketch tells how a request is worded without its words.
type Sketch struct {
	Method string `json:"method"`
	// Exact is the keyed digest of the words in their order.
	Exact string `json:"exact"`
	// Size is the weight of the different parts of the text.
	Size int `json:"size"`
	// Signature estimates what two texts share: 128 numbers of 16 bits, base64.
	Signature string `json:"signature"`
	// Marks are keyed digests of what the request turns on, as kind:group:value; the
	// group is empty where the kind has one only.
	Marks []string `json:"marks,omitempty"`
}

// Sketcher makes the sketches of one installation. It is safe for concurrent use.
type Sketcher struct{ key [32]byte }

// NewSketcher returns a Sketcher with a secret key; with another key nothing is alike.
func NewSketcher(key [32]byte) *Sketcher { return &Sketcher{key} }

// Sketch reads a text. Sketches of two offices have nothing in common. A text without
// any words of its own has no sketch.
func (s *Sketcher) Sketch(office string, t Text) (Sketch, bool) {
	d := digester{sum: hmac.New(sha256.New, s.officeKey(office))}
	found, tokens, words := read(t)
	if len(tokens) == 0 {
		return Sketch{}, false
	}
	sk := Sketch{Method: Method, Exact: d.text("exact", words, 10), Marks: d.marks(found)}
	var sig [slots]uint64
	for i := range sig {
		sig[i] = ^uint64(0)
	}
	for tok, weight := range tokens {
		base := d.number(tok)
		for w := range weight {
			sk.Size++
			h := mix(base + uint64(w)*0x9e3779b97f4a7c15) //nolint:gosec // small and never negative
			for i := range sig {
				sig[i] = min(sig[i], mix(h^seeds[i]))
			}
		}
	}
	raw := make([]byte, 0, 2*slots)
	for _, v := range sig {
		raw = binary.BigEndian.AppendUint16(raw, uint16(v)) //nolint:gosec // the low bits are wanted
	}
	sk.Signature = base64.RawStdEncoding.EncodeToString(raw)
	return sk, true
}

func (s *Sketcher) officeKey(office string) []byte {
	m := hmac.New(sha256.New, s.key[:])
	m.Write([]byte("office:" + office))
	return m.Sum(nil)
}

// seeds give each slot an order of its own.
var seeds = func() (out [slots]uint64) {
	x := uint64(0x5851f42d4c957f2d)
	for i := range out {
		x += 0x9e3779b97f4a7c15
		out[i] = mix(x)
	}
	return out
}()

// mix spreads every bit over all (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

type digester struct {
	sum interface {
		Write(p []byte) (int, error)
		Sum(b []byte) []byte
		Reset()
	}
}

func (d digester) bytes(purpose, value string) []byte {
	d.sum.Reset()
	_, _ = d.sum.Write([]byte(purpose + "\x00" + value)) // a hash takes everything
	return d.sum.Sum(nil)
}

func (d digester) text(purpose, value string, n int) string {
	return letters.EncodeToString(d.bytes(purpose, value)[:n])
}

func (d digester) number(token string) uint64 {
	return binary.BigEndian.Uint64(d.bytes("token", token))
}

// markLimit bounds what a sketch holds of a text that lists very much.
const markLimit = 200

func (d digester) marks(found []feature) []string {
	out := make([]string, 0, len(found))
	for _, f := range found[:min(len(found), markLimit)] {
		group := ""
		if f.group != "" {
			group = d.text("group", f.group, 3)[:4]
		}
		out = append(out, string(f.kind)+":"+group+":"+d.text("mark", string(f.kind)+":"+f.group+":"+f.value, 5))
	}
	slices.Sort(out)
	return out
}

// The weights of what a text is made of. Characters and pairs that the lexicon does not
// know carry what a request is about.
const (
	weightChar  = 2
	weightPair  = 1
	weightKnown = 4
	weightSame  = 1
	weightPlain = 1
)

// read takes a text apart: what it turns on, its parts with their weights, and its words
// in their order without those of asking.
func read(t Text) (found []feature, tokens map[string]int, words string) {
	folded := fold(t.Description)
	for _, more := range []string{fold(t.Title), fold(t.DocumentNumber)} {
		if more != "" && !strings.Contains(folded, more) {
			folded = more + string(gap) + folded
		}
	}
	found, rest := features(folded)
	tokens = map[string]int{}
	prev, n := "", 0
	put := func(tok string, weight int) {
		if n++; n <= readLimit {
			tokens[tok] = weight
		}
	}
	for runes := []rune(rest); len(runes) > 0; {
		if length := digitsAt(runes); length > 0 {
			put(string(runes[:length]), weightPlain)
			prev, runes = "", runes[length:]
			continue
		}
		w, length := known.at(runes)
		if length == 0 {
			length = 1
			if r := runes[0]; !isMark(r) {
				tok := string(r)
				put(tok, weightChar)
				if prev != "" && n <= readLimit {
					tokens[prev+tok] = weightPair
				}
				prev = tok
			}
			runes = runes[length:]
			continue
		}
		prev = ""
		switch w.class {
		case stop:
		case plain:
			put(string(runes[:length]), weightPlain)
		case same:
			put("<"+w.name+">", weightSame)
		case matter, paper:
			kind := Matter
			if w.class == paper {
				kind = Paper
			}
			if f := (feature{kind, "", w.name}); !slices.Contains(found, f) {
				found = append(found, f)
			}
			put("<"+w.name+">", weightKnown)
		}
		runes = runes[length:]
	}
	for _, f := range found {
		if f.kind == Document {
			put("#"+f.value, weightKnown)
		}
	}
	return found, tokens, wording(folded)
}

// wording is the text without punctuation and the words of asking.
func wording(folded string) string {
	runes := slices.DeleteFunc([]rune(folded), isMark)
	var b strings.Builder
	for len(runes) > 0 {
		w, length := known.at(runes)
		length = max(length, 1)
		if w.class != stop {
			b.WriteString(string(runes[:length]))
		}
		runes = runes[length:]
	}
	return b.String()
}

func isMark(r rune) bool { return r == gap || r == '(' || r == ')' || r == '-' }

// digitsAt is the length of the number that stands here: numbers are compared as what the
// text turns on and count little as wording.
func digitsAt(runes []rune) int {
	n := 0
	for n < len(runes) && unicode.IsDigit(runes[n]) {
		n++
	}
	return n
}

// ErrSketch says that a sketch does not have the form of its method.
var ErrSketch = errors.New("malformed sketch")

// Signature is a sketch's signature, ready to be compared.
type Signature [slots]uint16

// Decode reads the signature. ErrSketch.
func (s Sketch) Decode() (sig Signature, err error) {
	raw, err := base64.RawStdEncoding.DecodeString(s.Signature)
	if err != nil || len(raw) != 2*slots || s.Method != Method {
		return sig, ErrSketch
	}
	for i := range sig {
		sig[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	return sig, nil
}

// The bands of a signature: two texts that share one are worth comparing. Of pairs that
// share half of their wording four in five have a band in common, of those that share
// six tenths 19 in 20, of those that share seven tenths all but one in 200.
const (
	bands    = 12
	bandRows = 3
)

// Bands are the keys under which texts worth comparing meet.
func (sig *Signature) Bands() []string {
	out := make([]string, bands)
	var raw [1 + 2*bandRows]byte
	for b := range bands {
		raw[0] = byte(b) //nolint:gosec // less than 256
		for i := range bandRows {
			binary.BigEndian.PutUint16(raw[1+2*i:], sig[b*bandRows+i])
		}
		out[b] = letters.EncodeToString(raw[:])
	}
	return out
}
