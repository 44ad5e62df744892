package convert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"finpages/sources"
	"finpages/sources/convert/native"
	"finpages/sources/convert/sandbox"
)

// method is how documents of one extension are converted.
type method struct {
	extension string
	reader    string // the name of read
	read      native.Reader
	preset    preset // where read is nil

	mu      sync.Mutex
	path    string // of the program; "" until it was found
	version string
	stamp   string // of the program's file
}

// describe names what converts, for people.
func (m *method) describe() string {
	if m.read != nil {
		return "finpages"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.TrimSpace(m.preset.program + " " + m.version)
}

// identity covers all that decides what a document is turned into.
func (m *method) identity() string {
	if m.read != nil {
		return m.reader + " " + readerVersion
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(append([]string{presetVersion, m.path, m.version, m.stamp}, m.preset.args...), "\x00")
}

// find looks for the program, each time: it may have been installed, removed or
// exchanged since.
func (m *method) find(ctx context.Context, r sandbox.Runner) error {
	if m.read != nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	path, err := exec.LookPath(m.preset.program)
	if err != nil {
		m.path, m.version, m.stamp = "", "", ""
		return fmt.Errorf("%w: %s documents need %s, which is not installed: %s", sources.ErrNotConverted, m.extension, m.preset.program, m.preset.hint())
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%w: look at %s: %w", sources.ErrNotConverted, path, err)
	}
	stamp := fmt.Sprint(info.Size(), info.ModTime().UnixNano())
	if path == m.path && stamp == m.stamp {
		return nil
	}
	version, err := m.askVersion(ctx, r, path)
	if err != nil {
		return fmt.Errorf("%w: ask %s for its version: %w", sources.ErrNotConverted, path, err)
	}
	m.path, m.stamp, m.version = path, stamp, version
	return nil
}

// askVersion returns the number in what the program says of itself.
func (m *method) askVersion(ctx context.Context, r sandbox.Runner, path string) (string, error) {
	flag := m.preset.versionFlag
	if flag == "" {
		flag = "--version"
	}
	res, err := r.Run(ctx, sandbox.Program{Path: path, Args: []string{flag}, Limits: sandbox.Limits{Time: 20 * time.Second}})
	if errors.Is(err, sandbox.ErrNotHeld) || ctx.Err() != nil {
		return "", err
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(res.Output)+res.Messages), "\n")
	for word := range strings.FieldsSeq(strings.NewReplacer("(", " ", ")", " ", ",", " ").Replace(first)) {
		if word[0] >= '0' && word[0] <= '9' && strings.Contains(word, ".") {
			return word, nil
		}
	}
	return "", nil
}

// run has the program convert a document.
func (m *method) run(ctx context.Context, r sandbox.Runner, doc sources.Document) (sources.Document, []string, error) {
	m.mu.Lock()
	path := m.path
	m.mu.Unlock()
	res, err := r.Run(ctx, sandbox.Program{Path: path, Args: m.preset.args, Input: doc.Body})
	switch {
	case errors.Is(err, sandbox.ErrNotHeld), err != nil && ctx.Err() != nil:
		return doc, nil, fmt.Errorf("%w: %w", sources.ErrNotConverted, err)
	case err != nil:
		return doc, nil, fmt.Errorf("convert with %w", err)
	case len(bytes.TrimSpace(res.Output)) == 0:
		return doc, nil, fmt.Errorf("convert with %s: it found no text", m.preset.program)
	}
	out := doc
	out.Format, out.Body = sources.Markdown, res.Output
	if bytes.HasPrefix(bytes.TrimSpace(res.Output), []byte("<")) {
		out.Format = sources.HTML
	}
	notes := m.preset.warnings(res.Messages)
	if m.preset.after != nil {
		if err := m.preset.after(&out); err != nil {
			return doc, nil, fmt.Errorf("convert with %s: %w", m.preset.program, err)
		}
	}
	return out, notes, nil
}

// warnings are the first lines of what a program said beside its output.
func (p preset) warnings(messages string) (notes []string) {
	const most = 10
	for line := range strings.Lines(messages) {
		line = strings.TrimSpace(line)
		if isNews := p.ignored == nil || !p.ignored.MatchString(line); isNews && line != "" && len(notes) < most {
			notes = append(notes, line)
		}
	}
	return notes
}
