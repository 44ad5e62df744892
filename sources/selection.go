package sources

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"

	"github.com/bmatcuk/doublestar/v4"
)

// Selection is the rule by which an adapter of files picks documents by path.
// Patterns are those of https://pkg.go.dev/github.com/bmatcuk/doublestar/v4,
// matched against the slash path below the root.
type Selection struct {
	Include []string `yaml:"include"` // at least one must match; none given: all match
	Exclude []string `yaml:"exclude"` // none may match
	// MaxEntries is how many documents a listing may have; 0 means
	// [DefaultMaxEntries]. It decides about none of them.
	MaxEntries int `yaml:"max_entries" json:"-"`
	// Formats are those beyond what is rendered as it is; an adapter takes them
	// from its [Env].
	Formats Formats `yaml:"-" json:"-"`
}

// Formats are the extensions of documents that a converter turns into Markdown
// or HTML, in lower case (".docx"), each with the reason why documents of that
// kind are left out all the same; "" if they are not.
type Formats map[string]string

// DefaultMaxEntries bounds a listing where the options do not: a small
// repository whose tree holds itself many times over, or a folder in circles,
// must not take all memory.
const DefaultMaxEntries = 2_000_000

// Bounded returns an error if a listing has more entries than it may.
func (s Selection) Bounded(entries int) error {
	most := s.MaxEntries
	if most == 0 {
		most = DefaultMaxEntries
	}
	if entries > most {
		return fmt.Errorf("more than %d documents: name a smaller folder, exclude some, or raise max_entries", most)
	}
	return nil
}

// FormatOf tells a document's format by its path; false if it is not a document.
func FormatOf(p string) (Format, bool) {
	switch strings.ToLower(path.Ext(p)) {
	case ".md", ".markdown":
		return Markdown, true
	case ".mdx":
		return MDX, true
	case ".html", ".htm":
		return HTML, true
	case ".txt":
		return Text, true
	}
	return "", false
}

// FormatOf tells a document's format by its path: for those that are to be
// converted, the extension. It is false for what is no document.
func (s Selection) FormatOf(p string) (Format, bool) {
	if f, ok := FormatOf(p); ok {
		return f, true
	}
	extension := strings.ToLower(path.Ext(p))
	_, ok := s.Formats[extension]
	return Format(extension), ok
}

// IsConverted tells the formats that only a converter reads.
func (f Format) IsConverted() bool { return strings.HasPrefix(string(f), ".") }

// fileName is a name without wildcards that has an extension.
var fileName = regexp.MustCompile(`^[^*?\[{\\]+\.(?:docx?|odt|rtf|rst|adoc|asciidoc|pdf|ipynb|csv|tsv|xlsx?|epub|eml|mht|mhtml|org|json|ya?ml|mediawiki|wiki|textile|tex|opml|dbk|pptx?|odp)$`)

// Faults returns what is wrong with the patterns.
func (s Selection) Faults() []Fault {
	faults := append(patternFaults("include", s.Include), patternFaults("exclude", s.Exclude)...)
	if s.MaxEntries < 0 {
		faults = append(faults, Fault{"max_entries",
			fmt.Sprintf("%d is negative: give the number of documents that a listing may have", s.MaxEntries)})
	}
	return faults
}

func patternFaults(field string, patterns []string) (faults []Fault) {
	for i, p := range patterns {
		if wrong := patternFault(p); wrong != "" {
			faults = append(faults, Fault{fmt.Sprintf("%s[%d]", field, i), wrong})
		}
	}
	return faults
}

// windowsPath finds a backslash that is meant as a slash: one that escapes
// nothing, or stands between a name and all files below it.
var windowsPath = regexp.MustCompile(`\\[\pL\pN_]|[\pL\pN_*]\\\*`)

