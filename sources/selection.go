package sources

import (
	"fmt"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Selection is the rule by which an adapter of files picks documents by path.
// Patterns are those of https://pkg.go.dev/github.com/bmatcuk/doublestar/v4,
// matched against the slash path below the root.
type Selection struct {
	Include []string `yaml:"include"` // at least one must match; none given: all match
	Exclude []string `yaml:"exclude"` // none may match
}

// formats by the lower-case extension of a file name.
var formats = map[string]Format{
	".md": Markdown, ".markdown": Markdown, ".mdx": MDX,
	".html": HTML, ".htm": HTML, ".txt": Text,
}

// FormatOf tells a document's format by its path; false if it is not a document.
func FormatOf(p string) (Format, bool) {
	f, ok := formats[strings.ToLower(path.Ext(p))]
	return f, ok
}

// Faults returns what is wrong with the patterns.
func (s Selection) Faults() []Fault {
	return append(patternFaults("include", s.Include), patternFaults("exclude", s.Exclude)...)
}

func patternFaults(field string, patterns []string) (faults []Fault) {
	for i, p := range patterns {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case !doublestar.ValidatePattern(p):
			faults = append(faults, Fault{at, fmt.Sprintf("bad glob pattern %q: close every [ and {, or escape them with \\", p)})
		case strings.HasPrefix(p, "/") || strings.HasPrefix(p, "./"):
			faults = append(faults, Fault{at, fmt.Sprintf("pattern %q starts with %q: patterns are relative to the root, write %q",
				p, p[:strings.Index(p, "/")+1], strings.TrimLeft(p, "./"))})
		}
	}
	return faults
}

// Why says by which rule the document at the path is left out; "" if it is
// selected. A name that begins with a dot hides what lies there and below.
func (s Selection) Why(p string) string {
	if _, ok := FormatOf(p); !ok {
		return "not a document: the name ends in none of .md .markdown .mdx .html .htm .txt"
	}
	if hidden := hiddenPart(p); hidden != "" {
		return fmt.Sprintf("hidden: %q begins with a dot", hidden)
	}
	return s.WhyPattern(p)
}

// WhyPattern says by which pattern the path is left out; "" if by none.
func (s Selection) WhyPattern(p string) string {
	if pattern := firstMatch(s.Exclude, p); pattern != "" {
		return fmt.Sprintf("excluded by the pattern %q", pattern)
	}
	if len(s.Include) > 0 && firstMatch(s.Include, p) == "" {
		return "matched by no include pattern"
	}
	return ""
}

func hiddenPart(p string) string {
	for part := range strings.SplitSeq(p, "/") {
		if strings.HasPrefix(part, ".") {
			return part
		}
	}
	return ""
}

func firstMatch(patterns []string, p string) string {
	for _, pattern := range patterns {
		if doublestar.MatchUnvalidated(pattern, p) {
			return pattern
		}
	}
	return ""
}
