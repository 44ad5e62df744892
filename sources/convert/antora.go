package convert

import (
	"fmt"
	"path"
	"strings"

	regexp "finpages/sources/lazyregexp"
	"finpages/sources/limits"

	"github.com/goccy/go-yaml"
)

// antora is the component of documentation to which a document belongs.
// https://docs.antora.org/antora/latest/component-version-descriptor/
type antora struct {
	name, version, title string
	attributes           [][2]string // as written, in their order; "!name" unsets one
}

var antoraBounds = limits.Limits{Bytes: 256 << 10, Items: 5000, Depth: 20, Aliases: 100}

// antoraModule returns the folder of the module in which a file lies, and where
// the component begins; false if it lies in none.
func antoraModule(file string) (module, component string, ok bool) {
	for module = path.Dir(file); module != "."; module = path.Dir(module) {
		if modules := path.Dir(module); path.Base(modules) == "modules" {
			return module, path.Dir(modules), true
		}
	}
	return "", "", false
}

// component reads the descriptor of the component in which a document lies.
func (a *asciidoc) component(at string) (found antora) {
	_, dir, ok := antoraModule(at)
	if !ok {
		return found
	}
	data, ok := a.get(path.Join(dir, "antora.yml"))
	if !ok || antoraBounds.YAML(string(data)) != nil {
		return found
	}
	var d struct {
		Name, Version, Title any
		Asciidoc             struct{ Attributes yaml.MapSlice }
	}
	if yaml.Unmarshal(data, &d) != nil {
		return found
	}
	found = antora{name: text(d.Name), version: text(d.Version), title: text(d.Title)}
	for _, item := range d.Asciidoc.Attributes {
		name, value := text(item.Key), item.Value
		if !asciidocName.MatchString(name) {
			continue
		}
		if value == nil || value == false {
			name = "!" + name
		}
		found.attributes = append(found.attributes, [2]string{name, strings.TrimSuffix(text(value), "@")})
	}
	return found
}

var asciidocName = regexp.MustCompile(`^\w[\w-]*$`)

func text(value any) string {
	switch value {
	case nil, true, false:
		return ""
	}
	return strings.Join(strings.Fields(fmt.Sprint(value)), " ")
}

// configure sets the attributes that the component of a document has.
func (a *asciidoc) configure(at string, c antora) {
	const most, longest = 300, 1000
	module, _, ok := antoraModule(at)
	if !ok {
		return
	}
	attributes := append([][2]string{
		{"page-component-name", c.name}, {"page-component-version", c.version}, {"page-version", c.version},
		{"page-component-title", c.title}, {"page-module", path.Base(module)},
	}, c.attributes...)
	for _, attribute := range attributes[:min(len(attributes), most)] {
		name, value := attribute[0], a.expand(attribute[1])[0]
		if len(value) > longest || value == "" && strings.HasPrefix(name, "page-") {
			continue
		}
		a.define(":" + name + ": " + value)
		a.args = append(a.args, "-a", name+"="+value+"@")
	}
}

// asciidocEmptyXref finds references without a text: (what stands before)(target).
var asciidocEmptyXref = regexp.MustCompile(`(^|[^\\+\w])xref:([\w./:@{}-]+)\[\]`)

// titled gives references to other pages that have no text these pages' titles,
// as Antora does.
func (a *asciidoc) titled(at, line string) string {
	return asciidocEmptyXref.ReplaceAllStringFunc(line, func(match string) string {
		m := asciidocEmptyXref.FindStringSubmatch(match)
		title := a.titleOf(at, a.expand(m[2])[0])
		if title == "" {
			return match
		}
		title = strings.ReplaceAll(title, "]", `\]`)
		if strings.ContainsAny(title, `=,"`) {
			title = `"` + strings.ReplaceAll(title, `"`, `\"`) + `"`
		}
		return m[1] + "xref:" + m[2] + "[" + title + "]"
	})
}

// titleOf returns the title of the page with Antora's name; "" if it is not there.
func (a *asciidoc) titleOf(at, target string) string {
	module, component, ok := antoraModule(at)
	if !ok || strings.Contains(target, "@") {
		return ""
	}
	names := strings.Split(target, ":")
	switch page := names[len(names)-1]; {
	case len(names) > 3, len(names) == 3 && names[0] != "" && names[0] != a.antora.name:
		return ""
	case len(names) > 1:
		target = path.Join(component, "modules", names[len(names)-2], "pages", page)
		if names[len(names)-2] == "" {
			target = path.Join(component, "modules", "ROOT", "pages", page)
		}
	case strings.HasPrefix(page, "./"), strings.HasPrefix(page, "../"):
		target = path.Join(path.Dir(at), page)
	default:
		target = path.Join(module, "pages", page)
	}
	if path.Ext(target) == "" {
		target += ".adoc"
	}
	title, known := a.titles[target]
	if !known {
		if data, ok := a.get(target); ok && len(a.titles) < maxIncludes {
			title = a.expand(asciidocTitle(string(data)))[0]
		}
		a.titles[target] = title
	}
	return title
}

// asciidocTitle returns the title in the head of a document, with the values of
// the attributes that are set above it.
func asciidocTitle(text string) string {
	var values []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		title, ok := strings.CutPrefix(line, "= ")
		if m := asciidocAttribute.FindStringSubmatch(line); m != nil && len(values) < maxIncludes {
			values = append(values, "{"+m[1]+"}", m[2])
		}
		switch {
		case ok:
			return strings.NewReplacer(values...).Replace(strings.TrimSpace(title))
		case line == "", strings.HasPrefix(line, "//"), strings.HasPrefix(line, ":"), strings.HasPrefix(line, "["),
			strings.HasPrefix(line, "ifdef::"), strings.HasPrefix(line, "ifndef::"), strings.HasPrefix(line, "endif::"):
		default:
			return ""
		}
	}
	return ""
}

// verbatim knows whether lines stand in blocks whose text is shown as it is.
type verbatim string // the line that ends the block; "" outside

var asciidocFence = regexp.MustCompile("^(?:-{4,}|\\.{4,}|\\+{4,}|/{4,}|```.*)$")

func (v *verbatim) shows(line string) bool {
	line = strings.TrimRight(line, " \r\n")
	switch {
	case *v == "" && asciidocFence.MatchString(line):
		*v = verbatim(line)
		if strings.HasPrefix(line, "```") {
			*v = "```"
		}
		return true
	case *v != "" && line == string(*v):
		*v = ""
		return true
	}
	return *v != "" || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
}
