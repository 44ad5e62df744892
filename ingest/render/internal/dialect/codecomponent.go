package dialect

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"
)

// codeProps are the components that show the code in their settings, as those of
// Astro, Docusaurus and ReadMe do.
var codeProps = dom.Set("Code", "CodeBlock", "CodeSnippet", "Highlight")

// templateExport finds a text over any lines that MDX exports.
var templateExport = regexp.MustCompile("^export\\s+const\\s+([A-Za-z_$][\\w$]*)\\s*=\\s*`((?:[^`\\\\]|\\\\.|\\n)*)`")

// isTemplate tells whether lines end within a text between backticks.
func isTemplate(lines []string) bool {
	ticks := 0
	for _, line := range lines {
		ticks += strings.Count(line, "`") - strings.Count(line, "\\`")
	}
	return ticks%2 == 1
}

// noteTemplate notes the text that lines of MDX export.
func (r *rewriter) noteTemplate(lines []string) {
	if len(lines) == 0 || !strings.Contains(lines[0], "`") {
		return
	}
	m := templateExport.FindStringSubmatch(strings.Join(lines, "\n"))
	if m != nil && !strings.Contains(m[2], "${") {
		r.constant[m[1]] = templateEscapes.Replace(m[2])
	}
}

// codeOf is the code in the settings of a component: as it stands, a text that the
// document exports, or the file that it imports.
func (r *rewriter) codeOf(t tag, a args) ([]string, bool) {
	if !codeProps[t.name] {
		return nil, false
	}
	code := a.first("code", "source", "snippet")
	if text, ok := strings.CutPrefix(a.code["code"], "`"); ok && code == "" {
		code = templateEscapes.Replace(strings.TrimSuffix(text, "`"))
	}
	if text, ok := r.constant[code]; ok {
		code = text
	} else if file := r.partials[code]; file != "" {
		code, _ = r.load(file)
	}
	if isBlank(code) {
		return nil, false
	}
	lang := a.first("lang", "language")
	lines := strings.Split(strings.Trim(code, "\n"), "\n")
	return append(titleLine(a.first("title", "filename")), fencedCode(lang, lines)...), true
}
