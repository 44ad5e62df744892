package convert

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	regexp "finpages/sources/lazyregexp"
)

// docutilsOptions are the options that Docutils knows of its directives.
// https://docutils.sourceforge.io/docs/ref/rst/directives.html
var docutilsOptions = map[string]string{
	"image":      "alt height width scale align target loading class name",
	"figure":     "alt height width scale align target loading class name figwidth figclass figname",
	"math":       "class name",
	"list-table": "header-rows stub-columns width widths align class name",
	"csv-table":  "header-rows stub-columns header width widths delim quote keepspace escape align class name",
	"table":      "align widths width class name",
	"topic":      "class name", "sidebar": "subtitle class name", "admonition": "class name",
	"container": "name", "compound": "class name", "rubric": "class name", "class": "", "role": "class format language",
	"default-role": "",
	"line-block":   "class name", "epigraph": "", "highlights": "", "pull-quote": "",
	"header": "", "footer": "", "title": "", "target-notes": "class name", "date": "", "replace": "",
	"unicode":   "ltrim rtrim trim",
	"attention": "class name", "caution": "class name", "danger": "class name", "error": "class name",
	"hint":      "class name",
	"important": "class name", "note": "class name", "tip": "class name", "warning": "class name",
}

var codeDirectives = []string{
	"code", "code-block", "sourcecode", "prompt", "doctest", "testcode", "testoutput", "ipython", "code-cell",
	"parsed-code", "jupyter-execute", "terminal", "console",
}

// diagrams are drawn from a text, which says as much.
var diagrams = regexp.MustCompile(`^(?:graphviz|(?:di)?graph|mermaid|plantuml|uml|` +
	`(?:block|seq|act|nw|packet|rack)diag|ditaa|tikz|kroki)$`)

// silentDirectives show nothing, or what others show.
var silentDirectives = []string{
	"contents", "index", "highlight", "highlightlang", "tabularcolumns",
	"default-domain", "program", "meta", "sectnum", "section-numbering",
	"testsetup", "testcleanup", "inheritance-diagram", "codeauthor", "sectionauthor",
	"moduleauthor", "cssclass", "rst-class", "restructuredtext-test-directive",
}

// fromCode are those whose text is made from code, or by a program.
var fromCode = regexp.MustCompile(`^(?:(?:\w+:)?auto\w+|kernel-\w+|doxygen\w+|click|argparse|program-output|` +
	`command-output|openapi|sphinx_argparse_cli|plot|exec\w*|runblock|jinja|datatemplate\S*|show-\w+|remark\w*)$`)

// containers are those that may be empty.
var containers = []string{"seealso", "only", "ifconfig", "todolist", "hlist", "centered", "acks", "glossary",
	"tabularcolumns", "card", "grid", "grid-item", "grid-item-card", "tabs", "tab", "tab-set", "tab-item", "dropdown",
	"panels", "versionremoved"}

var versions = map[string]string{
	"versionadded": "Added in version", "versionchanged": "Changed in version",
	"deprecated": "Deprecated since version", "versionremoved": "Removed in version",
	"deprecated-removed": "Deprecated since version",
}

var objectDirectives = []string{
	"function", "class", "method", "classmethod", "staticmethod", "attribute", "data", "exception", "property",
	"decorator", "decoratormethod", "describe", "object", "option", "cmdoption", "envvar", "confval", "opcode",
	"pdbcommand", "2to3fixer", "cfunction", "cmember", "cmacro", "ctype", "cvar", "setting", "templatetag",
	"templatefilter", "fieldlookup", "django-admin", "rst:directive",
}

var (
	rstRole   = regexp.MustCompile("``[\\s\\S]+?``|((?::[a-zA-Z][\\w.+-]*)+):`((?:[^`\\\\]|\\\\[\\s\\S])+)`")
	rstTarget = regexp.MustCompile(`^([\s\S]*?)\s*<[^<>]+>$`)
)

// docutilsRoles are those that Docutils knows.
var docutilsRoles = []string{
	"emphasis", "strong", "literal", "code", "math", "sub", "subscript", "sup", "superscript", "title-reference",
	"title", "t", "pep-reference", "rfc-reference", "raw",
}

// referenceRoles lead to documents and their parts.
var referenceRoles = []string{"ref", "doc", "numref", "any"}

// pictureRoles show icons alone, or say how wide a cell is.
var pictureRoles = regexp.MustCompile(`^(?:[cr]span|octicon|fa[bsrl]?|fa-\w+|material-\w+|iconify-icon)$`)

// textRoles show words, all others code.
var textRoles = []string{
	"ref", "doc", "term", "numref", "guilabel", "menuselection", "abbr", "any", "dfn", "download", "keyword",
	"token", "eq", "index", "manpage", "newsgroup", "mailheader", "mimetype", "ac", "issue", "pr",
	"user", "gh", "ghpull", "ghissue", "bpo", "external", "cve", "cwe", "source", "pep", "rfc",
}

// roles puts in what the roles show that Docutils does not know.
func (r *rst) roles(text string) string {
	return r.replaceRoles(text, func(_, shown string) string { return shown })
}

