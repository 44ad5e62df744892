package website

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"finpages/sources"
)

// login returns the headers that every request has.
func (w *Website) login() (http.Header, error) {
	h := http.Header{"User-Agent": {agent}, "Accept": {"text/html,application/xhtml+xml,*/*;q=0.5"}}
	for name, value := range w.options.Headers {
		h.Set(name, value)
	}
	token, err := w.secret(w.options.Token, w.options.TokenFile, "token_file")
	if err != nil {
		return nil, err
	}
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	password, err := w.secret(w.options.Basic.Password, w.options.Basic.PasswordFile, "basic.password_file")
	if err != nil {
		return nil, err
	}
	if w.options.Basic.User != "" {
		r := http.Request{Header: h}
		r.SetBasicAuth(w.options.Basic.User, password)
	}
	cookies, err := w.secret("", w.options.CookieFile, "cookie_file")
	if err != nil {
		return nil, err
	}
	if line := cookieLine(cookies, w.base.Hostname()); line != "" {
		h.Set("Cookie", line)
	}
	return h, nil
}

func (w *Website) secret(value, file, key string) (string, error) {
	if file == "" {
		return value, nil
	}
	f, err := os.Open(w.env.Path(file))
	if err != nil {
		return "", fmt.Errorf("read website.%s: %w", key, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, sources.MaxDocument))
	if err != nil {
		return "", fmt.Errorf("read website.%s: %w", key, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// cookieLine makes a Cookie header of a file's text: the header itself, or the
// cookies for the host in a browser's cookies.txt, whose lines have seven fields.
func cookieLine(text, host string) string {
	var pairs []string
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimRight(strings.TrimPrefix(line, "#HttpOnly_"), "\r\n"), "\t")
		if len(fields) != 7 {
			continue
		}
		domain := strings.TrimPrefix(fields[0], ".")
		if strings.EqualFold(domain, host) || strings.HasSuffix(strings.ToLower(host), "."+strings.ToLower(domain)) {
			pairs = append(pairs, fields[5]+"="+fields[6])
		}
	}
	if len(pairs) == 0 && !strings.ContainsAny(text, "\t\r\n") {
		return strings.TrimSpace(strings.TrimPrefix(text, "Cookie:"))
	}
	return strings.Join(pairs, "; ")
}
