package native

import (
	"bytes"
	"cmp"
	"crypto/sha256"
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
	maxAttached  = 50       // files
	maxFilesB    = 16 << 20 // bytes of files that are not read here, all in all
	maxAttachedB = 8 << 20  // bytes of HTML, all in all
	maxForwarded = 3        // messages within each other
)

// attachments writes the text of a message's attachments, each under a heading
// with its name. Of those that a program may read it writes the marks, and returns
// the files. Those that have no text are noted.
func (m *markup) attachments(env *enmime.Envelope, depth int) (files []sources.Attached, notes []string) {
	read, left := 0, maxFilesB
	for _, part := range attachedTo(env) {
		name := nameOf(part)
		if isReadBy := readerOf(name) != nil; !isReadBy && (hasNoText(part) || len(part.Content) > left || read >= maxAttached) {
			notes = append(notes, fmt.Sprintf("the attachment %q is left out", name))
			continue
		} else if !isReadBy {
			read++
			left -= len(part.Content)
			file := sources.Attached{Name: name, Body: part.Content, Mark: markOf(name, part.Content)}
			m.WriteString(file.Mark)
			files = append(files, file)
			continue
		}
		var text markup
		var err error
		if read++; read > maxAttached {
			err = fmt.Errorf("%d others are read", maxAttached)
		} else {
			var more []string
			var inner []sources.Attached
			inner, more, err = text.attachment(name, part.Content, depth)
			files = append(files, inner...)
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
	return files, notes
}

// hasNoText tells files whose type no converter reads.
func hasNoText(part *enmime.Part) bool {
	kind, _, _ := strings.Cut(part.ContentType, "/")
	return slices.Contains([]string{"image", "audio", "video", "font"}, kind) || path.Ext(part.FileName) == ""
}

func markOf(name string, body []byte) string {
	return fmt.Sprintf(`<p id="attached-%x"></p>`, sha256.Sum256(slices.Concat([]byte(name), []byte{0}, body)))
}

// Show puts what became of an attached file in the place of its mark, under a
// heading with its name.
func Show(doc *sources.Document, file sources.Attached, as sources.Document) error {
	var m markup
	m.element("h2", file.Name)
	if as.Format == sources.Text {
		as.Body = []byte("<pre>" + html.EscapeString(string(as.Body)) + "</pre>")
	}
	if err := m.below(as); err != nil {
		return err
	}
	if len(doc.Body)+m.Len() > maxAttachedB {
		return errors.New("the message is too long with it")
	}
	at := bytes.LastIndex(doc.Body, []byte(file.Mark))
	if at < 0 {
		return errors.New("the message has lost its place")
	}
	doc.Body = slices.Concat(doc.Body[:at], []byte(m.String()), doc.Body[at+len(file.Mark):])
	return nil
}

// attachedTo are the files that people see beside a message: those that are
// shown within it are pictures, if they have no text, and need no note.
func attachedTo(env *enmime.Envelope) []*enmime.Part {
	list := slices.Clone(env.Attachments)
	for _, part := range env.Inlines {
		if isMessage(part) || part.FileName != "" && readerOf(part.FileName) != nil {
			list = append(list, part)
		}
	}
	for _, part := range env.OtherParts {
		if isMessage(part) || part.ContentType == calendarType {
			list = append(list, part)
		}
	}
	return list
}

const calendarType = "text/calendar"

func isMessage(part *enmime.Part) bool { return part.ContentType == "message/rfc822" }

// nameOf returns the name of a file, with an extension that tells what it is.
func nameOf(part *enmime.Part) string {
	name, extension := part.FileName, ""
	switch {
	case readerOf(name) != nil:
	case isMessage(part):
		name, extension = cmp.Or(name, "message"), ".eml"
	case part.ContentType == calendarType:
		name, extension = cmp.Or(name, "invitation"), ".ics"
	case part.ContentType == "text/plain" && path.Ext(name) == "":
		extension = ".txt"
	}
	return name + extension
}

func readerOf(name string) Reader {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".ics":
		return calendar
	case ".txt", ".md", ".markdown", ".html", ".htm":
		return asItIs
	default:
		return Find(byExtension[ext])
	}
}

// byExtension are the readers of formats that no program need convert.
var byExtension = map[string]string{
	".ipynb": "notebook", ".csv": "csv", ".tsv": "tsv", ".xlsx": "excel", ".xlsm": "excel", ".xltx": "excel", ".epub": "epub",
	".eml": "mail", ".mht": "mail", ".mhtml": "mail", ".org": "org",
	".odp": "slides", ".odt": "odt", ".ott": "odt", ".fodt": "odt", ".fodp": "slides",
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
func (m *markup) attachment(
	name string, body []byte, depth int,
) (files []sources.Attached, notes []string, err error) {
	read := readerOf(name)
	if byExtension[strings.ToLower(path.Ext(name))] == "mail" {
		if depth == maxForwarded {
			return nil, nil, fmt.Errorf("it is the message in %d others", depth)
		}
		read = func(doc sources.Document) (sources.Document, []string, error) { return message(doc, depth+1) }
	}
	doc, notes, err := read(sources.Document{Path: name, Body: body})
	if err != nil {
		return nil, nil, err
	}
	return doc.Attached, notes, m.below(doc)
}

// below writes a page with its headings below that of the file.
func (m *markup) below(doc sources.Document) error {
	const levels = 2
	if doc.Format == sources.Markdown {
		var out bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(doc.Body, &out); err != nil {
			return err
		}
		doc.Body = out.Bytes()
	}
	return eachOf(doc.Body, func(n *html.Node) error {
		lower(n, levels)
		for h := range n.Descendants() {
			lower(h, levels)
		}
		return html.Render(m, n)
	})
}

func lower(n *html.Node, levels int) {
	if i := slices.Index(headings, n.DataAtom); n.Type == html.ElementNode && i >= 0 {
		n.DataAtom = headings[min(i+levels, len(headings)-1)]
		n.Data = n.DataAtom.String()
	}
}

var headings = []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}
