package convert

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"finpages/sources"
	"finpages/sources/charset"
	"finpages/sources/convert/native"
	"finpages/sources/convert/sandbox"
)

// method is how documents of one extension are converted.
type method struct {
	extension string
	reader    string // the name of read
	read      native.Reader
	preset    preset // where read is nil

	mu   sync.Mutex
	path string // of the program; "" until it was found
	installed
}

// installed is a program as it is on this machine.
type installed struct {
	stamp   string // of its file: size and time
	hash    string // of its file, SHA-256
	version string
}

// programs are those that were looked at, by path: several methods share one.
type programs struct {
	mu    sync.Mutex
	known map[string]installed
}

// look returns the program at the path. It is read and asked for its version
// only if its file has another size or time than before.
func (p *programs) look(ctx context.Context, r sandbox.Runner, path, versionFlag string) (installed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	info, err := os.Stat(path)
	if err != nil {
		return installed{}, fmt.Errorf("look at %s: %w", path, err)
	}
	stamp := fmt.Sprint(info.Size(), info.ModTime().UnixNano())
	if before, ok := p.known[path]; ok && before.stamp == stamp {
		return before, nil
	}
	hash, err := hashFile(path)
	if err != nil {
		return installed{}, fmt.Errorf("read %s: %w", path, err)
	}
	version, err := askVersion(ctx, r, path, versionFlag)
	if err != nil {
		return installed{}, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	now := installed{stamp, hash, version}
	p.known[path] = now
	return now, nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
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
	return strings.Join(append([]string{presetVersion, readerVersion, m.path, m.version, m.hash}, m.preset.args...),
		"\x00")
}

// find looks for the program, each time: it may have been installed, removed or
// exchanged since.
func (m *method) find(ctx context.Context, r sandbox.Runner, known *programs) error {
	if m.read != nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	path, err := exec.LookPath(m.preset.program)
	if err != nil {
		m.path, m.installed = "", installed{}
		return fmt.Errorf("%w: %s documents need %s, which is not installed: %s", sources.ErrNotConverted, m.extension,
			m.preset.program, m.preset.hint())
	}
	now, err := known.look(ctx, r, path, m.preset.versionFlag)
	if err != nil {
		return fmt.Errorf("%w: %w", sources.ErrNotConverted, err)
	}
	m.path, m.installed = path, now
	return nil
}

// askVersion returns the number in what the program says of itself.
func askVersion(ctx context.Context, r sandbox.Runner, path, flag string) (string, error) {
	if flag == "" {
		flag = "--version"
	}
	res, err := r.Run(ctx, sandbox.Program{Path: path, Args: []string{flag},
		Limits: sandbox.Limits{Time: 20 * time.Second}})
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

// gather finds out what the program is to be given.
func (m *method) gather(doc sources.Document, others sources.Others) gathered {
	in := gathered{doc: doc, body: doc.Body}
	if m.preset.isText {
		if text, err := charset.Text(doc.Body, false); err == nil {
			in.body = []byte(text)
		}
	}
	if others.Include == nil {
		others.Include = func(string) ([]byte, bool) { return nil, false }
	}
	if others.Labelled == nil {
		others.Labelled = func(string, string) (title, path string) { return "", "" }
	}
	if m.preset.includes != nil {
		m.preset.includes(&in, others)
	}
	return in
}

// run has the program convert a document.
func (m *method) run(ctx context.Context, r sandbox.Runner, in gathered) (sources.Document, []string, error) {
	m.mu.Lock()
	path, version := m.path, m.version
	m.mu.Unlock()
	p, doc := m.preset, in.doc
	var newArgs []string
	if version >= p.since {
		newArgs = p.newArgs
	}
	program := sandbox.Program{Path: path, Input: in.body, File: p.file, Files: in.files, Result: p.result, Reads: p.reads}
	if in.file != "" {
		program.File = in.file
	}
	for _, arg := range slices.Concat(newArgs, in.args, p.args) {
		program.Args = append(program.Args, strings.ReplaceAll(arg, theFile, "./"+program.File))
	}
	program.Writes, program.Forks = p.result != "", p.result != ""
	res, err := r.Run(ctx, program)
	switch {
	case errors.Is(err, sandbox.ErrNotHeld), err != nil && ctx.Err() != nil:
		return doc, nil, fmt.Errorf("%w: %w", sources.ErrNotConverted, err)
	case err != nil:
		return doc, nil, fmt.Errorf("convert with %w", err)
	case len(bytes.TrimSpace(res.Output)) == 0:
		why := "it found no text"
		if said := sandbox.Complaint(res.Messages); strings.HasPrefix(said, "Error:") {
			why = strings.TrimSpace(strings.TrimPrefix(said, "Error:"))
			why = strings.ReplaceAll(why, "source file could not be loaded", "it is broken, or protected by a password")
		}
		return doc, nil, fmt.Errorf("convert with %s: %s", p.program, why)
	}
	out := doc
	out.Format, out.Body = sources.Markdown, res.Output
	if bytes.HasPrefix(bytes.TrimSpace(res.Output), []byte("<")) {
		out.Format = sources.HTML
	}
	notes := in.told(p.warnings(res.Messages))
	if p.after != nil {
		if err := p.after(&out); err != nil {
			return doc, nil, fmt.Errorf("convert with %s: %w", p.program, err)
		}
	}
	return out, notes, nil
}

// warnings are the first lines of what a program said beside its output.
func (p preset) warnings(messages string) (notes []string) {
	const most = 10
	if p.quiet {
		return nil
	}
	for line := range strings.Lines(messages) {
		line = strings.TrimSpace(line)
		if isNews := p.ignored == nil || !p.ignored.MatchString(line); isNews && line != "" && len(notes) < most {
			notes = append(notes, line)
		}
	}
	return notes
}
