package httpkit

import (
	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
)

// The languages of the product.
const (
	Chinese = "zh"
	English = "en"
)

var matcher = language.NewMatcher([]language.Tag{language.Chinese, language.English})

const langKey = "httpkit.lang"

// Lang is the caller's language by Accept-Language: "zh", the default, or "en".
func Lang(c echo.Context) string {
	if lang, ok := c.Get(langKey).(string); ok {
		return lang
	}
	lang := parseLang(c.Request().Header.Get("Accept-Language"))
	c.Set(langKey, lang)
	return lang
}

func parseLang(header string) string {
	if header == "" || len(header) > 256 {
		return Chinese
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return Chinese
	}
	if _, i, confidence := matcher.Match(tags...); i == 1 && confidence > language.No {
		return English
	}
	return Chinese
}

func contentLanguage(c echo.Context) string {
	if Lang(c) == English {
		return "en"
	}
	return "zh-CN"
}
