package staffing

import (
	"context"
	"errors"

	"zhiqing.dev/pkg/problem"
)

// checkSource refuses a try after too many wrong ones: from this network address for
// this name, from the address for all names, or for the name from everywhere. The
// counts are in the store, hold across processes and restarts, and are kept for names
// that nobody has, too.
func (s *Staffing) checkSource(ctx context.Context, client, name string) error {
	err := s.wrong.Check(ctx, client, "sign-in\x00"+name)
	if p := (*problem.Error)(nil); errors.As(err, &p) {
		locked := locked()
		locked.RetryAfter = p.RetryAfter
		return locked
	}
	return err
}

func (s *Staffing) failedSource(ctx context.Context, client, name string) error {
	return s.wrong.Failed(ctx, client, "sign-in\x00"+name)
}

func locked() *problem.Error {
	return problem.New(problem.RateLimited, "多次输入错误，请稍后再试。", "Too many wrong tries; try again later.")
}
