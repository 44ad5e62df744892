package convert

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// inColumns puts the lines of a page with two columns of text in their order, and
// takes those apart that pdftotext joined across the space between the columns. A
// page is left as it is unless both columns hold lines of running text.
func (p *pdfPage) inColumns() {
	var lines []pdfLine
	for _, b := range p.Blocks {
		lines = append(lines, b.Lines...)
	}
	gutter, ok := gutterOf(lines)
	if !ok {
		return
	}
	var left, right, across []pdfLine
	for _, l := range lines {
		a, b, isAcross := l.parted(gutter)
		switch {
		case isAcross:
			across = append(across, l)
			continue
		case len(a.Words) > 0:
			left = append(left, a)
		}
		if len(b.Words) > 0 {
			right = append(right, b)
		}
	}
	if !isProse(left) || !isProse(right) {
		return
	}
	for _, side := range [][]pdfLine{left, right} {
		if _, more := gutterOf(side); more { // three columns, or a table
			return
		}
	}
	byTop := func(a, b pdfLine) int { return cmp.Compare(a.Top, b.Top) }
	slices.SortStableFunc(across, byTop)
	p.Blocks = nil
	for _, l := range append(across, pdfLine{Top: math.Inf(1)}) {
		left, right = p.takeAbove(left, l.Top), p.takeAbove(right, l.Top)
		if len(l.Words) > 0 {
			p.Blocks = append(p.Blocks, pdfBlock{Lines: []pdfLine{l}})
		}
	}
}

// gutterOf finds the widest upright strip near the middle of the text that hardly
// any word reaches into.
func gutterOf(lines []pdfLine) (gutter span, ok bool) {
	const least, share, tolerated = 5, 0.4, 0.15 // points, of the text's width, of the lines
	all := span{math.Inf(1), math.Inf(-1)}
	for _, l := range lines {
		all = span{min(all.left, l.Left), max(all.right, l.Right)}
	}
	width := all.right - all.left
	if len(lines) < 20 || !(width > 100 && width < 10_000) {
		return gutter, false
	}
	covers := make([]int, int(width)+2)
	for _, l := range lines {
		for _, w := range l.Words {
			for x := max(int(w.Left-all.left), 0); x <= min(int(w.Right-all.left), len(covers)-1); x++ {
				covers[x]++
			}
		}
	}
	from := -1
	for x := int(width * share); x <= int(width*(1-share)); x++ {
		if float64(covers[x]) > tolerated*float64(len(lines))/2 {
			from = -1
			continue
		}
		if from < 0 {
			from = x
		}
		if float64(x-from) > gutter.right-gutter.left {
			gutter = span{all.left + float64(from), all.left + float64(x)}
		}
	}
	return gutter, gutter.right-gutter.left >= least
}

// parted returns the parts of a line on both sides of the gutter; true if the line
// reaches over it.
func (l pdfLine) parted(gutter span) (left, right pdfLine, isAcross bool) {
	middle := (gutter.left + gutter.right) / 2
	left, right = l, l
	left.Words, right.Words = nil, nil
	left.Right, right.Left = math.Inf(-1), math.Inf(1)
	for _, w := range l.Words {
		isAcross = isAcross || w.Left < gutter.right-1 && w.Right > gutter.left+1
		switch {
		case w.Left < gutter.left && w.Right > gutter.right:
			return left, right, true
		case (w.Left+w.Right)/2 < middle:
			left.Words, left.Right = append(left.Words, w), max(left.Right, w.Right)
		default:
			right.Words, right.Left = append(right.Words, w), min(right.Left, w.Left)
		}
	}
	return left, right, isAcross && len(left.Words) > 0 && len(right.Words) > 0
}

// isProse tells whether the lines are those of a column with running text.
func isProse(lines []pdfLine) bool {
	const least, share, words = 8, 4, 5 // lines, one in so many is long, words of these
	n := 0
	for _, l := range lines {
		if len(l.Words) >= words {
			n++
		}
	}
	return len(lines) >= least && n*share >= len(lines)
}

// takeAbove adds the lines above a place to the page, and returns the rest. What
// stands apart begins a block.
func (p *pdfPage) takeAbove(lines []pdfLine, top float64) (rest []pdfLine) {
	var above []*pdfLine
	for _, l := range lines {
		if l.Top < top {
			above = append(above, &l)
		} else {
			rest = append(rest, l)
		}
	}
	var last band
	for i, b := range bandsOf(above) {
		height := b.bottom - b.top
		if i == 0 || b.top-last.bottom > height/2 || b.lines[0].isIndentedUnder(last.lines[0], height) {
			p.Blocks = append(p.Blocks, pdfBlock{})
		}
		block := &p.Blocks[len(p.Blocks)-1]
		for _, l := range b.lines {
			block.Lines = append(block.Lines, *l)
		}
		last = b
	}
	return rest
}

// isIndentedUnder tells whether a line begins a paragraph by standing in.
func (l *pdfLine) isIndentedUnder(above *pdfLine, height float64) bool {
	isItem := len(above.Words) > 0 && pdfMarker.MatchString(strings.TrimSpace(above.Words[0].Text))
	return !isItem && l.Left-above.Left > height/2
}
