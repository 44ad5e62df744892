package convert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"finpages/sources"
	"finpages/sources/convert/native"
	"finpages/sources/convert/sandbox"
)

// ReadCommand is the hidden subcommand of finpages that calls [Read].
const ReadCommand = "read-document"

// readLimits are what a document may take that a reader of our own reads: the
// libraries below some of them can be made to take hours, and all memory.
var readLimits = sandbox.Limits{Time: 30 * time.Second, Memory: 512 << 20}

// handed is a document on its way to the process that reads it, and back.
type handed struct {
	Format sources.Format
	Path   string
	Title  string
	Body   []byte
	Notes  []string `json:",omitempty"`

	Attached []sources.Attached `json:",omitempty"`
	Error    string             `json:",omitempty"`
	None     bool               `json:",omitempty"` // the error is [sources.ErrNoDocument]
}

// Read reads a document with the named reader, for a process that waits for it.
func Read(name string, in io.Reader, out io.Writer) error {
	debug.SetMemoryLimit(readLimits.Memory * 3 / 4)
	var h handed
	if err := json.NewDecoder(in).Decode(&h); err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	m := method{read: native.Find(name)}
	if m.read == nil {
		return fmt.Errorf("there is no reader %q", name)
	}
	doc, notes, err := m.readSafely(sources.Document{Format: h.Format, Path: h.Path, Title: h.Title, Body: h.Body})
	h = handed{Format: doc.Format, Title: doc.Title, Body: doc.Body, Notes: notes, Attached: doc.Attached}
	if err != nil {
		h = handed{Error: err.Error(), None: errors.Is(err, sources.ErrNoDocument)}
	}
	return json.NewEncoder(out).Encode(h)
}

// readApart has a process of its own read a document: what it takes is bounded.
func (c *Converter) readApart(
	ctx context.Context, m *method, doc sources.Document,
) (sources.Document, []string, error) {
	if err := c.wait(ctx); err != nil {
		return doc, nil, err
	}
	defer func() { <-c.busy }()
	input, err := json.Marshal(handed{Format: doc.Format, Path: doc.Path, Title: doc.Title, Body: doc.Body})
	if err != nil {
		return doc, nil, err
	}
	runner := c.runner
	if runner.Mode == sandbox.Required {
		runner.Mode = sandbox.Best // these readers are no programs of others
	}
	res, err := runner.Run(ctx, sandbox.Program{Path: sandbox.Self(), Args: []string{ReadCommand, m.reader},
		Input: input, Limits: c.limits})
	switch {
	case err != nil && ctx.Err() != nil:
		return doc, nil, fmt.Errorf("%w: %w", sources.ErrNotConverted, err)
	case err != nil && lacksMemory(res.Messages):
		return doc, nil, fmt.Errorf("it needs more than %d MiB of memory to be read: split it, or exclude it",
			c.limits.Memory>>20)
	case err != nil:
		return doc, nil, fmt.Errorf("read as %s: %w: split it, or exclude it", m.reader, err)
	}
	var got handed
	if err := json.NewDecoder(bytes.NewReader(res.Output)).Decode(&got); err != nil {
		return doc, nil, fmt.Errorf("read as %s: %w", m.reader, err)
	}
	switch {
	case got.None:
		text := strings.TrimPrefix(got.Error, sources.ErrNoDocument.Error()+": ")
		return doc, nil, fmt.Errorf("%w: %s", sources.ErrNoDocument, text)
	case got.Error != "":
		return doc, nil, errors.New(got.Error)
	}
	doc.Format, doc.Title, doc.Body, doc.Attached = got.Format, got.Title, got.Body, got.Attached
	return doc, got.Notes, nil
}

// lacksMemory tells by its last words whether a process had too little memory.
func lacksMemory(messages string) bool {
	for _, words := range []string{"out of memory", "cannot allocate memory", "pthread_create failed"} {
		if strings.Contains(messages, words) {
			return true
		}
	}
	return false
}
