package convert

import (
	"path"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// sphinx is what the configuration of a documentation says that its documents
// show. It is Python, and only read: what is computed is not known.
//
// https://www.sphinx-doc.org/en/master/usage/configuration.html
type sphinx struct {
	isThere        bool
	todos          bool // are shown
	sectionLabels  bool // sections have their titles as labels
	prolog, epilog []string
	links          map[string]string // what roles show, with %s for their text, by name
	names          map[string]string // what stands for names between bars
}

// maxAbove is how many folders above a document are looked at for its settings.
const maxAbove = 8

func (r *rst) configuration(at string) (found sphinx) {
	dir := path.Dir(at)
	for range maxAbove {
		if data, ok := r.get(path.Join(dir, "conf.py")); ok {
			return readSphinx(strings.ReplaceAll(string(data), "\r\n", "\n"))
		}
		if dir == "." {
			break
		}
		dir = path.Dir(dir)
	}
	return found
}

const pythonText = `(?:"""([\s\S]*?)"""|'''([\s\S]*?)'''|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')`

var (
	sphinxSetting = regexp.MustCompile(
		`(?m)^(rst_prolog|rst_epilog|project|release|version|today)[ \t]*=[ \t]*\(?\s*(r?)` + pythonText)
	sphinxTodos = regexp.MustCompile(`(?m)^todo_include_todos[ \t]*=[ \t]*(?:True|1)`)
	sphinxLinks = regexp.MustCompile(`(?ms)^extlinks[ \t]*=[ \t]*\{(.*?)^\}|^extlinks[ \t]*=[ \t]*\{([^\n]*)\}`)
	sphinxLink  = regexp.MustCompile(`["']([\w-]+)["']\s*:\s*\(\s*(?:[rf]?` + pythonText + `\s*)+,\s*(?:None|[rf]?` +
		pythonText + `)\s*,?\s*\)`)
)

func readSphinx(text string) sphinx {
	s := sphinx{isThere: true, links: map[string]string{}, names: map[string]string{},
		todos: sphinxTodos.MatchString(text), sectionLabels: strings.Contains(text, "sphinx.ext.autosectionlabel")}
	for _, m := range sphinxSetting.FindAllStringSubmatch(text, -1) {
		value := strings.Join(m[3:7], "")
		if m[2] == "" {
			value = strings.NewReplacer(`\n`, "\n", "\\\n", "", `\\`, `\`, `\"`, `"`, `\'`, `'`).Replace(value)
		}
		switch m[1] {
		case "rst_prolog":
			s.prolog = rstLines(value)
		case "rst_epilog":
			s.epilog = rstLines(value)
		default:
			s.names[m[1]] = strings.Join(strings.Fields(value), " ")
		}
	}
	for _, block := range sphinxLinks.FindAllStringSubmatch(text, -1) {
		for _, m := range sphinxLink.FindAllStringSubmatch(block[1]+block[2], -1) {
			address, caption := strings.Join(m[2:6], ""), strings.Join(m[6:10], "")
			switch {
			case caption == "" && strings.Contains(m[0], "None"):
				caption = address
			case !strings.Contains(caption, "%s"):
				caption += "%s"
			}
			s.links[m[1]] = caption
		}
	}
	return s
}

var tagWords = regexp.MustCompile(`\w+|[()]`)

// tags are what is left of a condition on Sphinx's tags: "html and not draft".
type tags []string

// showsHTML tells whether Sphinx shows in HTML what a condition is for.
func showsHTML(condition string) bool {
	words := tags(tagWords.FindAllString(condition, -1))
	return words.either(0)
}

func (t *tags) next(word string) bool {
	found := len(*t) > 0 && (*t)[0] == word
	if found {
		*t = (*t)[1:]
	}
	return found
}

func (t *tags) either(depth int) bool {
	is := t.all(depth)
	for t.next("or") {
		is = t.all(depth) || is
	}
	return is
}

func (t *tags) all(depth int) bool {
	is := t.one(depth)
	for t.next("and") {
		is = t.one(depth) && is
	}
	return is
}

func (t *tags) one(depth int) (is bool) {
	isNot := false
	for t.next("not") {
		isNot = !isNot
	}
	switch {
	case len(*t) == 0 || depth > maxAbove:
		return true
	case t.next("("):
		is = t.either(depth + 1)
		t.next(")")
	default:
		is = slices.Contains([]string{"html", "format_html", "builder_html", "builder_dirhtml"}, (*t)[0])
		*t = (*t)[1:]
	}
	return is != isNot
}

// sphinxNames are the settings that documents name between bars.
var sphinxNames = []string{"project", "release", "today", "version"}

// sphinxFields are those at the top of a document that say nothing to readers.
var sphinxFields = regexp.MustCompile(`^:(?:orphan|nocomments|tocdepth|nosearch|html_theme[\w.]*):`)

// around returns the lines of a document with what stands before and after each.
// What a document says of itself at its top Sphinx does not show.
func (s sphinx) around(lines []string) []string {
	lines = untilText(lines)
	for len(lines) > 0 && (s.isThere && rstOption.MatchString(" "+lines[0]) || sphinxFields.MatchString(lines[0])) {
		lines = untilText(lines[blockEnd(lines, 1, 0):])
	}
	if !s.isThere {
		return lines
	}
	var names []string
	all := slices.Concat(lines, s.prolog, s.epilog)
	for _, name := range sphinxNames {
		definition := ".. |" + name + "|"
		if slices.ContainsFunc(all, func(line string) bool { return strings.HasPrefix(line, definition) }) {
			continue
		}
		if value := s.names[name]; value != "" {
			names = append(names, "", definition+" replace:: "+escaped(value))
		} else { // what is computed
			names = append(names, "", definition+" unicode:: U+00A0")
		}
	}
	return slices.Concat(s.prolog, []string{""}, lines, []string{""}, s.epilog, names)
}
