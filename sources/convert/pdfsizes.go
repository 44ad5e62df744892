package convert

import (
	"math"
	"slices"
	"unicode/utf8"
)

// About how wide letters are, in hundredths of their size: those of any common font
// stand in much the same proportion to each other.
const (
	// of a to z
	lowerWidths = "\x2c\x32\x2c\x32\x2c\x21\x32\x32\x1c\x1c\x32\x1c\x4e\x32\x32\x32\x32\x21\x27\x1c\x32\x32\x48\x32\x32\x2c"
	// of A to Z
	upperWidths = "\x48\x43\x43\x48\x3d\x38\x48\x48\x21\x27\x48\x3d\x59\x48\x48\x38\x48\x43\x38\x3d\x48\x48\x5e\x48\x48\x3d"
)

func letterWidth(letter rune) float64 {
	switch {
	case letter >= 'a' && letter <= 'z':
		return float64(lowerWidths[letter-'a']) / 100
	case letter >= 'A' && letter <= 'Z':
		return float64(upperWidths[letter-'A']) / 100
	case letter == '.' || letter == ',' || letter == ':' || letter == ';' || letter == '\'':
		return 0.26
	}
	return 0.5
}

// measure finds out how wide the words of a line are beside letters of one point;
// 0 where all letters have one width, or are too few to tell.
func (l *pdfLine) measure() {
	const fewest = 4
	var width, expected float64
	least, most := math.Inf(1), 0.0 // per letter
	for _, w := range l.Words {
		n := utf8.RuneCountInString(w.Text)
		if n == 0 {
			continue
		}
		width += w.Right - w.Left
		for _, letter := range w.Text {
			expected += letterWidth(letter)
		}
		l.letters += n
		least, most = min(least, (w.Right-w.Left)/float64(n)), max(most, (w.Right-w.Left)/float64(n))
	}
	isTypewriter := len(l.Words) > 1 && most-least < 0.01*most
	if l.letters >= fewest && !isTypewriter && expected > 0 {
		l.scale = width / expected
	}
}

// rightSizes gives lines the size of their letters where the heights that fonts claim
// are no measure of that, as in those of TeX: headings there claim less than text.
func rightSizes(pages []pdfPage) {
	body := bodySize(pages)
	scales, letters, all := map[float64][]float64{}, map[float64]int{}, 0
	eachLine(pages, func(_ pdfPage, l pdfLine) {
		all += l.letters
		letters[l.size] += l.letters
		if l.scale > 0 {
			scales[l.size] = append(scales[l.size], l.scale)
		}
	})
	if len(scales[body]) == 0 {
		return
	}
	const fewest, longest = 12, 60 // letters of headings: of all, and of one
	right := map[float64]float64{}
	usual := median(scales[body])
	for size, of := range scales {
		larger := median(of) / usual
		isFew := letters[size]*5 < all && letters[size] >= fewest && letters[size] <= longest*len(of)
		if size != body && isFew && larger >= 1.25 && larger*body > size*1.2 {
			right[size] = math.Round(larger*body*2) / 2
		}
	}
	for i := range pages {
		for _, b := range pages[i].Blocks {
			for j := range b.Lines {
				if size, ok := right[b.Lines[j].size]; ok && b.Lines[j].scale > 0 {
					b.Lines[j].size = size
				}
			}
		}
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
