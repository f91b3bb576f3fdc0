// Package secret derives everything that must stay secret from one master key:
// signing keys, keyed digests of identities and the query codes of applicants.
package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const keySize = 32

// Master is the key of an installation. Whoever has it can compute every query
// code; it is never printed. The zero value is refused by Valid.
type Master struct{ key [keySize]byte }

// ErrBadKey says that a text or file is not a master key.
var ErrBadKey = errors.New("a master key is 32 bytes, written in base64")

// FromBase64 reads a key from 32 bytes in standard or URL base64. ErrBadKey.
func FromBase64(s string) (Master, error) {
	s = strings.TrimRight(strings.TrimSpace(s), "=")
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || len(b) != keySize {
		return Master{}, ErrBadKey
	}
	m := Master{key: [keySize]byte(b)}
	if !m.Valid() {
		return Master{}, fmt.Errorf("%w: all bytes are zero", ErrBadKey)
	}
	return m, nil
}

// LoadOrCreate reads the key from the file, or makes a new one there (mode 0600)
// when the file does not exist. Two processes that create at once get one key.
// A file that others may read is refused.
func LoadOrCreate(path string) (Master, error) {
	m, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Master{}, fmt.Errorf("create key file: %w", err)
	}
	return Load(path)
}

// Load reads the key from a file that only its owner may read. ErrBadKey.
func Load(path string) (Master, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Master{}, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Master{}, fmt.Errorf("key file %s is readable by others (mode %04o); chmod 600 it", path, info.Mode().Perm())
	}
	b, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return Master{}, fmt.Errorf("key file: %w", err)
	}
	m, err := FromBase64(string(b))
	if err != nil {
		return Master{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return m, nil
}

// create makes a new key at the path.
func create(path string) error {
	var m Master
	if _, err := rand.Read(m.key[:]); err != nil {
		return err
	}
	return m.Save(path)
}

// Save writes the key to a new file that only its owner may read (mode 0600). It is
// written beside the path and linked there, so that a reader never sees half a key
// and a second writer loses with fs.ErrExist.
func (m Master) Save(path string) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	if _, err := f.WriteString(base64.StdEncoding.EncodeToString(m.key[:]) + "\n"); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir) //nolint:gosec // the folder of the operator's file
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Valid reports whether the key was ever set.
func (m Master) Valid() bool { return m.key != [keySize]byte{} }

// String keeps the key out of every message.
func (m Master) String() string { return "secret.Master(hidden)" }

// GoString keeps the key out of %#v.
func (m Master) GoString() string { return m.String() }

// LogValue keeps the key out of the log.
func (m Master) LogValue() slog.Value { return slog.StringValue(m.String()) }

// Derive returns the key for one purpose (HKDF-SHA256). Keys of different
// purposes tell nothing of each other.
func (m Master) Derive(purpose string) [32]byte {
	b, err := hkdf.Key(sha256.New, m.key[:], nil, "zhiqing/"+purpose, 32)
	if err != nil { // only for lengths beyond 255 hashes
		return sha256.Sum256(append(m.key[:], purpose...))
	}
	return [32]byte(b)
}

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Digest returns a keyed digest of the value (HMAC-SHA256, 52 characters of lower
// base32). It stands for an identity where the identity itself must not appear:
// equal values have equal digests, and without the key nothing can be tried out.
func (m Master) Digest(purpose, value string) string {
	return lowerBase32.EncodeToString(m.mac("digest/"+purpose, value))
}

func (m Master) mac(purpose, value string) []byte {
	key := m.Derive(purpose)
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte(value)) //nolint:errcheck // a hash never fails
	return h.Sum(nil)
}

// crockford leaves out I, L, O and U, which people misread.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

const codeBytes = 12 // 96 bits, 20 characters

// QueryCode returns the code with which an applicant opens the case of this
// receipt: 96 bits in five groups of four characters. A new version makes a new
// code and ends the old one.
func (m Master) QueryCode(receipt string, version int) string {
	return m.code("query-code", receipt+"\x00"+strconv.Itoa(version))
}

// CheckQueryCode compares in constant time. It forgives lower case, spaces and
// missing dashes, and reads I and L as 1 and O as 0.
func (m Master) CheckQueryCode(receipt string, version int, code string) bool {
	return same(m.QueryCode(receipt, version), code)
}

// SetupCode returns the code with which the first administrator of the
// installation is created. Whoever can read the master key can tell it.
func (m Master) SetupCode() string { return m.code("setup-code", "") }

// CheckSetupCode compares as CheckQueryCode does.
func (m Master) CheckSetupCode(code string) bool { return same(m.SetupCode(), code) }

func (m Master) code(purpose, value string) string {
	code := crockford.EncodeToString(m.mac(purpose, value)[:codeBytes])
	return code[0:4] + "-" + code[4:8] + "-" + code[8:12] + "-" + code[12:16] + "-" + code[16:20]
}

func same(want, got string) bool {
	return subtle.ConstantTimeCompare([]byte(plain(want)), []byte(plain(got))) == 1
}

var plainer = strings.NewReplacer("-", "", " ", "", "I", "1", "L", "1", "O", "0")

func plain(code string) string { return plainer.Replace(strings.ToUpper(code)) }
