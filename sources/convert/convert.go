// Package convert turns documents of other formats into Markdown or HTML: by
// readers of our own where the format is text in a container, and by programs
// that people trust with a format, which run in a sandbox.
package convert

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/convert/native"
	"finpages/sources/convert/sandbox"
)

// Options say how documents are converted.
type Options struct {
	// Convert has a command for each extension (".docx") beyond those that are
	// read without one: the name of a preset or reader, or a program with its
	// arguments, which reads a document on standard input and writes HTML or
	// Markdown. "off" leaves documents of the extension alone.
	Convert    map[string][]string
	Sandbox    sandbox.Mode
	LongTables bool   // tables may be longer: pages are cut into parts
	CacheDir   string // what was converted is kept here, and can be lost; "" keeps nothing

	// Apart has each document that needs no command read by a process of its
	// own: this program's with the arguments [ReadCommand] and a reader's name.
	Apart bool
}

// Off leaves documents of an extension alone.
const Off = "off"

// Faults returns what is wrong with the options, by extension.
func (o Options) Faults() map[string]string {
	faults := map[string]string{}
	for extension, command := range o.Convert {
		switch {
		case !strings.HasPrefix(extension, ".") || extension != strings.ToLower(extension) ||
			strings.ContainsAny(extension, "/*"):
			faults[extension] = fmt.Sprintf("%q is no extension: write it as \".docx\"", extension)
		case isRendered(extension):
			faults[extension] = fmt.Sprintf("%s is read without a converter", extension)
		case len(command) == 0 || command[0] == "":
			faults[extension] = "no converter: name a preset or a program"
		case len(command) == 1 && command[0] != Off:
			if _, err := methodFor(extension, command); err != nil {
				faults[extension] = err.Error()
			}
		}
	}
	return faults
}

func isRendered(extension string) bool {
	_, ok := sources.FormatOf("document" + extension)
	return ok
}

// Converter converts documents. It may be used from any goroutine.
type Converter struct {
	methods  map[string]*method // by extension
	runner   sandbox.Runner
	cache    cache
	programs programs
	busy     chan struct{} // a token for each program that runs
	apart    bool
	limits   sandbox.Limits // of readers of our own

	longTables bool
}

// atOnce is how many programs run at a time.
const atOnce = 2

// New returns a converter. Programs that are not there are told by Check, and
// when a document needs them.
func New(o Options) (*Converter, error) {
	if o.Sandbox == "" {
		o.Sandbox = sandbox.Best
	}
	c := &Converter{methods: map[string]*method{}, runner: sandbox.Runner{Mode: o.Sandbox},
		cache: cache{dir: o.CacheDir}, programs: programs{known: map[string]installed{}}, busy: make(chan struct{}, atOnce),
		apart: o.Apart, limits: readLimits, longTables: o.LongTables}
	commands := map[string][]string{}
	for extension, reader := range native.ByExtension() {
		commands[extension] = []string{reader}
	}
	maps.Copy(commands, o.Convert)
	for extension, command := range commands {
		if len(command) == 1 && command[0] == Off {
			continue
		}
		m, err := methodFor(extension, command)
		if err != nil {
			return nil, fmt.Errorf("convert %s: %w", extension, err)
		}
		if o.LongTables && m.read != nil {
			m.reader = native.LongTables(m.reader)
			m.read = native.Find(m.reader)
		}
		c.methods[extension] = m
	}
	return c, nil
}

// Formats are those that the converter reads, and those that it could, with
// what is missing in the config.
func (c *Converter) Formats() sources.Formats {
	formats := sources.Formats{}
	for extension, preset := range suggested {
		formats[extension] = fmt.Sprintf("no converter for %s: add convert: {%q: %s} to the config", extension, extension,
			preset)
	}
	for extension := range c.methods {
		formats[extension] = ""
	}
	return formats
}

// Convert returns the document as Markdown or HTML, with notes for people on
// what was lost. Documents of other formats are returned as they are. An error
// wraps [sources.ErrNotConverted] where that is not the document's fault.
func (c *Converter) Convert(
	ctx context.Context, doc sources.Document, others sources.Others,
) (out sources.Document, notes []string, err error) {
	if !doc.Format.IsConverted() {
		return doc, nil, nil
	}
	m := c.methods[string(doc.Format)]
	if m == nil {
		return doc, nil, fmt.Errorf("%w: no converter for %s documents", sources.ErrNotConverted, doc.Format)
	}
	if m.read != nil {
		if out, notes, err = c.read(ctx, m, doc); err == nil && len(out.Attached) > 0 {
			notes, err = c.attach(ctx, &out, notes)
		}
		return out, notes, err
	}
	if err := m.find(ctx, c.runner, &c.programs); err != nil {
		return doc, nil, err
	}
	in := m.gather(doc, others)
	if in.fault != nil {
		return doc, nil, in.fault
	}
	key := in.key(m.identity())
	if kept, ok := c.cache.get(key); ok {
		doc.Format, doc.Body, doc.Title = kept.Format, kept.Body, kept.Title
		return doc, kept.Notes, nil
	}
	if out, notes, err = c.runProgram(ctx, m, in); err != nil {
		return doc, nil, err
	}
	if name := m.preset.reader; name != "" {
		out.Path = doc.Path
		if c.longTables {
			name = native.LongTables(name)
		}
		reader := &method{extension: m.extension, reader: name, read: native.Find(name)}
		if out, notes, err = c.read(ctx, reader, out); err != nil {
			return doc, nil, fmt.Errorf("convert with %s: %w", m.preset.program, err)
		}
	}
	c.cache.put(key, converted{out.Format, out.Title, out.Body, notes})
	return out, notes, nil
}

