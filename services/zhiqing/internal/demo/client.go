// Package demo drives the product's own HTTP API the way an office would: it fills
// a demo office, and it plays a whole year of a township from the first application
// to the printed annual report. It knows nothing that a client could not know.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Password is the password of all demo staff.
const Password = "zhiqing-demo" //nolint:gosec // a demo office has no secret

// client calls one installation. In several processes behind several addresses,
// route names the address of a path.
type client struct {
	http   *http.Client
	route  func(path string) string
	tokens map[string]string // by username
}

func newClient(route func(path string) string) *client {
	return &client{
		http:   &http.Client{Timeout: 30 * time.Second},
		route:  route,
		tokens: map[string]string{},
	}
}

// document is a JSON object of an answer.
type document map[string]any

func (d document) text(name string) string {
	s, _ := d[name].(string)
	return s
}

// into decodes the object into a struct.
func (d document) into(out any) error {
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, out)
}

func (d document) list(name string) []document {
	items, _ := d[name].([]any)
	out := make([]document, 0, len(items))
	for _, it := range items {
		if m, ok := it.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// refusal is an answer that is not a success.
type refusal struct {
	Status int
	Method string
	Path   string
	Body   string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s %s answered %d: %s", r.Method, r.Path, r.Status, r.Body)
}

// do makes one call as the staff member (empty: nobody) and returns the answer.
// The key makes a repeated call harmless.
func (c *client) do(ctx context.Context, as, method, path, key string, body any) (document, error) {
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode the body of %s %s: %w", method, path, err)
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.route(path)+path, payload)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Accept-Language", "zh-CN")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if as != "" {
		token, err := c.token(ctx, as)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return c.send(req)
}

func (c *client) send(req *http.Request) (document, error) {
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return nil, fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return nil, &refusal{Status: res.StatusCode, Method: req.Method, Path: req.URL.Path, Body: string(raw)}
	}
	out := document{}
	if len(raw) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("%s %s: decode the answer: %w", req.Method, req.URL.Path, err)
	}
	return out, nil
}

// token signs a demo staff member in, once.
func (c *client) token(ctx context.Context, username string) (string, error) {
	if t := c.tokens[username]; t != "" {
		return t, nil
	}
	res, err := c.do(ctx, "", http.MethodPost, "/v1/session", "", document{"username": username, "password": Password})
	if err != nil {
		return "", fmt.Errorf("sign %s in: %w", username, err)
	}
	c.tokens[username] = res.text("access_token")
	return c.tokens[username], nil
}

// pollEvery is the pause between two looks.
const pollEvery = 2 * time.Millisecond

// patience bounds how long an effect of an event may take to be seen.
const patience = 30 * time.Second

// until asks again until ready says so: events reach the other services within
// moments, not at once.
func (c *client) until(ctx context.Context, as, path string, ready func(document) bool) (document, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error
	for {
		res, err := c.do(ctx, as, http.MethodGet, path, "", nil)
		var no *refusal
		switch {
		case err == nil && ready(res):
			return res, nil
		case err == nil:
			raw, _ := json.Marshal(res)
			last = fmt.Errorf("not yet: %.600s", raw)
		case errors.As(err, &no) && no.Status == http.StatusNotFound:
			last = err
		case ctx.Err() == nil:
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waited %s for %s: %w", patience, path, last)
		case <-time.After(pollEvery):
		}
	}
}
