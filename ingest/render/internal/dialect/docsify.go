package dialect

import (
	"html"
	"path"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// Docsify puts the file of a link in its place: https://docsify.js.org/#/embed-files
var (
	docsifyEmbed = regexp.MustCompile(`^([ \t]*)\[([^\[\]]*)\]\(<?([^)\s>]+)>?[ \t]+(?:'([^']*)'|"([^"]*)")\)[ \t]*$`)
	docsifyType  = regexp.MustCompile(`:type=([a-z]+)(?:[ \t]+([A-Za-z][\w+#-]*))?`)
	docsifyPart  = regexp.MustCompile(`:fragment=([\w-]+)`)
	docsifyMark  = regexp.MustCompile(`[ \t]*(?:<!--[ \t]*)?\{docsify-ignore(?:-all)?\}(?:[ \t]*-->)?[ \t]*$`)
	fumaID       = regexp.MustCompile(`(?:[ \t]+\[!?toc\])?[ \t]+\[#([\w-]+)\][ \t]*$|[ \t]+\[!toc\][ \t]*$`)
	docsifyID    = regexp.MustCompile(`[ \t]+:id=([\w-]+)[ \t]*$`)
)

// docsify puts a file in the place of the link that says ":include".
func docsify(r *rewriter, lines []string, depth int) int {
	if !strings.Contains(lines[0], ":include") {
		return 0
	}
	m := docsifyEmbed.FindStringSubmatch(lines[0])
	if m == nil || depth > maxNesting {
		return 0
	}
	settings := m[4] + m[5]
	if !strings.HasPrefix(strings.TrimSpace(settings), ":include") {
		return 0
	}
	ext := strings.TrimPrefix(path.Ext(m[3]), ".")
	kind, lang := docsifyKind(ext), ext
	if t := docsifyType.FindStringSubmatch(settings); t != nil {
		kind, lang = t[1], firstOf(t[2], ext)
	}
	if kind == "iframe" || kind == "video" || kind == "audio" || strings.Contains(m[3], "://") {
		r.emitBlock(m[1], mediaLink(m[3], m[2], firstOf(html.EscapeString(m[2]), m[3])))
		return 1
	}
	p := docsifyPart.FindStringSubmatch(settings)
	load := r.load
	if p == nil && kind != "code" && kind != "mermaid" {
		load = r.loadOther
	}
	text, at := load(m[3])
	if at == "" {
		return 1
	}
	if p != nil {
		text = fragment(text, p[1])
	}
	switch kind {
	case "code":
		r.codeFile(m[1], lang, text, "")
	case "mermaid":
		r.codeFile(m[1], kind, text, "")
	default:
		r.includeText(m[1], text, at, depth, nil)
	}
	return 1
}

// docsifyKind is how a file is shown, by what its name ends in.
func docsifyKind(ext string) string {
	switch strings.ToLower(ext) {
	case "md", "markdown":
		return "markdown"
	case "html", "htm":
		return "iframe"
	case "mp4", "ogg", "webm":
		return "video"
	case "mp3":
		return "audio"
	}
	return "code"
}

// fragment is what of a file lies between two lines with the mark of a name,
// "/// [name]" or "### [name]".
func fragment(text, name string) string {
	var out []string
	inside := false
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, "["+name+"]") && (strings.Contains(line, "///") || strings.Contains(line, "###")) {
			if inside {
				return strings.Join(out, "\n")
			}
			inside = true
		} else if inside {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// headingMarks reads what a heading tells Docsify, or Fumadocs and Nextra: its id,
// and whether it is listed.
func headingMarks(_ *rewriter, lines []string, _ int) int {
	if strings.Contains(lines[0], "{docsify-ignore") {
		lines[0] = docsifyMark.ReplaceAllString(lines[0], "")
	}
	if strings.Contains(lines[0], ":id=") {
		lines[0] = docsifyID.ReplaceAllString(lines[0], " {#$1}")
	}
	if !strings.Contains(lines[0], "[") {
		return 0
	}
	if m := fumaID.FindStringSubmatch(lines[0]); m != nil {
		lines[0] = fumaID.ReplaceAllString(lines[0], "")
		if m[1] != "" {
			lines[0] += " {#" + m[1] + "}"
		}
	}
	return 0
}