func (r *rst) replaceRoles(text string, with func(match, shown string) string) string {
	if !strings.Contains(text, ":`") {
		return text
	}
	var out strings.Builder
	end := 0
	for _, at := range rstRole.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(text[end:at[0]])
		end = at[1]
		match := text[at[0]:at[1]]
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		if at[2] < 0 || at[0] > 0 && (unicode.IsLetter(before) || unicode.IsDigit(before)) { // code, or no role
			out.WriteString(match)
			continue
		}
		names := strings.Split(strings.Trim(text[at[2]:at[3]], ":"), ":")
		name := names[len(names)-1]
		if len(names) == 1 && (slices.Contains(docutilsRoles, name) || r.ownRoles[name]) {
			out.WriteString(match)
			continue
		}
		shown := with(match, r.shown(name, text[at[4]:at[5]]))
		switch {
		case at[0] > 0 && before == '*': // within other markup, where no more may begin
			shown = rstPlain(shown)
		case at[0] > 0 && before == '`': // right behind other markup
			shown = `\ ` + shown
		}
		out.WriteString(shown)
	}
	return out.String() + text[end:]
}

func (r *rst) shown(role, text string) string {
	if pictureRoles.MatchString(role) {
		return `\ `
	}
	title := rstTarget.FindStringSubmatch(text)
	if caption, ok := r.sphinx.links[role]; ok && (title == nil || title[1] == "") {
		return escaped(strings.ReplaceAll(caption, "%s", text))
	}
	if slices.Contains(textRoles, role) || strings.HasPrefix(role, "bdg") {
		switch {
		case slices.Contains(referenceRoles, role):
			if title != nil && title[1] != "" {
				return r.reference(role, title[1], strings.Trim(text[len(title[1]):], " \n<>"))
			}
			return r.reference(role, "", strings.TrimPrefix(text, "!"))
		case title != nil && title[1] != "":
			text = title[1]
		case role == "token" && strings.HasPrefix(text, "~"):
			text = text[strings.LastIndexByte(text, ':')+1:]
		case slices.Contains([]string{"pep", "rfc", "cve", "cwe"}, role):
			text = strings.ToUpper(role) + " " + text
		case role == "menuselection" || role == "guilabel":
			text = strings.NewReplacer("-->", "\u2023", "&", "").Replace(text)
		}
		return escaped(strings.TrimPrefix(text, "!"))
	}
	switch {
	case title != nil && title[1] != "":
		return escaped(title[1])
	case role == "file" || role == "samp":
		text = strings.NewReplacer("{", "", "}", "").Replace(text)
	case strings.HasPrefix(text, "~"):
		text = text[strings.LastIndexByte(text, '.')+1:]
		text = strings.TrimPrefix(text, "~")
	default:
		text = strings.TrimLeft(text, "!.")
	}
	if (role == "func" || role == "meth") && !strings.HasSuffix(text, "()") && !strings.HasSuffix(text, ")") {
		text += "()"
	}
	if strings.ContainsAny(text, "`\n") || strings.TrimSpace(text) != text || text == "" {
		return escaped(text)
	}
	return "``" + strings.ReplaceAll(text, `\\`, `\`) + "``"
}

// firstTitle returns the text of the first line with an adornment below it.
func firstTitle(lines []string) string {
	for i, line := range lines[:max(len(lines)-1, 0)] {
		if line != "" && !rstAdornment.MatchString(line) && underlines(lines[i+1], line) {
			return rstPlain(line)
		}
	}
	return ""
}

// escaped keeps a text from being taken for markup.
func escaped(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			out.WriteByte(c)
			i++
			out.WriteByte(text[i])
		case strings.IndexByte("*`|_", c) >= 0:
			out.WriteByte('\\')
			out.WriteByte(c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

var (
	rstDefinition   = regexp.MustCompile(`^ *\.\. \|([^|]+)\| +[\w-]+::`)
	rstRaw          = regexp.MustCompile(`^( *\.\. \|[^|]+\| +)raw:: *(.*)$`)
	rstTag          = regexp.MustCompile(`(?i)<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|<[^<>]*>`)
	rstSubstitution = regexp.MustCompile(`\|([^|\s](?:[^|]*[^|\s])?)\|`)
)

// plainDefinition returns a definition that holds raw HTML, such as a line break,
// as one of its text: Docutils is to leave out what is raw, and fails where another
// definition names it. Other blocks are returned as they are.
func plainDefinition(block []string) []string {
	m := rstRaw.FindStringSubmatch(block[0])
	if m == nil {
		return block
	}
	var text strings.Builder
	for _, line := range block[1:] {
		if m[2] == "html" && !rstOption.MatchString(line) {
			text.WriteString(line + " ")
		}
	}
	words := strings.Fields(html.UnescapeString(rstTag.ReplaceAllString(text.String(), "")))
	if len(words) == 0 {
		return []string{m[1] + "unicode:: U+00A0", ""}
	}
	return []string{m[1] + "replace:: " + escaped(strings.Join(words, " ")), ""}
}

// undefined returns definitions of what other definitions name and the document
// does not define, as Sphinx's configuration may: Docutils fails at it.
func undefined(lines []string) (definitions []string) {
	defined, named := map[string]bool{}, []string{}
	for i, line := range lines {
		m := rstDefinition.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		defined[strings.ToLower(m[1])] = true
		end := blockEnd(lines, i+1, indentOf(line))
		text := line[len(m[0]):] + " " + strings.Join(lines[i+1:end], " ")
		for _, ref := range rstSubstitution.FindAllStringSubmatch(text, -1) {
			named = append(named, ref[1])
		}
	}
	for _, name := range named {
		if key := strings.ToLower(name); !defined[key] {
			defined[key] = true
			text := "replace:: " + escaped(name)
			if key == "br" || key == "nbsp" {
				text = "unicode:: U+00A0"
			}
			definitions = append(definitions, "", ".. |"+name+"| "+text)
		}
	}
	return definitions
}
