package pages

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed templates static
var embedded embed.FS

// site is everything that is served, made once.
type site struct {
	version   string                      // of the assets, part of their path
	languages map[string]bool             // zh, en
	pages     map[string]map[string]*file // by page and language
	assets    map[string]*file            // by path under /assets/<version>/
}

// contentTypes are set here and not taken from the system's table, which differs
// from machine to machine.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json; charset=utf-8",
	".svg":  "image/svg+xml",
}

func build() (*site, error) {
	s := &site{languages: map[string]bool{}, pages: map[string]map[string]*file{}, assets: map[string]*file{}}
	if err := s.loadAssets(); err != nil {
		return nil, err
	}
	texts, err := loadTexts()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		s.pages[name] = map[string]*file{}
		for lang, table := range texts {
			s.languages[lang] = true
			html, err := render(name, lang, s.version, table)
			if err != nil {
				return nil, fmt.Errorf("page %s (%s): %w", name, lang, err)
			}
			s.pages[name][lang] = newFile("text/html; charset=utf-8", html)
		}
	}
	return s, nil
}

// loadAssets reads every embedded asset and names the version after all of them.
func (s *site) loadAssets() error {
	sum := sha256.New()
	add := func(name, kind string, content []byte) {
		fmt.Fprintf(sum, "%s %d\n", name, len(content))
		sum.Write(content)
		s.assets[name] = newFile(kind, content)
	}
	err := fs.WalkDir(embedded, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kind, ok := contentTypes[path.Ext(name)]
		if !ok {
			return fmt.Errorf("asset %s: no content type for its ending", name)
		}
		content, err := embedded.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read asset: %w", err)
		}
		add(strings.TrimPrefix(name, "static/"), kind, content)
		return nil
	})
	if err != nil {
		return fmt.Errorf("load assets: %w", err)
	}
	tables, err := lawTables()
	if err != nil {
		return err
	}
	add("law.json", contentTypes[".json"], tables)
	s.version = base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:9])
	return nil
}

// loadTexts reads the text tables: language, then key, then text.
func loadTexts() (map[string]map[string]string, error) {
	texts := map[string]map[string]string{}
	for _, lang := range []string{"zh", "en"} {
		b, err := embedded.ReadFile("static/i18n/" + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("read texts: %w", err)
		}
		var table map[string]string
		if err := json.Unmarshal(b, &table); err != nil {
			return nil, fmt.Errorf("texts %s: %w", lang, err)
		}
		texts[lang] = table
	}
	return texts, nil
}

// errNoText means that a page asks for a text that its language does not have.
var errNoText = errors.New("no such text")

func render(name, lang, version string, texts map[string]string) ([]byte, error) {
	text := func(key string) (string, error) {
		if s, ok := texts[key]; ok {
			return s, nil
		}
		return "", fmt.Errorf("%w: %s", errNoText, key)
	}
	t, err := template.New("").Funcs(template.FuncMap{"t": text}).
		ParseFS(embedded, "templates/layout.html", "templates/parts.html", "templates/"+name+".html")
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, "layout", struct{ Name, Lang, HTMLLang, Assets string }{
		name, lang, map[string]string{"zh": "zh-CN", "en": "en"}[lang], "/assets/" + version,
	})
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return b.Bytes(), nil
}

// language picks the reader's language: the one chosen by the switch, else the
// first of the browser's that there is, else Chinese.
func (s *site) language(r *http.Request) string {
	if c, err := r.Cookie(languageCookie); err == nil && s.languages[c.Value] {
		return c.Value
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if s.languages[primary] {
			return primary
		}
	}
	return "zh"
}
