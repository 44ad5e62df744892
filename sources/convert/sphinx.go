package convert

import (
	"maps"
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
	for _, name := range slices.Sorted(maps.Keys(s.names)) {
		isDefined := slices.ContainsFunc(slices.Concat(lines, s.prolog, s.epilog), func(line string) bool {
			return strings.HasPrefix(line, ".. |"+name+"|")
		})
		if value := s.names[name]; value != "" && !isDefined && slices.Contains(sphinxNames, name) {
			names = append(names, "", ".. |"+name+"| replace:: "+escaped(value))
		}
	}
	return slices.Concat(s.prolog, []string{""}, lines, []string{""}, s.epilog, names)
}
