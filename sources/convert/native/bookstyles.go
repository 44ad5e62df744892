package native

import (
	"path"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

var (
	cssElsewhere = regexp.MustCompile(`(?s)@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|/\*.*?\*/`)
	cssHides     = regexp.MustCompile(`(?i)display\s*:\s*none`)
	cssClass     = regexp.MustCompile(`^\w*\.([\w-]+)$`)
)

// hiddenClasses are the classes that the stylesheets of the book hide.
func (p packageFile) hiddenClasses(a *archive, dir string) map[string]bool {
	classes := map[string]bool{}
	for _, item := range p.Items {
		if item.Type != "text/css" {
			continue
		}
		sheet, err := a.read(path.Join(dir, item.Href))
		if err != nil {
			continue // it hides nothing
		}
		for rule := range strings.SplitSeq(string(cssElsewhere.ReplaceAll(sheet, nil)), "}") {
			selectors, declarations, _ := strings.Cut(rule, "{")
			if !cssHides.MatchString(declarations) {
				continue
			}
			for selector := range strings.SplitSeq(selectors, ",") {
				if m := cssClass.FindStringSubmatch(strings.TrimSpace(selector)); m != nil {
					classes[m[1]] = true
				}
			}
		}
	}
	return classes
}

func hides(n *html.Node, classes map[string]bool) bool {
	for _, a := range n.Attr {
		if a.Key == "class" && len(classes) > 0 {
			return slices.ContainsFunc(strings.Fields(a.Val), func(class string) bool { return classes[class] })
		}
	}
	return false
}
