package website

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// What is larger is no sitemap: the decoder keeps all elements that are open,
// and all attributes of one, at many times their size.
const (
	deepestElement = 20
	mostTokenBytes = 256 << 10
)

// item is a <url> or a <sitemap>.
type item struct {
	Loc     string
	LastMod string
}

// mapDecoder reads the XML of a sitemap in bounded memory.
type mapDecoder struct {
	xml  *xml.Decoder
	from *bufio.Reader
	left int // bytes that the next token may have
}

func newMapDecoder(body io.Reader) *mapDecoder {
	d := &mapDecoder{from: bufio.NewReader(body)}
	d.xml = xml.NewDecoder(d)
	d.xml.Strict = true
	return d
}

// ReadByte is what the decoder reads by.
func (d *mapDecoder) ReadByte() (byte, error) {
	if d.left--; d.left < 0 {
		line, _ := d.xml.InputPos()
		return 0, fmt.Errorf("line %d: an element, a text or a comment of more than %d KiB: see what the site sends",
			line, mostTokenBytes>>10)
	}
	return d.from.ReadByte()
}

func (d *mapDecoder) Read(p []byte) (int, error) { return d.from.Read(p) }

func (d *mapDecoder) token() (xml.Token, error) {
	d.left = mostTokenBytes
	return d.xml.Token()
}

// item reads what an element holds that has begun.
func (d *mapDecoder) item() (item, error) {
	var open []string // names of the elements within
	var loc, lastmod strings.Builder
	for {
		token, err := d.token()
		if err != nil {
			return item{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if open = append(open, t.Name.Local); len(open) > deepestElement {
				line, _ := d.xml.InputPos()
				return item{}, fmt.Errorf("line %d: elements in each other more than %d deep: see what the site sends",
					line, deepestElement)
			}
		case xml.EndElement:
			if len(open) == 0 {
				return item{loc.String(), lastmod.String()}, nil
			}
			open = open[:len(open)-1]
		case xml.CharData:
			switch {
			case len(open) == 1 && open[0] == "loc":
				loc.Write(t)
			case len(open) == 1 && open[0] == "lastmod":
				lastmod.Write(t)
			}
		}
	}
}
