package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	footnoteStart   = regexp.MustCompile(`^\[\^[^\]\s]+\]:`)
	definitionStart = regexp.MustCompile(`^[ \t]*:[ \t]+`)
)

// inList tells whether the lines that are read may be part of a list's item: also of a
// footnote or a definition, whose text is indented, too.
func (r *rewriter) inList() bool { return len(r.items) > 0 }

// item is the column at which the text of the item begins that is read, 0 if none is.
func (r *rewriter) item() int {
	if len(r.items) == 0 {
		return 0
	}
	return r.items[len(r.items)-1]
}

// leaveItems ends the items that a line, which is not blank, is not part of.
func (r *rewriter) leaveItems(line string) {
	if len(r.items) == 0 || !r.blank && !isListItem(line) {
		return
	}
	at := indent(line)
	for len(r.items) > 0 && at < r.item() {
		r.items = r.items[:len(r.items)-1]
	}
}

// enterItem begins the item of a list that a line does, or each of several.
func (r *rewriter) enterItem(line string) {
	for start := itemColumn(line); len(r.items) < maxItems; start += itemColumn(line) {
		r.items = append(r.items, start)
		line = strings.TrimLeft(line[len(listMarker(line)):], " \t")
		if !isListItem(line) {
			return
		}
	}
}

// maxItems is how deep the items are followed that lie in each other.
const maxItems = 200

// itemColumn is the column at which the text of an item begins.
func itemColumn(line string) int {
	marker := listMarker(line)
	bare := strings.TrimRight(marker, " \t")
	end := columns(line, len(bare))
	text := strings.TrimLeft(line[len(bare):], " \t")
	if start := columns(line, len(line)-len(text)); text != "" && start <= end+4 {
		return start
	}
	return end + 1
}
