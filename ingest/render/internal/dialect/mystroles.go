package dialect

import (
	"html"
	"path"
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"
)

var (
	mystRole = regexp.MustCompile("^\\{([A-Za-z][\\w:+.-]*)\\}(`+)")
	// of another project's documentation
	externalRole = regexp.MustCompile(`^external(?:\+[\w.-]+)?:`)
	roleTitle    = regexp.MustCompile(`^(?s:(.*?))(\s*)<([^<>]+)>$`)
)

// roles of Sphinx's, by what they show: code, a text, a link to a place or to a
// document, or nothing that is read.
var (
	codeRoles = dom.Set("code", "file", "command", "program", "option", "envvar", "samp", "kbd", "func", "meth",
		"class", "mod", "attr",
		"exc", "data", "obj", "const", "any", "token", "keyword", "makevar", "regexp", "mimetype", "confval", "c", "py", "js", "cpp", "rst")
	textRoles = dom.Set("term", "numref", "download", "guilabel", "menuselection", "abbr", "abbreviation",
		"mailheader", "manpage",
		"emphasis", "strong", "dfn", "index", "newsgroup", "eq", "pep", "rfc", "cve", "cwe", "cite", "cite:t",
		"cite:p", "footcite",
		"button-link", "button-ref", "prf:ref", "sub", "sup", "subscript", "superscript", "math", "u", "del", "kbd")
	// things of a program, which documents lead to
	objectRoles = dom.Set("func", "meth", "class", "mod", "attr", "exc", "data", "obj", "const", "any")
	// other roles whose text may be a title with what it leads to: "title <target>"
	titledRoles = dom.Set("numref", "term", "download", "index", "eq", "pep", "rfc", "cve", "cwe", "button-link",
		"button-ref", "prf:ref")
	placeRoles = dom.Set("ref", "doc", "external", "std:ref", "std:doc")
	iconRoles  = dom.Set("octicon", "fa", "fas", "fab", "far", "material-regular", "material-outlined",
		"material-round")
)

// role reads a role of Sphinx's at the start of s: "{ref}`title <name>`".
func (d *Document) role(s string) (markup string, length int, ok bool) {
	m := mystRole.FindStringSubmatch(s)
	if m == nil {
		return "", 0, false
	}
	end := closingTicks(s[len(m[0]):], m[2])
	if end < 0 {
		return "", 0, false
	}
	text := strings.TrimSpace(strings.ReplaceAll(s[len(m[0]):len(m[0])+end], "\n", " "))
	length = len(m[0]) + end + len(m[2])
	name := strings.ToLower(externalRole.ReplaceAllString(m[1], ""))
	domain, last, isOfDomain := strings.Cut(name, ":")
	title, target := roleTarget(name, text)
	switch {
	case text == "":
		return "", 0, false
	case iconRoles[name]:
		return "", length, true
	case placeRoles[name] || name == "download":
		return d.place(strings.TrimPrefix(name, "std:"), title, target, title != text), length, true
	case textRoles[name] || strings.HasPrefix(name, "bdg"):
		return textRole(name, title, target), length, true
	case codeRoles[name], isOfDomain && codeRoles[domain], d.Tool() == MyST && isOfDomain:
		if isOfDomain {
			name = last
		}
		isPlain := title != text || !isOfDomain && !objectRoles[name]
		return "<code>" + html.EscapeString(codeRole(name, title, isPlain)) + "</code>", length, true
	case d.Tool() == MyST:
		d.warn("unknown role: {" + m[1] + "}")
		return html.EscapeString(title), length, true
	}
	return "", 0, false
}

// roleTarget parts the text of a role that leads somewhere into a title and a target.
// The text of all others is the author's, as is "List<int>" where things of a program
// are named.
func roleTarget(name, text string) (title, target string) {
	isObject := objectRoles[name] || strings.Contains(name, ":") && !strings.HasPrefix(name, "cite:")
	if !isObject && !titledRoles[name] && !placeRoles[name] {
		return text, text
	}
	p := roleTitle.FindStringSubmatch(text)
	if p == nil || p[1] == "" || isObject && p[2] == "" && !placeRoles[name] {
		return text, text
	}
	return p[1], p[3]
}

