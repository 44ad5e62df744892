package dialect

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

const magicEnd = "[/block]"

var magicStart = regexp.MustCompile(`^\[block:([\w-]+)\]`)

const (
	maxMagic      = 256 << 10 // bytes of a block
	maxMagicLines = 5000
)

// magicBlock is what ReadMe writes as JSON between "[block:kind]" and
// "[/block]": https://docs.readme.com/rdmd/docs/legacy-markdown-magic-blocks
type magicBlock struct {
	Type, Title, Body, HTML, URL, Link, Text, Caption string
	Level                                             int
	Codes                                             []struct{ Code, Language, Name string }
	Data                                              map[string]any
	Images                                            []struct {
		Image   []any
		Caption string
	}
}

// foundMagic is a block as it stands in a text.
type foundMagic struct {
	kind, settings string
	lines          int
	after          string // what stands behind it on its last line
}

// findMagic reads the block that begins in the first line, at a place.
func findMagic(lines []string, at int) (f foundMagic, ok bool) {
	m := magicStart.FindStringSubmatch(lines[0][at:])
	if m == nil {
		return f, false
	}
	var text strings.Builder
	for i, line := range lines[:min(len(lines), maxMagicLines)] {
		if i == 0 {
			line = line[at+len(m[0]):]
		}
		settings, after, isEnd := strings.Cut(line, magicEnd)
		text.WriteString(settings + "\n")
		if isEnd {
			return foundMagic{m[1], text.String(), i + 1, strings.TrimSpace(after)}, true
		}
		if text.Len() > maxMagic {
			break
		}
	}
	return f, false
}

// magic rewrites a block of ReadMe.
func magic(r *rewriter, lines []string, depth int) int {
	prefix, rest := cutPrefix(lines[0])
	n := r.magicAt(prefix, lines, len(prefix), depth)
	if m := magicStart.FindStringSubmatch(rest); n == 0 && m != nil {
		r.warn("block shown as it stands, as nothing ends it: " + m[1])
	}
	return n
}

// magicBehind rewrites a block that begins behind a text, which becomes a
// paragraph.
func magicBehind(r *rewriter, lines []string, depth int) int {
	at := strings.Index(lines[0], "[block:")
	text := strings.TrimRight(lines[0][:at], " \t")
	if _, ok := findMagic(lines, at); !ok || isBlank(text) || hasOpenSpan(text) {
		return 0
	}
	prefix, _ := cutPrefix(text)
	if isListItem(text) {
		prefix = strings.Repeat(" ", columns(text, len(listMarker(text))))
	}
	r.prose([]string{text})
	return r.magicAt(prefix, lines, at, depth)
}

func (r *rewriter) magicAt(prefix string, lines []string, at, depth int) int {
	f, ok := findMagic(lines, at)
	if !ok {
		return 0
	}
	r.writeMagic(prefix, f, depth)
	if f.after == "" {
		return f.lines
	}
	lines[f.lines-1] = prefix + f.after
	return f.lines - 1 + r.prose(lines[f.lines-1:])
}

func (r *rewriter) writeMagic(prefix string, f foundMagic, depth int) {
	var b magicBlock
	var other *json.UnmarshalTypeError // a setting that is of no use: the rest has been read
	if err := json.Unmarshal([]byte(f.settings), &b); err != nil && !errors.As(err, &other) {
		r.warn("block " + f.kind + " left out: its settings cannot be read")
		return
	}
	if f.kind == "callout" {
		label := strings.TrimSpace(Label(callouts[b.Type], b.Title))
		r.box(prefix, label, false, strings.Split(b.Body, "\n"), depth)
		return
	}
	block := b.lines(f.kind)
	if len(block) == 0 {
		block = openedMagic(f.settings)
	}
	if len(block) == 0 {
		r.warn("block " + f.kind + " left out")
	}
	r.emitBlock(prefix, block...)
}

var callouts = map[string]string{"info": "info", "success": "success", "warning": "warning", "danger": "danger"}

