package native

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"finpages/sources"
	"finpages/sources/limits"
)

// slides turns a presentation in flat OpenDocument into HTML: a heading for
// each slide, then its texts, lists and tables in their order. Hidden slides
// and notes for the speaker stay out. See
// https://docs.oasis-open.org/office/OpenDocument/v1.3/.
func slides(doc sources.Document) (sources.Document, []string, error) {
	s := slideReader{decoder: xml.NewDecoder(bytes.NewReader(doc.Body)), hiddenStyles: map[string]bool{}}
	s.decoder.Strict = false
	if err := s.read(); err != nil {
		return doc, nil, fmt.Errorf("read slides: %w", err)
	}
	if s.out.Len() == 0 {
		return doc, nil, errors.New("read slides: they show no text")
	}
	return s.out.document(doc, ""), s.notes, nil
}

// maxSlideDepth bounds how deep elements lie in each other.
const maxSlideDepth = 200

type slideReader struct {
	decoder *xml.Decoder
	out     markup
	notes   []string

	style        string // whose properties are read
	hiddenStyles map[string]bool
	slide        int
	hasTitle     bool // of the slide
	inTitle      bool
	lists        []bool // that are open, and whether they have points
	cell         string // "th" in the first row of a table
	depth        int
	text         strings.Builder
}

func (s *slideReader) read() error {
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

func (s *slideReader) skip() error {
	s.depth--
	return s.decoder.Skip()
}

func (s *slideReader) start(t xml.StartElement) error {
	switch t.Name.Local {
	case "style":
		s.style = attr(t, "name")
	case "drawing-page-properties":
		if attr(t, "visibility") == "hidden" {
			s.hiddenStyles[s.style] = true
		}
	case "page":
		s.slide++
		s.hasTitle = false
		if s.hiddenStyles[attr(t, "style-name")] {
			s.notes = append(s.notes, fmt.Sprintf("the hidden slide %d is left out", s.slide))
			return s.skip()
		}
	case "notes", "binary-data", "annotation", "master-styles", "meta", "settings", "scripts", "date-time-decl",
		"footer-decl", "header-decl":
		return s.skip()
	case "frame", "custom-shape":
		s.inTitle = attr(t, "class") == "title" && !s.hasTitle
	case "list":
		s.lists = append(s.lists, false)
	case "list-item":
		s.point()
	case "table":
		s.cell = "th"
		s.out.WriteString("<table>\n")
	case "table-row":
		s.out.WriteString("<tr>")
	case "table-cell":
		s.out.WriteString("<" + s.cell + ">")
	case "p", "h", "desc", "title":
		s.text.Reset()
	case "line-break":
		s.text.WriteByte('\n')
	case "tab":
		s.text.WriteByte(' ')
	case "s":
		n, _ := strconv.Atoi(attr(t, "c"))
		s.text.WriteString(strings.Repeat(" ", min(max(n, 1), 1000)))
	}
	return nil
}

func (s *slideReader) end(name string) {
	switch name {
	case "p", "h":
		s.paragraph()
	case "desc", "title": // of a picture
		if text := strings.TrimSpace(s.text.String()); text != "" {
			s.out.element("p", text)
		}
		s.text.Reset()
	case "list":
		if last := len(s.lists) - 1; last >= 0 {
			if s.lists[last] {
				s.out.WriteString("</ul>\n")
			}
			s.lists = s.lists[:last]
		}
	case "list-item":
		if !s.inTitle {
			s.out.WriteString("</li>\n")
		}
	case "table":
		s.out.WriteString("</table>\n")
	case "table-row":
		s.out.WriteString("</tr>\n")
		s.cell = "td"
	case "table-cell":
		s.out.WriteString("</" + s.cell + ">")
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
		s.out.WriteString("<ul>\n")
		s.lists[last] = true
	}
	s.out.WriteString("<li>")
}

func (s *slideReader) paragraph() {
	text := strings.TrimSpace(s.text.String())
	s.text.Reset()
	switch {
	case text == "":
	case s.inTitle:
		s.out.element("h2", text)
		s.hasTitle = true
	default:
		s.out.element("p", text)
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
