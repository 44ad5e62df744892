package sources

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What a source or snapshot may offer beyond the contract. Each is asked for
// by a type assertion; none is needed.

// Revisioned is a Snapshot that knows a revision of the whole source, such as
// a commit. When revision and settings are those of the last clean run, the
// run ends without a listing.
type Revisioned interface {
	Revision() string // "" if unknown
}

// URLVariables is a Snapshot that knows values for page_url beyond {path},
// {stem}, {dir} and {id}, alike for all entries: Git's ref and commit.
type URLVariables interface {
	Variables() map[string]string
}

// Prefetcher is a Snapshot that loads many entries cheaper together than one
// by one. Prefetch is called at most once, after List and before the first
// Load, with the entries that will be loaded. After an error the entries may
// still be loaded one by one.
type Prefetcher interface {
	Prefetch(ctx context.Context, entries []Entry) error
}

// Mover is a Snapshot that can tell a document that was renamed from one that
// was deleted while another was created.
type Mover interface {
	// Moves returns the old ID by the new one for all documents that were
	// renamed, their content alike, since the snapshot with the Revision
	// since. Where that is no longer known, it returns none.
	Moves(ctx context.Context, since string) (map[string]string, error)
}

// Confirmer is a Snapshot that can look at a single document. It is asked about
// each that List did not yield before its pages are deleted: what moves within a
// source while that is listed can be missed, and what moves into a part that
// cannot be listed is not seen at all.
type Confirmer interface {
	// Gone tells whether the document with the ID, once List has returned
	// without it, is none of the source's. Where its error leaves that open, the
	// document's pages stay.
	Gone(ctx context.Context, id string) (bool, error)
}

// Includer is a Snapshot whose documents may include other documents and files of
// the source.
type Includer interface {
	// Include returns what lies at a slash path, as an entry with a Revision and
	// Load, once List has returned; false if there is nothing. What a pattern or a
	// hidden name leaves out is not there, so that no document brings it out (see
	// [Selection.Includes]); it
	// need not be a document, though. An error means that there is something that
	// cannot be looked at now. It may be called from any goroutine.
	Include(ctx context.Context, path string) (Entry, bool, error)
}

// Prober is a Snapshot that can tell what lies beside its documents and above
// them, whatever its rules leave out: the settings of a documentation tool tell
// which dialect documents are written in.
type Prober interface {
	// Exists tells whether a file or folder lies at a slash path, which may begin
	// with "../" to lead to the folders above the source's, once List has returned.
	// It reads nothing of what is there. It may be called from any goroutine.
	Exists(ctx context.Context, path string) (bool, error)
}

// Namer is a Prober whose List sees the names of all that lies in the folders that
// it reads, whatever its rules leave out.
type Namer interface {
	Prober
	// Names returns a digest of the paths and kinds of all that the first List has
	// seen; "" if it could not read all folders, or none has returned.
	Names() string
	// Saw tells, where Names does not return "", whether that List has seen something
	// at a slash path; known is false where it has not looked. It may be called from
	// any goroutine.
	Saw(path string) (there, known bool)
}

// Explainer is a Source that can say what its rules make of a document that
// is not among its entries.
type Explainer interface {
	// Explain says in one sentence why the document with the ID or path is
	// left out ("excluded by the pattern \"drafts/**\""); "" if the rules do
	// not leave it out.
	Explain(ctx context.Context, id string) (string, error)
}

// Checker is a Source that can say whether it is ready, without a run.
type Checker interface {
	// Check returns what was found to work, a line each for people
	// ("git 2.39.5", "space OPS: 120 pages"). Its error names what does not
	// work, and how to mend it; one that wraps ErrNothingFound is a warning.
	Check(ctx context.Context) ([]string, error)
}

// ErrNothingFound, wrapped by an error of Check, means that the source can be
// reached and read, and holds no document.
var ErrNothingFound = errors.New("no document found")

// Tally is how many documents a source has, for people.
type Tally struct {
	Documents   int
	Excluded    int            // left out by rules
	Unconverted map[string]int // of these, by extension, what lacks a converter
}

// Count lists a snapshot for Check. The error tells of scopes that could not be
// listed in full, too.
func Count(ctx context.Context, snap Snapshot) (t Tally, err error) {
	listing, err := snap.List(ctx, func(e Entry) error {
		if e.Excluded != "" {
			t.Excluded++
		} else {
			t.Documents++
		}
		return nil
	})
	for _, in := range listing.Incomplete {
		err = errors.Join(err, in.Err)
	}
	t.Add(listing)
	return t, err
}

// Add adds what was left out.
func (t *Tally) Add(l Listing) {
	sum := Listing{Excluded: t.Excluded, Unconverted: t.Unconverted}
	sum.Add(l)
	t.Excluded, t.Unconverted = sum.Excluded, sum.Unconverted
}

func (t Tally) String() string { return t.Of("documents") }

// Of is String with another word for documents.
func (t Tally) Of(documents string) string {
	text := fmt.Sprintf("%d %s, %d left out by rule", t.Documents, documents, t.Excluded)
	if kinds := Kinds(t.Unconverted); kinds != "" {
		text += ", of these for want of a converter: " + kinds + " (see convert in the config)"
	}
	return text
}

// Kinds lists how many documents there are of each extension: "2 .docx, 1 .pdf".
func Kinds(byExtension map[string]int) string {
	var kinds []string
	for _, extension := range slices.Sorted(maps.Keys(byExtension)) {
		kinds = append(kinds, fmt.Sprintf("%d %s", byExtension[extension], extension))
	}
	return strings.Join(kinds, ", ")
}

// Locator is a Source that knows the ID of a document by what people call it,
// such as a path on this machine, but not by its address.
type Locator interface {
	Locate(ref string) (id string, ok bool)
}

// Linker is a Snapshot whose entries' IDs are not their paths. Link returns
// the ID of the entry that lies at a slash path, or of its [Document.Parent],
// once List has returned.
type Linker interface {
	Link(path string) (id string, ok bool)
}

// URLPlaceholders is an Options whose Source fills in more than {path}, {stem},
// {dir} and {id} in page_url: the names of what [URLVariables] gives.
type URLPlaceholders interface {
	Placeholders() []string
}

// Watcher is a Source that notices changes by itself, where its options ask
// for that. Watch calls changed, perhaps many times for one change, until ctx
// ends; it returns nil at once if it was not asked for.
type Watcher interface {
	Watch(ctx context.Context, changed func()) error
}
