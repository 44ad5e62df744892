package transform

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText returns what a reader sees of HTML, a line for each block.
func PlainText(source string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	pre := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tidyLines(b.String())
		case html.TextToken:
			text := string(z.Text())
			if pre == 0 {
				text = foldSpace(text)
			}
			b.WriteString(text)
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			b.WriteString(before(t.DataAtom))
			if t.DataAtom == atom.Pre {
				pre++
			}
		case html.EndTagToken:
			t := z.Token()
			if t.DataAtom == atom.Pre && pre > 0 {
				pre--
			}
			b.WriteString(after(t.DataAtom))
		}
	}
}

func before(a atom.Atom) string {
	switch a {
	case atom.Li:
		return "\n- "
	case atom.Td, atom.Th:
		return " | "
	case atom.Br:
		return "\n"
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return "\n\n" + strings.Repeat("#", int(a.String()[1]-'0')) + " "
	}
	return after(a)
}

func after(a atom.Atom) string {
	switch a {
	case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Table, atom.Tr, atom.Pre, atom.Blockquote, atom.Dl, atom.Dt, atom.Dd,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return "\n"
	}
	return ""
}

func foldSpace(s string) string {
	folded := strings.Join(strings.Fields(s), " ")
	if folded == "" {
		if s != "" {
			return " "
		}
		return ""
	}
	if strings.ContainsRune(" \n\t", rune(s[0])) {
		folded = " " + folded
	}
	if strings.ContainsRune(" \n\t", rune(s[len(s)-1])) {
		folded += " "
	}
	return folded
}

func tidyLines(s string) string {
	var lines []string
	blank := true
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \n")
		if strings.TrimSpace(line) == "" {
			if !blank {
				lines = append(lines, "")
			}
			blank = true
			continue
		}
		blank = false
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n")) + "\n"
}
