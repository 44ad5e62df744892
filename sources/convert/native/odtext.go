package native

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"finpages/sources"
	"finpages/sources/limits"
)

// openText turns a text in OpenDocument, flat or not, into HTML. What is hidden or
// was deleted, comments, and the heads and feet of pages stay out. See
// https://docs.oasis-open.org/office/OpenDocument/v1.3/.
func openText(doc sources.Document) (sources.Document, []string, error) {
	r := odtReader{styles: map[string]odtStyle{}, lists: map[string]odtLevels{}, last: map[string]int{},
		notes: &markup{}, file: path.Base(doc.Path)}
	if err := r.document(doc.Body); err != nil {
		return doc, nil, fmt.Errorf("read text: %w", err)
	}
	if r.notes.Len() > 0 {
		r.out.WriteString("<hr>\n" + r.notes.String())
	}
	if r.out.Len() == 0 {
		return doc, nil, errors.New("read text: it shows no text")
	}
	if doc.Title == "" {
		doc.Title = r.title
	}
	return r.out.document(doc, ""), nil, nil
}

// odtReader reads a text from the top.
type odtReader struct {
	decoder *xml.Decoder
	depth   int
	parts   *archive // nil of a flat file
	file    string   // its name, for fields that show it

	styles  map[string]odtStyle
	lists   map[string]odtLevels
	outline odtLevels
	counts  [10]int        // of headings
	last    map[string]int // numbers of the items of lists, by style

	out      markup
	notes    *markup
	title    string
	isHidden bool // what is read now
	inPre    bool // the last paragraph was one of code
}

func (r *odtReader) document(body []byte) error {
	if !bytes.HasPrefix(body, []byte("PK")) {
		return r.part(body)
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return err
	}
	r.parts = newArchive(z)
	if list, err := r.parts.read("META-INF/manifest.xml"); err == nil && bytes.Contains(list, []byte(":encryption-data")) {
		return errors.New("it is protected by a password: save it anew, or exclude it")
	}
	if styles, err := r.parts.read("styles.xml"); err == nil {
		if err := r.part(styles); err != nil {
			return err
		}
	}
	content, err := r.parts.read(contentPart)
	if err != nil {
		return err
	}
	return r.part(content)
}

