// Package evidence makes and checks evidence bundles: everything that an office holds
// about one case in a single archive (ZIP), with a manifest of digests and a signature.
//
// Whoever has the bundle and the office's public key can check it without the office:
// that nothing in it was changed, taken out or added since it was made. What the files
// say is the business of whoever writes them.
package evidence

import (
	"crypto/ed25519"
	"encoding/base64"
	"time"

	"zhiqing.dev/pkg/secret"
)

// Format is the version of the archive's form.
const Format = 1

// The two files that are not in the manifest.
const (
	ManifestName  = "manifest.json"
	SignatureName = "manifest.sig"
)

// MediaType is that of a bundle.
const MediaType = "application/zip"

// About says of what a bundle is, and who made it.
type About struct {
	Office     string    `json:"office"`
	CaseID     string    `json:"case_id"`
	RegisterNo string    `json:"register_no,omitempty"`
	MadeAt     time.Time `json:"made_at"`
	MadeBy     string    `json:"made_by"` // staff id
}

// Manifest lists what a bundle consists of.
type Manifest struct {
	Format int `json:"format"`
	About
	// PublicKey is that of the signature (Ed25519, base64). A copy from elsewhere shows
	// that it is the office's.
	PublicKey string `json:"public_key"`
	Files     []File `json:"files"`
}

// File is one file of a bundle.
type File struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // lower hex
}

// Bytes is the size of all files.
func (m Manifest) Bytes() (sum int64) {
	for _, f := range m.Files {
		sum += f.Bytes
	}
	return sum
}

// Key is an installation's key for bundles.
func Key(m secret.Master) ed25519.PrivateKey {
	seed := m.Derive("evidence-bundle")
	return ed25519.NewKeyFromSeed(seed[:])
}

// PublicKey is the key with which anybody can check an installation's bundles, in base64.
func PublicKey(m secret.Master) string { return public(Key(m)) }

func public(k ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(k[ed25519.SeedSize:])
}

// signed is what the signature covers.
func signed(manifest []byte) []byte { return append([]byte("zhiqing/evidence/1\n"), manifest...) }
