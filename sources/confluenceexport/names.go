package confluenceexport

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"finpages/sources"
	"finpages/sources/confluenceexport/internal/markup"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// rules pick the pages of an export by path.
type rules struct {
	sources.Selection
	exists func(path string) bool // whether something lies there; nil: unknown

	attachments bool // are documents
}

// excludes tells whether a pattern leaves out the file or folder at the path.
func (r rules) excludes(p string) bool {
	return sources.Selection{Exclude: r.Exclude}.WhyPattern(p) != ""
}

// noPages are the folders in which an export keeps what is no page, HTML
// attachments among it.
var noPages = map[string]bool{
	"attachments": true, "images": true, "styles": true, "download": true, "thumbnails": true, packedByMac: true,
}

// packedByMac is the folder that macOS adds to the archives that it packs.
const packedByMac = "__MACOSX"

// holdsNoPages tells whether no folder of this name holds pages. A hidden one
// is no space's: version control and snapshots keep old copies there.
func holdsNoPages(folder string) bool { return noPages[folder] || strings.HasPrefix(folder, ".") }

// why says by which rule the file at the path is left out; "" if it is a page.
func (r rules) why(p string) string {
	if why := r.whyNoPage(p); why != "" {
		return why
	}
	return r.WhyPattern(p)
}

// whyPattern says by which pattern the page at the path is left out; "" if by
// none, or if no page can lie there.
func (r rules) whyPattern(p string) string {
	if r.whyNoPage(p) != "" {
		return ""
	}
	return r.WhyPattern(p)
}

// whyNoPage says why no page can lie at the path; "" if one can.
func (r rules) whyNoPage(p string) string {
	if !isHTML(p) {
		return "not a page: the name ends in neither .html nor .htm"
	}
	if part := r.sideFolder(p); part != "" {
		return fmt.Sprintf("not a page: an export keeps none in the folder %q", part)
	}
	name := path.Base(p)
	if isIndex(name) {
		return "not a page: the list of a space's pages"
	}
	if strings.HasPrefix(name, "._") {
		return "not a page: macOS keeps a file's attributes in a file named like this"
	}
	return ""
}

// isWanted tells whether a page or an index may lie at the path.
func (r rules) isWanted(p string) bool {
	return r.why(p) == "" || isIndex(path.Base(p)) && r.sideFolder(p) == "" && !r.excludes(p)
}

// sideFolder returns the part of a path that is a folder without pages.
func (r rules) sideFolder(p string) string {
	dir, at := path.Dir(p), ""
	for part := range strings.SplitSeq(dir, "/") {
		at = path.Join(at, part)
		if part != "." && holdsNoPages(part) && !(at == dir && r.isSpace(at)) {
			return part
		}
	}
	return ""
}

// isSpace tells whether a folder is a space's although it has the name of one
// without pages: it has an index, or lies at the top of an export of several
// spaces, which has none there. Attachments lie deeper.
func (r rules) isSpace(dir string) bool {
	if name := path.Base(dir); r.exists == nil || !noPages[name] || name == packedByMac {
		return false
	}
	return r.indexOf(dir) != "" || !strings.Contains(dir, "/") && r.indexOf("") == ""
}

// isCounted tells whether a file that is left out counts as a document that
// was seen: it is, or holds, what may be a page.
func (r rules) isCounted(p string) bool {
	return (isHTML(p) && !isIndex(path.Base(p)) || isZip(p)) && r.sideFolder(p) == ""
}

// couldBeFolder tells by its name whether what cannot be looked at may be a
// folder with pages; the names of personal spaces may have dots.
func couldBeFolder(name string) bool {
	return !holdsNoPages(name) && (path.Ext(name) == "" || strings.HasPrefix(name, "~"))
}

func isZip(p string) bool { return strings.EqualFold(path.Ext(p), ".zip") }

func isHTML(p string) bool {
	ext := path.Ext(p)
	return strings.EqualFold(ext, ".html") || strings.EqualFold(ext, ".htm")
}

// pageID returns the id in the name of a page's file, "" if there is none.
// Confluence names the file Title_123.html, and 123.html where the title has
// characters that it does not take into file names.
func pageID(p string) string {
	if !isHTML(p) {
		return ""
	}
	name := path.Base(p)
	id := strings.TrimSuffix(name, path.Ext(name))
	id = id[strings.LastIndexByte(id, '_')+1:]
	if !markup.IsPageID(id) {
		return ""
	}
	return id
}

// scopeOf returns the folder of a path, "" for the root.
func scopeOf(p string) string {
	if dir := path.Dir(p); dir != "." {
		return dir
	}
	return ""
}

// decodeName makes a file's name UTF-8 in NFC. A name that is not UTF-8 is
// read as code page 437, as zip archives have it by
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT appendix D; in
// any case different names stay different.
func decodeName(name string) string {
	if !utf8.ValidString(name) {
		name, _ = charmap.CodePage437.NewDecoder().String(name)
	}
	return norm.NFC.String(name)
}

// comparePaths orders paths folder by folder, so that an export has one order
// whether it is packed or not.
func comparePaths(a, b string) int {
	if c := strings.Compare(folderKey(a), folderKey(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// folderKey sorts a folder before the folders in it, and those before the
// folders whose names it begins.
func folderKey(p string) string { return strings.ReplaceAll(scopeOf(p), "/", "\x00") }

// cleanName turns a stored name into a slash path, and tells whether it names
// a place inside of the archive. Some programs on Windows store backslashes.
func cleanName(name string) (p string, inside bool) {
	p = strings.ReplaceAll(decodeName(name), `\`, "/")
	inside = !hasDrive(p) && !strings.ContainsFunc(p, isControl)
	if fs.ValidPath(p) {
		return p, inside
	}
	if strings.HasSuffix(p, "/") { // a folder
		return p, inside
	}
	inside = inside && fs.ValidPath(path.Clean(p))
	return strings.TrimPrefix(path.Clean("/"+p), "/"), inside
}

// hasDrive finds "C:/", and leaves a title such as "Q: What" alone.
func hasDrive(p string) bool {
	return len(p) >= 3 && p[1:3] == ":/" && (p[0]|0x20 >= 'a' && p[0]|0x20 <= 'z')
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
