package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	importLine = regexp.MustCompile(`\A(?:import\s+(?:[\w$*{][^'"\n]*\s+from\s+)?['"][^'"\n]+['"];?[ \t]*)+(?m:$)`)
	importOpen = regexp.MustCompile(`^import\s+(?:[\w$]+\s*,\s*)?\{[^}'"]*$`)
	importEnd  = regexp.MustCompile(`\}\s*from\s+['"][^'"]+['"];?\s*$`)
	exportLine = regexp.MustCompile(`^export\s+(?:default|const|let|var|function|class|async|type|interface|\{|\*)(?:\s|$|\{)`)
	tocLine    = regexp.MustCompile(`^\s*(?:\[(?i:TOC)\]|\[\[_?(?i:TOC|TOSP)_?\]\]|\{:toc\}|\$\{toc\}|<!--\s*toc\s*-->)\s*$`)
	// which kramdown writes on the line below a list that it puts the contents in
	kramdownTOC = regexp.MustCompile(`^\s*\{:\s*toc\b[^}]*\}\s*$`)
	abbrLine    = regexp.MustCompile(`^ {0,3}\*\[([^\]]+)\]:\s*(.*)$`)
)

// hasImport tells whether a line of a text imports a module.
func hasImport(text string) bool {
	for at := 0; ; at++ {
		i := strings.Index(text[at:], "import")
		if i < 0 {
			return false
		}
		if at += i; (at == 0 || text[at-1] == '\n') && importLine.MatchString(text[at:]) {
			return true
		}
	}
}

// imports drops the modules that MDX imports.
func imports(r *rewriter, lines []string, _ int) int {
	if !strings.HasPrefix(lines[0], "import") || !r.blank && !r.mdx {
		return 0
	}
	n := 0
	for n < len(lines) && importLine.MatchString(lines[n]) {
		r.notePartials(lines[n])
		r.noteModule(lines[n])
		n++
	}
	if n > 0 {
		return n
	}
	if !importOpen.MatchString(lines[0]) {
		return 0
	}
	for i, line := range lines[1:min(len(lines), 50)] {
		if importEnd.MatchString(line) {
			r.notePartials(strings.Join(lines[:i+2], " "))
			r.noteModule(strings.Join(lines[:i+2], "\n"))
			return i + 2
		}
		if isBlank(line) {
			break
		}
	}
	return 0
}

var (
	partialImport = regexp.MustCompile(`import\s+(\w+)\s*(?:,\s*\{[^}]*\}\s*)?from\s+['"]([^'"]+\.mdx?)['"]`)
	rawImport     = regexp.MustCompile(`import\s+(\w+)\s+from\s+['"](?:!!raw-loader!([^'"]+)|([^'"]+)\?raw)['"]`)
	namedPartial  = regexp.MustCompile(`import\s+\{([^}]*)\}\s*from\s+['"]([^'"]+\.mdx?)['"]`)
)

// notePartials notes the components that stand for other documents.
func (r *rewriter) notePartials(line string) {
	for _, m := range partialImport.FindAllStringSubmatch(line, 20) {
		r.partials[m[1]] = strings.ReplaceAll(m[2], `\`, "")
	}
	for _, m := range rawImport.FindAllStringSubmatch(line, 20) {
		r.partials[m[1]] = m[2] + m[3]
	}
	for _, m := range namedPartial.FindAllStringSubmatch(line, 20) {
		for name := range strings.SplitSeq(m[1], ",") {
			fields := strings.Fields(name)
			if len(fields) > 0 {
				r.partials[fields[len(fields)-1]] = m[2]
			}
		}
	}
}

// exports drops what an MDX document tells its site: up to the blank line
// after which no bracket is open.
func exports(r *rewriter, lines []string, _ int) int {
	if !r.jsx || !r.blank || !exportLine.MatchString(lines[0]) {
		return 0
	}
	open := 0
	for i, line := range lines[:min(len(lines), maxExport)] {
		if isBlank(line) && open <= 0 && !isTemplate(lines[:i]) {
			r.noteTemplate(lines[:i])
			r.noteModule(strings.Join(lines[:i], "\n"))
			return i
		}
		if m := constantLine.FindStringSubmatch(line); m != nil {
			r.constant[m[1]] = m[2] + m[3] + m[4]
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
	r.noteTemplate(lines)
	r.noteModule(strings.Join(lines, "\n"))
	return len(lines)
}

const maxExport = 300 // lines

// mayBeTOC tells whether a line begins as the place of a table of contents does.
func mayBeTOC(line string) bool {
	rest := strings.TrimSpace(line)
	return strings.HasPrefix(rest, "[") || strings.HasPrefix(rest, "{:toc") || strings.HasPrefix(rest, "${toc") ||
		strings.HasPrefix(rest, "<!--")
}

// constantLine finds a text or number that MDX exports.
var constantLine = regexp.MustCompile("^export\\s+const\\s+([A-Za-z_$][\\w$]*)\\s*=\\s*(?:\"([^\"\\\\]*)\"|'([^'\\\\]*)'|([0-9.]+));?\\s*$")

// toc drops the place of a table of contents, and makes a list of what MkDocs
// shows as tooltips.
func toc(r *rewriter, lines []string, _ int) int {
	if mayBeTOC(lines[0]) && tocLine.MatchString(lines[0]) {
		return 1
	}
	if len(lines) > 1 && strings.Contains(lines[1], "{:") && isListItem(lines[0]) && kramdownTOC.MatchString(lines[1]) {
		return 2
	}
	if !strings.Contains(lines[0], "*[") {
		return 0
	}
	if m := abbrLine.FindStringSubmatch(lines[0]); m != nil {
		r.emit("- " + m[1] + ": " + m[2])
		return 1
	}
	return 0
}
