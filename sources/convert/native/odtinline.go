package native

import (
	"bytes"
	"encoding/xml"
	"html"
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// odtInline is what a paragraph holds, as HTML.
type odtInline struct {
	text     []byte
	boxes    markup // what stands in its frames
	isBlank  bool   // the last of the text
	isHidden bool   // as a whole
}

func (p *odtInline) String() string { return string(p.text) }

// inline reads what a paragraph or a part of it holds, up to its end.
func (r *odtReader) inline(p *odtInline) error {
	for {
		token, err := r.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.CharData:
			p.chars(r, string(t))
		case xml.StartElement:
			if err := r.within(p, t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

var blanks = regexp.MustCompile(`[ \t\r\n]+`)

// chars writes text, of whose blanks each run is one.
func (p *odtInline) chars(r *odtReader, text string) {
	if r.isHidden {
		return
	}
	text = blanks.ReplaceAllString(text, " ")
	if strings.HasPrefix(text, " ") && (p.isBlank || len(p.text) == 0) {
		text = text[1:]
	}
	p.put(r, html.EscapeString(text))
}

func (p *odtInline) put(r *odtReader, markup string) {
	if !r.isHidden && markup != "" {
		p.text = append(p.text, markup...)
		p.isBlank = strings.HasSuffix(markup, " ")
	}
}

// mostBlanks is how many of them an element may stand for.
const mostBlanks = 100

func (r *odtReader) within(p *odtInline, t xml.StartElement) error {
	if isUnseen(t) {
		return r.skip()
	}
	switch name := t.Name.Local; name {
	case "s":
		n, _ := strconv.Atoi(attr(t, "c"))
		p.put(r, strings.Repeat(" ", max(1, min(n, mostBlanks))))
	case "tab":
		p.put(r, "\t")
	case "line-break":
		p.put(r, "<br>")
	case "span":
		return r.span(p, r.styleOf("text", attr(t, "style-name")))
	case "a":
		return r.around(p, `<a href="`+html.EscapeString(attr(t, "href"))+`">`, "</a>")
	case "note":
		return r.note(p)
	case "ruby-text":
		return r.around(p, " (", ")")
	case "hidden-paragraph":
		p.isHidden = p.isHidden || attr(t, "is-hidden") != "false"
	case "file-name":
		p.put(r, html.EscapeString(r.file))
		return r.skip()
	case "table", "list", "p", "h":
		return r.block(&p.boxes, t, odtList{})
	default:
		if isShape(name) {
			if r.isHidden {
				return r.skip()
			}
			return r.shape(&p.boxes, t)
		}
	}
	return r.inline(p)
}

// around writes a part of a paragraph between marks, if it shows something.
func (r *odtReader) around(p *odtInline, begin, end string) error {
	before := len(p.text)
	p.text = append(p.text, begin...)
	err := r.inline(p)
	if inner := p.text[before+len(begin):]; len(bytes.TrimSpace(inner)) == 0 {
		p.text = append(p.text[:before], inner...)
	} else {
		p.text = append(p.text, end...)
	}
	return err
}

func (r *odtReader) span(p *odtInline, style odtStyle) error {
	outer := r.isHidden
	if style.hides != nil {
		r.isHidden = *style.hides
	}
	err := r.around(p, style.begin, style.end)
	r.isHidden = outer
	return err
}

// note writes the mark of a footnote or an endnote, and keeps its text.
func (r *odtReader) note(p *odtInline) error {
	label := ""
	err := r.each(func(t xml.StartElement) error {
		switch {
		case t.Name.Local == "note-citation":
			citation := odtInline{}
			err := r.inline(&citation)
			label = strings.TrimSpace(citation.String())
			return err
		case r.isHidden:
			return r.skip()
		}
		var body markup
		err := r.blocks(&body, odtList{})
		r.endPre(&body)
		r.notes.WriteString(strings.Replace(body.String(), "<p>", "<p><sup>"+label+"</sup> ", 1))
		return err
	})
	if label != "" {
		p.put(r, "<sup>"+label+"</sup>")
	}
	return err
}

var tags = regexp.MustCompile(`<[^>]*>`)

// plainOf returns the text of a paragraph's HTML, still escaped.
func plainOf(markup string) string {
	return strings.TrimSpace(tags.ReplaceAllString(strings.ReplaceAll(markup, "<br>", " "), ""))
}
