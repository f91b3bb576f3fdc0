package events

import (
	"context"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/services/litigation/internal/store"
)

// Lessons keeps the lessons beside the proceedings that they come from. They are
// documents of their own, so they follow the events like everybody else: whatever
// is lost between the two writes comes again.
func Lessons(l *store.Lessons) bus.Consumer {
	return bus.Consumer{
		Name:   "litigation-own-proceeding",
		Types:  []string{"litigation.proceeding.v1.*"},
		Handle: func(ctx context.Context, e event.Event) error { return l.Follow(ctx, e.Office, e.Subject) },
	}
}
