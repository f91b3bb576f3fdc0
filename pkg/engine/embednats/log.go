package embednats

import (
	"context"
	"fmt"
	"log/slog"
)

// logger passes the server's messages on to slog. Its notices are details of a
// part that works, so they are logged as debug.
type logger struct {
	log   *slog.Logger
	fatal chan<- string // what the server cannot start without
}

func (l logger) Noticef(format string, v ...any) { l.emit(slog.LevelDebug, format, v) }
func (l logger) Warnf(format string, v ...any)   { l.emit(slog.LevelWarn, format, v) }
func (l logger) Errorf(format string, v ...any)  { l.emit(slog.LevelError, format, v) }
func (l logger) Debugf(format string, v ...any)  { l.emit(slog.LevelDebug, format, v) }
func (l logger) Tracef(format string, v ...any)  { l.emit(slog.LevelDebug, format, v) }

// Fatalf does not end the process: Start returns the reason, and later on Healthy
// shows it.
func (l logger) Fatalf(format string, v ...any) {
	l.emit(slog.LevelError, format, v)
	select {
	case l.fatal <- fmt.Sprintf(format, v...):
	default:
	}
}

func (l logger) emit(level slog.Level, format string, v []any) {
	ctx := context.Background()
	if l.log.Enabled(ctx, level) {
		l.log.Log(ctx, level, fmt.Sprintf(format, v...))
	}
}
