// Package sources is the contract between finpages and the places that
// documents come from.
//
// A run opens a [Source], which fixes the state of the source that the run
// works on ([Snapshot]); lists it, which is cheap and reads no document; and
// loads the few documents that may have changed. Adapters live in packages of
// their own below this one and are held to the contract by sourcestest.
package sources

import (
	"context"
	"errors"
	"time"
)

// Source is a place that documents come from: a folder, a repository, a wiki.
type Source interface {
	// Open fixes the state of the source that one run works on: a commit, an
	// open archive, the root of a folder. It may fetch. An error means that
	// nothing is known about the source: the run fails and deletes nothing.
	// The caller closes the Snapshot; two of one source are never open at once.
	Open(ctx context.Context) (Snapshot, error)
}

// ErrNoDocument, wrapped by an error of Load, means that the entry turned out
// to be no document: its pages leave at once. A renderer that finds nothing to
// show wraps it, too.
var ErrNoDocument = errors.New("not a document")

// Snapshot is a source as one run sees it.
type Snapshot interface {
	// List calls yield for each entry, in an order of its choice, each ID at
	// most once, and reads no document. It keeps no entry, so that memory does
	// not grow with the source. An error from yield ends the listing and is
	// returned as it is.
	//
	// What could not be seen is told in Listing.Incomplete; then List goes on
	// with the rest. An error means that nothing is known about what was not
	// yielded, as if the scope "" were incomplete.
	List(ctx context.Context, yield func(Entry) error) (Listing, error)

	// Close frees what the snapshot holds. Entries cannot be loaded after it.
	Close() error
}

// Entry is one document of a source, listed without reading it.
type Entry struct {
	// ID names the document for as long as it lives, and becomes its page's
	// external_id: a slash path in Unicode NFC, a wiki's page id. Never empty.
	ID string

	// Scope is the part of the source that the entry was found in: a slash
	// path of names (a directory, a space's key), "" for the source as a whole.
	Scope string

	// Revision changes whenever the document's content, as Load would return
	// it, may have changed. Empty means unknown: the document is read every time.
	Revision string

	// URL is the web address at which people read the document, where the
	// source knows it.
	URL string

	// Modified is when the source's document was last changed; zero if unknown.
	Modified time.Time

	// Withheld, when not empty, says why the document must not be in Fin
	// although it exists ("view restricted to group hr"). Its pages leave at
	// once; Load is not called.
	Withheld string

	// Unproven tells that Withheld is an inference: nobody has shut the document,
	// the source refuses to tell whether it may be shown. Its pages then leave
	// within the delete budget, since many refusals at once are more often a
	// right that was lost than a decision about each.
	Unproven bool

	// Excluded, when not empty, says by which rule the document, which was seen,
	// is left out ("excluded by its label \"no-fin\""). Its pages leave in the
	// same run, however incomplete the listing; within the delete budget if it is
	// the rules that have changed. Load is not called. What no run has taken so
	// far may be counted in Listing.Excluded instead. Where another document of
	// the listing has the ID, that one counts.
	Excluded string

	// Revoked, when not empty, says why what Fin has of the document from an
	// earlier run must not stay there ("it includes page 17, which is restricted
	// to group hr"), although the document may. Where its pages cannot be
	// replaced now, by an error whatsoever, they leave at once.
	Revoked string

	// Err, when not nil, says why the document, which exists, cannot be read.
	// Its pages stay as they are, unless Revoked; Load is not called.
	Err error

	// Load reads the document. It may be called from any goroutine, at most
	// once, until the snapshot is closed. An error means that this document
	// cannot be read now, even where it has vanished since the listing: its
	// pages stay as they are.
	Load func(ctx context.Context) (Document, error)
}

// Listing is what List knows once it has yielded all entries.
type Listing struct {
	// Incomplete names the scopes that could not be listed in full. What is
	// known from earlier in them, or in scopes below them, may still exist.
	Incomplete []Incomplete

	// Excluded counts the documents that were seen, left out by rule, and not
	// yielded as an Entry.
	Excluded int

	// Unconverted counts, by extension, those of Excluded that only lack a
	// converter. See [Selection.LeaveOut].
	Unconverted map[string]int
}

// Add adds what was left out in a part of the source.
func (l *Listing) Add(part Listing) {
	l.Excluded += part.Excluded
	for extension, n := range part.Unconverted {
		if l.Unconverted == nil {
			l.Unconverted = map[string]int{}
		}
		l.Unconverted[extension] += n
	}
}

// Incomplete is a scope that could not be listed in full, and why.
type Incomplete struct {
	Scope string // as in Entry.Scope; covers all scopes below it, "" covers all
	Err   error
}

// Format is how a document is written.
type Format string

// The formats that can be rendered. Others are named by the extension of their
// files (".docx"), and converted first.
const (
	Markdown          Format = "markdown"
	MDX               Format = "mdx"
	HTML              Format = "html"
	Content           Format = "html-content" // HTML that holds the document alone, as converters write it
	Text              Format = "text"
	ConfluenceView    Format = "confluence-view"    // rendered HTML: body.view, body.export_view
	ConfluenceStorage Format = "confluence-storage" // XHTML with ac: and ri: elements
	ConfluenceExport  Format = "confluence-export"  // a page file of an HTML space export
)

// ErrNotConverted, wrapped by an error of a converter, means that the document
// may be converted once something else has changed: a program is missing, or
// there was no time.
var ErrNotConverted = errors.New("not converted")

// MaxDocument is the size in bytes above which an adapter refuses to load a
// document, so that no single file decides how much memory a run takes.
const MaxDocument = 16 << 20

// Document is the content of an entry.
type Document struct {
	Format Format
	Body   []byte // as stored: any encoding, with or without a byte order mark

	// Path is where the document lies in its source, as a slash path from the
	// root of what the source lists. Relative links start from it, and it
	// gives a title to a document that has none. Empty for documents that
	// have no path, such as a wiki's.
	Path string

	// Title is the title that the source keeps beside the content, as wikis
	// do. Empty means that the content tells.
	Title string

	// Parent is the ID of the document that this one is attached to: people read
	// it there, so {id} in page_url stands for that one. Empty for all others.
	Parent string

	// Address returns the absolute web address of what the document names
	// where others hold an address; "" if it cannot tell. It gives the same
	// answer for as long as the document has the same revision. Nil for
	// formats other than ConfluenceStorage.
	Address func(Reference) string

	// Attached are files that the document shows where their marks stand in its
	// body, for whoever converts it: nobody else gets any.
	Attached []Attached

	// Find returns the path of the document that a reference means, for sources
	// whose documents name each other by titles or ids; "" if there is none. Nil
	// for formats other than ConfluenceExport.
	Find func(Reference) string
}

// Attached is a file that belongs to a document.
type Attached struct {
	Name string
	Body []byte
	Mark string // an element of the document's body
}

// Reference names a page of a wiki, or a file that is attached to one.
type Reference struct {
	ID    string // of the page or blog post; "" where it is named by title
	Space string // key; "" is the space of the page that refers
	Title string // "" with an empty ID is the page that refers
	File  string // the name of the page's attachment; "" is the page itself
}
