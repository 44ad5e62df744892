package dialect

import (
	"cmp"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	regexp "finpages/sources/lazyregexp"
)

// fieldComponents describe a parameter, a property or a part of an answer.
var fieldComponents = map[string]bool{
	"paramfield": true, "responsefield": true, "param": true, "property": true, "apifield": true, "field": true,
	"parameter": true, "queryparam": true, "pathparam": true, "bodyparam": true, "headerparam": true, "attribute": true,
}

// isField tells whether a component describes a field: by its name, or by
// naming a thing and its type.
func isField(t tag, a args) bool {
	return fieldComponents[strings.ToLower(t.name)] || a.named["name"] != "" && a.named["type"] != "" && !t.closing
}

// field says what a field is: "name (type, default 10, required)". It is ""
// for other components.
func (r *rewriter) field(t tag, a args) string {
	if !isField(t, a) {
		return ""
	}
	return fieldLabel(a)
}

// fieldText is what a field says of itself where no text stands in it.
func fieldText(a args) string {
	return html.EscapeString(a.first("description", "desc", "hint", "text"))
}

// fieldLabel is what the settings of a field say, "" if they name neither it nor
// its type.
func fieldLabel(a args) string {
	name := a.first("name", "query", "path", "body", "header", "cookie", "param", "field", "id", "title", "label")
	kind := a.first("type", "paramType", "schema")
	if name == "" { // the answer as a whole
		name, kind = kind, ""
	}
	if name == "" {
		return ""
	}
	var facts []string
	if kind != "" {
		facts = append(facts, kind)
	}
	value := cmp.Or(a.first("default", "defaultValue"), a.code["default"], a.code["defaultValue"], a.first("initialValue"))
	if value != "" {
		facts = append(facts, "default "+value)
	}
	for _, key := range []string{"pre", "post"} { // labels of Mintlify's, beside the name
		for _, m := range quotedText.FindAllStringSubmatch(a.code[key], 10) {
			facts = append(facts, m[1]+m[2])
		}
	}
	for _, flag := range []string{"required", "deprecated", "optional", "nullable"} {
		if a.isSet(flag) {
			facts = append(facts, flag)
		}
	}
	out := strong(plainText(name))
	if len(facts) > 0 {
		out += " (" + plainText(strings.Join(facts, ", ")) + ")"
	}
	return out
}

var quotedText = regexp.MustCompile(`"([^"\n]+)"|'([^'\n]+)'`)

// besideText puts a label before a text: on its line where the text begins
// with a sentence.
func besideText(label, text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case isBlank(text):
		return label
	case unicode.IsLetter(first) || unicode.IsDigit(first) || strings.ContainsRune("\"'([`*_", first) && !isListItem(text):
		return label + ": " + text
	}
	return label + "\n\n" + text
}
