package dialect

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"finpages/ingest/render/internal/jsx"
	regexp "finpages/sources/lazyregexp"
)

const (
	maxIncluded = 1 << 20 // bytes that a document may include
	maxIncludes = 8       // how deep included files may include others
	maxFiles    = 5000    // files that a document may include, each as often as it is
)

// load returns the text of a file that the one that is read refers to. What is
// not there, or too much, a warning tells of.
func (r *rewriter) load(ref string) (text, path string) {
	ref = strings.Trim(strings.TrimSpace(ref), `"'`)
	if r.includes.Load != nil && ref != "" && r.files < maxIncludes {
		text, path = r.includes.Load(r.path, ref)
	}
	r.loaded++
	if r.included += len(text); path == "" || r.included > maxIncluded || r.loaded > maxFiles {
		r.warn("included file left out: " + ref + r.whyNot(path, ref))
		return "", ""
	}
	return text, path
}

// whyNot ends the warning of a file that is there and was not loaded.
func (r *rewriter) whyNot(path, ref string) string {
	if path != "" || ref == "" || r.files >= maxIncludes || r.loaded > maxFiles || r.includes.IsKeptOut == nil ||
		!r.includes.IsKeptOut(r.path, ref) {
		return ""
	}
	return " (it is there, but include, exclude, a hidden name, its front matter, its size or a retraction keeps it out)"
}

// loadOther is load for the whole of a file that is read as a document: one that is
// being read already is left out.
func (r *rewriter) loadOther(ref string) (text, path string) {
	text, path = r.load(ref)
	if path != "" && r.isOpen(path, "") {
		r.warn("included file left out: " + ref)
		return "", ""
	}
	return text, path
}

// openFile is a file that is being read, with what is read of it.
type openFile struct{ path, text string }

// isOpen tells whether a file is being read, or the same text of it if one is given.
func (r *rewriter) isOpen(path, text string) bool {
	is := func(f openFile) bool { return f.path == path && (text == "" || f.text == text) }
	return is(openFile{r.path, r.text}) || slices.ContainsFunc(r.outer, is)
}

// include writes the text of another file in the place of what refers to it;
// props are what it may refer to. It is false where there is no such file.
func (r *rewriter) include(prefix, ref string, depth int, props *jsx.Object) bool {
	text, path := r.loadOther(ref)
	if path == "" {
		return false
	}
	r.includeText(prefix, text, path, depth, props)
	return true
}