func (c *Converter) runProgram(ctx context.Context, m *method, in gathered) (sources.Document, []string, error) {
	if err := c.wait(ctx); err != nil {
		return in.doc, nil, err
	}
	defer func() { <-c.busy }()
	return m.run(ctx, c.runner, in)
}

// read has a reader of our own read a document.
func (c *Converter) read(ctx context.Context, m *method, doc sources.Document) (sources.Document, []string, error) {
	if c.apart {
		return c.readApart(ctx, m, doc)
	}
	return m.readSafely(doc)
}

// wait waits until a program may run.
func (c *Converter) wait(ctx context.Context) error {
	select {
	case c.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", sources.ErrNotConverted, context.Cause(ctx))
	}
}

// readSafely has a reader of our own read a document, which may make it fail.
func (m *method) readSafely(doc sources.Document) (out sources.Document, notes []string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			out, notes, err = doc, nil, fmt.Errorf("the reader of %s documents fails on it: %v", doc.Format, fault)
		}
	}()
	return m.read(doc)
}

// Labels returns the titles of what carries a label in a document, by the labels,
// "" for what has none; false if documents of the format name nothing by labels.
func (c *Converter) Labels(doc sources.Document) (titles map[string]string, ok bool) {
	m := c.methods[strings.ToLower(filepath.Ext(doc.Path))]
	if m == nil || m.preset.labels == nil {
		return nil, false
	}
	return m.preset.labels(doc.Body), true
}

// Describe says what converts documents at the path; "" if nothing does.
func (c *Converter) Describe(ctx context.Context, path string) string {
	m := c.methods[strings.ToLower(filepath.Ext(path))]
	if m == nil {
		return ""
	}
	if err := m.find(ctx, c.runner, &c.programs); err != nil {
		return "to be converted: " + err.Error()
	}
	return "converted by " + m.describe()
}

// Fingerprint covers all that decides what documents are turned into.
func (c *Converter) Fingerprint(ctx context.Context) string {
	h := sha256.New()
	for _, extension := range slices.Sorted(maps.Keys(c.methods)) {
		m := c.methods[extension]
		_ = m.find(ctx, c.runner, &c.programs) // what is missing is part of it
		fmt.Fprintln(h, extension, m.identity())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Check returns a line for each program that is there, and an error for what is
// missing.
func (c *Converter) Check(ctx context.Context) (lines []string, err error) {
	byProgram := map[string][]string{}
	for _, extension := range slices.Sorted(maps.Keys(c.methods)) {
		m := c.methods[extension]
		if m.read != nil {
			continue
		}
		if missing := m.find(ctx, c.runner, &c.programs); missing != nil {
			err = errors.Join(err, missing)
			continue
		}
		byProgram[m.describe()] = append(byProgram[m.describe()], extension)
	}
	for _, program := range slices.Sorted(maps.Keys(byProgram)) {
		lines = append(lines, fmt.Sprintf("%s converts %s", program, strings.Join(byProgram[program], ", ")))
	}
	if missing := sandbox.Missing(); len(byProgram) > 0 && len(missing) > 0 && c.runner.Mode != sandbox.Off {
		lines = append(lines, "sandbox: "+strings.Join(missing, "; "))
	}
	return lines, err
}

// readerVersion is raised whenever what a reader of our own makes of a document
// may change.
const readerVersion = "6"

// methodFor finds out how a command converts.
func methodFor(extension string, command []string) (*method, error) {
	if len(command) > 1 {
		return &method{extension: extension, preset: preset{program: command[0], args: command[1:]}}, nil
	}
	name := command[0]
	if read := native.Readers()[name]; read != nil {
		return &method{extension: extension, reader: name, read: read}, nil
	}
	for_, ok := presets[name]
	if !ok {
		known := append(slices.Sorted(maps.Keys(presets)), slices.Sorted(maps.Keys(native.Readers()))...)
		return nil, fmt.Errorf("there is no converter %q: use one of %s, off, or a list of a program and its arguments",
			name, strings.Join(known, ", "))
	}
	p, ok := for_(extension)
	if !ok {
		return nil, fmt.Errorf("%s does not read %s: name another converter, or a list of a program and its arguments",
			name, extension)
	}
	return &method{extension: extension, preset: p}, nil
}
