package convert

import (
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// pythonKinds are the words before the name of what a directive describes.
// https://www.sphinx-doc.org/en/master/usage/domains/python.html
var pythonKinds = map[string]string{
	"function": "", "data": "", "attribute": "", "method": "", "class": "class ", "exception": "exception ",
	"classmethod": "classmethod ", "staticmethod": "static ", "property": "property ", "decorator": "@",
	"decoratormethod": "@",
}

// kindsOfC are the words before the names of what the domains of C and C++ describe.
// https://www.sphinx-doc.org/en/master/usage/domains/cpp.html
var kindsOfC = map[string]string{"class": "class", "struct": "struct", "union": "union", "enum": "enum",
	"enum-class": "enum class", "enum-struct": "enum struct", "enumerator": "enumerator", "type": "type",
	"concept": "concept"}

// ofC puts the kind of an object before its name, behind the parameters of templates.
func ofC(directive, signature string) string {
	domain, kind, _ := strings.Cut(directive, ":")
	word := kindsOfC[kind]
	if domain != "c" && domain != "cpp" || word == "" {
		return signature
	}
	depth, at := 0, 0
	for i := 0; strings.HasPrefix(signature[at:], "template") && i < len(signature); i++ {
		switch signature[i] {
		case '<':
			depth++
		case '>':
			if depth--; depth == 0 {
				at = i + 1 + len(signature[i+1:]) - len(strings.TrimLeft(signature[i+1:], " "))
			}
		}
	}
	return signature[:at] + word + " " + signature[at:]
}

// pythonMarks are options that become words before the name.
var pythonMarks = []string{"final", "abstractmethod", "async", "classmethod", "staticmethod"}

// signatures returns what an object's directive shows above its text: a line for
// each signature, with the module and the type as Sphinx writes them.
func (r *rst) signatures(d directive, head []string, options map[string]string) []string {
	name, isPython := strings.CutPrefix(d.name, "py:")
	kind, known := pythonKinds[name]
	isPython = known && (isPython || !strings.Contains(d.name, ":"))
	for _, mark := range slices.Backward(pythonMarks) {
		if _, ok := options[mark]; ok && isPython {
			kind = strings.TrimSuffix(strings.TrimSuffix(mark, "method"), "ic") + " " + kind
		}
	}
	var out []string
	text := strings.ReplaceAll(strings.Join(head, "\n"), "\\\n", "") // over several lines
	for signature := range strings.SplitSeq(text, "\n") {
		signature = strings.TrimSpace(strings.TrimSuffix(signature, `\`))
		if signature == "" {
			continue
		}
		if isPython {
			signature = kind + r.qualified(signature, options["module"]) + annotation(options)
		}
		signature = ofC(d.name, signature)
		if !strings.Contains(signature, "`") {
			signature = "``" + signature + "``"
		}
		out = append(out, "| "+signature)
	}
	if isPython {
		return out
	}
	for _, name := range []string{"type", "value", "default"} {
		if text := strings.TrimSpace(options[name]); text != "" {
			out = append(out, "| "+strings.ToUpper(name[:1])+name[1:]+": "+text)
		}
	}
	return out
}

// qualified puts the name of the module before a name that has none.
func (r *rst) qualified(signature, module string) string {
	if module == "" {
		module = r.module
	}
	name, _, _ := strings.Cut(signature, "(")
	if module == "" || r.inClass || strings.Contains(name, ".") {
		return signature
	}
	return module + "." + signature
}

func annotation(options map[string]string) (text string) {
	if of := strings.TrimSpace(options["type"]); of != "" {
		text = ": " + of
	}
	if value := strings.TrimSpace(options["value"]); value != "" {
		text += " = " + value
	}
	return text
}

// fieldGroups are the heads under which Sphinx shows fields of the same kind.
var fieldGroups = map[string]string{
	"param": "Parameters", "parameter": "Parameters", "arg": "Parameters", "argument": "Parameters", "key": "Parameters",
	"keyword": "Parameters", "kwarg": "Parameters", "kwparam": "Parameters", "type": "Parameters",
	"paramtype": "Parameters", "var": "Variables", "ivar": "Variables", "cvar": "Variables", "vartype": "Variables",
	"raises": "Raises", "raise": "Raises", "exception": "Raises", "except": "Raises",
	"returns": "Returns", "return": "Returns", "rtype": "Return type",
}

var rstField = regexp.MustCompile(`^( *):(\w+)((?: +[^:]*(?:::?[^: ][^:]*)*)?):(?: +(.*))?$`)

// field is one of an object's description: ":param int name: text".
type field struct {
	of, name string
	body     []string // its first line without indentation
}

// objectFields turns the fields of an object's text into lists, as Sphinx does.
func objectFields(lines []string) (out []string) {
	for i := 0; i < len(lines); {
		m := rstField.FindStringSubmatch(lines[i])
		if m == nil || fieldGroups[m[2]] == "" || i > 0 && lines[i-1] != "" && !rstField.MatchString(lines[i-1]) {
			out = append(out, lines[i])
			i++
			continue
		}
		var fields []field
		indent := len(m[1])
		for m != nil && len(m[1]) == indent && fieldGroups[m[2]] != "" {
			end := blockEnd(lines, i+1, indent)
			body := append([]string{m[4]}, dedented(lines[i+1:end])...)
			fields = append(fields, field{m[2], strings.TrimSpace(m[3]), body})
			for i = end; i < len(lines) && lines[i] == ""; {
				i++
			}
			if m = nil; i < len(lines) {
				m = rstField.FindStringSubmatch(lines[i])
			}
		}
		out = append(append(out, ""), append(pad(indent, grouped(fields)...), "")...)
	}
	return out
}

// grouped writes the fields under the heads of their groups.
func grouped(fields []field) (out []string) {
	types := map[string]string{}
	for _, f := range fields {
		if f.of == "type" || f.of == "paramtype" || f.of == "vartype" {
			types[f.name] = strings.TrimSpace(strings.Join(f.body, " "))
		}
	}
	var heads []string
	for _, f := range fields {
		if head := fieldGroups[f.of]; !slices.Contains(heads, head) {
			heads = append(heads, head)
		}
	}
	for _, head := range heads {
		out = append(out, ":"+head+":")
		for _, f := range fields {
			if fieldGroups[f.of] == head && (types[f.name] == "" || f.of != "type" && f.of != "paramtype" && f.of != "vartype") {
				out = append(out, f.item(types)...)
			}
		}
	}
	return out
}

// item writes a field as one of a list; one without a name as a paragraph.
func (f field) item(types map[string]string) []string {
	first := f.body[0]
	if f.name != "" {
		words := strings.Fields(f.name)
		name, of := words[len(words)-1], strings.Join(words[:len(words)-1], " ")
		if t := types[name]; t != "" {
			of = t
		}
		first = "* **" + escaped(name) + "**"
		if of != "" {
			first += " (" + of + ")"
		}
		if f.body[0] != "" || len(f.body) > 1 {
			first += " \u2013 " + f.body[0]
		}
		return append([]string{"  " + first}, pad(4, f.body[1:]...)...)
	}
	return append(append([]string{"  " + first}, pad(2, f.body[1:]...)...), "")
}
