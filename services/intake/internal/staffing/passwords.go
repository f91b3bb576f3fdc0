package staffing

import (
	_ "embed"
	"strings"

	"zhiqing.dev/pkg/problem"
)

// commonPasswords are those of ten and more characters that guessers try first.
//
//go:embed common-passwords.txt
var commonPasswords string

var common = func() map[string]bool {
	set := map[string]bool{}
	for p := range strings.FieldsSeq(commonPasswords) {
		set[p] = true
	}
	return set
}()

// leastKinds is how many different characters a password has at least.
const leastKinds = 5

// checkPassword refuses what would be guessed first. The length is checked before.
func checkPassword(username, password string) error {
	low := strings.ToLower(password)
	kinds := map[rune]bool{}
	for _, r := range low {
		kinds[r] = true
	}
	switch {
	case strings.Contains(low, username):
		return problem.InvalidFields(problem.At("/password", "holds_username", "密码中不能含有用户名。", "The password must not contain the username."))
	case common[low]:
		return problem.InvalidFields(problem.At("/password", "common", "该密码过于常见，容易被猜到。", "This password is among the first that are guessed."))
	case len(kinds) < leastKinds || strings.Contains("01234567890123456789", low) || strings.Contains("98765432109876543210", low) || strings.Contains("abcdefghijklmnopqrstuvwxyz", low):
		return problem.InvalidFields(problem.At("/password", "simple", "密码过于简单：至少须有五种不同字符，且不能是连续字符。", "The password is too simple: five different characters at least, and no plain sequence."))
	}
	return nil
}
