// Package confluenceexport reads the pages of an HTML export of Confluence
// spaces, a folder or a zip archive, where it lies: nothing is unpacked.
//
// A page is an .html file that is no space's index.html and lies outside of
// the folders attachments, images, styles, download and thumbnails. Its entry
// ID is the page id that Confluence writes into the file's name
// (Title_37323040.html, 37323040.html) or that a page saved from a wiki has in
// its markup, else its path. The folder that a page lies in is its scope; an
// export of several spaces has one for each.
//
// The files in the folder attachments are documents, too, if the options say so:
// the entry ID of attachments/PAGE/ATTACHMENT.ext is "att" and the attachment's id.
package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"finpages/sources"
)

// Options configures an export as a source.
type Options struct {
	Path              string `yaml:"path"`        // the export's folder or zip archive
	Space             string `yaml:"space"`       // name to take off the front of titles; empty: as the export tells
	Attachments       bool   `yaml:"attachments"` // take files that are attached to pages
	sources.Selection `yaml:",inline"`
}

// NewOptions returns the defaults: every page of the export.
func NewOptions() *Options { return &Options{} }

// Validate implements [sources.Options].
func (o *Options) Validate() []sources.Fault {
	faults := o.Faults()
	if o.Path == "" {
		faults = append(faults, sources.Fault{Field: "path",
			Message: "missing: name the folder or zip archive of a Confluence HTML export"})
	}
	return faults
}

// Build implements [sources.Options].
func (o *Options) Build(env sources.Env) (sources.Source, error) {
	e := &Export{path: env.Path(o.Path), space: strings.Join(strings.Fields(o.Space), " "), selection: o.Selection,
		attachments: o.Attachments}
	e.selection.Formats = env.Formats
	return e, nil
}

// Export is an HTML export of Confluence spaces.
type Export struct {
	path  string
	space string

	selection   sources.Selection
	attachments bool
}

var (
	_ sources.Source     = (*Export)(nil)
	_ sources.Explainer  = (*Export)(nil)
	_ sources.Checker    = (*Export)(nil)
	_ sources.Locator    = (*Export)(nil)
	_ sources.Snapshot   = (*snapshot)(nil)
	_ sources.Revisioned = (*snapshot)(nil)
)

// Open implements [sources.Source]. Of a zip archive it reads the directory,
// so that one that is truncated or broken is an error and not a shorter list.
func (e *Export) Open(ctx context.Context) (sources.Snapshot, error) {
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (e *Export) open(ctx context.Context) (*snapshot, error) {
	files, err := e.container(ctx)
	if err == nil && files.has(xmlExport) {
		err = errors.Join(errXML, files.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("open Confluence export %s: %w", e.path, err)
	}
	return &snapshot{files: files, name: e.space, rules: rules{e.selection, files.exists, e.attachments}}, nil
}

func (e *Export) container(ctx context.Context) (container, error) {
	info, err := os.Stat(e.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("it does not exist: correct confluence_export.path, or put the export there")
	case err != nil:
		return nil, err
	case info.IsDir():
		return openFolder(e.path, rules{Selection: e.selection, attachments: e.attachments})
	case info.Mode().IsRegular():
		return openArchive(ctx, e.path, rules{Selection: e.selection, attachments: e.attachments})
	}
	return nil, errors.New("neither a folder nor a file: correct confluence_export.path")
}
