package process

import (
	"strings"
	"sync"
)

// Tail keeps the end of what a program writes, such as its standard error. It
// takes everything.
type Tail struct {
	mu   sync.Mutex
	kept []byte
}

const maxTail = 16 << 10

// Write implements [io.Writer].
func (t *Tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b[max(0, len(b)-maxTail):]...)
	if over := len(t.kept) - maxTail; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(b), nil
}

// Last returns the last line that is not empty.
func (t *Tail) Last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(strings.ToValidUTF8(string(t.kept), "\ufffd"))
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}

// Brief makes a program's text fit for one line of a message.
func Brief(text string) string {
	const most = 500
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
