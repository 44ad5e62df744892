package dialect

import (
	"html"
	"slices"
	"strings"
	"unicode"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/jsx"
	regexp "finpages/sources/lazyregexp"
)

// Keys in the data of components under which texts for readers stand.
var (
	titleKeys = dom.Set("title", "label", "name", "question", "header", "heading")
	textKeys  = dom.Set("text", "description", "content", "children", "answer")
	// keys whose data are none of readers'
	quietKeys = dom.Set("id", "ids", "key", "keys", "href", "url", "src", "to", "path", "link", "links",
		"class", "classname", "classes", "type", "kind", "variant", "color", "colors", "size", "sizes",
		"align", "width", "height", "target", "rel", "lang", "language", "languages", "code", "command",
		"pattern", "format", "date", "tags", "value", "values", "defaultvalue", "layout", "position", "theme",
		"mode", "state", "status", "slug", "file", "files", "alt", "groupid", "querystring", "as",
		"component", "schema", "model")
	lookKeys = dom.Set("style", "styles", "sx", "css", "icon", "image", "img", "logo", "options", "config")
)

// dataReader reads the data in the settings of a component for the texts in it.
type dataReader struct {
	setting string   // whose data are read
	key     string   // of what is read
	within  []string // the objects and arrays that are open, as "{" or "[" with their keys
	out     []string // lines of Markdown
}

// dataTexts are the texts in the data of a component, as items={[{title: "A"}, …]} and
// items={["a", "b"]} have them.
func dataTexts(settings string) []string {
	if !strings.Contains(settings, "={") {
		return nil
	}
	var r dataReader
	for s := settings; s != ""; {
		s = s[r.next(s):]
	}
	return r.out
}

// next reads what s begins with, and returns its length.
func (r *dataReader) next(s string) int {
	switch c := s[0]; {
	case c == '{' || c == '[':
		r.within = append(r.within, s[:1]+r.key)
	case (c == '}' || c == ']') && len(r.within) > 0:
		r.within = r.within[:len(r.within)-1]
	case c == '"' || c == '\'' || c == '`':
		n := jsx.StringLength(s)
		if n == 0 {
			return 1
		}
		if text := templateEscapes.Replace(s[1 : n-1]); !r.named(text, s[n:]) {
			r.text(strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\n`, " ").Replace(text))
		}
		return n
	case isLetter(c):
		n := nameLength(s)
		name := strings.TrimRight(s[:n], ":")
		r.named(name, s[len(name):])
		if n = len(name); n < len(s) && s[n] == '\'' { // an apostrophe in a text of JSX's
			n++
		}
		return n
	}
	return 1
}

// named notes a name if it is that of a setting or a key, which what follows tells.
func (r *dataReader) named(name, rest string) bool {
	rest = strings.TrimLeft(rest, " \t\n")
	isSetting := len(r.within) == 0 && strings.HasPrefix(rest, "=")
	if isSetting {
		r.setting = name
	} else if len(r.within) == 0 || !strings.HasPrefix(rest, ":") {
		return false
	}
	r.key = strings.ToLower(name)
	return true
}

// text writes a text out if it is for readers.
func (r *dataReader) text(text string) {
	isHandler := strings.HasPrefix(r.setting, "on") && len(r.setting) > 2 && isUpper(r.setting[2])
	isLook := slices.ContainsFunc(r.within, func(key string) bool { return lookKeys[key[1:]] })
	if len(r.within) < 2 || isHandler || isLook || strings.Contains(text, "${") {
		return
	}
	text = html.EscapeString(strings.Join(strings.Fields(text), " "))
	holder := r.within[len(r.within)-1]
	key := r.key
	if holder[0] == '[' {
		key = holder[1:]
	}
	switch {
	case text == "":
	case holder[0] == '[' && (key == "items" || textKeys[key]):
		r.out = append(r.out, "- "+text, "")
	case holder[0] == '{' && titleKeys[key]:
		r.out = append(r.out, strong(text), "")
	case holder[0] == '{' && textKeys[key]:
		r.out = append(r.out, text, "")
	case quietKeys[key]:
	case holder[0] == '[' && (r.isList() || isProse(text)):
		r.out = append(r.out, "- "+text, "")
	case holder[0] == '{' && isProse(text):
		r.out = append(r.out, text, "")
	}
}

// isList tells whether nothing but lists are open in a setting.
func (r *dataReader) isList() bool {
	return !slices.ContainsFunc(r.within[1:], func(open string) bool { return open[0] != '[' })
}

// classList finds the names of classes.
var classList = regexp.MustCompile(`^[a-z0-9:. -]*[a-z0-9]-[a-z0-9:. -]*$`)

// isProse tells a text for readers, by its words, from a setting.
func isProse(text string) bool {
	first, rest, hasMore := strings.Cut(text, " ")
	return hasMore && !strings.ContainsAny(text, "{}=;/\\") && strings.ContainsFunc(first, unicode.IsLetter) &&
		strings.ContainsFunc(rest, unicode.IsLetter) && !classList.MatchString(text)
}

// dataInText are the texts in the data of a component that stands within a line.
func dataInText(settings string) string {
	var texts []string
	for _, text := range dataTexts(settings) {
		if text != "" {
			texts = append(texts, strings.TrimPrefix(text, "- "))
		}
	}
	return strings.Join(texts, ", ")
}
