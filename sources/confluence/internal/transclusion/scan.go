// Package transclusion finds out which pages of a wiki show text of other pages,
// and remembers it.
package transclusion

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"finpages/sources/confluence/internal/rest"
	"finpages/sources/wikimacro"
)

// Reference is how a page names another one that it shows: by id, or by title
// within a space.
type Reference struct {
	ID    string `json:"id,omitempty"`
	Kind  string `json:"kind,omitempty"` // where it is named by title; "" is a page
	Space string `json:"space,omitempty"`
	Title string `json:"title,omitempty"`
}

// BlogPost is the kind of a [Reference] to a blog post.
const BlogPost = "blogpost"

// MaxPages is how many pages one page may include, directly or not, before
// nobody checks any further and its stored form is taken.
const MaxPages = 50

// Found is what the rendered form of a page takes from other pages.
type Found struct {
	Pages   []Reference // whose text it shows
	Texts   []string    // that macros which are not known here are given: each may be the title or the id of a page
	Unnamed string      // why it may show text of pages that cannot be named, or text for some readers only
}

// reports are macros that show titles or text of pages which they look up.
var reports = []string{
	"blog-posts", "children", "content-by-user", "content-report-table", "contentbylabel", "contentbyuser",
	"decisionreport", "detailssummary", "excerpt-list", "index", "listlabels", "navmap", "pagetree", "recently-updated",
	"recently-updated-dashboard", "search", "space-attachments", "space-index", "task-report", "tasks-report-macro",
}

// lookups are parameters with which macros that are not known here look up
// pages.
var lookups = []string{"cql", "label", "labels", "space", "spaces", "spacekey", "ancestor", "parent", "root"}

// naming are parameters with which macros that are not known here name a page
// as plain text: by title or by id.
var naming = []string{"page", "pages", "pageid", "pagename", "pagetitle", "contentid", "contenttitle", "sourcepage",
	"targetpage", "pagetoinclude", "includepage", "pagesource", "sourceid", "targetid", "document", "documentid",
	"documentname", "documenttitle", "article", "articleid"}

// names tells whether a parameter is one of these, however its words are parted.
func names(param string) bool {
	return slices.Contains(naming, strings.NewReplacer("-", "", "_", "", " ", "").Replace(param))
}

// Scan finds what a page transcludes in its stored form, of which
// home is the space. A form that cannot be parsed may transclude anything.
// https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html
func Scan(storage, home string) Found {
	s := &scanner{home: home}
	d := xml.NewDecoder(strings.NewReader(storage))
	d.Strict, d.Entity = false, xml.HTMLEntity
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.report("its stored form cannot be parsed")
			break
		}
		s.token(t)
	}
	if len(s.open) > 0 {
		s.report("its stored form ends within a macro")
	}
	return s.found
}

type scanner struct {
	home  string
	found Found
	open  []*macro
	adf   bool // within an attribute of the newer editor's extensions
	texts map[string]bool
	plain bool // within the plain text of a macro
	text  strings.Builder
}

// macro is one that the scanner is in.
type macro struct {
	name    string
	param   string
	inParam bool
	named   bool // a page was named within it
	params  []string
	body    bool
}

func (s *scanner) report(why string) {
	if s.found.Unnamed == "" {
		s.found.Unnamed = why
	}
}

func (s *scanner) token(t xml.Token) {
	switch t := t.(type) {
	case xml.StartElement:
		s.start(t.Name.Space+":"+t.Name.Local, t.Attr)
	case xml.EndElement:
		s.end(t.Name.Space + ":" + t.Name.Local)
	case xml.CharData:
		switch {
		case s.plain:
			s.text.Write(t)
		case s.adf || s.inParam():
			s.text.Write(t[:min(len(t), 4096)])
		}
	}
}

func (s *scanner) inParam() bool { return len(s.open) > 0 && s.open[len(s.open)-1].inParam }

func (s *scanner) start(name string, attrs []xml.Attr) {
	switch name {
	case "ac:structured-macro", "ac:macro":
		m := &macro{name: strings.ToLower(attr(attrs, "name"))}
		if slices.Contains(reports, m.name) {
			s.report("its macro " + rest.Short(m.name) + " looks up other pages")
		}
		if strings.HasPrefix(m.name, "unmigrated-") { // wiki markup of any macro, users' own among them
			s.report("its macro " + rest.Short(m.name) + " may show other pages")
		}
		s.open = append(s.open, m)
	case "ac:parameter", "ac:default-parameter":
		if len(s.open) > 0 {
			m := s.open[len(s.open)-1]
			m.inParam, m.param = true, strings.ToLower(attr(attrs, "name"))
			m.params = append(m.params, m.param)
			s.text.Reset()
		}
	case "ac:rich-text-body":
		s.beginBody()
	case "ac:plain-text-body":
		s.beginBody()
		s.plain = true
		s.text.Reset()
	case "ri:page", "ri:blog-post", "ri:content-entity", "ri:space":
		if s.inParam() {
			s.name(name, attrs)
		}
	case "ri:url":
		if s.inParam() {
			s.mention(s.open[len(s.open)-1], attr(attrs, "value"))
		}
	case "ac:adf-attribute":
		s.adf = true
		s.text.Reset()
	case "ac:adf-node":
		if strings.Contains(strings.ToLower(attr(attrs, "type")), "sync") {
			s.report("its synced blocks come from other pages")
		}
	}
}

