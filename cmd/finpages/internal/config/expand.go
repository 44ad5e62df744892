package config

import (
	"strings"

	regexp "finpages/sources/lazyregexp"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// expanded returns a scalar's text with ${VAR} filled in and $$ made $.
func (d *decoder) expanded(path string, node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		if n.IsFlowStyle {
			d.at(path, "want one value, not keys with values: put it in quotes if it begins with {")
			return "", false
		}
		d.at(path, "want one value, not keys with values")
		return "", false
	case *ast.MappingValueNode, *ast.SequenceNode:
		d.at(path, "want one value, not %s", describe(node))
		return "", false
	}
	s := text(node)
	if mend := misquoted(node, s); mend != "" && !forPrograms.MatchString(path) {
		d.at(path, "%s", mend)
		return "", false
	}
	key := path[strings.LastIndex(path, ".")+1:]
	if isSecret(key) && s != "" && !strings.Contains(s, "${") {
		d.literalSecret = path
	}
	return d.filled(path, s, isSecret(key))
}

// forPrograms matches the paths of what is handed to programs as it is.
var forPrograms = regexp.MustCompile(`\.(command|options|convert)[.\[]`)

// Ways in which other programs write variables, of which this one takes only
// the name in capitals: a price is no variable.
var otherVariable = regexp.MustCompile(
	`^(?:\$([A-Z_][A-Z0-9_]*)(?:/.*)?|\$\(([A-Z_][A-Z0-9_]*)\)|%([A-Z_][A-Z0-9_]*)%(?:[/\\].*)?)$`)

// misquoted says how to write text that is in quotes that are none, or stands
// for a variable of another program's kind; "" where it does not.
func misquoted(node ast.Node, s string) string {
	if m := otherVariable.FindStringSubmatch(s); m != nil {
		name := m[1] + m[2] + m[3]
		return "only ${NAME} stands for a variable: write ${" + name + "}, or $$ for a dollar sign"
	}
	n, ok := node.(*ast.StringNode)
	switch {
	case !ok:
		return ""
	case n.GetToken().Type == token.DoubleQuoteType && strings.ContainsFunc(s, isGarbled):
		return doubleQuoted
	case n.GetToken().Type != token.StringType:
		return ""
	case strings.Count(s, `"`) == 1 && strings.HasSuffix(s, `"`):
		return "there is a quote at the end, and none at the beginning: remove it, or add the other"
	case strings.HasSuffix(s, ",") || strings.HasSuffix(s, ";"):
		return "remove the " + s[len(s)-1:] + " at the end"
	}
	if m := keyInside.FindStringSubmatch(s); m != nil {
		return "there is no comma before " + m[1]
	}
	if first := []rune(s + " ")[0]; strings.ContainsRune("\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb", first) {
		return string(first) + ` is a curly quote: write a straight one, " or '`
	}
	return ""
}

// keyInside matches a key in the middle of a text, which has to be another one's
// value.
var keyInside = regexp.MustCompile(`\s([a-z_]+):\s`)

// isGarbled reports what only an escape makes that was meant to be a path.
func isGarbled(r rune) bool { return r == '\ufffd' || r < ' ' && r != '\n' && r != '\t' && r != '\r' }

const doubleQuoted = `in double quotes, \ has a meaning of its own: write \\, or put the value in single quotes`

// filled fills in the variables of a text.
func (d *decoder) filled(path, s string, secret bool) (string, bool) {
	var b strings.Builder
	ok := true
	for {
		before, rest, found := strings.Cut(s, "$")
		b.WriteString(before)
		switch {
		case !found:
			return b.String(), ok
		case strings.HasPrefix(rest, "$"):
			b.WriteByte('$')
			s = rest[1:]
		case strings.HasPrefix(rest, "{"):
			name, after, closed := strings.Cut(rest[1:], "}")
			if !closed {
				d.at(path, "%q is not closed: write ${NAME}, or $$ for a dollar sign", "${"+name)
				return "", false
			}
			value, set := d.env(name)
			if fault := variableFault(name, value, set, secret); fault != "" {
				d.at(path, "%s", fault)
				ok = false
			}
			b.WriteString(value)
			s = after
		default:
			b.WriteByte('$')
			s = rest
		}
	}
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variableFault says what is wrong with a variable; "" for nothing.
func variableFault(name, value string, set, secret bool) string {
	switch {
	case set && secret && value == "":
		return "environment variable " + name + " is empty"
	case set && secret && strings.ContainsAny(strings.TrimSpace(value), "\r\n"):
		return "environment variable " + name + " has more than one line: set it to the secret alone"
	case set:
		return ""
	case name == "CREDENTIALS_DIRECTORY":
		return "environment variable " + name + " is not set: systemd sets it for the service; start that, " +
			"or set it to a folder with the secrets"
	case !variableName.MatchString(name):
		return "${" + name + "} is no variable: write ${NAME} alone, or $${" + name + "} for the literal text"
	}
	return "environment variable " + name + " is not set: set it, or write $${" + name + "} for the literal text"
}
