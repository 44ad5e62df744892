package convert

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// asciidocXref finds references: (what stands before)(target)(text).
// https://docs.asciidoctor.org/asciidoc/latest/macros/xref/
var asciidocXref = regexp.MustCompile(`(^|[^\\+\w])xref:([\w./:@{}$#-]+)\[((?:[^\]\\]|\\.)*)\]`)

// referred has references to other pages lead to these pages' files, as Antora has
// them lead to the pages, and gives those without a text the titles of what they
// lead to.
func (a *asciidoc) referred(line string) string {
	return asciidocXref.ReplaceAllStringFunc(line, func(match string) string {
		m := asciidocXref.FindStringSubmatch(match)
		page, fragment, _ := strings.Cut(a.expand(m[2])[0], "#")
		isID := fragment == "" && !strings.ContainsAny(page, ":$") && !slices.Contains(asciidocExtensions, path.Ext(page))
		target := a.fileOf(page)
		if isID || target == "" {
			return match
		}
		text := m[3]
		if strings.TrimSpace(text) == "" {
			text = a.titleOf(target, fragment)
			if _, _, isAntora := antoraModule(target); text == "" && isAntora {
				text = m[2]
			}
			text = quotedText(text)
		}
		to := "#" + fragment // of this page
		if target != a.open[0] {
			rel, err := filepath.Rel(filepath.FromSlash(path.Dir(a.open[0])), filepath.FromSlash(target))
			if err != nil {
				return match
			}
			if to = filepath.ToSlash(rel); fragment != "" {
				to += "#" + fragment
			}
		}
		return m[1] + "xref:" + to + "[" + text + "]"
	})
}

// quotedText is a text that stands for itself between a macro's brackets.
func quotedText(text string) string {
	text = strings.ReplaceAll(text, "]", `\]`)
	if strings.Contains(text, "=") { // which would make it a list of attributes
		text = `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
	}
	return text
}

// fileOf returns the file of the page or attachment that a reference names; "" if
// it is none of the component's.
func (a *asciidoc) fileOf(page string) string {
	at := a.open[0]
	module, component, isAntora := antoraModule(at)
	switch {
	case page == "" || strings.Contains(page, "@") || strings.Contains(page, "{") || path.IsAbs(page):
		return ""
	case !isAntora && strings.Contains(page, ":"):
		return ""
	case !isAntora:
		return path.Join(path.Dir(at), page)
	}
	names := strings.Split(page, ":")
	if len(names) > 3 || len(names) == 3 && names[0] != "" && names[0] != a.antora.name {
		return ""
	}
	if len(names) > 1 {
		name := names[len(names)-2]
		if name == "" {
			name = "ROOT"
		}
		module = path.Join(component, "modules", name)
	}
	folder, file := "pages", names[len(names)-1]
	if family, rest, ok := strings.Cut(file, "$"); ok {
		file = rest
		if family == "attachment" {
			folder = "attachments"
		} else if family != "page" {
			return ""
		}
	}
	if path.Ext(file) == "" {
		file += ".adoc"
	}
	if len(names) == 1 && (strings.HasPrefix(file, "./") || strings.HasPrefix(file, "../")) {
		return path.Join(path.Dir(at), file)
	}
	return path.Join(module, folder, file)
}

// titleOf returns the title of a page, or of the section with an id in it; "" if it
// is not there.
func (a *asciidoc) titleOf(page, fragment string) string {
	key := page + "#" + fragment
	title, known := a.titles[key]
	if known {
		return title
	}
	if data, ok := a.get(page); ok && len(a.titles) < maxIncludes {
		if title = asciidocTitle(string(data)); fragment != "" {
			title = asciidocSection(string(data), fragment)
		}
		title = a.expand(title)[0]
	}
	a.titles[key] = title
	return title
}

var (
	asciidocHeading = regexp.MustCompile(`^={1,6} +(.+?)(?: +=+)?$`)
	asciidocNoID    = regexp.MustCompile(`[^\pL\pN]+`)
)

// asciidocSection returns the title of the section that carries an id, of its own
// or made from its title.
func asciidocSection(text, id string) string {
	isNext, values := false, []string(nil)
	plain := func(s string) string { return strings.ToLower(asciidocNoID.ReplaceAllString(s, "")) }
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		m := asciidocHeading.FindStringSubmatch(line)
		if set := asciidocAttribute.FindStringSubmatch(line); set != nil && len(values) < maxIncludes {
			values = append(values, "{"+set[1]+"}", set[2])
		}
		switch {
		case m != nil && (isNext || plain(m[1]) == plain(id)):
			return strings.NewReplacer(values...).Replace(strings.TrimSpace(m[1]))
		case m != nil || line == "":
			isNext = false
		case line == "[#"+id+"]" || strings.HasPrefix(line, "[["+id+"]]") || strings.HasPrefix(line, "[["+id+",") ||
			strings.HasPrefix(line, "[#"+id+",") || strings.HasPrefix(line, "[#"+id+".") || strings.HasPrefix(line, "[[#"+id):
			isNext = true
		}
	}
	return ""
}