func (s *scanner) beginBody() {
	if len(s.open) > 0 {
		s.open[len(s.open)-1].body = true
	}
}

// name notes a page that is named in a macro's parameter.
func (s *scanner) name(kind string, attrs []xml.Attr) {
	r := Reference{ID: attr(attrs, "content-id"), Title: attr(attrs, "content-title"), Space: attr(attrs, "space-key")}
	m := s.open[len(s.open)-1]
	if kind == "ri:space" || r.ID == "" && r.Title == "" {
		s.report("its macro " + rest.Short(m.name) + " looks up other pages")
		return
	}
	if kind == "ri:blog-post" {
		r.Kind = BlogPost
	}
	m.named = true
	s.add(r)
}

func (s *scanner) add(r Reference) {
	if r.ID != "" {
		r = Reference{ID: r.ID}
	} else if r.Space == "" {
		r.Space = s.home
	}
	if slices.Contains(s.found.Pages, r) {
		return
	}
	if len(s.found.Pages) > MaxPages {
		s.report("it includes too many pages")
		return
	}
	s.found.Pages = append(s.found.Pages, r)
}

func (s *scanner) end(name string) {
	switch name {
	case "ac:structured-macro", "ac:macro":
		if len(s.open) == 0 {
			return
		}
		m := s.open[len(s.open)-1]
		if includes(m.name) && !m.named {
			s.report("its macro " + rest.Short(m.name) + " does not name the page that it includes")
		}
		if m.body && wikimacro.LimitsReaders(m.name, m.params...) {
			s.report("its macro " + rest.Short(m.name) + " shows text to some readers only")
		}
		s.open = s.open[:len(s.open)-1]
	case "ac:parameter", "ac:default-parameter":
		if s.inParam() {
			m := s.open[len(s.open)-1]
			m.inParam = false
			s.value(m, strings.TrimSpace(s.text.String()))
		}
	case "ac:plain-text-body":
		s.plain = false
		if len(s.open) > 0 {
			s.markup(s.open[len(s.open)-1].name, s.text.String())
		}
	case "ac:adf-attribute":
		s.adf = false
		switch key := strings.ToLower(strings.TrimSpace(s.text.String())); {
		case includes(key) || slices.Contains(reports, key):
			s.report("its extension " + rest.Short(key) + " shows other pages")
		case wikimacro.LimitsReaders(path.Base(key)):
			s.report("its extension " + rest.Short(key) + " shows text to some readers only")
		}
	}
}

// value takes the text of a macro's parameter: the oldest pages name the page
// to include as plain text, "Title" or "KEY:Title".
func (s *scanner) value(m *macro, text string) {
	switch {
	case text == "" || m.name == "details":
	case names(m.param), includes(m.name) && !m.named &&
		slices.Contains([]string{"", "default-parameter"}, m.param):
		r := Reference{Title: text}
		if key, title, ok := strings.Cut(text, ":"); ok && !strings.Contains(key, " ") {
			r = Reference{Space: key, Title: title}
		} else if _, err := strconv.ParseUint(text, 10, 64); err == nil && strings.HasSuffix(m.param, "id") {
			r = Reference{ID: text}
		}
		m.named = true
		s.add(r)
	case !includes(m.name) && slices.Contains(lookups, m.param):
		s.report("its macro " + rest.Short(m.name) + " looks up other pages")
	default:
		s.mention(m, text)
	}
}

// verbatim are macros that show their plain text as it is.
var verbatim = []string{"code", "noformat"}

// inMarkup finds the macros in wiki markup: {name} or {name:parameters}.
// https://confluence.atlassian.com/doc/confluence-wiki-markup-251003035.html
var inMarkup = regexp.MustCompile(`\{\s*([\pL][\pL\pN_-]*)`)

// markup takes the plain text of a macro, which may be wiki markup that the wiki
// renders. What that includes is not followed.
func (s *scanner) markup(macro, text string) {
	if slices.Contains(verbatim, macro) {
		return
	}
	for _, m := range inMarkup.FindAllStringSubmatch(text, -1) {
		if name := strings.ToLower(m[1]); includes(name) || slices.Contains(reports, name) {
			s.report("the wiki markup in its macro " + rest.Short(macro) + " shows other pages")
			return
		}
	}
}

// includes tells whether a macro of this name shows a page that it names:
// include, excerpt-include, and those that add-ons bring.
func includes(name string) bool {
	return strings.Contains(name, "include") || strings.Contains(name, "transclu") || name == "insert-excerpt"
}

func attr(attrs []xml.Attr, local string) string {
	for _, a := range attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}