// lines says in Markdown what a block shows.
func (b magicBlock) lines(kind string) []string {
	switch kind {
	case "api-header":
		level := 2
		if b.Level >= 1 && b.Level <= 6 {
			level = b.Level
		}
		return []string{strings.Repeat("#", level) + " " + strings.Join(strings.Fields(b.Title), " ")}
	case "code":
		return b.code()
	case "parameters":
		return b.table()
	case "image":
		return b.pictures()
	case "html":
		return strings.Split(b.HTML, "\n")
	case "embed":
		if b.URL != "" {
			return []string{mediaLink(b.URL, b.Title, b.URL)}
		}
	case "textarea":
		return strings.Split(b.Text+b.Body, "\n")
	case "tutorial-tile", "recipe":
		if b.Title != "" && b.Link != "" {
			return []string{mediaLink(b.Link, b.Title, "")}
		}
		return []string{b.Title}
	}
	return nil
}

func (b magicBlock) code() []string {
	var out []string
	for _, c := range b.Codes {
		if c.Name != "" {
			out = append(out, strong(plainText(c.Name)), "")
		}
		out = append(out, fencedCode(c.Language, strings.Split(c.Code, "\n"))...)
		out = append(out, "")
	}
	return out
}

const maxMagicCells = 5000

// table writes the cells, whose keys are "h-0" for the head and "1-0" for the
// second row's first.
func (b magicBlock) table() []string {
	width, height := 0, 0
	for key := range b.Data {
		row, column, _ := strings.Cut(key, "-")
		c, _ := strconv.Atoi(column)
		width = max(width, c+1)
		if h, err := strconv.Atoi(row); err == nil {
			height = max(height, h+1)
		}
	}
	if width*height > maxMagicCells || width == 0 || width > 100 {
		return nil
	}
	if b.holdsBlocks() {
		return b.blockTable(width, height)
	}
	row := func(name string) string {
		var cells []string
		for c := range width {
			cells = append(cells, strings.NewReplacer("|", "\\|", "\n", "<br>").Replace(b.cell(name, c)))
		}
		return "| " + strings.Join(cells, " | ") + " |"
	}
	out := []string{row("h"), "|" + strings.Repeat("---|", width)}
	for h := range height {
		out = append(out, row(strconv.Itoa(h)))
	}
	return out
}

func (b magicBlock) cell(row string, column int) string {
	if v := b.Data[row+"-"+strconv.Itoa(column)]; v != nil {
		return strings.TrimSpace(fmt.Sprint(v))
	}
	return ""
}

var blockInCell = regexp.MustCompile("(?m)^[ \t]*(?:```|~~~|[-*+][ \t]|[0-9]+[.)][ \t])")

// holdsBlocks tells whether a cell has more than a table of Markdown can hold.
func (b magicBlock) holdsBlocks() bool {
	for _, v := range b.Data {
		if text, ok := v.(string); ok && strings.Contains(text, "\n") && blockInCell.MatchString(text) {
			return true
		}
	}
	return false
}

// blockTable writes the cells, each of which is Markdown by itself.
func (b magicBlock) blockTable(width, height int) []string {
	out := []string{"<table>"}
	row := func(name, tag string) {
		out = append(out, "<tr>")
		for c := range width {
			out = append(out, "<"+tag+">", "")
			out = append(out, strings.Split(b.cell(name, c), "\n")...)
			out = append(out, "", "</"+tag+">")
		}
		out = append(out, "</tr>")
	}
	out = append(out, "<thead>")
	row("h", "th")
	out = append(out, "</thead>", "<tbody>")
	for h := range height {
		row(strconv.Itoa(h), "td")
	}
	return append(out, "</tbody>", "</table>")
}

func (b magicBlock) pictures() []string {
	var out []string
	for _, p := range b.Images {
		src, alt := "", ""
		if len(p.Image) > 0 {
			src, _ = p.Image[0].(string)
		}
		if len(p.Image) > 2 {
			alt, _ = p.Image[2].(string)
		}
		if len(p.Image) > 1 && alt == "" && p.Caption == "" {
			alt, _ = p.Image[1].(string)
		}
		if alt != "" || p.Caption == "" {
			out = append(out, image(src, alt), "")
		}
		if p.Caption != "" {
			out = append(out, p.Caption, "")
		}
	}
	return slices.Clip(out)
}
