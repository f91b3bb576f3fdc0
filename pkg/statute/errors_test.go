package statute_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/statute"
)

func TestFieldErrorsAreOneErrorAndMany(t *testing.T) {
	t.Parallel()
	require.NoError(t, statute.FieldErrors(nil).Err())
	list := statute.FieldErrors{
		{Field: "/items", Code: "negative", EN: "the figure cannot be negative"},
		{Field: "/pages", Code: "exclusive", Rule: "办法 art. 3", EN: "never both"},
	}
	err := fmt.Errorf("quote: %w", list.Err())
	require.EqualError(t, err, "quote: /items: the figure cannot be negative; /pages: never both (办法 art. 3)")
	var one *statute.FieldError
	require.ErrorAs(t, err, &one)
	require.Equal(t, "/items", one.Field)
	var all statute.FieldErrors
	require.ErrorAs(t, err, &all)
	require.True(t, all.Has("exclusive"))
	require.False(t, all.Has("required"))
	require.True(t, errors.Is(err, list[1]))
}
