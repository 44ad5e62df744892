package dialect

import (
	"strings"

	"finpages/ingest/render/internal/frontmatter"
)

// Document is a text whose dialects are read: first the blocks, of which
// [Document.Blocks] makes Markdown, then what stands within its paragraphs,
// where Markdown's parser asks [Document.Inline].
type Document struct {
	source    string            // the whole text
	starts    *starts           // here, as the rules themselves ask for it
	seen      map[string]bool   // what it holds, by what was looked for
	jsx       bool              // holds JSX
	mdx       bool              // holds no indented code
	labels    map[string]string // of tabs, by their value
	js        *program          // of its expressions; nil before one was read
	constant  map[string]string // texts that MDX exports, by their names
	partials  map[string]string // files, by the component that is imported from them
	places    map[string]string // titles of places, by their names; nil before they were looked for
	tips      map[string]string // what is shown behind a component that is open
	calls     map[string]int    // those that are open
	includes  Includes
	warn      func(string)
	tool      string                 // that it is said to be written for
	asked     bool                   // for the tool
	searched  int                    // lines looked through for closing tags
	included  int                    // bytes of other files
	templates map[string]ownTemplate // of the site's own calls, by their names
	made      map[string]string      // what such calls stand for
	loaded    int                    // other files
}

// Includes loads what a document includes from its own source. The zero value
// knows no file.
type Includes struct {
	// Path is that of the document within the source.
	Path string
	// Load returns the text of the file that a reference within the file
	// named from leads to, and the file's own path; "" if there is none.
	Load func(from, ref string) (text, path string)
	// IsKeptOut tells of a reference that Load does not follow whether its file is there.
	// Nil does not know.
	IsKeptOut func(from, ref string) bool
	// Note returns the text of the note of that name, wherever it lies, and its
	// path; "" if there is none. Nil looks where Load does.
	Note func(from, name string) (text, path string)
	// IsNote tells whether there is a note of that name. Nil knows none.
	IsNote func(name string) bool
	// Reference returns the title and path of the document that bears a uid of
	// DocFX; path is "" if there is none. Nil knows none.
	Reference func(uid string) (title, path string)
	// Tool names the tool, of [Tools], that the document is said to be written
	// for; "" if nobody says. Nil knows nothing.
	Tool func() string
	// IsNamed says that the config names the tool.
	IsNamed bool
	// Value returns the text that a name stands for: "page.title" in the
	// document's own front matter, "site.data.file.key" in its site's settings.
	// Nil knows none.
	Value func(name string) (string, bool)
	// Front is what the document's front matter says, by its keys in lower case.
	Front frontmatter.Fields
	// Module returns the text of the file that a module's import leads to, and its own
	// path; "" if there is none. Nil knows no file.
	Module func(from, ref string) (text, path string)
	// Storage turns elements in Confluence's storage format into HTML, as
	// tools that write to wikis let authors put them into Markdown.
	Storage func(markup string) string
}

// Read prepares a text whose lines end in "\n". With mdx set, it is Markdown
// with JSX. warn is told what is left out.
func Read(text string, mdx bool, includes Includes, warn func(string)) *Document {
	return &Document{
		source:   text,
		starts:   &byStart,
		seen:     map[string]bool{},
		jsx:      mdx || hasImport(text),
		mdx:      mdx,
		labels:   map[string]string{},
		constant: map[string]string{},
		partials: map[string]string{},
		tips:     map[string]string{},
		calls:    map[string]int{},
		includes: includes,
		warn:     warn,
	}
}

// Blocks rewrites the blocks that dialects add to Markdown.
func (d *Document) Blocks() string {
	r := &rewriter{Document: d, path: d.includes.Path}
	r.lines(strings.Split(ForAll(d.source, d.warn), "\n"), 0)
	return r.out.String()
}

// Warn tells people what was lost.
func (d *Document) Warn(text string) { d.warn(text) }

// grow adds the text of another file, which holds what it is asked for, too.
func (d *Document) grow(text string) {
	d.source += "\n" + text
	for key, found := range d.seen {
		if found {
			continue
		}
		if tool, isHand := strings.CutPrefix(key, handKey); isHand {
			d.seen[key] = isShown(tool, text)
		} else {
			d.seen[key] = strings.Contains(text, key)
		}
	}
}

// has tells whether the document holds s anywhere.
func (d *Document) has(s string) bool {
	found, known := d.seen[s]
	if !known {
		found = strings.Contains(d.source, s)
		d.seen[s] = found
	}
	return found
}
