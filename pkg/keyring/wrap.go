package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/secret"
)

// Wrapper protects the root of a generation while it is stored: with the master key, or
// in a key management service, which the key that wraps never leaves.
type Wrapper interface {
	// Name says where keys are wrapped, for example "master" or "transit:zhiqing". It is
	// stored with what was wrapped, so that the same wrapper opens it again.
	Name() string
	// Wrap and Unwrap are bound to the same place: what was wrapped for one opens for no
	// other.
	Wrap(ctx context.Context, place string, root [RootSize]byte) (string, error)
	Unwrap(ctx context.Context, place, wrapped string) ([RootSize]byte, error)
}

// RootSize is the length in bytes of the secret that a generation's data keys follow from.
const RootSize = 32

// MasterName is the name of the wrapper that is always there: the master key.
const MasterName = "master"

// ErrUnwrap says that a stored key does not open with the key that is said to wrap it.
var ErrUnwrap = errors.New("stored data key does not open with this key")

// master uses AES-256-GCM.
type master struct{ key secret.Master }

// Master wraps with a key that follows from the installation's master key.
func Master(key secret.Master) Wrapper { return master{key} }

func (master) Name() string { return MasterName }

func (m master) Wrap(_ context.Context, place string, root [RootSize]byte) (string, error) {
	aead, err := m.cipher()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("nonce: %w", err)
	}
	return base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, root[:], []byte(place))), nil
}

func (m master) Unwrap(_ context.Context, place, wrapped string) (root [RootSize]byte, err error) {
	aead, err := m.cipher()
	if err != nil {
		return root, err
	}
	box, err := base64.StdEncoding.DecodeString(wrapped)
	if err != nil || len(box) < aead.NonceSize() {
		return root, ErrUnwrap
	}
	plain, err := aead.Open(nil, box[:aead.NonceSize()], box[aead.NonceSize():], []byte(place))
	if err != nil || len(plain) != RootSize {
		return root, ErrUnwrap
	}
	return [RootSize]byte(plain), nil
}

func (m master) cipher() (cipher.AEAD, error) {
	key := m.key.Derive("key-wrapping")
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("wrapping key: %w", err)
	}
	return cipher.NewGCM(block)
}
