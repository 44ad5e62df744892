package native

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/charset"

	"github.com/jhillyerd/enmime/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What is read of the files that are attached to a message.
const (
	maxAttached  = 50      // files
	maxAttachedB = 8 << 20 // bytes of HTML, all in all
	maxForwarded = 3       // messages within each other
)

// attachments writes the text of a message's attachments, each under a heading
// with its name. Those that have none, or need a program to be read, are noted.
func (m *markup) attachments(env *enmime.Envelope, depth int) (notes []string) {
	read := 0
	for _, part := range attachedTo(env) {
		name := part.FileName
		if name == "" {
			name = "message.eml"
		}
		if readerOf(name) == nil {
			notes = append(notes, fmt.Sprintf("the attachment %q is left out", name))
			continue
		}
		var text markup
		var err error
		if read++; read > maxAttached {
			err = fmt.Errorf("%d others are read", maxAttached)
		} else {
			var more []string
			more, err = text.attachment(name, part.Content, depth)
			for _, note := range more {
				notes = append(notes, fmt.Sprintf("in the attachment %q: %s", name, note))
			}
		}
		if err == nil && m.Len()+text.Len() > maxAttachedB {
			err = errors.New("the message is too long with it")
		}
		if err != nil {
			notes = append(notes, fmt.Sprintf("the attachment %q is left out: %v", name, err))
			continue
		}
		m.element("h2", name)
		m.WriteString(text.String())
	}
	return notes
}

// attachedTo are the files that people see beside a message: those that are
// shown within it are pictures, if they have no text, and need no note.
func attachedTo(env *enmime.Envelope) []*enmime.Part {
	list := slices.Clone(env.Attachments)
	for _, part := range env.Inlines {
		if part.FileName != "" && readerOf(part.FileName) != nil {
			list = append(list, part)
		}
	}
	for _, part := range env.OtherParts {
		if part.ContentType == "message/rfc822" {
			list = append(list, part)
		}
	}
	return list
}

func readerOf(name string) Reader {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".txt", ".md", ".markdown", ".html", ".htm":
		return asItIs
	default:
		return Find(byExtension[ext])
	}
}

// byExtension are the readers of formats that no program need convert.
var byExtension = map[string]string{
	".ipynb": "notebook", ".csv": "csv", ".tsv": "tsv", ".xlsx": "excel", ".epub": "epub",
	".eml": "mail", ".mht": "mail", ".mhtml": "mail", ".org": "org",
}

// ByExtension returns the names of the readers of formats that no program need
// convert, by their extensions in lower case.
func ByExtension() map[string]string { return maps.Clone(byExtension) }

// asItIs reads formats that are rendered as they are.
func asItIs(doc sources.Document) (sources.Document, []string, error) {
	doc.Format, _ = sources.FormatOf(doc.Path)
	if doc.Format == sources.HTML {
		return doc, nil, nil
	}
	text, err := charset.Text(doc.Body, false)
	if err != nil {
		return doc, nil, err
	}
	if doc.Format == sources.Text {
		var m markup
		m.paragraphs(text)
		return m.document(doc, ""), nil, nil
	}
	return markdown(doc, text), nil, nil
}

// attachment writes what is in a file, with its headings below that of the file.
func (m *markup) attachment(name string, body []byte, depth int) (notes []string, err error) {
	read := readerOf(name)
	if byExtension[strings.ToLower(path.Ext(name))] == "mail" {
		if depth == maxForwarded {
			return nil, fmt.Errorf("it is the message in %d others", depth)
		}
		read = func(doc sources.Document) (sources.Document, []string, error) { return message(doc, depth+1) }
	}
	doc, notes, err := read(sources.Document{Path: name, Body: body})
	if err != nil {
		return nil, err
	}
	if doc.Format == sources.Markdown {
		var out bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(doc.Body, &out); err != nil {
			return nil, err
		}
		doc.Body = out.Bytes()
	}
	return notes, below(doc.Body, 2, m)
}

// below writes the body of a page whose headings are so many levels deeper.
func below(data []byte, levels int, out *markup) error {
	return eachOf(data, func(n *html.Node) error {
		lower(n, levels)
		for h := range n.Descendants() {
			lower(h, levels)
		}
		return html.Render(out, n)
	})
}

func lower(n *html.Node, levels int) {
	if i := slices.Index(headings, n.DataAtom); n.Type == html.ElementNode && i >= 0 {
		n.DataAtom = headings[min(i+levels, len(headings)-1)]
		n.Data = n.DataAtom.String()
	}
}

var headings = []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}
