package render

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

// URLTemplate makes a page's web address from its place in the source. The
// zero value makes none.
type URLTemplate struct {
	parts []templatePart
}

// templatePart is literal text or, where name is set, a placeholder.
type templatePart struct {
	text, name string
}

// templateNames are the placeholders that every source knows.
var templateNames = []string{"path", "stem", "dir", "id"}

// ParseURLTemplate parses a page_url such as https://docs.example.com/{path}.
// It knows {path}, {stem} (the path without its extension), {dir} (its
// directory, empty at the top), {id} and the names in extra. Errors name the
// fault and the placeholders that exist.
func ParseURLTemplate(s string, extra ...string) (URLTemplate, error) {
	known := append(slices.Clone(templateNames), extra...)
	var t URLTemplate
	for rest := s; rest != ""; {
		text, after, found := strings.Cut(rest, "{")
		if strings.Contains(text, "}") {
			return URLTemplate{}, fmt.Errorf("page_url %q has a } without its {", redactUser(s))
		}
		t.parts = append(t.parts, templatePart{text: text})
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return URLTemplate{}, fmt.Errorf("page_url %q has a { without its }", redactUser(s))
		}
		if !slices.Contains(known, name) {
			return URLTemplate{}, fmt.Errorf("page_url has an unknown placeholder {%s}: use one of {%s}",
				name, strings.Join(known, "}, {"))
		}
		t.parts = append(t.parts, templatePart{name: name})
		rest = tail
	}
	return t, t.check(s)
}

// check wants the scheme and host in the literal text, so that no document's
// name decides where its address leads.
func (t URLTemplate) check(s string) error {
	prefix := ""
	if len(t.parts) > 0 {
		prefix = t.parts[0].text
	}
	u, err := url.Parse(t.Expand("id", "dir/path.md", nil))
	if err != nil || !isWeb(u) {
		return fmt.Errorf("page_url %q must be a web address that begins with https:// or http:// and a host", redactUser(s))
	}
	if u.User != nil {
		return fmt.Errorf("page_url must not hold a user name or password")
	}
	_, afterScheme, _ := strings.Cut(prefix, "://")
	if len(t.parts) > 1 && !strings.ContainsAny(afterScheme, "/?#") {
		return fmt.Errorf("page_url %q: put a / between the host and the first placeholder", redactUser(s))
	}
	return nil
}

// Expand returns the address of the document with the ID at the slash path;
// vars gives the extra placeholders. What is filled in is percent-escaped
// segment by segment.
func (t URLTemplate) Expand(id, docPath string, vars map[string]string) string {
	return t.expand(id, docPath, strings.TrimSuffix(docPath, extension(docPath)), vars)
}

// ExpandFile returns the address of a file that is no document: its name keeps its
// extension.
func (t URLTemplate) ExpandFile(filePath string, vars map[string]string) string {
	return t.expand(filePath, filePath, filePath, vars)
}

func (t URLTemplate) expand(id, docPath, stem string, vars map[string]string) string {
	var out strings.Builder
	for _, part := range t.parts {
		if part.name == "" {
			writeLiteral(&out, part.text)
			continue
		}
		value := ""
		switch part.name {
		case "path":
			value = docPath
		case "stem":
			value = stem
		case "dir":
			value = strings.TrimPrefix(path.Dir("/"+docPath), "/")
		case "id":
			value = id
		default:
			value = vars[part.name]
		}
		if strings.Contains(out.String(), "?") {
			out.WriteString(strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
		} else {
			out.WriteString(escapePath(value))
		}
	}
	return out.String()
}

// writeLiteral avoids the double slash that an empty {dir} would leave.
func writeLiteral(out *strings.Builder, text string) {
	done := out.String()
	if strings.HasPrefix(text, "/") && strings.HasSuffix(done, "/") && !strings.HasSuffix(done, "://") {
		text = text[1:]
	}
	out.WriteString(text)
}

// extension is path.Ext, but names such as ".bookmarks" have none.
func extension(p string) string {
	ext := path.Ext(p)
	if ext == path.Base(p) {
		return ""
	}
	return ext
}

func escapePath(p string) string {
	segments := strings.Split(p, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

func redactUser(s string) string {
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		if at := strings.LastIndex(host, "@"); at >= 0 {
			return scheme + "://…" + rest[at:]
		}
	}
	return s
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
