package dialect

import (
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	magicStart = regexp.MustCompile(`^\[block:([\w-]+)\][ \t]*$`)
	magicEnd   = regexp.MustCompile(`^\[/block\][ \t]*$`)
)

const (
	maxMagic      = 256 << 10 // bytes of a block
	maxMagicLines = 5000
)

// magicBlock is what ReadMe writes as JSON between "[block:kind]" and
// "[/block]": https://docs.readme.com/rdmd/docs/legacy-markdown-magic-blocks
type magicBlock struct {
	Type, Title, Body, HTML, URL, Caption string
	Codes                                 []struct{ Code, Language, Name string }
	Data                                  map[string]any
	Cols, Rows                            int
	Images                                []struct {
		Image   []any
		Caption string
	}
}

// magic rewrites a block of ReadMe.
func magic(r *rewriter, lines []string, depth int) int {
	m := magicStart.FindStringSubmatch(lines[0])
	if m == nil {
		return 0
	}
	n := 1
	for n < min(len(lines), maxMagicLines) && !magicEnd.MatchString(lines[n]) {
		n++
	}
	if n == min(len(lines), maxMagicLines) {
		return 0
	}
	text := strings.Join(lines[1:n], "\n")
	var b magicBlock
	if err := json.Unmarshal([]byte(text), &b); err != nil || len(text) > maxMagic {
		r.warn("block " + m[1] + " left out: its settings cannot be read")
		return n + 1
	}
	block := b.lines(m[1])
	if len(block) == 0 {
		r.warn("block " + m[1] + " left out")
	}
	if m[1] == "callout" {
		label := strings.TrimSpace(Label(callouts[b.Type], b.Title))
		r.box("", label, false, strings.Split(b.Body, "\n"), depth)
		return n + 1
	}
	r.emitBlock("", block...)
	return n + 1
}

var callouts = map[string]string{"info": "info", "success": "success", "warning": "warning", "danger": "danger"}

// lines says in Markdown what a block shows.
func (b magicBlock) lines(kind string) []string {
	switch kind {
	case "callout":
		return []string{b.Title}
	case "api-header":
		return []string{"## " + b.Title}
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
		return []string{b.Body}
	}
	return nil
}

func (b magicBlock) code() []string {
	var out []string
	for _, c := range b.Codes {
		if c.Name != "" {
			out = append(out, strong(html.EscapeString(c.Name)), "")
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
	row := func(name string) string {
		var cells []string
		for c := range width {
			text := ""
			if v := b.Data[name+"-"+strconv.Itoa(c)]; v != nil {
				text = fmt.Sprint(v)
			}
			text = strings.NewReplacer("|", "\\|", "\n", "<br>").Replace(strings.TrimSpace(text))
			cells = append(cells, text)
		}
		return "| " + strings.Join(cells, " | ") + " |"
	}
	out := []string{row("h"), "|" + strings.Repeat("---|", width)}
	for h := range height {
		out = append(out, row(strconv.Itoa(h)))
	}
	return out
}

func (b magicBlock) pictures() []string {
	var out []string
	for _, p := range b.Images {
		src, alt := "", p.Caption
		if len(p.Image) > 0 {
			src, _ = p.Image[0].(string)
		}
		if len(p.Image) > 1 && alt == "" {
			alt, _ = p.Image[1].(string)
		}
		out = append(out, image(src, alt), "")
	}
	return slices.Clip(out)
}