// part reads a file of the text.
func (r *odtReader) part(data []byte) error {
	r.decoder, r.depth = xml.NewDecoder(bytes.NewReader(data)), 0
	r.decoder.Strict = false
	err := r.blocks(&r.out, odtList{})
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (r *odtReader) token() (xml.Token, error) {
	token, err := r.decoder.Token()
	switch token.(type) {
	case xml.StartElement:
		if r.depth++; r.depth > maxSlideDepth {
			return nil, fmt.Errorf("%w: elements in each other more than %d deep", limits.ErrExceeded, maxSlideDepth)
		}
	case xml.EndElement:
		r.depth--
	}
	return token, err
}

func (r *odtReader) skip() error {
	r.depth--
	return r.decoder.Skip()
}

// each calls do for each element in one, up to its end.
func (r *odtReader) each(do func(xml.StartElement) error) error {
	for {
		token, err := r.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := do(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// blocks reads what an element holds.
func (r *odtReader) blocks(m *markup, in odtList) error {
	return r.each(func(t xml.StartElement) error { return r.block(m, t, in) })
}

func (r *odtReader) block(m *markup, t xml.StartElement, in odtList) error {
	name := t.Name.Local
	if name != "p" && name != "soft-page-break" {
		r.endPre(m)
	}
	switch name {
	case "p", "h":
		return r.paragraph(m, t, in)
	case "list":
		return r.list(m, t, in)
	case "table":
		return r.table(m, t)
	case "style", "outline-style", "list-style":
		return r.style(t)
	}
	if isUnseen(t) {
		return r.skip()
	}
	if isShape(name) {
		return r.shape(m, t)
	}
	return r.blocks(m, odtList{})
}

// isUnseen tells elements that show nothing, or nothing of the text.
func isUnseen(t xml.StartElement) bool {
	switch name := t.Name.Local; name {
	case "tracked-changes", "annotation", "annotation-end", "meta", "settings", "scripts", "script", "forms",
		"master-styles", "font-face-decls", "binary-data", "event-listeners", "number", "user-field-decls",
		"variable-decls", "sequence-decls", "dde-connection-decls", "page-number", "page-count", "shapes":
		return true
	case "section":
		shown := attr(t, "display")
		return shown == "none" || shown == "condition" && attr(t, "is-hidden") != "false"
	case "hidden-text":
		return attr(t, "is-hidden") != "false"
	case "date", "time":
		return attr(t, "fixed") != "true"
	case "variable-set", "user-field-get", "variable-get", "user-defined", "sequence", "expression":
		return attr(t, "display") == "none"
	default:
		return strings.HasSuffix(name, "-source")
	}
}

func isShape(name string) bool {
	return slices.Contains([]string{"frame", "custom-shape", "rect", "ellipse", "circle", "line", "polyline", "polygon",
		"path", "connector", "caption", "measure", "regular-polygon", "g"}, name)
}

// paragraph writes a paragraph or a heading. What stands in its frames follows.
func (r *odtReader) paragraph(m *markup, t xml.StartElement, in odtList) error {
	style := r.styleOf("paragraph", attr(t, "style-name"))
	outer, notes := r.isHidden, r.notes
	r.notes = &markup{}
	if style.hides != nil {
		r.isHidden = *style.hides
	}
	p := odtInline{}
	err := r.inline(&p)
	r.isHidden = outer
	if p.isHidden {
		p, r.notes = odtInline{}, &markup{}
	}
	notes.WriteString(r.notes.String())
	r.notes = notes
	r.write(m, t, style, p.String(), in)
	r.endPre(&p.boxes)
	m.WriteString(p.boxes.String())
	return err
}

func (r *odtReader) write(m *markup, t xml.StartElement, style odtStyle, text string, in odtList) {
	isHeading := t.Name.Local == "h" || style.level > 0
	if strings.TrimSpace(text) == "" {
		if r.inPre && style.isPre {
			m.WriteString("\n")
		}
		return
	}
	if !isHeading && style.isPre && in.item == nil {
		if !r.inPre {
			m.WriteString("<pre>")
			r.inPre = true
		}
		m.WriteString(strings.ReplaceAll(text, "<br>", "\n") + "\n")
		return
	}
	r.endPre(m)
	tag := "p"
	switch {
	case isHeading:
		level := style.level
		if said, err := strconv.Atoi(attr(t, "outline-level")); err == nil {
			level = said
		}
		level = max(1, min(level, len(r.counts)))
		if attr(t, "is-list-header") != "true" {
			text = r.outline.number(r.counts[:], level) + text
		}
		tag = "h" + strconv.Itoa(min(level, 6))
	case style.isTitle && in.item == nil:
		tag = "h1"
		if r.title == "" {
			r.title = html.UnescapeString(plainOf(text))
		}
	}
	if !isHeading {
		in.begin(m)
	}
	m.WriteString("<" + tag + ">" + strings.TrimSpace(text) + "</" + tag + ">\n")
}

func (r *odtReader) endPre(m *markup) {
	if r.inPre {
		m.WriteString("</pre>\n")
		r.inPre = false
	}
}

// shape writes the texts of a frame or a drawing, or what is said of a picture.
func (r *odtReader) shape(m *markup, t xml.StartElement) error {
	if attr(t, "display") == "none" {
		return r.skip()
	}
	err := r.each(func(t xml.StartElement) error {
		switch t.Name.Local {
		case "title", "desc":
			p := odtInline{}
			err := r.inline(&p)
			if text := p.String(); strings.TrimSpace(text) != "" && !pictureFile.MatchString(text) {
				m.WriteString("<p>" + text + "</p>\n")
			}
			return err
		case "object":
			if err := r.object(m, attr(t, "href")); err != nil {
				return err
			}
			return r.blocks(m, odtList{})
		default:
			return r.block(m, t, odtList{})
		}
	})
	r.endPre(m)
	return err
}

// object writes a formula, or the data of a chart, that lies in a part of its own.
func (r *odtReader) object(m *markup, href string) error {
	name := path.Join(href, contentPart)
	if r.isHidden || r.parts == nil || href == "" || r.parts.files[name] == nil {
		return nil
	}
	content, err := r.parts.read(name)
	if err != nil {
		return err
	}
	if formula := formulaOf(content); formula != "" {
		m.WriteString("<p><code>" + html.EscapeString(formula) + "</code></p>\n")
		return nil
	}
	inner := slideReader{parts: r.parts, inObject: true, hiddenStyles: map[string]bool{}}
	if err := inner.read(content); err != nil {
		return err
	}
	m.WriteString(inner.shown.String())
	return nil
}

// formulaOf returns the source of a formula; "" if the part is none.
func formulaOf(content []byte) string {
	var math struct {
		XMLName xml.Name
		Source  string `xml:"semantics>annotation"`
	}
	if len(content) > maxPart || xml.Unmarshal(content, &math) != nil || math.XMLName.Local != "math" {
		return ""
	}
	return strings.TrimSpace(math.Source)
}
