package lifecycle

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// ExitAtOnce is the exit status of a process that a second signal ended.
const ExitAtOnce = 130

// Signals returns a context that SIGINT or SIGTERM cancels. A second signal ends
// the process at once, with ExitAtOnce: everything accepted is on disk already.
// stop releases the signals.
func Signals(ctx context.Context) (notified context.Context, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	quit := make(chan struct{})
	ended := make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer close(ended)
		select {
		case <-signals:
			cancel()
		case <-quit:
			return
		}
		select {
		case <-signals:
			os.Exit(ExitAtOnce) //nolint:forbidigo // the one place besides mains: nobody waits any more
		case <-quit:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel()
		select {
		case <-quit:
		default:
			close(quit)
		}
		<-ended
	}
}
