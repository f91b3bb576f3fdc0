package httpkit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
)

// Query refuses query parameters other than these, and any that stands twice.
func Query(c echo.Context, names ...string) error {
	var faults []problem.Field
	for name, values := range c.QueryParams() {
		switch {
		case !slices.Contains(names, name):
			faults = append(faults, problem.At(cut(name), "unknown_parameter",
				"没有这个查询参数；可用："+strings.Join(names, "、")+"。", "There is no such parameter; known are: "+strings.Join(names, ", ")+"."))
		case len(values) > 1:
			faults = append(faults, problem.At(name, "repeated", "该参数只能出现一次。", "This parameter may stand only once."))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	slices.SortFunc(faults, func(a, b problem.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return problem.InvalidFields(faults...)
}

// Date reads a query parameter as a civil date; zero when absent. Invalid.
func Date(c echo.Context, name string) (civil.Date, error) {
	s := c.QueryParam(name)
	if s == "" {
		return 0, nil
	}
	d, err := civil.Parse(s)
	if err != nil {
		return 0, problem.InvalidFields(problem.At(name, "bad_date",
			"日期应写作 2026-11-23，且确有其日。", "A date is written 2026-11-23 and must exist."))
	}
	return d, nil
}

// Choice reads a query parameter that is one of the values; empty when absent.
// Invalid.
func Choice[S ~string](c echo.Context, name string, values ...S) (S, error) {
	s := S(c.QueryParam(name))
	if s == "" || slices.Contains(values, s) {
		return s, nil
	}
	known := make([]string, len(values))
	for i, v := range values {
		known[i] = string(v)
	}
	return "", problem.InvalidFields(problem.At(name, "unknown_value",
		"应为以下之一："+strings.Join(known, "、")+"。", "It is one of: "+strings.Join(known, ", ")+"."))
}

// Number reads a query parameter as a whole number from low to high; absent gives
// the value fallback. Invalid.
func Number(c echo.Context, name string, low, high, fallback int) (int, error) {
	s := c.QueryParam(name)
	if s == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		return 0, problem.InvalidFields(problem.At(name, "out_of_range",
			fmt.Sprintf("应为 %d 至 %d 之间的整数。", low, high), fmt.Sprintf("It is a whole number from %d to %d.", low, high)))
	}
	return n, nil
}

// cut keeps what a caller sent short enough to be shown back.
func cut(s string) string {
	const most = 100
	s = strings.ToValidUTF8(s, "�")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