// patternFault says what is wrong with a pattern. One that can match no
// document is wrong, too: who excludes "drafts" believes the drafts are out.
func patternFault(p string) string {
	last := p[strings.LastIndex(p, "/")+1:]
	_, isDoc := FormatOf(last)
	isDoc = isDoc || fileName.MatchString(strings.ToLower(last))
	switch {
	case p == "":
		return "the pattern is empty: remove it, or write \"**\" for all"
	case windowsPath.MatchString(p):
		return fmt.Sprintf("pattern %q has a backslash: part folders with /, and write [*] where a name has a *", p)
	case !doublestar.ValidatePattern(p):
		return fmt.Sprintf("bad glob pattern %q: close every [ and {, or escape them with \\", p)
	case strings.HasPrefix(p, "/") || strings.HasPrefix(p, "./"):
		return fmt.Sprintf("pattern %q starts with %q: patterns are relative to the root, write %q",
			p, p[:strings.Index(p, "/")+1], strings.TrimLeft(p, "./"))
	case slices.Contains(strings.Split(p, "/"), ".."):
		return fmt.Sprintf("pattern %q leads out of the root: patterns are relative to the root", p)
	case !isDoc && !strings.ContainsAny(last, `*?[{\`):
		return fmt.Sprintf("pattern %q matches no document: for all below a folder write %q", p,
			strings.TrimRight(p, "/")+"/**")
	}
	return ""
}

// extensions are those of the documents that are taken.
func (s Selection) extensions() []string {
	list := []string{".md", ".markdown", ".mdx", ".html", ".htm", ".txt"}
	for _, extension := range slices.Sorted(maps.Keys(s.Formats)) {
		if s.Formats[extension] == "" {
			list = append(list, extension)
		}
	}
	return list
}

// Why says by which rule the document at the path is left out; "" if it is
// selected. A name that begins with a dot hides what lies there and below.
func (s Selection) Why(p string) string {
	why, _ := s.Decide(p)
	return why
}

// Decide is Why, and tells whether it is a pattern that leaves out what would be
// a document without it. Such a document is yielded with [Entry].Excluded, since
// it may be in Fin from before the pattern; all others are counted. What decides
// about those either never changes, or is no setting of the source.
func (s Selection) Decide(p string) (why string, byPattern bool) {
	format, ok := s.FormatOf(p)
	if !ok {
		return "not a document: the name ends in none of " + strings.Join(s.extensions(), " "), false
	}
	if why := s.Formats[string(format)]; why != "" {
		return why, false
	}
	if hidden := hiddenPart(p); hidden != "" {
		return fmt.Sprintf("hidden: %q begins with a dot", hidden), false
	}
	why = s.WhyPattern(p)
	return why, why != ""
}

// LeaveOut counts the document at the path, which is left out.
func (s Selection) LeaveOut(p string, l *Listing) {
	l.Excluded++
	if extension := strings.ToLower(path.Ext(p)); s.Formats[extension] != "" && hiddenPart(p) == "" &&
		s.WhyPattern(p) == "" {
		if l.Unconverted == nil {
			l.Unconverted = map[string]int{}
		}
		l.Unconverted[extension]++
	}
}

// Includes reports whether a document may include the file at the path: no pattern
// leaves it out, and no name on its way is hidden, but for those in which documentation
// tools keep what documents show. Patterns that select documents
// by their extension ("docs/**/*.rst") leave out no file beside them.
func (s Selection) Includes(p string) bool {
	if hiddenPart(withoutToolPart(p)) != "" || firstMatch(s.Exclude, p) != "" {
		return false
	}
	return len(s.Include) == 0 || firstMatch(s.Include, p) != "" ||
		slices.ContainsFunc(s.Include, func(pattern string) bool {
			folder, name := path.Split(pattern)
			return strings.HasPrefix(name, "*.") && doublestar.MatchUnvalidated(folder+"*", p)
		})
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

// toolParts are the hidden files and folders whose text documents show: pieces and
// variables of GitBook, and where Microsoft Learn has moved pages.
var toolParts = []string{".gitbook/includes/", ".gitbook/vars.yaml", ".openpublishing.redirection.json"}

// withoutToolPart is a path without the first of toolParts in it.
func withoutToolPart(p string) string {
	for _, part := range toolParts {
		before, after, found := strings.Cut("/"+p, "/"+part)
		if found && (after == "" || strings.HasSuffix(part, "/")) {
			return strings.Trim(before+"/"+after, "/")
		}
	}
	return p
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
