package convert

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/charset"
	regexp "finpages/sources/lazyregexp"
)

var (
	// https://docs.asciidoctor.org/asciidoc/latest/directives/include/
	asciidocInclude   = regexp.MustCompile(`^((?:ifn?def::[^\[]*\[)?)include::([^\s\[][^\[]*)\[(.*\])\s*$`)
	asciidocAttribute = regexp.MustCompile(`^:([A-Za-z0-9_][\w-]*):[ \t]+(\S.*)$`)
	asciidocReference = regexp.MustCompile(`\{([A-Za-z0-9_][\w-]*)\}`)
	// https://docs.antora.org/antora/latest/page/resource-id-coordinates/
	antoraResource = regexp.MustCompile(`^(?:(\w[\w.-]*):)?(?:(\w[\w.-]*):)?(partial|example|page|attachment)\$(.+)$`)
)

var plainExtension = regexp.MustCompile(`^\.\w+$`)

var asciidocExtensions = []string{".adoc", ".asciidoc", ".asc", ".ad", ".txt"}

// asciidoc gathers the files that a document in AsciiDoc includes, and gives them
// names beside it: Asciidoctor reads nothing above the document's folder, and
// knows nothing of Antora's names. What stands in conditions counts, too.
type asciidoc struct {
	*inclusions
	attributes map[string][]string // values by name, the newest first
	names      map[string]string   // of files, by their paths in the source
	open       []string            // paths of the documents that are read
	antora     antora
	titles     map[string]string // of pages and their sections, by paths and ids
}

func asciidocIncludes(g *gathered, others sources.Others) {
	at := g.doc.Path
	if !isInside(at) || path.Clean(at) != at {
		at = "document.adoc"
	}
	g.file = path.Base(at)
	a := asciidoc{inclusions: newInclusions(g, others), names: map[string]string{}, open: []string{at},
		titles: map[string]string{}}
	a.attributes = map[string][]string{
		"docdir": {"/" + path.Dir(at)}, "docname": {strings.TrimSuffix(g.file, path.Ext(g.file))},
		"partialsdir": {"partial$"}, "examplesdir": {"example$"},
	}
	a.antora = a.component(at)
	a.configure(at, a.antora)
	a.args = append(a.args, "-a", "relfilesuffix="+path.Ext(at)) // links lead to documents
	g.body = []byte(a.rewrite(at, string(g.body)))
}

// rewrite puts in the names under which the files lie that a document includes.
func (a *asciidoc) rewrite(at, text string) string {
	if !strings.Contains(text, "include::") && !strings.Contains(text, "xref:") {
		for line := range strings.Lines(text) {
			a.define(line)
		}
		return text
	}
	var out strings.Builder
	var block verbatim
	for line := range strings.Lines(text) {
		m := asciidocInclude.FindStringSubmatch(line)
		isShown := block.shows(line)
		switch {
		case m == nil:
			a.define(line)
			if !isShown {
				line = a.referred(line)
			}
		case strings.Contains(m[2], "://"):
		default:
			line = "\n"
			if name := a.name(at, m[2]); name != "" {
				line = m[1] + "include::" + name + "[" + m[3] + "\n"
			}
		}
		out.WriteString(line)
	}
	return out.String()
}

// define notes the value of an attribute.
func (a *asciidoc) define(line string) {
	const most = 4
	m := asciidocAttribute.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
	if m == nil || len(m[2]) > 1000 {
		return
	}
	values := append([]string{m[2]}, slices.DeleteFunc(a.attributes[m[1]], func(v string) bool { return v == m[2] })...)
	a.attributes[m[1]] = values[:min(len(values), most)]
}

// expand puts in all values of attributes.
func (a *asciidoc) expand(target string) []string {
	const most, rounds = 16, 4
	targets := []string{target}
	for range rounds {
		var next []string
		for _, t := range targets {
			m := asciidocReference.FindStringSubmatchIndex(t)
			if m == nil || a.attributes[t[m[2]:m[3]]] == nil {
				next = append(next, t)
				continue
			}
			for _, value := range a.attributes[t[m[2]:m[3]]] {
				next = append(next, t[:m[0]]+value+t[m[1]:])
			}
		}
		targets = next[:min(len(next), most)]
	}
	return targets
}

// name returns the name under which the file lies that a document includes; ""
// if there is none.
func (a *asciidoc) name(at, target string) string {
	for _, expanded := range a.expand(target) {
		from := path.Join(path.Dir(at), expanded)
		if m := antoraResource.FindStringSubmatch(strings.Replace(expanded, "$/", "$", 1)); m != nil {
			from = antoraPath(at, m)
		} else if path.IsAbs(expanded) {
			from = path.Clean(expanded)[1:]
		}
		if name := a.take(from); name != "" {
			return name
		}
	}
	a.note("include::" + target + "[] is left out: it is not in the source, or too much")
	return ""
}

func (a *asciidoc) take(from string) string {
	if name, known := a.names[from]; known && !slices.Contains(a.open, from) {
		return name
	}
	tooMany := len(a.files) >= maxIncludes || len(a.open) > maxIncludeDepth
	if tooMany || len(from) > 1000 || slices.Contains(a.open, from) {
		return ""
	}
	data, ok := a.get(from)
	if !ok {
		return ""
	}
	if text, err := charset.Text(data, false); err == nil { // all that Asciidoctor reads
		data = []byte(text)
	}
	name := fmt.Sprintf("finpages-part-%d%s", len(a.names)+1, plainExtension.FindString(path.Ext(from)))
	a.names[from], a.files[name], a.called[name] = name, data, from
	if slices.Contains(asciidocExtensions, strings.ToLower(path.Ext(from))) {
		a.open = append(a.open, from)
		a.files[name] = []byte(a.rewrite(from, string(data)))
		a.open = a.open[:len(a.open)-1]
	}
	return name
}

// antoraPath returns where a file of a component lies: beside the module of the
// document, or in it.
func antoraPath(real string, m []string) string {
	folder := map[string]string{"partial": "partials", "example": "examples", "page": "pages", "attachment": "attachments"}[m[3]]
	module, _, ok := antoraModule(real)
	if !ok { // the source may begin within a module
		return path.Join(folder, m[4])
	}
	if name := m[2]; name != "" {
		module = path.Join(path.Dir(module), name)
	} else if m[1] != "" {
		module = path.Join(path.Dir(module), m[1])
	}
	return path.Join(module, folder, m[4])
}
