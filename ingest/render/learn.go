package render

import (
	"encoding/json"
	"net/url"
	"path"
	"strings"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/frontmatter"
)

// learned is what DocFX knows of a document's source: which document bears a uid, and
// where those are now that were moved.
type learned struct {
	in    Input
	load  func(path string) (string, bool)
	uids  map[string][2]string // title and path by the uid
	moved map[string]string    // where a document is now, by its path
}

const (
	redirections    = ".openpublishing.redirection.json"
	maxRedirections = 5 // that follow each other
	maxUIDs         = 200
	maxTitleLines   = 100 // in which a document's heading is looked for
)

// reference returns the title and path of the document that bears a uid, which is, as
// its authors have it, the end of its path.
func (l *learned) reference(uid string) (title, at string) {
	if l.in.Named == nil || l.in.tool() != dialect.DocFX || strings.HasPrefix(uid, "/") {
		return "", ""
	}
	if known, ok := l.uids[uid]; ok || len(l.uids) >= maxUIDs {
		return known[0], known[1]
	}
	if l.uids == nil {
		l.uids = map[string][2]string{}
	}
	at = l.in.Named(uid)
	text, ok := "", false
	if at != "" {
		text, ok = l.load(at)
	}
	front, rest, err := frontmatter.Split(text)
	if !ok || err != nil || !strings.EqualFold(front.Text("uid"), uid) {
		l.uids[uid] = [2]string{}
		return "", ""
	}
	title = plainTitle(front.Text("title"))
	if heading := topHeading(rest); heading != "" {
		title = plainTitle(heading)
	}
	l.uids[uid] = [2]string{title, at}
	return title, at
}

// topHeading is the first heading of a text that is of the first level, among its
// first lines.
func topHeading(text string) string {
	for range maxTitleLines {
		line, rest, more := strings.Cut(text, "\n")
		if heading, ok := strings.CutPrefix(line, "# "); ok {
			return strings.Trim(heading, "# \t")
		}
		if !more {
			break
		}
		text = rest
	}
	return ""
}

// redirected is where a document is now that is not at a path any more; "" if nobody
// says.
func (l *learned) redirected(at string) (to string) {
	if l == nil || l.in.tool() != dialect.DocFX {
		return ""
	}
	if l.moved == nil {
		l.moved = map[string]string{}
		l.readRedirections()
	}
	for range maxRedirections {
		next := l.moved[strings.ToLower(at)]
		if next == "" {
			return to
		}
		to = next
		u, err := url.Parse(to)
		if err != nil || u.Host != "" {
			return to
		}
		if at = l.documentAt(u.Path); at == "" {
			at = l.movedFrom(u.Path)
		}
	}
	return to
}

// movedFrom is the path at which the document was that had a path on the site.
func (l *learned) movedFrom(site string) string {
	rest := strings.ToLower(strings.Trim(site, "/"))
	for rest != "" {
		if l.moved[rest+".md"] != "" {
			return rest + ".md"
		}
		_, rest, _ = strings.Cut(rest, "/")
	}
	return ""
}

// documentAt is the path of the document that has a path on the site, whose beginning
// its repository does not tell.
func (l *learned) documentAt(site string) string {
	if l.in.Named == nil {
		return ""
	}
	for rest := strings.Trim(site, "/"); rest != ""; {
		if found := l.in.Named(rest); found != "" {
			return found
		}
		_, rest, _ = strings.Cut(rest, "/")
	}
	return ""
}

// readRedirections reads the files of redirections that lie at the document's place and
// above.
func (l *learned) readRedirections() {
	for dir := path.Dir(l.in.Document.Path); ; dir = path.Dir(dir) {
		text, ok := l.load(path.Join(dir, redirections))
		var file struct {
			Redirections []struct {
				Path     string `json:"source_path"`
				FromRoot string `json:"source_path_from_root"`
				URL      string `json:"redirect_url"`
			}
		}
		if ok && json.Unmarshal([]byte(text), &file) == nil {
			for _, r := range file.Redirections {
				from := path.Join(dir, r.Path)
				if r.FromRoot != "" {
					from = strings.TrimPrefix(r.FromRoot, "/")
				}
				if key := strings.ToLower(from); l.moved[key] == "" {
					l.moved[key] = r.URL
				}
			}
		}
		if dir == "." || dir == "/" {
			return
		}
	}
}

// byUID leads to the document that bears a uid: "xref:uid#part?displayProperty=name".
func (l *linker) byUID(ref string) string {
	if l.docs == nil || l.link == nil {
		return ""
	}
	uid, anchor, _ := strings.Cut(ref, "#")
	uid, _, _ = strings.Cut(uid, "?")
	anchor, _, _ = strings.Cut(anchor, "?")
	if plain, err := url.PathUnescape(uid); err == nil {
		uid = plain
	}
	_, at := l.docs.reference(uid)
	if at == "" {
		return ""
	}
	l.isThere = true
	return withSuffix(l.link(at), &url.URL{Fragment: anchor})
}

// redirected leads on from a document that was moved.
func (l *linker) redirected(u *url.URL) string {
	if ext := extension(u.Path); l.docs == nil || l.link == nil || u.Path == "" || ext != "" && !documentExtensions[strings.ToLower(ext)] ||
		l.tool() != dialect.DocFX {
		return ""
	}
	for _, target := range l.targets(u.Path) {
		for _, at := range []string{target, target + ".md"} {
			to := l.docs.redirected(at)
			next, err := url.Parse(to)
			if to == "" || err != nil {
				continue
			}
			if next.Fragment == "" {
				next.Fragment = u.Fragment
			}
			if found := l.docs.documentAt(next.Path); next.Host == "" && found != "" {
				l.isThere = true
				return withSuffix(l.link(found), fragmentOf(next))
			}
			if l.page != nil {
				next = l.page.ResolveReference(next)
			}
			if isWeb(next) {
				return webString(next)
			}
		}
	}
	return ""
}
