package jsx

import (
	"html"
	"strings"
)

func unescapeHTML(s string) string { return html.UnescapeString(s) }

const (
	maxSource = 1 << 20 // bytes of what an expression shows
	shownStep = 8       // bytes of a text that is shown, which are a step
)

// writer writes what values show as Markdown with components, in which nothing of
// their texts is markup.
type writer struct {
	run  *Run
	out  strings.Builder
	code int // elements that are open whose breaks of lines count
}

// Source writes what a value shows.
func (r *Run) Source(v any) (string, error) {
	w := writer{run: r}
	if err := w.value(v); err != nil {
		return "", err
	}
	return w.out.String(), nil
}

func (w *writer) value(v any) error {
	if err := w.run.step(1); err != nil || w.out.Len() > maxSource {
		return errTooMuch
	}
	switch v := v.(type) {
	case nil, bool:
		return nil
	case string:
		return w.text(v)
	case float64:
		return w.text(numeral(v))
	case Markup:
		return w.text(unescapeHTML(string(v)))
	case verbatim:
		w.out.WriteString(string(v))
		return w.run.step(len(v) / shownStep)
	case []any:
		for i, item := range v {
			_, isElement := item.(*Element)
			if i > 0 && isElement {
				w.out.WriteString(" ") // they are set apart by how they look
			}
			if err := w.value(item); err != nil {
				return err
			}
		}
	case *Element:
		return w.element(v)
	default:
		return errNoValue
	}
	return nil
}

// marks are what may be markup in a text.
var marks = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "{", "&#123;", "}", "&#125;", "*", "&#42;", "_", "&#95;",
	"`", "&#96;", "[", "&#91;", "]", "&#93;", "~", "&#126;", "\\", "&#92;", "$", "&#36;", "|", "&#124;", ":", "&#58;", "=", "&#61;",
	"#", "&#35;", "!", "&#33;", "^", "&#94;", "%", "&#37;", "@", "&#64;", "+", "&#43;", "\"", "&quot;")

func (w *writer) text(s string) error {
	if err := w.run.step(len(s) / shownStep); err != nil {
		return err
	}
	s = marks.Replace(s)
	if w.code > 0 {
		s = strings.ReplaceAll(s, "\n", "&#10;")
	} else {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	if trimmed := strings.TrimLeft(s, " "); strings.HasPrefix(trimmed, "-") || strings.HasPrefix(trimmed, "import") {
		s = s[:len(s)-len(trimmed)] + strings.Replace(strings.Replace(trimmed, "-", "&#45;", 1), "import", "&#105;mport", 1)
	}
	w.out.WriteString(s)
	return nil
}

// voids are the elements without an end.
var voids = map[string]bool{"br": true, "hr": true, "img": true, "input": true, "wbr": true, "source": true, "track": true, "col": true}

func (w *writer) element(e *Element) error {
	if w.run.depth++; w.run.depth > maxDepth {
		return errTooMuch
	}
	defer func() { w.run.depth-- }()
	if e.own != nil {
		return w.own(e)
	}
	if e.name == "" || e.name == "Fragment" || e.name == "React.Fragment" {
		return w.value(e.children)
	}
	isHTML := e.name[0] >= 'a' && e.name[0] <= 'z'
	w.out.WriteString("<" + e.name)
	for _, key := range e.props.keys {
		w.prop(isHTML, e.name, key, e.props.values[key])
	}
	raw := rawHTML(e.props)
	children := e.children
	if len(children) == 0 {
		children = childrenProp(e.props)
	}
	if len(children) == 0 && raw == "" && (!isHTML || voids[e.name]) {
		w.out.WriteString("/>")
		return nil
	}
	w.out.WriteString(">" + raw)
	isCode := e.name == "pre" || e.name == "textarea" || strings.Contains(strings.ToLower(e.name), "code")
	if isCode {
		w.code++
		defer func() { w.code-- }()
	}
	if err := w.children(children); err != nil {
		return err
	}
	w.out.WriteString("</" + e.name + ">")
	return nil
}

// children writes them one behind the other: what is between them the author wrote.
func (w *writer) children(list []any) error {
	for _, child := range list {
		if err := w.value(child); err != nil {
			return err
		}
	}
	return nil
}

// own writes what a component makes of its settings.
func (w *writer) own(e *Element) error {
	props := &Object{}
	for _, key := range e.props.keys {
		props.Set(key, e.props.values[key])
	}
	switch len(e.children) {
	case 0:
	case 1:
		props.Set("children", e.children[0])
	default:
		props.Set("children", e.children)
	}
	v, err := w.run.call(e.own, props)
	if err != nil {
		return err
	}
	return w.value(v)
}

func childrenProp(props *Object) []any {
	if v, ok := props.values["children"]; ok {
		return []any{v}
	}
	return nil
}

// rawHTML is the content of an element that is given as HTML.
func rawHTML(props *Object) string {
	o, _ := props.values["dangerouslySetInnerHTML"].(*Object)
	if o == nil {
		return ""
	}
	markup, _ := o.values["__html"].(string)
	return strings.ReplaceAll(markup, "\n", " ")
}

// prop writes a setting: a text, or what JSX has in braces.
func (w *writer) prop(isHTML bool, element, key string, v any) {
	isHandler := strings.HasPrefix(key, "on") && len(key) > 2 && key[2] >= 'A' && key[2] <= 'Z'
	switch {
	case isHandler, key == "key", key == "ref", key == "style", key == "children", key == "dangerouslySetInnerHTML":
		return
	case key == "className" && (element == "code" || element == "pre"):
		key = "class"
	case key == "className":
		return
	case strings.ContainsAny(key, "\"'<>= \n"):
		return
	}
	switch v := v.(type) {
	case string:
		if w.run.step(len(v)/shownStep) != nil {
			return
		}
		w.out.WriteString(" " + key + `="` + attribute(v) + `"`)
	case float64, bool:
		if isHTML {
			w.out.WriteString(" " + key + `="` + w.run.show(v) + `"`)
		} else {
			w.out.WriteString(" " + key + "={" + w.run.show(v) + "}")
		}
	case []any, *Object:
		var out strings.Builder
		if w.run.writeJSON(&out, v, "", "", 0) == nil && !isHTML {
			w.out.WriteString(" " + key + "={" + strings.ReplaceAll(out.String(), "`", "\\u0060") + "}")
		}
	case *Element:
		w.out.WriteString(" " + key + `="` + attribute(w.run.plain(v)) + `"`)
	}
}

var attributeMarks = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "{", "&#123;", "}", "&#125;", "\n", "&#10;", "`", "&#96;")

func attribute(s string) string { return attributeMarks.Replace(s) }
