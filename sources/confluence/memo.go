package confluence

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

// memo remembers which pages transclude which, so that a listing can tell that
// a page has changed because one that it includes has.
//
// It is a log of JSON lines in the cache directory: first the epoch, then the
// transclusions of a page, written before the page is handed on. Its epoch is
// part of every revision: when the memo is lost all pages are read once more,
// and nothing that it knew is missed.
type memo struct {
	epoch string
	file  string // "" keeps it in memory

	mu    sync.Mutex
	pages map[string]reading
}

// reading is what was found out when a page was last read.
type reading struct {
	Uses     []reference `json:"uses,omitempty"`     // what it transcludes
	Plain    string      `json:"plain,omitempty"`    // its own fingerprint then
	State    string      `json:"state,omitempty"`    // of what it transcludes
	Revision string      `json:"revision,omitempty"` // under which it was read
	Stored   bool        `json:"stored,omitempty"`   // in its stored form, which shows nothing of what it transcludes
}

func (r reading) equal(o reading) bool {
	return slices.Equal(r.Uses, o.Uses) && r.Plain == o.Plain && r.State == o.State && r.Revision == o.Revision && r.Stored == o.Stored
}

type memoLine struct {
	Epoch string `json:"epoch,omitempty"`
	ID    string `json:"id,omitempty"`
	reading
}

const (
	memoName = "transclusions.jsonl"
	maxMemo  = 32 << 20 // bytes; a larger one begins anew
)

func openMemo(dir string) (*memo, error) {
	m := &memo{pages: map[string]reading{}}
	if dir == "" {
		m.epoch = rand.Text()[:10]
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
func (m *memo) read() bool {
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
		if json.Unmarshal(lines.Bytes(), &l) != nil || (m.epoch == "") != (l.Epoch != "") {
			m.epoch, m.pages = "", map[string]reading{}
			return false
		}
		if l.Epoch != "" {
			m.epoch = l.Epoch
			continue
		}
		m.set(l.ID, l.reading)
	}
	return m.epoch != "" && (whole == len(b) || os.Truncate(m.file, int64(whole)) == nil)
}

func (m *memo) begin(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	m.epoch = rand.Text()[:10]
	if err := os.Remove(m.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return m.append(memoLine{Epoch: m.epoch})
}

func (m *memo) set(id string, r reading) {
	if r.equal(reading{}) {
		delete(m.pages, id)
	} else {
		m.pages[id] = r
	}
}

// get returns how the page was last read; false if it transcluded nothing.
func (m *memo) get(id string) (reading, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.pages[id]
	return r, ok
}

// note remembers how a page was read. After an error the page must not be
// handed on: its includes would change unseen.
func (m *memo) note(id string, r reading) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pages[id].equal(r) {
		return nil
	}
	if err := m.append(memoLine{ID: id, reading: r}); err != nil {
		return fmt.Errorf("note what the page includes: %w", rest.Pathless(err))
	}
	m.set(id, r)
	return nil
}

func (m *memo) append(l memoLine) error {
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
