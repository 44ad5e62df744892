package native

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
)

// slideSize is how large a slide is, in points; zero if that is not known.
type slideSize struct{ width, height float64 }

// slideSizes are the sizes of slides by their masters, and the layers that nobody
// sees.
type slideSizes struct {
	layouts      map[string]slideSize
	masters      map[string]string // the layouts of masters
	hiddenLayers map[string]bool
}

// read learns them from the styles of a presentation; what is no XML has none.
func (s *slideSizes) read(styles []byte) {
	s.layouts, s.masters, s.hiddenLayers = map[string]slideSize{}, map[string]string{}, map[string]bool{}
	d := xml.NewDecoder(bytes.NewReader(styles))
	d.Strict = false
	layout := ""
	for {
		token, err := d.RawToken()
		if err != nil {
			return
		}
		t, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch t.Name.Local {
		case "page-layout":
			layout = attr(t, "name")
		case "page-layout-properties":
			s.layouts[layout] = slideSize{points(attr(t, "page-width")), points(attr(t, "page-height"))}
		case "master-page":
			s.masters[attr(t, "name")] = attr(t, "page-layout-name")
		case "layer":
			s.hiddenLayers[attr(t, "name")] = attr(t, "display") == "none" || attr(t, "display") == "printer"
		}
	}
}

func (s *slideSizes) of(master string) slideSize { return s.layouts[s.masters[master]] }

// isOut tells shapes that nobody sees on their slide: hidden ones, those on hidden
// layers, and those that lie beside it.
func (s *slideReader) isOut(t xml.StartElement) bool {
	if attr(t, "display") == "none" || s.sizes.hiddenLayers[attr(t, "layer")] {
		return true
	}
	x, y := attr(t, "x"), attr(t, "y")
	if x == "" || y == "" || s.size.width == 0 || s.size.height == 0 {
		return false
	}
	left, top := points(x), points(y)
	return left >= s.size.width || top >= s.size.height ||
		left+points(attr(t, "width")) < 0 || top+points(attr(t, "height")) < 0
}

// lengths are units in points.
var lengths = map[string]float64{"pt": 1, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "in": 72, "pc": 12, "px": 0.75}

// points returns a length such as 2.5cm in points; 0 for what is none.
func points(length string) float64 {
	if len(length) < 2 {
		return 0
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(length[:len(length)-2]), 64)
	if err != nil {
		return 0
	}
	return n * lengths[length[len(length)-2:]]
}
