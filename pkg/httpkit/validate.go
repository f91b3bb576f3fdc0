package httpkit

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/zh"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	entext "github.com/go-playground/validator/v10/translations/en"
	zhtext "github.com/go-playground/validator/v10/translations/zh"

	"zhiqing.dev/pkg/problem"
)

// Tags that request models may use besides those of validator v10:
//
//	notblank  something other than white space
//	plain     no control characters but line ends and tabs
//	line      no control characters at all
//	slug      a short name for programs: a-z, 0-9 and dashes
//	username  a-z, 0-9, dots, dashes, underscores; begins with a letter
var ownTags = []struct {
	tag    string
	ok     func(string) bool
	zh, en string
}{
	{"notblank", func(s string) bool { return strings.TrimSpace(s) != "" }, "{0}不能为空白", "{0} must not be blank"},
	{"plain", func(s string) bool { return !strings.ContainsFunc(s, hidden) }, "{0}含有不可见的控制字符", "{0} holds control characters"},
	{"line", func(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }, "{0}应写成一行，不含控制字符", "{0} must be one line without control characters"},
	{"slug", slugPattern.MatchString, "{0}应为 2 至 40 个小写字母、数字或短横线，并以字母开头", "{0} is 2 to 40 lower-case letters, digits or dashes and begins with a letter"},
	{"username", usernamePattern.MatchString, "{0}应为 2 至 40 个小写字母、数字、点、短横线或下划线，并以字母开头", "{0} is 2 to 40 lower-case letters, digits, dots, dashes or underscores and begins with a letter"},
}

var (
	slugPattern     = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)
	usernamePattern = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,39}$`)
)

func hidden(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }

// validation is the validator with its messages, built once.
type validation struct {
	v     *validator.Validate
	texts *ut.UniversalTranslator
	err   error
}

var theValidation = sync.OnceValue(func() (val validation) {
	val.v = validator.New(validator.WithRequiredStructEnabled())
	val.texts = ut.New(zh.New(), zh.New(), en.New())
	val.v.RegisterTagNameFunc(jsonName)
	zhT, _ := val.texts.GetTranslator(Chinese)
	enT, _ := val.texts.GetTranslator(English)
	errs := []error{
		zhtext.RegisterDefaultTranslations(val.v, zhT),
		entext.RegisterDefaultTranslations(val.v, enT),
	}
	for _, own := range ownTags {
		ok := own.ok
		errs = append(errs,
			val.v.RegisterValidation(own.tag, func(fl validator.FieldLevel) bool { return ok(fl.Field().String()) }),
			say(val.v, zhT, own.tag, own.zh), say(val.v, enT, own.tag, own.en))
	}
	val.err = errors.Join(errs...)
	return val
})

func say(v *validator.Validate, t ut.Translator, tag, text string) error {
	return v.RegisterTranslation(tag, t,
		func(t ut.Translator) error { return t.Add(tag, text, true) },
		func(t ut.Translator, fe validator.FieldError) string {
			s, err := t.T(tag, fe.Field())
			if err != nil {
				return fe.Field()
			}
			return s
		})
}

// embedded stands for an embedded struct, whose members JSON shows as its owner's.
const embedded = "(embedded)"

func jsonName(sf reflect.StructField) string {
	name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
	if sf.Anonymous && name == "" {
		return embedded
	}
	if name == "-" || name == "" {
		return sf.Name
	}
	return name
}

// validate checks the tags of the struct that into points at. Other types have no
// tags. Invalid, with each message in both languages.
func validate(into any) error {
	if reflect.TypeOf(into).Elem().Kind() != reflect.Struct {
		return nil
	}
	val := theValidation()
	if val.err != nil {
		return fmt.Errorf("validator: %w", val.err)
	}
	err := val.v.Struct(into)
	var found validator.ValidationErrors
	if err == nil {
		return nil
	}
	if !errors.As(err, &found) {
		return fmt.Errorf("validate: %w", err)
	}
	var f faults
	for _, fe := range found {
		f.add(pointerOf(fe.Namespace()), fe.Tag(), val.text(fe, Chinese), val.text(fe, English))
	}
	return problem.InvalidFields(f.list...)
}

// text is the message of one fault; tags that the translations do not know get a
// general one, as validator's own names Go types.
func (val validation) text(fe validator.FieldError, lang string) string {
	t, _ := val.texts.GetTranslator(lang)
	s := fe.Translate(t)
	if s != "" && !strings.HasPrefix(s, "Key: ") {
		return s
	}
	if lang == English {
		return fe.Field() + " is not valid (" + fe.Tag() + ")"
	}
	return fe.Field() + "不符合要求（" + fe.Tag() + "）"
}

// pointerOf makes a JSON pointer of validator's namespace: T.a.b[0].c → /a/b/0/c.
func pointerOf(namespace string) string {
	_, path, ok := strings.Cut(namespace, ".")
	if !ok {
		return ""
	}
	var b strings.Builder
	for part := range strings.SplitSeq(path, ".") {
		if part == embedded {
			continue
		}
		name, index, _ := strings.Cut(part, "[")
		b.WriteString("/" + pointerEscape.Replace(name))
		for index != "" {
			var i string
			i, index, _ = strings.Cut(index, "]")
			b.WriteString("/" + pointerEscape.Replace(i))
			index = strings.TrimPrefix(index, "[")
		}
	}
	return b.String()
}
