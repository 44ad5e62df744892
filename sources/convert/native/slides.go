package native

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
	"finpages/sources/limits"
)

// slides turns a presentation in OpenDocument, flat or not, into HTML: a heading
// for each slide, then its texts, lists, tables and the data of its charts in
// their order. Hidden slides, notes for the speaker and what a program counts,
// such as pages and today's date, stay out. See
// https://docs.oasis-open.org/office/OpenDocument/v1.3/.
func slides(doc sources.Document) (sources.Document, []string, error) {
	s := slideReader{hiddenStyles: map[string]bool{}}
	content := doc.Body
	if bytes.HasPrefix(content, []byte("PK")) {
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return doc, nil, fmt.Errorf("read slides: %w", err)
		}
		s.parts = newArchive(z)
		if list, err := s.parts.read("META-INF/manifest.xml"); err == nil && bytes.Contains(list, []byte(":encryption-data")) {
			return doc, nil, errors.New("read slides: they are protected by a password: save them anew, or exclude them")
		}
		if styles, err := s.parts.read("styles.xml"); err == nil {
			s.sizes.read(styles)
		}
		if content, err = s.parts.read(contentPart); err != nil {
			return doc, nil, fmt.Errorf("read slides: %w", err)
		}
	}
	if err := s.read(content); err != nil {
		return doc, nil, fmt.Errorf("read slides: %w", err)
	}
	s.endSlide()
	if s.out.Len() == 0 {
		return doc, nil, errors.New("read slides: they show no text")
	}
	return s.out.document(doc, ""), s.notes, nil
}

const contentPart = "content.xml"

// maxSlideDepth bounds how deep elements lie in each other.
const maxSlideDepth = 200

type slideReader struct {
	decoder *xml.Decoder
	parts   *archive // nil of a flat file
	out     markup   // slides that are read
	title   string   // of the slide
	shown   markup   // of the slide, without its title
	notes   []string

	style        string // whose properties are read
	hiddenStyles map[string]bool
	sizes        slideSizes
	size         slideSize // of the slide
	slide        int
	inTitle      bool
	lists        []bool // that are open, and whether they have points
	cell         string // "th" in the first row of a table
	depth        int
	inObject     bool
	text         strings.Builder
}

func (s *slideReader) read(content []byte) error {
	s.decoder = xml.NewDecoder(bytes.NewReader(content))
	s.decoder.Strict = false
	for {
		token, err := s.decoder.Token()
		switch t := token.(type) {
		case xml.StartElement:
			if s.depth++; s.depth > maxSlideDepth {
				return fmt.Errorf("%w: elements in each other more than %d deep", limits.ErrExceeded, maxSlideDepth)
			}
			if err := s.start(t); err != nil {
				return err
			}
		case xml.EndElement:
			s.depth--
			s.end(t.Name.Local)
		case xml.CharData:
			s.text.Write(t)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// pictureFile are descriptions that programs put in: the name of a file.
var pictureFile = regexp.MustCompile(`(?i)^[^\n]*\.(?:png|jpe?g|gif|bmp|tiff?|svg|emf|wmf|webp)$`)

// endSlide writes a slide with its title first, wherever that lies on it.
func (s *slideReader) endSlide() {
	if s.title != "" {
		s.out.element("h2", s.title)
	}
	s.out.WriteString(s.shown.String())
	s.title = ""
	s.shown.Reset()
}

// object reads a chart or a sheet that lies in a part of its own. What has no text
// of its own, or lies in another object, is left out.
func (s *slideReader) object(href string) error {
	name := path.Join(href, contentPart)
	if s.parts == nil || href == "" || s.inObject || s.parts.files[name] == nil {
		return nil
	}
	content, err := s.parts.read(name)
	if err != nil {
		return err
	}
	inner := slideReader{parts: s.parts, inObject: true, hiddenStyles: map[string]bool{}}
	if err := inner.read(content); err != nil {
		return err
	}
	s.shown.WriteString(inner.shown.String())
	return nil
}

func (s *slideReader) skip() error {
	s.depth--
	return s.decoder.Skip()
}

func (s *slideReader) start(t xml.StartElement) error {
	if s.isOut(t) {
		return s.skip()
	}
	switch t.Name.Local {
	case "style":
		s.style = attr(t, "name")
	case "drawing-page-properties":
		if attr(t, "visibility") == "hidden" {
			s.hiddenStyles[s.style] = true
		}
	case "page":
		s.endSlide()
		s.slide++
		s.size = s.sizes.of(attr(t, "master-page-name"))
		if s.hiddenStyles[attr(t, "style-name")] {
			s.notes = append(s.notes, fmt.Sprintf("the hidden slide %d is left out", s.slide))
			return s.skip()
		}
	case "notes", "binary-data", "annotation", "master-styles", "meta", "settings", "scripts", "date-time-decl",
		"footer-decl", "header-decl", "page-number", "page-count":
		return s.skip()
	case "date", "time":
		if attr(t, "fixed") != "true" {
			return s.skip()
		}
	case "object":
		return s.object(attr(t, "href"))
	case "frame", "custom-shape":
		switch attr(t, "class") {
		case "footer", "header", "date-time", "page-number":
			return s.skip()
		}
		s.inTitle = attr(t, "class") == "title" && s.title == ""
	case "list":
		s.lists = append(s.lists, false)
	case "list-item":
		s.point()
	case "table":
		s.cell = "th"
		s.shown.WriteString("<table>\n")
	case "table-row":
		s.shown.WriteString("<tr>")
	case "table-cell":
		s.shown.WriteString("<" + s.cell + ">")
	case "p", "h", "desc", "title":
		s.text.Reset()
	case "line-break":
		s.text.WriteByte('\n')
	case "tab":
		s.text.WriteByte(' ')
	case "s":
		s.text.WriteByte(' ')
	}
	return nil
}

func (s *slideReader) end(name string) {
	switch name {
	case "p", "h":
		s.paragraph()
	case "desc", "title": // of a picture
		if text := strings.TrimSpace(s.text.String()); text != "" && !pictureFile.MatchString(text) {
			s.shown.element("p", text)
		}
		s.text.Reset()
	case "list":
		if last := len(s.lists) - 1; last >= 0 {
			if s.lists[last] {
				s.shown.WriteString("</ul>\n")
			}
			s.lists = s.lists[:last]
		}
	case "list-item":
		if !s.inTitle {
			s.shown.WriteString("</li>\n")
		}
	case "table":
		s.shown.WriteString("</table>\n")
	case "table-row":
		s.shown.WriteString("</tr>\n")
		s.cell = "td"
	case "table-cell":
		s.shown.WriteString("</" + s.cell + ">")
	case "frame", "custom-shape":
		s.inTitle = false
	}
}

// point begins a point of a list. Texts lie in lists without points, too.
func (s *slideReader) point() {
	last := len(s.lists) - 1
	if last < 0 || s.inTitle {
		return
	}
	if !s.lists[last] {
		s.shown.WriteString("<ul>\n")
		s.lists[last] = true
	}
	s.shown.WriteString("<li>")
}

func (s *slideReader) paragraph() {
	text := strings.TrimSpace(s.text.String())
	s.text.Reset()
	switch {
	case text == "":
	case s.inTitle:
		s.title = strings.TrimSpace(s.title + "\n" + text)
	default:
		s.shown.element("p", text)
	}
}

func attr(t xml.StartElement, local string) string {
	for _, a := range t.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}
