package native

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/charset"
	"finpages/sources/limits"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The parts of a book that are read. See https://www.w3.org/TR/epub-33/.
type container struct {
	Roots []struct {
		Path string `xml:"full-path,attr"`
	} `xml:"rootfiles>rootfile"`
}

type packageFile struct {
	Title string `xml:"metadata>title"`
	Items []struct {
		ID   string `xml:"id,attr"`
		Href string `xml:"href,attr"`
		Type string `xml:"media-type,attr"`
		Role string `xml:"properties,attr"`
	} `xml:"manifest>item"`
	Spine []struct {
		ID     string `xml:"idref,attr"`
		Linear string `xml:"linear,attr"`
	} `xml:"spine>itemref"`
}

// archive reads files of a zip, all in all no more than maxUnpacked bytes.
type archive struct {
	files map[string]*zip.File
	left  int64
}

func newArchive(z *zip.Reader) *archive {
	a := &archive{files: map[string]*zip.File{}, left: maxUnpacked}
	for _, f := range z.File {
		a.files[f.Name] = f
	}
	return a
}

func (a *archive) read(name string) ([]byte, error) {
	file := a.files[name]
	if file == nil {
		return nil, fmt.Errorf("%q is missing", name)
	}
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, a.left+1))
	if a.left -= int64(len(data)); a.left < 0 {
		return nil, errors.New("it unpacks to too much")
	}
	return data, err
}

// maxPart is how many bytes the list of a book's parts may have: its decoder
// keeps elements that lie in each other, at sixty times their size.
const maxPart = 1 << 20

func (a *archive) xml(name string, into any) error {
	data, err := a.read(name)
	if err == nil && len(data) > maxPart {
		err = fmt.Errorf("%w: longer than %d KiB: split the book, or exclude it", limits.ErrExceeded, maxPart>>10)
	}
	if err == nil {
		err = xml.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

// book turns the chapters of an EPUB into one document, in reading order.
func book(doc sources.Document) (sources.Document, []string, error) {
	z, err := zip.NewReader(bytes.NewReader(doc.Body), int64(len(doc.Body)))
	if err != nil {
		return doc, nil, fmt.Errorf("read book: %w", err)
	}
	a := newArchive(z)
	var c container
	if err := a.xml("META-INF/container.xml", &c); err != nil {
		return doc, nil, fmt.Errorf("read book: %w", err)
	}
	if len(c.Roots) == 0 {
		return doc, nil, errors.New("read book: it names no content")
	}
	var p packageFile
	if err := a.xml(c.Roots[0].Path, &p); err != nil {
		return doc, nil, fmt.Errorf("read book: %w", err)
	}
	m, notes := p.chapters(a, path.Dir(c.Roots[0].Path))
	if m.Len() == 0 {
		return doc, nil, errors.New("read book: it has no chapters")
	}
	doc.Title = strings.TrimSpace(p.Title)
	return m.document(doc, doc.Title), notes, nil
}

func (p packageFile) chapters(a *archive, dir string) (m markup, notes []string) {
	hidden := p.hiddenClasses(a, dir)
	left := map[string]string{} // addresses of the chapters that were not read, by ID
	for _, item := range slices.Backward(p.Items) {
		if strings.Contains(item.Type, "html") && !strings.Contains(item.Role, "nav") {
			left[item.ID] = item.Href
		}
	}
	for _, ref := range p.Spine {
		href, ok := left[ref.ID]
		if !ok {
			continue
		}
		delete(left, ref.ID)
		name, err := url.PathUnescape(href)
		var data []byte
		if err == nil {
			data, err = a.read(path.Join(dir, name))
		}
		if err == nil {
			err = eachOf(data, func(n *html.Node) error {
				if hides(n, hidden) {
					return nil
				}
				for _, inner := range slices.Collect(n.Descendants()) {
					if inner.Parent != nil && hides(inner, hidden) {
						inner.Parent.RemoveChild(inner)
					}
				}
				return html.Render(&m, n)
			})
		}
		if err != nil {
			notes = append(notes, fmt.Sprintf("the chapter %s is left out: %v", href, err))
		}
	}
	return m, notes
}

// bodyOf writes what the body of a page of XHTML holds.
func bodyOf(data []byte, out *markup) error {
	return eachOf(data, func(n *html.Node) error { return html.Render(out, n) })
}

// eachOf calls do for each child of the body of a page.
func eachOf(data []byte, do func(*html.Node) error) error {
	root, err := html.Parse(bytes.NewReader(charset.Markup(data)))
	if err != nil {
		return err
	}
	for n := range root.Descendants() {
		if n.DataAtom == atom.Body {
			for child := range n.ChildNodes() {
				if err := do(child); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return nil
}
