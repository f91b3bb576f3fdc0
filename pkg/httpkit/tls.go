package httpkit

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// Certificate names the files of a TLS certificate (PEM, with its chain) and of its key.
// The zero value means plain HTTP, as behind a proxy that ends TLS.
type Certificate struct{ CertFile, KeyFile string }

// Set reports whether there is a certificate.
func (c Certificate) Set() bool { return c != Certificate{} }

// Check says what is wrong with the files as they are named.
func (c Certificate) Check() error {
	if (c.CertFile == "") != (c.KeyFile == "") {
		return errors.New("a TLS certificate and its key go together: name both files or neither")
	}
	return nil
}

// Config is the TLS side of a server: version 1.2 at least, and the certificate as its
// files stand, so that a renewed one is taken without a restart. Files that cannot be
// read leave the certificate that was in use.
func (c Certificate) Config() (*tls.Config, error) {
	f := &certificateFile{of: c}
	if _, err := f.current(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current() },
	}, nil
}

type certificateFile struct {
	of Certificate

	mu      sync.Mutex
	loaded  *tls.Certificate
	changed [2]time.Time // of the files that loaded was read from
}

func (f *certificateFile) current() (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed, err := f.stat()
	if err == nil && (f.loaded == nil || changed != f.changed) {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(f.of.CertFile, f.of.KeyFile); err == nil {
			f.loaded, f.changed = &pair, changed
		}
	}
	if f.loaded != nil {
		return f.loaded, nil
	}
	return nil, fmt.Errorf("TLS certificate: %w", err)
}

func (f *certificateFile) stat() (changed [2]time.Time, err error) {
	for i, name := range []string{f.of.CertFile, f.of.KeyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return changed, err
		}
		changed[i] = info.ModTime()
	}
	return changed, nil
}
