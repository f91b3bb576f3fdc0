package app

import (
	"errors"

	"zhiqing.dev/pkg/docstore"
)

func isMissing(err error) bool { return errors.Is(err, docstore.ErrNotFound) }

// missing makes a document that is not there the same answer as one of another
// office.
func missing(err error) error {
	if isMissing(err) {
		return errNoCase()
	}
	return err
}
