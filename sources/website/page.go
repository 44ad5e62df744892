package website

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"

	"finpages/sources"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// page is what an address brought.
type page struct {
	url    *url.URL // canonical, after redirects
	format sources.Format
	body   []byte // UTF-8 where it is HTML

	canonical *url.URL // that the page names; nil if none
	password  bool     // it has a form that asks for one
	login     bool     // that form is all there is
	links     []*url.URL
	text      textHash
}

// textHash stands for the text that a reader sees.
type textHash [sha256.Size]byte

// mediaType is what the site says the body is; "" if it does not.
func (a *answer) mediaType() string {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

// mediaTypes are those of documents that a converter reads, by the extension
// that stands for them (https://www.iana.org/assignments/media-types). Many
// servers send others of theirs as octets: the address tells then.
var mediaTypes = map[string]string{
	"application/pdf":    ".pdf",
	"application/msword": ".doc", "application/vnd.ms-excel": ".xls", "application/vnd.ms-powerpoint": ".ppt",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
	"application/vnd.oasis.opendocument.text":                                   ".odt",
	"application/vnd.oasis.opendocument.presentation":                           ".odp",
	"application/rtf": ".rtf", "text/rtf": ".rtf", "application/epub+zip": ".epub", "application/x-ipynb+json": ".ipynb",
	"text/csv": ".csv", "text/tab-separated-values": ".tsv", "text/x-rst": ".rst", "text/asciidoc": ".adoc", "text/org": ".org",
	"message/rfc822": ".eml",
}

// convertedAs is the format of an answer that a converter reads; "" if none does.
func (w *Website) convertedAs(a *answer) sources.Format {
	kind := a.mediaType()
	extension := mediaTypes[kind]
	switch kind {
	case "", "application/octet-stream", "text/plain", "application/json", "application/yaml", "text/yaml",
		"application/zip":
		extension = strings.ToLower(path.Ext(a.url.Path))
	}
	if why, ok := w.env.Formats[extension]; !ok || why != "" {
		return ""
	}
	return sources.Format(extension)
}

// parsePage understands an answer with a body. What is no document is an error.
func (w *Website) parsePage(a *answer) (*page, error) {
	kind := a.mediaType()
	p := &page{url: a.url, body: a.body}
	p.format = w.convertedAs(a)
	switch {
	case p.format != "":
	case kind == "text/html" || kind == "application/xhtml+xml" || kind == "" && looksLikeHTML(a):
		return p, p.parseHTML(a)
	case kind == "text/markdown":
		p.format = sources.Markdown
	case kind == "text/plain":
		p.format = sources.Text
		if f, ok := sources.FormatOf(a.url.Path); ok {
			p.format = f
		}
	default:
		return nil, fmt.Errorf("is no page: its type is %.80q", a.header.Get("Content-Type"))
	}
	p.text = hashText(string(a.body))
	return p, nil
}

func hashText(text string) textHash {
	return sha256.Sum256([]byte(strings.Join(strings.Fields(text), " ")))
}

func (p *page) parseHTML(a *answer) error {
	p.format = sources.HTML
	if encoding, name, certain := charset.DetermineEncoding(a.body, a.header.Get("Content-Type")); certain &&
		name != "utf-8" {
		if text, err := encoding.NewDecoder().Bytes(a.body); err == nil {
			p.body = append([]byte("\ufeff"), text...) // a mark, since the markup may name the encoding that was
		}
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(p.body))
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	base := p.url
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if u, err := p.url.Parse(strings.TrimSpace(href)); err == nil {
			base = u
		}
	}
	p.password, p.login = loginForm(doc)
	if href, ok := doc.Find(`link[rel="canonical" i][href]`).First().Attr("href"); ok {
		if u, err := base.Parse(strings.TrimSpace(href)); err == nil {
			p.canonical = u
		}
	}
	doc.Find("a[href], area[href]").Each(func(_ int, link *goquery.Selection) {
		if rel, _ := link.Attr("rel"); strings.Contains(strings.ToLower(rel), "nofollow") {
			return
		}
		href, _ := link.Attr("href")
		if u, err := base.Parse(strings.TrimSpace(href)); err == nil {
			p.links = append(p.links, u)
		}
	})
	p.text = hashText(visible(doc))
	return nil
}

// visible returns the text that a reader sees.
func visible(doc *goquery.Document) string {
	return textWithout(doc, "script", "style", "template", "head")
}

// textWithout returns the text outside of the named elements.
func textWithout(doc *goquery.Document, elements ...string) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
			b.WriteByte(' ')
		case n.Type == html.ElementNode && slices.Contains(elements, n.Data):
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range doc.Nodes {
		walk(n)
	}
	return b.String()
}
