package transclusion

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"finpages/sources/confluence/internal/rest"
)

// Memo remembers which pages transclude which, so that a listing can tell that
// a page has changed because one that it includes has.
//
// It is a log of JSON lines in the cache directory: first the epoch, then the
// transclusions of a page, written before the page is handed on. Its epoch is
// part of every revision: when the Memo is lost all pages are read once more,
// and nothing that it knew is missed.
type Memo struct {
	Epoch string // part of every revision
	file  string // "" keeps it in memory

	mu    sync.Mutex
	pages map[string]Reading
}

// Reading is what was found out when a page was last read.
type Reading struct {
	Uses     []Reference `json:"uses,omitempty"`     // what it transcludes
	Plain    string      `json:"plain,omitempty"`    // its own fingerprint then
	State    string      `json:"state,omitempty"`    // of what it transcludes
	Revision string      `json:"revision,omitempty"` // under which it was read
	Stored   bool        `json:"stored,omitempty"`   // in its stored form, which shows nothing of what it transcludes
}

func (r Reading) equal(o Reading) bool {
	return slices.Equal(r.Uses, o.Uses) && r.Plain == o.Plain && r.State == o.State &&
		r.Revision == o.Revision && r.Stored == o.Stored
}

type memoLine struct {
	Epoch string `json:"epoch,omitempty"`
	ID    string `json:"id,omitempty"`
	Reading
}

const (
	memoName = "transclusions.jsonl"
	maxMemo  = 32 << 20 // bytes; a larger one begins anew
)

// OpenMemo reads the memo from the directory, or begins one there; without a
// directory, it lives in memory.
func OpenMemo(dir string) (*Memo, error) {
	m := &Memo{pages: map[string]Reading{}}
	if dir == "" {
		m.Epoch = rand.Text()[:10]
		return m, nil
	}
	m.file = filepath.Join(dir, memoName)
	if m.read() {
		return m, nil
	}
	if err := m.begin(dir); err != nil {
		return nil, fmt.Errorf("make the cache of page includes: %w", rest.Pathless(err))
	}
	return m, nil
}

// read loads the log; false if it must begin anew.
func (m *Memo) read() bool {
	info, err := os.Stat(m.file)
	if err != nil || info.Size() > maxMemo {
		return false
	}
	b, err := os.ReadFile(m.file)
	if err != nil {
		return false
	}
	// A line without its end was being written when the process was killed:
	// the page was not handed on.
	whole := bytes.LastIndexByte(b, '\n') + 1
	lines := bufio.NewScanner(bytes.NewReader(b[:whole]))
	lines.Buffer(nil, maxMemo)
	for lines.Scan() {
		var l memoLine
		if json.Unmarshal(lines.Bytes(), &l) != nil || (m.Epoch == "") != (l.Epoch != "") {
			m.Epoch, m.pages = "", map[string]Reading{}
			return false
		}
		if l.Epoch != "" {
			m.Epoch = l.Epoch
			continue
		}
		m.set(l.ID, l.Reading)
	}
	return m.Epoch != "" && (whole == len(b) || os.Truncate(m.file, int64(whole)) == nil)
}

func (m *Memo) begin(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	m.Epoch = rand.Text()[:10]
	if err := os.Remove(m.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return m.append(memoLine{Epoch: m.Epoch})
}

func (m *Memo) set(id string, r Reading) {
	if r.equal(Reading{}) {
		delete(m.pages, id)
	} else {
		m.pages[id] = r
	}
}

// Get returns how the page was last read; false if it transcluded nothing.
func (m *Memo) Get(id string) (Reading, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.pages[id]
	return r, ok
}

// Note remembers how a page was read. After an error the page must not be
// handed on: its includes would change unseen.
func (m *Memo) Note(id string, r Reading) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pages[id].equal(r) {
		return nil
	}
	if err := m.append(memoLine{ID: id, Reading: r}); err != nil {
		return fmt.Errorf("note what the page includes: %w", rest.Pathless(err))
	}
	m.set(id, r)
	return nil
}

func (m *Memo) append(l memoLine) error {
	if m.file == "" {
		return nil
	}
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(m.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}
