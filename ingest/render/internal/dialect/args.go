package dialect

import (
	"html"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// args are the settings of a shortcode or component.
type args struct {
	named map[string]string
	list  []string
	code  map[string]string // those that are JavaScript's, without their braces
}

var argument = regexp.MustCompile("(?:([\\w:.-]+)=)?(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|`([^`]*)`|" +
	"\\{\\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`)\\s*\\}|\\{\\s*([\\w.+-]+)\\s*\\}|\\{([^{}]*(?:\\{[^{}]*\\}[^{}]*)*)\\}|([^\\s\"'{}=]+))")

// anyTag finds the tags in a setting that is JSX itself.
var anyTag = regexp.MustCompile(`<[^<>]*>`)

// parseArgs reads name="value", name={"value"}, name={10} and values alone.
func parseArgs(s string) args {
	a := args{named: map[string]string{}}
	for _, m := range argument.FindAllStringSubmatch(s, 100) {
		value := html.UnescapeString(m[2] + m[3] + m[4] + m[5] + m[6] + m[7] + m[8] + m[10])
		if code := strings.TrimSpace(m[9]); code != "" && m[1] != "" {
			if a.code == nil {
				a.code = map[string]string{}
			}
			a.code[m[1]] = code
			if strings.HasPrefix(code, "<") && strings.HasSuffix(code, ">") {
				value = html.UnescapeString(strings.TrimSpace(anyTag.ReplaceAllString(code, "")))
			}
		}
		if m[1] != "" {
			a.named[m[1]] = value
		} else {
			a.list = append(a.list, value)
		}
	}
	return a
}

// first returns the first of the named settings that is there.
func (a args) first(names ...string) string {
	for _, name := range names {
		if v := a.named[name]; v != "" {
			return v
		}
	}
	return ""
}

// at returns the n-th value that has no name, "" if there are fewer.
func (a args) at(n int) string {
	if n < len(a.list) {
		return a.list[n]
	}
	return ""
}

// isSet tells whether a flag is there and not false.
func (a args) isSet(flag string) bool {
	value, named := a.named[flag]
	return named && value != "false" || slices.Contains(a.list, flag)
}
