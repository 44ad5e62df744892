package confluence

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"
)

// login is what the wiki is told about who asks. It is used concurrently.
type login struct {
	email, token string
	file         string // of the token, when it is not given itself

	mu      sync.Mutex
	size    int64
	changed time.Time
}

const maxTokenFile = 64 << 10

// sign adds the login to a request.
func (l *login) sign(r *http.Request) error {
	token, err := l.current()
	if err != nil {
		return err
	}
	if l.email != "" {
		r.SetBasicAuth(l.email, token)
	} else {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return nil
}

// current returns the token, read anew when its file has changed.
func (l *login) current() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == "" {
		return l.token, nil
	}
	info, err := os.Stat(l.file)
	if err != nil {
		return "", fmt.Errorf("read token_file: %w", pathless(err))
	}
	if l.token != "" && info.Size() == l.size && info.ModTime().Equal(l.changed) {
		return l.token, nil
	}
	token, err := readToken(l.file)
	if err != nil {
		return "", fmt.Errorf("read token_file: %w", err)
	}
	l.token, l.size, l.changed = token, info.Size(), info.ModTime()
	return token, nil
}

func readToken(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", pathless(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxTokenFile))
	if err != nil {
		return "", pathless(err)
	}
	token := strings.TrimSpace(string(b))
	if token == "" || strings.ContainsFunc(token, unicode.IsControl) {
		return "", errors.New("the file must hold the token alone, on one line")
	}
	return token, nil
}

// pathless drops the path from an error of package os: reports stay the same
// on every machine.
func pathless(err error) error {
	if pe := (*os.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// scrub takes the token out of a text that came from the wiki or the network.
func (l *login) scrub(text string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.token == "" {
		return text
	}
	basic := base64.StdEncoding.EncodeToString([]byte(l.email + ":" + l.token))
	return strings.NewReplacer(basic, "[token]", l.token, "[token]").Replace(text)
}
