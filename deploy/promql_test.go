package deploy_test

import (
	"regexp"
	"slices"
	"strings"
)

// selector is a metric in a query, with its label matchers.
type selector struct {
	metric   string
	matchers []matcher
}

type matcher struct{ label, value string }

var (
	promqlToken = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[A-Za-z_:][A-Za-z0-9_:]*|[0-9][0-9A-Za-z.]*|\[[^\]]*\]|[=!]~|!=|\S`)
	promqlName  = regexp.MustCompile(`^[A-Za-z_:]`)
	operators   = []string{"and", "or", "unless", "offset", "bool"}
	groupings   = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
)

// scan finds the selectors of a PromQL query, and the labels that it groups
// or joins by. It reads what a valid query holds; Prometheus says what is one.
func scan(query string) (selectors []selector, grouped []string) {
	tokens := promqlToken.FindAllString(query, -1)
	tokens = append(tokens, "", "")
	for i := 0; i < len(tokens)-2; i++ {
		token, next := tokens[i], tokens[i+1]
		switch {
		case !promqlName.MatchString(token) || slices.Contains(operators, token):
		case slices.Contains(groupings, token):
			for i += 2; tokens[i] != ")" && tokens[i] != ""; i++ {
				if tokens[i] != "," {
					grouped = append(grouped, tokens[i])
				}
			}
		case next == "(" || slices.Contains(groupings, next): // a function
		case next == "{":
			s := selector{metric: token}
			for i += 2; tokens[i] != "}" && tokens[i] != ""; i++ {
				if op := tokens[i+1]; promqlName.MatchString(tokens[i]) && op != "" {
					s.matchers = append(s.matchers, matcher{tokens[i], strings.Trim(tokens[i+2], `"`)})
					i += 2
				}
			}
			selectors = append(selectors, s)
		default:
			selectors = append(selectors, selector{metric: token})
		}
	}
	return selectors, grouped
}
