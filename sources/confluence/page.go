package confluence

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unique"

	"finpages/sources/confluence/internal/rest"
)

// Kinds of what a wiki holds. Folders, whiteboards and the like occur as
// parents only.
const (
	kindPage = "page"
	kindPost = "blogpost"
)

// space is a part of the wiki with pages of its own.
type space struct {
	key      string // as configured
	real     string // the key as the wiki spells it
	id       string // Cloud's number
	archived bool
}

// access is who may view a page. The zero value is everybody who may see the
// space.
type access struct {
	reason  string // the page is shut to some, or nobody can tell: not for Fin
	refused bool   // why is that the wiki does not tell: it counts only while login and space are there
	err     error  // it could not be read this time: whether it is shut is not known
}

// refuse returns the access to a page of which the wiki does not tell.
func refuse(reason string) access { return access{reason: reason, refused: true} }

// page is what a listing knows of a page, without its body. All pages of a wiki
// are held at once, hence what many have in common is held once.
type page struct {
	id, title          string
	kind, status       string
	space              string    // key, as configured
	site, webui        string    // web address of the wiki, "" if unknown, and of the page below it
	parent, parentKind string    // "" at the top of the space
	labels             string    // sorted, with a space between them
	version            int       // 0 if unknown
	modified           int64     // in Unix milliseconds; 0 if unknown
	own                *access   // by the page's own restrictions; nil is everybody
	labelsUnread       *access   // why labels are not known
	lineage            *lineage  // what its parents make of it, once found out
	parentUnknown      bool      // the answer did not say which parents it has
	labelsKnown        bool      // labels are known
	accessKnown        bool      // own is known
	files              *ownFiles // that came with the listing of pages
}

// shared returns a string that is held once, however many pages have it.
func shared(s string) string { return unique.Make(s).Value() }

func (p *page) url() string {
	if p.site == "" {
		return ""
	}
	return p.site + p.webui
}

func (p *page) changed() time.Time {
	if p.modified == 0 {
		return time.Time{}
	}
	return time.UnixMilli(p.modified).UTC()
}

func (p *page) setVersion(number int, when string) {
	p.version = number
	if t, err := rest.ParseTime(when); err == nil {
		p.modified = t.UnixMilli()
	}
}

func (p *page) setLabels(names []string, known bool) {
	slices.Sort(names)
	p.labels, p.labelsKnown = shared(strings.Join(names, " ")), known
}

// noteUnread notes that what is not known of the page could not be read.
func (p *page) noteUnread(err error) {
	if !p.accessKnown {
		p.own = &access{err: err}
	}
	if !p.labelsKnown {
		p.labelsUnread = &access{err: err}
	}
}

func (p *page) setAccess(a access, known bool) { p.own, p.accessKnown = a.held(), known }

// held returns nil for the access that almost all pages have.
func (a access) held() *access {
	if a == (access{}) {
		return nil
	}
	return &a
}

// get is the reverse of held.
func (a *access) get() access {
	if a == nil {
		return access{}
	}
	return *a
}

// fingerprint changes with all that a listing sees of the page itself. Labels,
// restrictions and moves leave the version alone, hence the hash beside it; so
// does whoever deletes old versions and edits, hence the time.
func (p *page) fingerprint(epoch string, access access) string {
	parts := []string{epoch, p.kind, p.space, p.title, p.url(), p.parent, access.reason, p.labels,
		strconv.FormatInt(p.modified, 10)}
	return fmt.Sprintf("%d-%s", p.version, digest(parts...))
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, s := range parts {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:10])
}

// rules say which pages are taken.
type rules struct {
	include, exclude []string // labels
	withRestricted   bool
	roots            map[string]bool
}

func newRules(o Options) rules {
	r := rules{withRestricted: o.Restricted == Include, roots: map[string]bool{}}
	for _, l := range o.Labels.Include {
		r.include = append(r.include, strings.ToLower(l))
	}
	for _, l := range o.Labels.Exclude {
		r.exclude = append(r.exclude, strings.ToLower(l))
	}
	for _, id := range o.Root {
		r.roots[id] = true
	}
	return r
}

func (r rules) useLabels() bool { return len(r.include)+len(r.exclude) > 0 }

// excludedBy says by which rule the page itself is left out; "" if by none.
func (r rules) excludedBy(p *page) string {
	if p.status != "" && p.status != "current" {
		return "its status is " + p.status + ", only current pages are taken"
	}
	if l := r.excludedLabel(p); l != "" {
		return fmt.Sprintf("excluded by its label %q", l)
	}
	if len(r.include) > 0 && !slices.ContainsFunc(r.include, p.hasLabel) {
		return "it has none of the labels " + strings.Join(r.include, ", ")
	}
	return ""
}

// excludedLabel returns the label that keeps the page out of Fin.
func (r rules) excludedLabel(p *page) string {
	if i := slices.IndexFunc(r.exclude, p.hasLabel); i >= 0 {
		return r.exclude[i]
	}
	return ""
}

func (p *page) hasLabel(l string) bool {
	for label := range strings.SplitSeq(p.labels, " ") {
		if label == l {
			return true
		}
	}
	return false
}
