package convert

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// place is what a reference leads to: a document, or a part of it.
type place struct {
	title string
	path  string // of the document in the source; "" if it is this one, or not known
	label string // of the part; "" for the document
}

// linked shows a text as a link to a place, and as a text where the place is not
// known or no link may stand.
func (r *rst) linked(text string, to place) string {
	target := ""
	if to.path != "" && to.path != r.open[0] {
		rel, err := filepath.Rel(filepath.FromSlash(path.Dir(r.open[0])), filepath.FromSlash(to.path))
		if err != nil {
			return escaped(text)
		}
		target = filepath.ToSlash(rel)
	}
	if id := rstID(to.label); id != "" {
		target += "#" + id
	}
	if target == "" || r.isPlain || strings.TrimSpace(text) == "" {
		return escaped(text)
	}
	target = strings.NewReplacer(" ", `\ `, "_", `\_`, "`", "%60", "<", "%3C", ">", "%3E").Replace(target)
	text = strings.ReplaceAll(escaped(strings.Join(strings.Fields(text), " ")), "<", `\<`)
	return "`" + text + " <" + target + ">`__"
}

var rstNoID = regexp.MustCompile(`[^a-z0-9]+`)

// rstID is the id that Docutils and Sphinx give what carries a label.
func rstID(label string) string {
	id := rstNoID.ReplaceAllString(strings.ToLower(label), "-")
	return strings.TrimRight(strings.TrimLeft(id, "-0123456789"), "-")
}

// sphinxLabels are those of the pages that Sphinx makes.
var sphinxLabels = map[string]string{"genindex": "Index", "modindex": "Module Index", "search": "Search Page"}

// labelled returns what carries a label, here or in another document; false if
// that is not known.
func (r *rst) labelled(text string) (place, bool) {
	label := labelKey(text)
	if title, ok := r.titles[label]; ok {
		return place{title: title, label: label}, true
	}
	if title := sphinxLabels[label]; title != "" {
		return place{title: title}, true
	}
	to, known := r.elsewhere[label]
	if !known {
		to.title, to.path = r.others.Labelled(r.open[0], label)
		to.label = label
		r.elsewhere[label] = to
	}
	if to.path != "" {
		return to, true
	}
	if _, section, ok := strings.Cut(text, ":"); ok && r.sphinx.sectionLabels {
		return place{title: section}, true // labels are titles behind their documents' names
	}
	return place{}, false
}

// document returns another document, by the name that Sphinx has for it; false if
// it is not there.
func (r *rst) document(target string) (place, bool) {
	if to, known := r.documents[target]; known {
		return to, to.path != ""
	}
	var to place
	for _, extension := range slices.Compact([]string{path.Ext(r.open[0]), ".rst", ".md"}) {
		data, from, ok := r.look(r.open[0], target+extension)
		if !ok {
			continue
		}
		to = place{path: from, title: firstTitle(rstLines(string(data)))}
		if extension == ".md" {
			to.title = firstHeading(string(data))
		}
		break
	}
	r.documents[target] = to
	return to, to.path != ""
}

// firstHeading returns the text of the first heading in Markdown.
func firstHeading(text string) string {
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(line, "# "); ok {
			return rstPlain(title)
		}
	}
	return ""
}

// reference shows what a role of Sphinx leads to; title is the text that the author
// gives it, "" for that of the place.
func (r *rst) reference(role, title, target string) string {
	var to place
	var known bool
	switch role {
	case "doc":
		to, known = r.document(target)
		if !known {
			to.title = target[strings.LastIndexByte(target, '/')+1:]
		}
	case "any":
		if to, known = r.document(target); !known {
			to, _ = r.labelled(target)
		}
	default:
		to, _ = r.labelled(target)
	}
	text := cmp.Or(title, to.title, target)
	if role == "numref" { // numbers are Sphinx's: the title says as much
		text = strings.NewReplacer("%s", cmp.Or(to.title, target), "{name}", cmp.Or(to.title, target), "{number}", "").
			Replace(text)
	}
	return r.linked(strings.TrimPrefix(text, "!"), to)
}

// toctree lists the documents that come next, as links.
func (r *rst) toctree(d directive) []string {
	_, options, rest := d.parts()
	if _, isHidden := options["hidden"]; isHidden {
		return []string{""}
	}
	var out []string
	if caption := strings.TrimSpace(options["caption"]); caption != "" {
		out = append(out, "**"+escaped(caption)+"**", "")
	}
	for _, line := range rest {
		title, target := "", strings.TrimSpace(line)
		if m := rstTarget.FindStringSubmatch(target); m != nil {
			title, target = m[1], strings.Trim(target[len(m[1]):], " <>")
		}
		switch {
		case target == "" || target == "self":
		case strings.Contains(target, "://"):
			out = append(out, "* `"+escaped(cmp.Or(title, target))+" <"+target+">`__")
		default:
			name := strings.TrimSuffix(strings.TrimSuffix(target, ".rst"), ".md")
			if to, ok := r.document(name); ok {
				out = append(out, "* "+r.linked(cmp.Or(title, to.title, path.Base(name)), to))
			}
		}
	}
	return slices.Concat([]string{""}, pad(d.indent, out...), []string{""})
}
