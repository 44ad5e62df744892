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
	return antora{name: text(d.Name), version: text(d.Version), title: text(d.Title),
		attributes: append(a.playbook(dir), attributesOf(d.Asciidoc.Attributes)...)}
}

// playbooks are the usual names of the file that says how a site is made.
// https://docs.antora.org/antora/latest/playbook/
var playbooks = []string{"antora-playbook.yml", "playbook.yml", "site.yml", "publish.yml", "preview.yml"}

// playbook returns the attributes that a site has, from the first playbook in the
// folder of a component or above.
func (a *asciidoc) playbook(dir string) [][2]string {
	for range maxAbove {
		for _, name := range playbooks {
			data, ok := a.get(path.Join(dir, name))
			if !ok || antoraBounds.YAML(string(data)) != nil {
				continue
			}
			var d struct {
				Asciidoc struct{ Attributes yaml.MapSlice }
			}
			if yaml.Unmarshal(data, &d) == nil && len(d.Asciidoc.Attributes) > 0 {
				return attributesOf(d.Asciidoc.Attributes)
			}
		}
		if dir == "." {
			break
		}
		dir = path.Dir(dir)
	}
	return nil
}

func attributesOf(items yaml.MapSlice) (attributes [][2]string) {
	for _, item := range items {
		name, value := text(item.Key), item.Value
		if !asciidocName.MatchString(name) {
			continue
		}
		if value == nil || value == false {
			name = "!" + name
		}
		attributes = append(attributes, [2]string{name, strings.TrimSuffix(text(value), "@")})
	}
	return attributes
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
