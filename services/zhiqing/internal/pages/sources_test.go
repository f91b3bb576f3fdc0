package pages

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sources reads every embedded file whose name ends so.
func sources(t *testing.T, endings ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains(endings, path.Ext(name)) {
			return err
		}
		b, err := embedded.ReadFile(name)
		files[name] = string(b)
		return err
	}))
	require.NotEmpty(t, files)
	return files
}

func TestNothing_comesFromElsewhere(t *testing.T) {
	t.Parallel()
	external := regexp.MustCompile(`(?i)(?:https?|wss?|ftp)://|(?:src|href|action|from|import|url)\s*[=(]?\s*["'(]?//`)
	for name, text := range sources(t, ".html", ".css", ".js", ".svg", ".json") {
		text = strings.ReplaceAll(text, `xmlns="http://www.w3.org/2000/svg"`, "")
		require.Empty(t, external.FindAllString(text, -1), name)
	}
}

func TestPages_haveNoInlineScriptOrStyle(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(?:\s+type="module")?>|javascript:`)
	for name, text := range sources(t, ".html", ".svg") {
		require.Empty(t, inline.FindAllString(text, -1), name)
	}
}

func TestScripts_neverTurnTextIntoMarkupOrCode(t *testing.T) {
	t.Parallel()
	sink := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|srcdoc|localStorage|setAttribute\("(?:style|on)`)
	for name, text := range sources(t, ".js") {
		require.Empty(t, sink.FindAllString(text, -1), name)
	}
}

func TestEveryImport_exists(t *testing.T) {
	t.Parallel()
	scripts := sources(t, ".js")
	imported := map[string]bool{}
	for name, text := range scripts {
		for _, m := range regexp.MustCompile(`(?m)^import .*from "(\.[^"]+)";$`).FindAllStringSubmatch(text, -1) {
			target := path.Join(path.Dir(name), m[1])
			require.NotEmpty(t, scripts[target], "%s imports %s", name, m[1])
			imported[target] = true
		}
	}
	html := strings.Join(slices.Collect(maps.Values(sources(t, ".html"))), "\n")
	for name := range scripts {
		if !imported[name] {
			require.Contains(t, html, "{{.Assets}}/"+strings.TrimPrefix(name, "static/"), "nothing loads %s", name)
		}
	}
}

var (
	placeholder = regexp.MustCompile(`\{\w+\}`)
	literal     = regexp.MustCompile("[\"'`]([a-z][a-z0-9_]*(?:\\.[A-Za-z0-9_-]+)+)[\"'`]")
	called      = regexp.MustCompile(`\bt\("([^"]+)"|\{\{t "([^"]+)"`)
	prefix      = regexp.MustCompile("`([a-z][a-z0-9_]*\\.(?:[a-z0-9_]+\\.)*)\\$\\{")
)

func TestTexts_areTheSameInBothLanguages(t *testing.T) {
	t.Parallel()
	texts, err := loadTexts()
	require.NoError(t, err)
	keys := slices.Sorted(maps.Keys(texts["zh"]))
	require.Equal(t, keys, slices.Sorted(maps.Keys(texts["en"])))
	for _, key := range keys {
		zh, en := texts["zh"][key], texts["en"][key]
		require.NotEmpty(t, zh, key)
		require.NotEmpty(t, en, key)
		require.ElementsMatch(t, placeholder.FindAllString(zh, -1), placeholder.FindAllString(en, -1), key)
	}
}

func TestEveryTextThatIsAskedFor_exists_andEveryTextIsUsed(t *testing.T) {
	t.Parallel()
	texts, err := loadTexts()
	require.NoError(t, err)
	used, prefixes := map[string]bool{}, map[string]bool{}
	for name, text := range sources(t, ".js", ".html") {
		for _, m := range called.FindAllStringSubmatch(text, -1) {
			key := m[1] + m[2]
			require.NotEmpty(t, texts["zh"][key], "%s asks for the text %s", name, key)
			used[key] = true
		}
		for _, m := range literal.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
		}
		for _, m := range prefix.FindAllStringSubmatch(text, -1) {
			prefixes[m[1]] = true
		}
	}
	for key := range texts["zh"] {
		if used[key] {
			continue
		}
		for p := range prefixes {
			used[key] = used[key] || strings.HasPrefix(key, p)
		}
		require.True(t, used[key], "no page uses the text %s", key)
	}
}
