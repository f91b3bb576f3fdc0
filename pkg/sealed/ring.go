// Package sealed encrypts the fields of documents that hold personal data, each by
// itself, before a document reaches its store.
//
// A field is marked in its type with the tag `seal:"personal"`; everything written
// under it is sealed. Services read and write plain strings and know nothing of it.
package sealed

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"sync"

	"github.com/emmansun/gmsm/sm4"

	"zhiqing.dev/pkg/secret"
)

// Algorithm is a cipher for fields.
type Algorithm string

// The algorithms. Every value names its own, so either may follow the other.
const (
	AES256GCM Algorithm = "aes-256-gcm"
	SM4GCM    Algorithm = "sm4-gcm" // Chinese commercial cryptography (GB/T 32907)
)

// ParseAlgorithm reads a setting.
func ParseAlgorithm(s string) (Algorithm, error) {
	switch a := Algorithm(s); a {
	case "":
		return AES256GCM, nil
	case AES256GCM, SM4GCM:
		return a, nil
	}
	return "", fmt.Errorf("want %s or %s, not %q", AES256GCM, SM4GCM, s)
}

// ErrKey says that the key does not open a value: it is another installation's, or
// the value was changed or moved to another place.
var ErrKey = errors.New("sealed value does not open with this key, here")

// Keys gives the data key of an office: derived from the master key, or kept in
// generations (package keyring). It must give the same key for the same office and
// version for ever. The ring asks once for each and remembers.
type Keys interface {
	// Newest is the version that seals; all up to it open.
	Newest() int
	// DataKey is the key of that version (from 1) for the office; "" is the installation.
	DataKey(ctx context.Context, office string, version int) ([32]byte, error)
}

// Derived are keys that follow from the master key (HKDF-SHA256).
type Derived struct{ Master secret.Master }

// Newest implements Keys: a master key has one version.
func (Derived) Newest() int { return 1 }

// DataKey implements Keys.
func (d Derived) DataKey(_ context.Context, office string, version int) ([32]byte, error) {
	if version != 1 {
		return [32]byte{}, fmt.Errorf("%w: version %d is not known", ErrKey, version)
	}
	return d.Master.Derive("data-key/1/" + office), nil
}

// Ring seals and opens values. It is safe for concurrent use.
type Ring struct {
	keys   Keys
	digest secret.Master
	with   Algorithm

	mu      sync.Mutex
	ciphers map[held]cipher.AEAD
	places  map[string]*sync.Pool // keyed hashes of digests
}

type held struct {
	office  string
	version int
	with    Algorithm
}

// NewRing returns a ring over the keys. Digests for look-ups come from the master key.
func NewRing(keys Keys, master secret.Master, with Algorithm) *Ring {
	if with == "" {
		with = AES256GCM
	}
	return &Ring{keys: keys, digest: master, with: with, ciphers: map[held]cipher.AEAD{}, places: map[string]*sync.Pool{}}
}

// A value is "zq1.", the letter of its algorithm, the version of its key, a dot, and
// nonce with ciphertext in unpadded URL base64.
const mark = "zq1."

var letters = map[Algorithm]string{AES256GCM: "a", SM4GCM: "s"}

// Head is how values begin that are sealed now: it tells the cipher and the version of
// the key, and nothing of the key itself.
func (r *Ring) Head() string { return r.head(r.keys.Newest()) }

// Version is the version of the key that seals now.
func (r *Ring) Version() int { return r.keys.Newest() }

func (r *Ring) head(version int) string { return mark + letters[r.with] + strconv.Itoa(version) + "." }

// Seal encrypts a value for its place: it opens nowhere else.
func (r *Ring) Seal(ctx context.Context, office, place, plain string) (string, error) {
	version := r.keys.Newest()
	aead, err := r.cipher(ctx, held{office, version, r.with})
	if err != nil {
		return "", err
	}
	head := r.head(version)
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("nonce: %w", err)
	}
	box := aead.Seal(nonce, nonce, []byte(plain), bound(head, office, place))
	return head + base64.RawURLEncoding.EncodeToString(box), nil
}

// Open decrypts a value. One that never was sealed comes back as it is. ErrKey.
func (r *Ring) Open(ctx context.Context, office, place, value string) (string, error) {
	v, ok := parse(value)
	if !ok {
		return value, nil
	}
	aead, err := r.cipher(ctx, held{office, v.version, v.with})
	if err != nil {
		return "", err
	}
	n := aead.NonceSize()
	plain, err := aead.Open(nil, v.box[:n], v.box[n:], bound(v.head, office, place))
	if err != nil {
		return "", fmt.Errorf("%w: %s", ErrKey, place)
	}
	return string(plain), nil
}

// Digest stands for a value in an index: equal values of a place have equal digests,
// and without the key nothing can be tried out. 80 bits.
func (r *Ring) Digest(place, value string) string {
	hashes := r.hashesOf(place)
	h, _ := hashes.Get().(hash.Hash)
	defer hashes.Put(h)
	h.Reset()
	h.Write([]byte(value)) //nolint:errcheck // a hash never fails
	var sum [sha256.Size]byte
	return digestText.EncodeToString(h.Sum(sum[:0])[:10])
}

// hashesOf derives a place's key once, and keeps hashes that have taken it in: a request
// is entered by some hundred words.
func (r *Ring) hashesOf(place string) *sync.Pool {
	r.mu.Lock()
	defer r.mu.Unlock()
	hashes := r.places[place]
	if hashes == nil {
		key := r.digest.Derive("index-digest/" + place)
		hashes = &sync.Pool{New: func() any { return hmac.New(sha256.New, key[:]) }}
		r.places[place] = hashes
	}
	return hashes
}

var digestText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func bound(head, office, place string) []byte { return []byte(head + "\x00" + office + "\x00" + place) }

type value struct {
	head    string
	with    Algorithm
	version int
	box     []byte
}

// parse tells a sealed value from one that is not.
func parse(s string) (value, bool) {
	rest, ok := strings.CutPrefix(s, mark)
	if !ok || len(rest) < 2 {
		return value{}, false
	}
	var v value
	v.with, _ = algorithmOf(rest[:1])
	number, text, ok := strings.Cut(rest[1:], ".")
	n, err := strconv.Atoi(number)
	if v.with == "" || !ok || err != nil || n < 1 || strconv.Itoa(n) != number {
		return value{}, false
	}
	box, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(box) < 12+16 {
		return value{}, false
	}
	v.version, v.box, v.head = n, box, s[:len(s)-len(text)]
	return v, true
}

func (r *Ring) cipher(ctx context.Context, h held) (cipher.AEAD, error) {
	r.mu.Lock()
	aead := r.ciphers[h]
	r.mu.Unlock()
	if aead != nil {
		return aead, nil
	}
	key, err := r.keys.DataKey(ctx, h.office, h.version)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	if aead, err = newAEAD(h.with, key); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.ciphers[h] = aead
	r.mu.Unlock()
	return aead, nil
}

func newAEAD(with Algorithm, key [32]byte) (cipher.AEAD, error) {
	var block cipher.Block
	var err error
	if with == SM4GCM {
		block, err = sm4.NewCipher(key[:16])
	} else {
		block, err = aes.NewCipher(key[:])
	}
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	return aead, nil
}
