package identity

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what one password check costs (argon2id).
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost is RFC 9106's memory-constrained choice of memory with passes and
// lanes for a server that shares its cores.
var DefaultCost = Cost{MemoryKiB: 64 * 1024, Passes: 2, Lanes: 1}

// Bounds of what a stored hash may ask of this process.
const (
	maxMemoryKiB = 1 << 20
	maxPasses    = 16
	saltSize     = 16
	hashSize     = 32
)

// ErrBadHash says that a stored hash cannot be read.
var ErrBadHash = errors.New("malformed password hash")

// Passwords hashes and checks passwords, only a few at a time: each takes tens of
// megabytes, and a flood of sign-ins must not take the machine.
type Passwords struct {
	cost  Cost
	turns chan struct{}
	decoy string
}

// NewPasswords returns a Passwords of this cost that works on at most parallel
// passwords at a time (0: as many as there are cores).
func NewPasswords(cost Cost, parallel int) *Passwords {
	if parallel <= 0 {
		parallel = runtime.GOMAXPROCS(0)
	}
	p := &Passwords{cost: cost, turns: make(chan struct{}, parallel)}
	p.decoy = encode(cost, make([]byte, saltSize), make([]byte, hashSize))
	return p
}

var standard = NewPasswords(DefaultCost, 0)

// HashPassword hashes with DefaultCost, in the PHC string format.
func HashPassword(pw string) (string, error) { return standard.Hash(pw) }

// VerifyPassword reports whether the password belongs to the hash. ErrBadHash.
func VerifyPassword(hash, pw string) (ok bool, err error) { return standard.Verify(hash, pw) }

// Hash returns the password's hash in the PHC string format, with a fresh salt.
func (p *Passwords) Hash(pw string) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	return encode(p.cost, salt, p.derive(p.cost, pw, salt, hashSize)), nil
}

// Verify reports whether the password belongs to the hash, in constant time. An
// empty hash stands for an unknown user: it takes as long as a known one and is
// never right. ErrBadHash.
func (p *Passwords) Verify(hash, pw string) (ok bool, err error) {
	known := hash != ""
	if !known {
		hash = p.decoy
	}
	cost, salt, want, err := decode(hash)
	if err != nil {
		return false, err
	}
	got := p.derive(cost, pw, salt, len(want))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// Outdated reports whether the hash was made at another cost than this one's, so
// that it should be made anew at the next sign-in.
func (p *Passwords) Outdated(hash string) bool {
	cost, _, _, err := decode(hash)
	return err == nil && cost != p.cost
}

func (p *Passwords) derive(c Cost, pw string, salt []byte, size int) []byte {
	p.turns <- struct{}{}
	defer func() { <-p.turns }()
	return argon2.IDKey([]byte(pw), salt, c.Passes, c.MemoryKiB, c.Lanes, uint32(size)) //nolint:gosec // size is 16 to 64
}

var phc = base64.RawStdEncoding

func encode(c Cost, salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.MemoryKiB, c.Passes, c.Lanes, phc.EncodeToString(salt), phc.EncodeToString(hash))
}

func decode(s string) (c Cost, salt, hash []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return Cost{}, nil, nil, ErrBadHash
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return Cost{}, nil, nil, fmt.Errorf("%w: version", ErrBadHash)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Lanes); err != nil {
		return Cost{}, nil, nil, fmt.Errorf("%w: cost", ErrBadHash)
	}
	if c.MemoryKiB > maxMemoryKiB || c.Passes < 1 || c.Passes > maxPasses || c.Lanes < 1 {
		return Cost{}, nil, nil, fmt.Errorf("%w: cost out of bounds", ErrBadHash)
	}
	salt, err1 := phc.DecodeString(parts[4])
	hash, err2 := phc.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(hash) < 16 || len(hash) > 64 {
		return Cost{}, nil, nil, fmt.Errorf("%w: salt or digest", ErrBadHash)
	}
	return c, salt, hash, nil
}
