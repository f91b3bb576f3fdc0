package httpkit

import (
	"log/slog"
	"strings"
)

// logWriter sends what net/http and echo log to slog. Their lines name client
// mistakes and broken connections, so they are of little weight.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(p []byte) (int, error) {
	w.log.Debug("http", "message", strings.TrimSpace(string(p)))
	return len(p), nil
}
