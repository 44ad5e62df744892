package dialect

import (
	"path"
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// includeRef is the file that a call includes. Those of Jekyll have a place of
// their own.
func includeRef(call shortcode) (ref string, ok bool) {
	switch call.name {
	case "include", "include_relative", "readfile", "render", "include-markdown", "snippet", "partial":
		ref = call.args.at(0)
		if ref == "" {
			ref = call.args.first("file", "path", "src")
		}
	}
	return ref, ref != "" && !call.closing
}

// includeCall includes what lies between the marks that the call names, with its
// headings as deep as it says.
func (r *rewriter) includeCall(prefix, ref string, a args, depth int) {
	file, part := cutPart(ref)
	load := r.load
	if part == "" && a.first("start", "end") == "" {
		load = r.loadOther
	}
	text, path := load(file)
	if path == "" {
		return
	}
	text = partOf(text, part)
	if start := a.first("start"); start != "" {
		_, text, _ = strings.Cut(text, start)
	}
	if end := a.first("end"); end != "" {
		text, _, _ = strings.Cut(text, end)
	}
	if a.first("code") == "true" { // https://www.docsy.dev/docs/content/shortcodes/#include-external-files
		r.emitBlock(prefix, fencedCode(a.first("lang"), strings.Split(strings.Trim(text, "\n"), "\n"))...)
		return
	}
	if offset, _ := strconv.Atoi(a.first("heading-offset")); offset > 0 && offset < 6 {
		text = deeper(text, offset)
	}
	r.includeText(prefix, text, path, depth, nil)
}

var (
	// code of a file, by lines: {* a.py ln[1:3,8] hl[2] title["b"] *}
	codeInclude   = regexp.MustCompile(`^\s*\{\*\s*(\S+)((?:\s+\w+\[[^\[\]]*\])*)\s*\*\}\s*$`)
	includedLines = regexp.MustCompile(`\sln\[([^\[\]]*)\]`)
	includedTitle = regexp.MustCompile(`\stitle\[["']?([^\[\]]*?)["']?\]`)
)

// includeCode includes the lines of code that the settings name.
func (r *rewriter) includeCode(prefix, ref, settings string) {
	text, at := r.load(ref)
	if at == "" {
		return
	}
	text = strings.TrimRight(text, "\n")
	if m := includedLines.FindStringSubmatch(settings); m != nil {
		var parts []string
		for part := range strings.SplitSeq(m[1], ",") {
			parts = append(parts, partOf(text, strings.TrimSpace(part)))
		}
		text = strings.Join(parts, "\n\n")
	}
	if m := includedTitle.FindStringSubmatch(settings); m != nil {
		r.emitBlock(prefix, titleLine(m[1])...)
	}
	r.emitBlock(prefix, fencedCode(strings.TrimPrefix(path.Ext(at), "."), strings.Split(text, "\n"))...)
}

// includeComment finds the comment by which VitePress includes a file, or its part below a
// heading or between lines: https://vitepress.dev/guide/markdown#markdown-file-inclusion
var includeComment = regexp.MustCompile(`^<!--\s*@include:\s*([^\s{}#<>]+)(?:#([^\s{}<>]+))?(?:\{(\d*),?(\d*)\})?\s*-->\s*$`)

func (r *rewriter) includeComment(prefix string, m []string, depth int) {
	load := r.load
	if m[2]+m[3]+m[4] == "" {
		load = r.loadOther
	}
	text, path := load(strings.TrimPrefix(m[1], "@"))
	if path == "" {
		return
	}
	if m[3]+m[4] != "" {
		text = partOf(text, m[3]+":"+m[4])
	}
	if m[2] != "" {
		whole := text
		if text = regionOf(whole, m[2]); text == whole {
			text = section(whole, m[2])
		}
	}
	r.includeText(prefix, text, path, depth, nil)
}

// deeper writes headings some levels deeper.
func deeper(text string, offset int) string {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if m := openFence(lines[i]); m != nil {
			i += fenceLength(lines[i:], m[2]) - 1
		} else if strings.HasPrefix(lines[i], "#") {
			lines[i] = strings.Repeat("#", offset) + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

// includers are the names that authors give to calls of their own which
// include a document.
var includers = regexp.MustCompile(`(?:^|[-_])(?:include|embed|reuse|snippet|transclude|partial|md)s?(?:[-_]|$)`)

// named is the text of the document that a call of the author's own includes.
func (r *rewriter) named(call shortcode) (text, path string) {
	ref := call.args.at(0)
	if ref == "" {
		ref = call.args.first("file", "path", "src", "name")
	}
	if call.closing || call.unknown || liquid[call.name] || !includers.MatchString(call.name) || strings.Contains(ref, "://") ||
		!strings.HasSuffix(ref, ".md") && !strings.HasSuffix(ref, ".html") || r.includes.Load == nil || r.files >= maxIncludes {
		return "", ""
	}
	text, path = r.includes.Load(r.path, ref)
	if path == "" && r.includes.Note != nil {
		text, path = r.includes.Note(r.path, strings.TrimSuffix(ref, ".md"))
	}
	r.loaded++
	if r.included += len(text); r.included > maxIncluded || r.loaded > maxFiles || path != "" && r.isOpen(path, "") {
		return "", ""
	}
	return text, path
}
