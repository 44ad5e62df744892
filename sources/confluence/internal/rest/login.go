package rest

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

// Login is what the wiki is told about who asks. It is used concurrently.
type Login struct {
	Email, Token string // an empty Email sends the token as a bearer
	File         string // of the token, when it is not given itself

	mu      sync.Mutex
	size    int64
	changed time.Time
}

const maxTokenFile = 64 << 10

// sign adds the login to a request.
func (l *Login) sign(r *http.Request) error {
	token, err := l.current()
	if err != nil {
		return err
	}
	if l.Email != "" {
		r.SetBasicAuth(l.Email, token)
	} else {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return nil
}

// current returns the token, read anew when its file has changed.
func (l *Login) current() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.File == "" {
		return l.Token, nil
	}
	info, err := os.Stat(l.File)
	if err != nil {
		return "", fmt.Errorf("read token_file: %w", Pathless(err))
	}
	if l.Token != "" && info.Size() == l.size && info.ModTime().Equal(l.changed) {
		return l.Token, nil
	}
	token, err := readToken(l.File)
	if err != nil {
		return "", fmt.Errorf("read token_file: %w", err)
	}
	l.Token, l.size, l.changed = token, info.Size(), info.ModTime()
	return token, nil
}

func readToken(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", Pathless(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxTokenFile))
	if err != nil {
		return "", Pathless(err)
	}
	token := strings.TrimSpace(string(b))
	if token == "" || strings.ContainsFunc(token, unicode.IsControl) {
		return "", errors.New("the file must hold the token alone, on one line")
	}
	return token, nil
}

// Pathless drops the path from an error of package os: reports stay the same
// on every machine.
func Pathless(err error) error {
	if pe := (*os.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// scrub takes the token out of a text that came from the wiki or the network.
func (l *Login) scrub(text string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Token == "" {
		return text
	}
	basic := base64.StdEncoding.EncodeToString([]byte(l.Email + ":" + l.Token))
	return strings.NewReplacer(basic, "[token]", l.Token, "[token]").Replace(text)
}
