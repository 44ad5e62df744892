package convert

import (
	"cmp"
	"html"
	"math"
	"slices"
	"strings"
	"unicode"

	regexp "finpages/sources/lazyregexp"
)

// pdfTable is a table whose cells were found by their places.
type pdfTable struct {
	rows      [][]string
	isWritten bool
}

// band are the lines of a page that stand beside each other.
type band struct {
	top, bottom float64
	lines       []*pdfLine
}

// span is a part of the page's width.
type span struct{ left, right float64 }

func (s span) meets(l *pdfLine) bool { return l.Left < s.right && l.Right > s.left }

// findTables finds the tables of a page and notes them in their lines: bands of
// short texts that stand in the same columns, one below the other.
func findTables(lines []*pdfLine) {
	bands := bandsOf(lines)
	for from := 0; from < len(bands); {
		if len(bands[from].lines) < 2 {
			from++
			continue
		}
		columns, end := tableFrom(bands[from:])
		if run := bands[from : from+end]; isTable(run, columns) {
			makeTable(run, columns)
		}
		from += max(end, 1)
	}
}

func bandsOf(lines []*pdfLine) (bands []band) {
	lines = slices.DeleteFunc(lines, func(l *pdfLine) bool { return !(l.Left < l.Right && l.Top < l.Bottom) })
	slices.SortStableFunc(lines, func(a, b *pdfLine) int { return cmp.Compare(a.Top+a.Bottom, b.Top+b.Bottom) })
	for _, l := range lines {
		middle := (l.Top + l.Bottom) / 2
		if n := len(bands); n > 0 && middle < bands[n-1].bottom && middle > bands[n-1].top {
			bands[n-1].lines = append(bands[n-1].lines, l)
			continue
		}
		bands = append(bands, band{l.Top, l.Bottom, []*pdfLine{l}})
	}
	for _, b := range bands {
		slices.SortStableFunc(b.lines, func(a, c *pdfLine) int { return cmp.Compare(a.Left, c.Left) })
	}
	return bands
}

// tableFrom returns the columns of the bands from the first one on, and how many
// bands keep to them.
func tableFrom(bands []band) (columns []span, end int) {
	const apart = 3 // heights of a line, at most between rows
	for i, b := range bands {
		height := b.bottom - b.top
		if i > 0 && b.top-bands[i-1].bottom > apart*height {
			break
		}
		widened, ok := widen(columns, b)
		if !ok || i > 0 && len(b.lines) == 1 && !startsColumn(columns, b.lines[0]) {
			break
		}
		columns = widened
		if len(b.lines) > 1 {
			end = i + 1
		}
	}
	return columns, end
}

// startsColumn tells whether a line that stands alone is a cell: it begins where
// a column does.
func startsColumn(columns []span, l *pdfLine) bool {
	return slices.ContainsFunc(columns, func(c span) bool { return math.Abs(c.left-l.Left) < 3 })
}

// widen returns the columns with room for a band's lines; false if one of them
// would bridge two columns, or two would share one.
func widen(columns []span, b band) ([]span, bool) {
	const most = 100
	if len(columns)+len(b.lines) > most {
		return nil, false
	}
	columns = slices.Clone(columns)
	taken := map[int]bool{}
	for _, l := range b.lines {
		in := -1
		for i, c := range columns {
			if c.meets(l) && in >= 0 || c.meets(l) && taken[i] {
				return nil, false
			}
			if c.meets(l) {
				in = i
			}
		}
		if in < 0 {
			in = slices.IndexFunc(columns, func(c span) bool { return c.left > l.Left })
			if in < 0 {
				in = len(columns)
			}
			columns = slices.Insert(columns, in, span{l.Left, l.Right})
			taken = shifted(taken, in)
		}
		columns[in] = span{min(columns[in].left, l.Left), max(columns[in].right, l.Right)}
		taken[in] = true
	}
	return columns, true
}

func shifted(taken map[int]bool, from int) map[int]bool {
	out := map[int]bool{}
	for i := range taken {
		if i >= from {
			i++
		}
		out[i] = true
	}
	return out
}

var pdfMarker = regexp.MustCompile(`^\(?(?:\d{1,3}|[a-z]|[ivx]+)[.):]?$|^[•◦▪‣·●○■–*-]$`)

// isTable tells a table from text in columns, whose lines are long, and from
// lists and numbered lines.
func isTable(run []band, columns []span) bool {
	const most, least, longest = 7, 2.5, 40
	if len(run) < 2 || len(columns) < 2 || len(run) < 3 && len(columns) < 3 {
		return false
	}
	words, cells := make([]float64, len(columns)), make([]float64, len(columns))
	markers, numbers, all := 0.0, 0.0, 0.0
	for _, b := range run {
		for _, l := range b.lines {
			i := slices.IndexFunc(columns, func(c span) bool { return c.meets(l) })
			words[i] += float64(len(strings.Fields(l.text)))
			cells[i]++
			all++
			if i == 0 && pdfMarker.MatchString(l.text) {
				markers++
			}
			if strings.ContainsFunc(l.text, unicode.IsDigit) {
				numbers++
			}
		}
	}
	sum, shortest := 0.0, math.Inf(1)
	for i := range columns {
		sum += words[i]
		shortest = min(shortest, words[i]/cells[i])
	}
	isIndex := len(columns) == 2 && len(run) > longest && numbers < all/4
	return sum/all <= most && shortest <= least && markers < cells[0]*0.6 && !isIndex
}

// makeTable fills the cells. A band without a first cell, close below another one,
// goes on with the row.
func makeTable(run []band, columns []span) {
	t := &pdfTable{}
	tight := tightest(run)
	for n, b := range run {
		first := columns[0].meets(b.lines[0])
		isClose := n > 0 && b.top-run[n-1].bottom < (b.bottom-b.top)/2
		isWithin := n > 0 && 2*len(b.lines) <= len(columns) && b.top-run[n-1].bottom <= tight
		if n == 0 || !isWithin && (first || !isClose) {
			t.rows = append(t.rows, make([]string, len(columns)))
		}
		row := t.rows[len(t.rows)-1]
		for _, l := range b.lines {
			i := slices.IndexFunc(columns, func(c span) bool { return c.meets(l) })
			row[i] = strings.TrimSpace(row[i] + " " + l.text)
			l.table = t
		}
	}
}

// tightest returns up to which distance bands of a table are lines of one row: rows
// stand farther apart where there are some of several lines. It is below any
// distance where all bands stand alike.
func tightest(run []band) float64 {
	const share = 0.25 // of a line's height, by which distances differ
	least, height := math.Inf(1), run[0].bottom-run[0].top
	for n := range run[1:] {
		least = min(least, run[n+1].top-run[n].bottom)
	}
	loose := 0
	for n := range run[1:] {
		if run[n+1].top-run[n].bottom > least+share*height {
			loose++
		}
	}
	if loose < 2 || loose*4 < len(run)-1 {
		return math.Inf(-1)
	}
	return least + share*height
}

func (w *pdfWriter) writeTable(t *pdfTable) {
	w.begin("p")
	w.endList()
	t.isWritten = true
	cell := "th"
	w.out.WriteString("<table>\n")
	for _, row := range t.rows {
		w.out.WriteString("<tr>")
		for _, text := range row {
			w.out.WriteString("<" + cell + ">" + html.EscapeString(text) + "</" + cell + ">")
		}
		w.out.WriteString("</tr>\n")
		cell = "td"
	}
	w.out.WriteString("</table>\n")
}
