package convert

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var numbers = regexp.MustCompile(`\d+|\b[ivxlc]+\b`)

// margin is a band at the top or the foot of a page.
type margin struct {
	band
	isApart bool // from the text, more than the lines of that are from each other
}

// marginsOf returns the outermost bands of a page.
func marginsOf(bands []band, height float64) (found []margin) {
	const share, most = 0.1, 3 // of the page's height; bands on each side
	for side := range 2 {
		gap := func(i int) float64 { // behind the band, towards the text
			if side == 0 {
				return bands[i+1].top - bands[i].bottom
			}
			return bands[len(bands)-1-i].top - bands[len(bands)-2-i].bottom
		}
		from := len(found)
		for i := range min(most, len(bands)-1) {
			b := bands[i]
			if side == 1 {
				b = bands[len(bands)-1-i]
			}
			if side == 0 && b.bottom >= height*share || side == 1 && b.top <= height*(1-share) {
				break
			}
			isApart := gap(i) > (b.bottom-b.top)/2 && (i+3 > len(bands) || gap(i) > 1.2*gap(i+1))
			for outer := from; isApart && outer < len(found); outer++ {
				found[outer].isApart = true
			}
			found = append(found, margin{b, isApart})
		}
	}
	return found
}

// markFurniture finds running heads and page numbers: what stands at the top or
// the foot of many pages, whatever number it has.
func markFurniture(pages []pdfPage) {
	margins := make([][]margin, len(pages))
	on := map[string]int{} // pages
	for i, p := range pages {
		margins[i] = marginsOf(bandsOf(p.lines()), p.Height)
		seen := map[string]bool{}
		for _, m := range margins[i] {
			for _, l := range m.lines {
				if key := p.marginKey(l); m.isApart && !seen[key] {
					seen[key] = true
					on[key]++
				}
			}
		}
	}
	for i, p := range pages {
		for _, m := range margins[i] {
			all := true
			for _, l := range m.lines {
				all = all && isRepeated(on[p.marginKey(l)], l.text, len(pages))
			}
			for _, l := range m.lines {
				l.isFurniture = all
			}
		}
	}
}

func (p pdfPage) marginKey(l *pdfLine) string {
	side := "top "
	if l.Top > p.Height/2 {
		side = "foot "
	}
	return side + numbers.ReplaceAllString(l.text, "#")
}

func isRepeated(onPages int, text string, pages int) bool {
	isNumber := strings.Trim(numbers.ReplaceAllString(text, ""), "pPagef -–—|/.") == ""
	return onPages >= 3 || onPages >= 2 && (isNumber || pages <= 4)
}
