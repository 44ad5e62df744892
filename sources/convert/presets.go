package convert

import (
	"bytes"
	"fmt"
	"strings"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// preset is a program with arguments that were tried.
type preset struct {
	program     string
	args        []string
	since       string // the version that has the arguments newArgs, which come first
	newArgs     []string
	packages    string         // that have it, of Debian
	versionFlag string         // "" is --version
	ignored     *regexp.Regexp // what it says that is no loss; nil: nothing
	after       func(*sources.Document) error

	// For programs that read and write files in a folder of their own; result is
	// the file that they write, which then is read by the reader, if there is one.
	file, result, reader string
	reads                []string // folders beside the system's own
	includes             func(*gathered, sources.Others)
	isText               bool // it reads text, and that in UTF-8 alone
	labels               func(body []byte) map[string]string
	quiet                bool // what it says beside its output is nothing for people
}

func (p preset) hint() string {
	if p.packages == "" {
		return "install it, or correct convert in the config"
	}
	return fmt.Sprintf("install it (Debian: %s), or correct convert in the config", p.packages)
}

// theFile in an argument stands for the path of the document's file.
const theFile = "{document}"

// presetVersion is raised whenever what a preset makes of a document may change.
const presetVersion = "7"

// presets by their names in the config; each says what it does for an extension.
var presets = map[string]func(extension string) (preset, bool){
	"pandoc": pandoc,
	"asciidoctor": only(preset{program: "asciidoctor", packages: "asciidoctor", after: inBody, includes: asciidocIncludes, isText: true,
		// safe: it reads files below its folder alone, where there are none but those that the document includes
		args: []string{"-S", "safe", "-b", "html5", "-e", "-a", "showtitle", "-a", "reproducible", "-a", "stylesheet!",
			"-a", "source-highlighter!", "-a", "partialsdir=partial$@", "-a", "examplesdir=example$@", "-a", "icons!",
			"-a", "experimental@", "-a", "data-uri!", "-a", "toc!", "-a", "allow-uri-read!", "-o", "-", theFile}},
		".adoc", ".asciidoc", ".asc"),
	"docutils": only(preset{program: "rst2html5", packages: "python3-docutils", after: docutilsBody, includes: rstIncludes,
		labels: rstLabels, isText: true,
		args: []string{"--no-file-insertion", "--strip-comments", "--no-generator", "--no-datestamp",
			"--no-source-link", "--stylesheet=", "--report=5", "--halt=5", "--syntax-highlight=none",
			"--initial-header-level=2", "--math-output=LaTeX", "--input-encoding=utf-8:replace",
			"--output-encoding=utf-8"}},
		".rst"),
	"poppler": only(preset{program: "pdftotext", packages: "poppler-utils", versionFlag: "-v", after: pdfPages,
		since: "21.03", newArgs: []string{"-cropbox"}, // what lies outside of a page's visible part stays out
		args: []string{"-bbox-layout", "-enc", "UTF-8", "-", "-"}}, ".pdf"),
	"libreoffice": libreOffice,
}

// suggested are the presets for documents that nobody configured a converter for.
var suggested = map[string]string{
	".docx": "pandoc", ".docm": "pandoc", ".dotx": "pandoc", ".rtf": "pandoc", ".mediawiki": "pandoc", ".textile": "pandoc",
	".tex": "pandoc", ".dbk": "pandoc", ".docbook": "pandoc", ".opml": "pandoc",
	".doc": "libreoffice", ".xls": "libreoffice", ".ods": "libreoffice", ".ppt": "libreoffice", ".pptx": "libreoffice",
	".pps": "libreoffice", ".ppsx": "libreoffice", ".pptm": "libreoffice", ".xlsb": "libreoffice",
	".adoc": "asciidoctor", ".asciidoc": "asciidoctor", ".rst": "docutils", ".pdf": "poppler",
}

func only(p preset, extensions ...string) func(string) (preset, bool) {
	return func(extension string) (preset, bool) {
		for _, e := range extensions {
			if e == extension {
				return p, true
			}
		}
		return preset{}, false
	}
}

// pandocFormats are pandoc's names of formats by the extensions of their files.
var pandocFormats = map[string]string{
	".docx": "docx", ".docm": "docx", ".dotx": "docx", ".odt": "odt", ".rtf": "rtf", ".rst": "rst", ".mediawiki": "mediawiki",
	".wiki": "mediawiki", ".textile": "textile",
	".tex": "latex", ".dbk": "docbook", ".docbook": "docbook", ".opml": "opml", ".org": "org", ".epub": "epub",
	".ipynb": "ipynb", ".fb2": "fb2", ".t2t": "t2t", ".muse": "muse",
}

// translations of pandoc's own words lie where its sandbox reads nothing.
var translations = regexp.MustCompile(`translations|has no translation defined`)

// textsOfPandoc mend texts of a format.
var textsOfPandoc = map[string]func(*gathered, sources.Others){
	"mediawiki": wikiTables, "textile": textileShown, "latex": texShown,
}

func pandoc(extension string) (preset, bool) {
	format, ok := pandocFormats[extension]
	p := preset{program: "pandoc", packages: "pandoc", after: pandocBody, ignored: translations,
		// sandbox: no includes, no files; standalone, so that the title is there
		args: []string{"--sandbox", "-f", format, "-t", "html5", "-s", "--wrap=none", "--no-highlight", "-M",
			"pagetitle=-"}}
	switch extension {
	case ".rst", ".mediawiki", ".wiki", ".textile", ".tex", ".org", ".t2t", ".muse":
		p.isText = true
		p.includes = textsOfPandoc[format]
	case ".docx", ".docm", ".dotx":
		p.includes = docxParts
	case ".odt":
		p.includes = odtParts
	case ".rtf":
		p.includes = rtfFields
	case ".opml":
		p.includes = opmlMarks
	case ".dbk", ".docbook":
		p.includes = docbookShown
	}
	return p, ok
}

// inBody is for fragments: nothing about them is changed.
func inBody(doc *sources.Document) error {
	doc.Format = sources.Content
	return nil
}

// pandocBody keeps the title and the body of a page by pandoc.
func pandocBody(doc *sources.Document) error {
	return keepBody(doc, func(n *html.Node) bool {
		return n.DataAtom == atom.Header && attribute(n, "id") == "title-block-header"
	}, captionsOfFiles)
}

// captionsOfFiles shows the captions of figures that are no pictures for Pandoc, such
// as a PDF: it hides captions, as a picture's alternative text says the same.
func captionsOfFiles(body *html.Node) {
	var embedded *html.Node
	for n := range body.Descendants() {
		if n.DataAtom == atom.Embed {
			embedded = n
		}
		if n.DataAtom == atom.Figcaption && embedded != nil && embedded.Parent == n.Parent {
			n.Attr = nil
		}
	}
}

// docutilsBody keeps the body of a page by docutils.
func docutilsBody(doc *sources.Document) error {
	doc.Body = bytes.ReplaceAll(doc.Body, []byte(`<span class="classifier">`), []byte(`<span class="classifier"> : `))
	return keepBody(doc, func(n *html.Node) bool {
		for d := range n.Descendants() {
			if d.DataAtom == atom.Span && attribute(d, "class") == "docutils literal" {
				d.DataAtom, d.Data, d.Attr = atom.Code, "code", nil
			}
		}
		return false
	}, nil)
}

// keepBody leaves what the body of a page holds. What is head stands for its
// title alone; edit, if it is not nil, changes the rest before.
func keepBody(doc *sources.Document, isHead func(*html.Node) bool, edit func(body *html.Node)) error {
	root, err := html.Parse(bytes.NewReader(doc.Body))
	if err != nil {
		return err
	}
	var body *html.Node
	for n := range root.Descendants() {
		if n.DataAtom == atom.Body {
			body = n
			break
		}
	}
	if body == nil {
		return fmt.Errorf("its page has no body")
	}
	if edit != nil {
		edit(body)
	}
	var out bytes.Buffer
	for child := range body.ChildNodes() {
		if isHead(child) {
			writeHead(&out, child)
			continue
		}
		if err := html.Render(&out, child); err != nil {
			return err
		}
	}
	doc.Format, doc.Body = sources.Content, out.Bytes()
	return nil
}

// writeHead writes a title with what stands below it: a subtitle, authors, a date.
func writeHead(out *bytes.Buffer, head *html.Node) {
	for n := range head.Descendants() {
		if n.DataAtom == atom.H1 || n.DataAtom == atom.P {
			fmt.Fprintf(out, "<%[1]s>%[2]s</%[1]s>\n", n.Data, html.EscapeString(textOf(n)))
		}
	}
}

func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