// includeText writes the text of another file, or of a part of it. What is being read
// already would include itself without end.
func (r *rewriter) includeText(prefix, text, path string, depth int, props *jsx.Object) {
	if r.isOpen(path, text) {
		r.warn("included file left out: " + path)
		return
	}
	r.grow(text)
	r.jsx = r.jsx || hasImport(text)
	inner := r.inner()
	if props != nil {
		inner.scope = jsx.NewScope(r.program().scope)
		inner.scope.Set("props", props)
		for _, key := range props.Keys() { // as the snippets of some tools name them
			inner.scope.Set(key, props.Get(key))
		}
	}
	inner.path, inner.text, inner.files = path, text, r.files+1
	inner.outer = append(slices.Clip(r.outer), openFile{r.path, r.text})
	inner.lines(strings.Split(text, "\n"), depth+1)
	r.emitBlock(prefix, strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
}

var (
	includeLine = regexp.MustCompile(`^\s*(?:\[!(?i:include)\s*\[[^\]]*\]\(([^)]*)\)\]|` +
		`\{\{\s*#(?:include|rustdoc_include)\s+([^}]*)\}\}|include::([^\[\]]+)\[[^\]]*\]|` +
		`\{!\s*([^!{}]+?)\s*!(?:lines=[\d -]+)?\})\s*$`)
	// which MkDocs' plugins execute in code, too
	liquidInclude = regexp.MustCompile(`^\s*\{%-?\s*include(?:-markdown|_relative)?\s+["']?([^"'\s%]+)["']?\s*-?%\}\s*$`)
	bookLines     = regexp.MustCompile(`\s*\[ln:\s*(\d*)\s*-\s*(\d*)\s*\]$`)
	includeInText = regexp.MustCompile(`\\?\[!(?i:include)\s*\[[^\]]*\]\(([^)]*)\)\]`)
	snippetLine   = regexp.MustCompile(`^\s*-+8<-+(?:\s+["']?(.*?)["']?)?\s*$`)
	snippetMark   = regexp.MustCompile(`^.*-+8<-+\s*\[\s*(start|end)\s*:\s*([\w-]+)\s*\].*$`)
	embedLine     = regexp.MustCompile(`^\s*!\[\[([^\[\]|#]+)(?:#([^\[\]|]*))?(?:\|[^\]]*)?\]\]\s*$`)
	anchorMark    = regexp.MustCompile(`^.*ANCHOR(_END)?:\s*([\w-]+)\s*.*$`)
)

// mayInclude tells whether a line holds what those that include files do.
func mayInclude(line string) bool {
	return strings.Contains(line, "8<-") || strings.Contains(line, "[!") || strings.Contains(line, "{{") && strings.Contains(line, "#") ||
		strings.Contains(line, "include::") || strings.Contains(line, "{!") || strings.Contains(line, "{*") || strings.Contains(line, "{%")
}

// snippet puts other files in the places that name them.
func snippet(r *rewriter, lines []string, depth int) int {
	if !mayInclude(lines[0]) {
		return 0
	}
	prefix, _ := cutPrefix(lines[0])
	if m := includeLine.FindStringSubmatch(lines[0]); m != nil {
		r.includePart(prefix, m[1]+m[2]+m[3]+bookSlice(m[4]), depth)
		return 1
	}
	if m := codeInclude.FindStringSubmatch(lines[0]); m != nil && r.IsFor(MkDocs) {
		r.includeCode(prefix, m[1], m[2])
		return 1
	}
	if snippetMark.MatchString(lines[0]) {
		return 1
	}
	m := snippetLine.FindStringSubmatch(lines[0])
	if m == nil {
		return 0
	}
	if m[1] != "" {
		r.includePart(prefix, m[1], depth)
		return 1
	}
	for i, line := range lines[1:] {
		if end := snippetLine.FindStringSubmatch(line); end != nil && end[1] == "" {
			return i + 2
		}
		if isBlank(line) {
			break
		}
		r.includePart(prefix, line, depth)
	}
	return 1
}

// includePart includes a file, or the part of it that is named behind a colon.
func (r *rewriter) includePart(prefix, ref string, depth int) {
	file, part := cutPart(ref)
	load := r.load
	if part == "" {
		load = r.loadOther
	}
	text, path := load(file)
	text = partOf(text, part)
	if path == r.path && strings.Contains(text, ref) {
		r.warn("included file left out: " + ref)
	} else if path != "" {
		if text == "" && part != "" {
			r.warn("part of a file not found: " + ref)
		}
		r.includeText(prefix, text, path, depth, nil)
	}
}

// bookSlice writes the lines that Python-Markdown's includes name, "a.md
// [ln:2-4]", as others do: "a.md:2:4".
func bookSlice(ref string) string { return bookLines.ReplaceAllString(ref, ":$1:$2") }

// isThere tells whether a file can be included.
func (r *rewriter) isThere(ref string) bool {
	if r.includes.Load == nil || r.files >= maxIncludes || r.loaded > maxFiles {
		return false
	}
	r.loaded++
	_, path := r.includes.Load(r.path, ref)
	return path != ""
}

func cutPart(ref string) (file, part string) {
	ref = strings.Trim(strings.TrimSpace(ref), `"'`)
	if strings.Contains(ref, "://") {
		return ref, ""
	}
	file, part, _ = strings.Cut(ref, ":")
	return file, part
}

// partOf is what of a file is between its marks, or between two of its lines:
// "name", "5", "2:4".
func partOf(text, part string) string {
	if part == "" {
		return text
	}
	if from, to, isLines := lineRange(part); isLines {
		lines := strings.Split(text, "\n")
		if to <= 0 || to > len(lines) {
			to = len(lines)
		}
		return strings.Join(lines[min(max(from, 1)-1, to):to], "\n")
	}
	var out []string
	inside := false
	for line := range strings.SplitSeq(text, "\n") {
		if m := snippetMark.FindStringSubmatch(line); m != nil {
			inside = inside && m[2] != part || m[2] == part && m[1] == "start"
			continue
		}
		if m := anchorMark.FindStringSubmatch(line); m != nil {
			inside = inside && m[2] != part || m[2] == part && m[1] == ""
			continue
		}
		if inside {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

var mediaName = regexp.MustCompile(`(?i)\.(?:png|jpe?g|gif|svg|webp|bmp|avif|mp4|webm|mov|mp3|wav|ogg|pdf|excalidraw|canvas|base)$`)

// embed puts a note, or a section of it, in the place of "![[note#Section]]".
func embed(r *rewriter, lines []string, depth int) int {
	m := embedLine.FindStringSubmatch(lines[0])
	if m == nil || r.includes.Load == nil || r.files >= maxIncludes {
		return 0
	}
	if mediaName.MatchString(m[1]) || !r.IsFor(WikiTools()...) {
		return 0 // it becomes an image
	}
	note := r.includes.Note
	if note == nil {
		note = r.includes.Load
	}
	text, path := note(r.path, strings.TrimSpace(m[1]))
	if path == "" || !strings.HasSuffix(path, ".md") {
		return 0 // it becomes a link
	}
	r.loaded++
	if r.included += len(text); r.included > maxIncluded || r.loaded > maxFiles {
		return 0
	}
	if m[2] == "" && r.isOpen(path, "") {
		r.warn("embedded note left out, as it would hold itself: " + m[1])
		return 1
	}
	text = section(text, strings.TrimSpace(m[2]))
	if path == r.path && strings.Contains(text, strings.TrimSpace(lines[0])) {
		r.warn("embedded note left out, as it would hold itself: " + m[1])
		return 1
	}
	if text == "" {
		r.warn("part of a note not found: " + m[1] + "#" + m[2])
		return 0
	}
	prefix, _ := cutPrefix(lines[0])
	r.includeText(prefix, text, path, depth, nil)
	return 1
}

// section is what stands below a heading of a text, with it; or the block that
// bears an id. It is "" where there is none.
func section(text, name string) string {
	if name == "" {
		return text
	}
	lines := strings.Split(text, "\n")
	if id, ok := strings.CutPrefix(name[strings.LastIndexByte(name, '#')+1:], "^"); ok {
		return blockOf(lines, id)
	}
	name = onlyWords(name[strings.LastIndexByte(name, '#')+1:])
	start, level := -1, 0
	for i := 0; i < len(lines); i++ {
		if m := fenceStart.FindStringSubmatch(lines[i]); m != nil {
			i += fenceLength(lines[i:], m[2]) - 1
			continue
		}
		marks := len(lines[i]) - len(strings.TrimLeft(lines[i], "#"))
		switch {
		case marks == 0:
		case start < 0 && onlyWords(lines[i][marks:]) == name:
			start, level = i, marks
		case start >= 0 && marks <= level && strings.HasPrefix(lines[i][marks:], " "):
			return strings.Join(lines[start:i], "\n")
		}
	}
	if start < 0 {
		return ""
	}
	return strings.Join(lines[start:], "\n")
}

// onlyWords are the letters and digits of a heading, by which links find it.
func onlyWords(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// blockOf is the block that ends in an id, or before one that stands alone.
func blockOf(lines []string, id string) string {
	for i, line := range lines {
		if !strings.HasSuffix(strings.TrimRight(line, " "), "^"+id) {
			continue
		}
		start, end, isAlone := i, i+1, strings.TrimSpace(line) == "^"+id
		if isAlone {
			for start, end = i-1, i; start > 0 && isBlank(lines[start]); {
				start--
			}
		}
		for start > 0 && !isBlank(lines[start-1]) && (isAlone || !isListItem(lines[start])) {
			start--
		}
		start = max(start, 0)
		if !isAlone && isListItem(lines[start]) { // with what lies in the item
			end = max(end, start+indentedLength(lines[start:], itemColumn(lines[start])))
		}
		return strings.Join(dedentAll(lines[start:end], indent(lines[start])), "\n")
	}
	return ""
}

// lineRange reads "5", "2:4", ":4" and "2:"; to is 0 where there is no end.
func lineRange(part string) (from, to int, ok bool) {
	first, last, isRange := strings.Cut(part, ":")
	from, err := strconv.Atoi(first)
	if err != nil && (first != "" || !isRange) {
		return 0, 0, false
	}
	if !isRange {
		return from, from, true
	}
	to, err = strconv.Atoi(last)
	return from, to, err == nil || last == ""
}