// codeRole is the name of a thing of a program as it is shown: without what it is
// part of behind "~", and functions with their parentheses. A plain text stays.
func codeRole(name, text string, isPlain bool) string {
	if name == "samp" {
		return strings.NewReplacer("{", "", "}", "").Replace(text)
	}
	if isPlain {
		return text
	}
	text = strings.TrimPrefix(text, "!")
	if rest, ok := strings.CutPrefix(text, "~"); ok {
		text = rest[strings.LastIndexByte(rest, '.')+1:]
	}
	if (name == "func" || name == "meth") && !strings.HasSuffix(text, ")") {
		text += "()"
	}
	return text
}

func textRole(name, title, target string) string {
	text := html.EscapeString(title)
	switch name {
	case "sub", "subscript":
		return "<sub>" + text + "</sub>"
	case "sup", "superscript":
		return "<sup>" + text + "</sup>"
	case "strong":
		return strong(text)
	case "guilabel", "menuselection":
		return strong(strings.NewReplacer("--&gt;", "‣", "&amp;&amp;", "&amp;").Replace(text))
	case "math":
		return "<code>" + text + "</code>"
	case "pep", "rfc", "cve":
		if title == target {
			return strings.ToUpper(name) + " " + text
		}
	case "cite", "cite:t", "cite:p", "footcite":
		return "[" + text + "]"
	case "eq":
		return "(" + text + ")"
	case "button-link":
		return mediaLink(target, title, "")
	}
	return text
}

// place is a link to what a role names: a document, a file, or a place with a name.
func (d *Document) place(role, title, target string, isTitled bool) string {
	if role == "ref" || role == "external" {
		if known, ok := d.mystTitles()[strings.ToLower(target)]; ok && !isTitled {
			title = known
		} else if !ok && !isTitled {
			d.warn("title of a place not found: " + target)
		}
		return html.EscapeString(strings.TrimPrefix(title, "!"))
	}
	address := strings.TrimPrefix(target, "!")
	if d.includes.Load != nil {
		for _, ext := range []string{".md", ".rst", ".ipynb", ""} {
			if role == "download" && ext != "" {
				continue
			}
			text, at := d.includes.Load(d.includes.Path, address+ext)
			if at == "" {
				continue
			}
			if heading := firstHeading(text); !isTitled && role == "doc" && heading != "" {
				title = heading
			}
			return mediaLink("/"+at, title, "")
		}
	}
	if !isTitled {
		title = path.Base(address)
	}
	return html.EscapeString(title)
}

var markdownHeading = regexp.MustCompile(`(?m)^#[ \t]+(.+?)[ \t#]*$`)

// firstHeading is the title of a document in Markdown.
func firstHeading(text string) string {
	m := markdownHeading.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return bareTitleText(m[1])
}

// bareTitleText is the text of a heading without its marks.
func bareTitleText(s string) string {
	return strings.TrimSpace(strings.NewReplacer("`", "", "**", "", "*", "").Replace(s))
}

var substitution = regexp.MustCompile(`\\?\{\{[ \t]*([^{}\n#%<>/!][^{}\n]*?)[ \t]*\}\}`)

// substitutions writes out the texts that Sphinx's documents show by their names. What
// has no such name is text, as of a template that the document is about.
func (d *Document) substitutions(s string) string {
	if !strings.Contains(s, "{{") || !d.IsOf(MyST) {
		return s
	}
	return substitution.ReplaceAllStringFunc(s, func(m string) string {
		if m[0] == '\\' {
			return m
		}
		name, _, _ := strings.Cut(substitution.FindStringSubmatch(m)[1], "|")
		name = strings.TrimSpace(name)
		if text, ok := d.value("myst." + name); ok {
			return text
		}
		return m
	})
}
