package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// maxMath is how many lines a formula may take.
const maxMath = 200

// mathBlock keeps formulas as they are: Markdown would eat their underscores.
// They lie between lines of "$$", or of "\\[" and "\\]", or begin and end in these.
func mathBlock(r *rewriter, lines []string, _ int) int {
	prefix, rest := cutPrefix(lines[0])
	start, end := "$$", "$$"
	if strings.HasPrefix(rest, `\[`) {
		start, end = `\[`, `\]`
	}
	if m := environment.FindStringSubmatch(rest); m != nil {
		return r.mathEnvironment(prefix, m[1], lines)
	}
	first, ok := strings.CutPrefix(strings.TrimSpace(rest), start)
	if !ok || strings.Contains(first, end) || start != "$$" && first != "" {
		return 0
	}
	body := nonBlank(first)
	for i, line := range lines[1:min(len(lines), maxMath)] {
		_, text := cutPrefix(line)
		if last, ends := strings.CutSuffix(strings.TrimSpace(text), end); ends {
			r.emit(prefix + "```math")
			for _, l := range append(body, nonBlank(last)...) {
				r.emit(prefix + dedent(l, indent(prefix)))
			}
			r.emit(prefix + "```")
			return i + 2
		}
		if isBlank(text) && first != "" {
			return 0
		}
		body = append(body, line)
	}
	return 0
}

// environment begins a formula of TeX's that needs no dollars.
var environment = regexp.MustCompile(`^\\begin\{((?:equation|align|alignat|gather|multline|eqnarray|flalign)\*?)\}`)

func (r *rewriter) mathEnvironment(prefix, name string, lines []string) int {
	for i, line := range lines[:min(len(lines), maxMath)] {
		if strings.Contains(line, `\end{`+name+"}") {
			r.emitBlock(prefix, fencedCode("math", dedentAll(lines[:i+1], indent(prefix)))...)
			return i + 1
		}
	}
	return 0
}

func nonBlank(line string) []string {
	if isBlank(line) {
		return nil
	}
	return []string{line}
}
