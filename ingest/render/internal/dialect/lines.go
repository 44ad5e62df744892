package dialect

import (
	"regexp"
	"strings"
)

var (
	snippetLine = regexp.MustCompile(`^\s*-+8<-+(?:\s+["']?(.*?)["']?)?\s*$`)
	importLine  = regexp.MustCompile(`(?m)^(?:import\s+(?:[\w$*{][^'"\n]*\s+from\s+)?['"][^'"\n]+['"];?[ \t]*)+$`)
	importOpen  = regexp.MustCompile(`^import\s+(?:[\w$]+\s*,\s*)?\{[^}'"]*$`)
	importEnd   = regexp.MustCompile(`\}\s*from\s+['"][^'"]+['"];?\s*$`)
	exportLine  = regexp.MustCompile(`^export\s+(?:default|const|let|var|function|class|async|type|interface|\{|\*)(?:\s|$|\{)`)
	tocLine     = regexp.MustCompile(`^\s*(?:\[TOC\]|\[\[_?TOC_?\]\]|\{:toc\}|\$\{toc\}|<!--\s*toc\s*-->)\s*$`)
	abbrLine    = regexp.MustCompile(`^ {0,3}\*\[([^\]]+)\]:\s*(.*)$`)
	includeLine = regexp.MustCompile(`^\s*(?:>\s*)*\[!(?i:include)\s*\[[^\]]*\]\(([^)]*)\)\]\s*$|` +
		`^\s*\{\{#include\s+([^}]*)\}\}\s*$`)
)

// snippet drops includes of other files, which are not at hand.
func snippet(r *rewriter, lines []string, _ int) int {
	if m := includeLine.FindStringSubmatch(lines[0]); m != nil {
		r.warn("included file left out: " + m[1] + m[2])
		return 1
	}
	m := snippetLine.FindStringSubmatch(lines[0])
	if m == nil {
		return 0
	}
	if m[1] != "" {
		r.warn("included file left out: " + m[1])
		return 1
	}
	for i, line := range lines[1:] {
		if end := snippetLine.FindStringSubmatch(line); end != nil && end[1] == "" {
			return i + 2
		}
		if isBlank(line) {
			break
		}
		r.warn("included file left out: " + strings.TrimSpace(line))
	}
	return 1
}

// imports drops the modules that MDX imports.
func imports(r *rewriter, lines []string, _ int) int {
	if !strings.HasPrefix(lines[0], "import") || !r.blank && !r.mdx {
		return 0
	}
	if importLine.MatchString(lines[0]) {
		n := 1
		for n < len(lines) && importLine.MatchString(lines[n]) {
			n++
		}
		return n
	}
	if !importOpen.MatchString(lines[0]) {
		return 0
	}
	for i, line := range lines[1:min(len(lines), 50)] {
		if importEnd.MatchString(line) {
			return i + 2
		}
		if isBlank(line) {
			break
		}
	}
	return 0
}

// exports drops what an MDX document tells its site: up to the blank line
// after which no bracket is open.
func exports(r *rewriter, lines []string, _ int) int {
	if !r.jsx || !r.blank || !exportLine.MatchString(lines[0]) {
		return 0
	}
	open := 0
	for i, line := range lines[:min(len(lines), maxExport)] {
		if isBlank(line) && open <= 0 {
			return i
		}
		for _, c := range line {
			switch c {
			case '{', '(', '[':
				open++
			case '}', ')', ']':
				open--
			}
		}
	}
	if open > 0 || len(lines) > maxExport {
		return 0
	}
	return len(lines)
}

const maxExport = 300 // lines

// toc drops the place of a table of contents, and makes a list of what MkDocs
// shows as tooltips.
func toc(r *rewriter, lines []string, _ int) int {
	if tocLine.MatchString(lines[0]) {
		return 1
	}
	if m := abbrLine.FindStringSubmatch(lines[0]); m != nil {
		r.emit("- " + m[1] + ": " + m[2])
		return 1
	}
	return 0
}
