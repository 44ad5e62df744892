package split

import (
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// breakBlock cuts a block that is too long: a table between its rows, a list
// between its items, code between its lines. What cannot be cut stays whole.
func breakBlock(block string, maxBytes int) []string {
	if len(block) <= maxBytes {
		return []string{block}
	}
	switch {
	case strings.HasPrefix(block, "<table>"):
		return breakTable(block, maxBytes)
	case strings.HasPrefix(block, "<ul>"), strings.HasPrefix(block, "<ol"):
		return breakList(block, maxBytes)
	case strings.HasPrefix(block, "<pre>"):
		return breakCode(block, maxBytes)
	}
	return []string{block}
}

// wrapped packs items into pieces, each between head and foot.
func wrapped(items []string, maxBytes int, head func(first int) string, foot string) (pieces []string) {
	first, size := 0, 0
	for i, item := range items {
		if i > first && size+len(item)+len(foot) > maxBytes {
			pieces = append(pieces, head(first)+strings.Join(items[first:i], "")+foot)
			first = i
		}
		if i == first {
			size = len(head(first))
		}
		size += len(item)
	}
	return append(pieces, head(first)+strings.Join(items[first:], "")+foot)
}

var element = regexp.MustCompile(`</?(?:table|thead|tbody|tfoot|tr|ul|ol|li)\b[^<>]*>\n?`)

// inside cuts an element into the members of a name that lie directly in it, and
// what is before, between and after them. Members that lie in others of the
// same kind, such as the rows of a table in a cell, belong to those.
func inside(block, container, member string) (members []string, rest []string) {
	depth, start, last := 0, 0, 0
	for _, at := range element.FindAllStringIndex(block, -1) {
		name := strings.Trim(block[at[0]:at[1]], "</> \n")
		name, _, _ = strings.Cut(name, " ")
		isEnd := block[at[0]+1] == '/'
		switch {
		case isContainer(name, container) && isEnd:
			depth--
		case isContainer(name, container):
			depth++
		case name == member && depth == 1 && !isEnd:
			start = at[0]
		case name == member && depth == 1:
			members, rest = append(members, block[start:at[1]]), append(rest, block[last:start])
			last = at[1]
		}
	}
	return members, append(rest, block[last:])
}

// isContainer reports whether an element is of the kind of a container.
func isContainer(name, container string) bool {
	return name == container || container != "table" && (name == "ul" || name == "ol")
}

var spans = regexp.MustCompile(`<t[dh][^<>]* rowspan="(\d+)"`)

// breakTable repeats the rows of the head on each piece. Rows that a cell spans
// stay together.
func breakTable(block string, maxBytes int) []string {
	rows, rest := inside(block, "table", "tr")
	head := rest[0]
	n := 0
	for n < len(rows) && (inHead(rest[:n+1]) || isHeadRow(rows[n])) {
		head += rows[n] + rest[n+1]
		n++
	}
	if len(rows)-n < 2 || len(head) > maxBytes/2 {
		return []string{block}
	}
	var items []string
	together := 0
	for i, row := range rows[n:] {
		if i+1 < len(rows)-n {
			row += withoutGroups(rest[n+i+1])
		}
		if together > 0 {
			items[len(items)-1] += row
		} else {
			items = append(items, row)
		}
		together--
		for _, m := range spans.FindAllStringSubmatch(row, -1) {
			span, _ := strconv.Atoi(m[1])
			together = max(together, span-1)
		}
	}
	return wrapped(items, maxBytes, func(int) string { return head }, rest[len(rest)-1])
}

// inHead reports whether what comes next is in the table's head.
func inHead(before []string) bool {
	text := strings.Join(before, "")
	return strings.Count(text, "<thead>") > strings.Count(text, "</thead>")
}

// isHeadRow reports whether all cells of a row are those of a head.
func isHeadRow(row string) bool { return strings.Contains(row, "<th") && !strings.Contains(row, "<td") }

var groups = regexp.MustCompile(`</?t(?:body|foot)>\n?`)

func withoutGroups(s string) string { return groups.ReplaceAllString(s, "") }

var startAt = regexp.MustCompile(`^<ol start="(-?\d+)">`)

// breakList goes on counting on each piece.
func breakList(block string, maxBytes int) []string {
	items, rest := inside(block, "ul", "li")
	if len(items) < 2 {
		return []string{block}
	}
	foot := rest[len(rest)-1]
	if strings.HasPrefix(block, "<ul>") {
		return wrapped(items, maxBytes, func(int) string { return rest[0] }, foot)
	}
	first := 1
	if m := startAt.FindStringSubmatch(block); m != nil {
		first, _ = strconv.Atoi(m[1])
	}
	return wrapped(items, maxBytes, func(i int) string {
		if i == 0 {
			return rest[0]
		}
		return `<ol start="` + strconv.Itoa(first+i) + "\">\n"
	}, foot)
}

func breakCode(block string, maxBytes int) []string {
	end := strings.Index(block, ">") + 1
	if rest := block[end:]; strings.HasPrefix(rest, "<code") {
		end += strings.Index(rest, ">") + 1
	}
	head, body := block[:end], block[end:]
	at := strings.LastIndex(body, "</code>")
	if at < 0 {
		return []string{block}
	}
	lines := strings.SplitAfter(body[:at], "\n")
	return wrapped(lines, maxBytes, func(int) string { return head }, body[at:])
}
