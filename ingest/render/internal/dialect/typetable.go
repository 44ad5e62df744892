package dialect

import (
	"cmp"
	"strconv"
	"strings"

	"finpages/ingest/render/internal/jsx"
	regexp "finpages/sources/lazyregexp"
)

// typeTables are components whose data describe the fields of a type.
var typeTables = regexp.MustCompile(`(?i)^(?:auto)?(?:type|prop|api|param|parameter|field|property|propertie|attribute|option|arg)s?(?:table|list)$`)

// typeTable writes the fields in the settings of a component, as type={{name: {type,
// description}}} and props={[{name, type}]} have them; nil if there are none.
func (r *rewriter) typeTable(t tag) []string {
	if !r.jsx || !t.selfClosing || !typeTables.MatchString(t.name) {
		return nil
	}
	props, _, err := r.program().run.Props(t.args, r.names())
	if err != nil {
		return nil
	}
	var out []string
	add := func(name string, v any) {
		field, ok := v.(*jsx.Object)
		if !ok {
			return
		}
		a, text := fieldArgs(name, field), ""
		if e, ok := field.Get("description").(*jsx.Element); ok {
			text, _ = r.program().run.Source(e)
		}
		text = cmp.Or(text, fieldText(a))
		if label := fieldLabel(a); label != "" && (a.first("type") != "" || text != "") {
			out = append(out, strings.Split(besideText(label, text), "\n")...)
			out = append(out, "")
		}
	}
	for _, key := range props.Keys() {
		switch v := props.Get(key).(type) {
		case *jsx.Object:
			for _, name := range v.Keys() {
				add(name, v.Get(name))
			}
		case []any:
			for _, field := range v {
				add("", field)
			}
		}
	}
	return out
}

// fieldArgs are the settings that an object has for a field.
func fieldArgs(name string, field *jsx.Object) args {
	a := args{named: map[string]string{}}
	if name != "" {
		a.named["name"] = name
	}
	for _, key := range field.Keys() {
		switch v := field.Get(key).(type) {
		case string:
			a.named[key] = strings.Join(strings.Fields(v), " ")
		case bool:
			a.named[key] = strconv.FormatBool(v)
		case float64:
			a.named[key] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return a
}
