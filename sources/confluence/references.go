package confluence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"finpages/sources/confluence/internal/transclusion"
)

// titleIndex finds pages by their titles. Both maps are made when they are
// needed: few wikis include pages that are not listed.
type titleIndex struct {
	once    sync.Once
	inSpace map[string]*page // by kind, space and title; nil where it is ambiguous

	onceAll sync.Once
	all     map[string][]string // ids by kind and title
}

// find returns the page that a reference means, nil if it was not listed.
func (t *tree) find(r transclusion.Reference) *page {
	if r.ID != "" {
		return t.byID[r.ID]
	}
	t.titles.once.Do(t.indexTitles)
	return t.titles.inSpace[titleKey(cmp.Or(r.Kind, kindPage), r.Space, r.Title)]
}

func (t *tree) indexTitles() {
	t.titles.inSpace = make(map[string]*page, len(t.byID))
	for _, p := range t.byID {
		key := titleKey(p.kind, p.space, p.title)
		if _, twice := t.titles.inSpace[key]; twice {
			t.titles.inSpace[key] = nil
		} else {
			t.titles.inSpace[key] = p
		}
	}
}

// titleKey tells a blog post from a page, which may have the same title.
func titleKey(kind, space, title string) string {
	return kind + "\x00" + strings.ToLower(space) + "\x00" + strings.ToLower(strings.Join(strings.Fields(title), " "))
}

// mayBeUnlisted tells whether a page that was not listed may be in a space that could
// not be listed in full.
func (t *tree) mayBeUnlisted(r transclusion.Reference) bool {
	if r.Space != "" {
		complete, configured := t.spaces[strings.ToLower(r.Space)]
		return configured && !complete
	}
	return !t.complete()
}

// state sums up the pages that a page transcludes; false if some of them may
// have changed unseen.
func (t *tree) state(uses []transclusion.Reference) (string, bool) {
	var b strings.Builder
	for _, r := range uses {
		q := t.find(r)
		switch {
		case q == nil && (t.rules.withRestricted || t.mayBeUnlisted(r)):
			return "", false
		case q == nil:
			fmt.Fprintf(&b, "%s/%s:%s absent %s\n", r.ID, r.Space, r.Title, t.namesakes(r))
		default:
			fmt.Fprintf(&b, "%s@%d %d %s\n", q.id, q.version, q.modified, t.whyNotShown(q))
		}
	}
	return digest(b.String()), true
}

// namesakes returns the ids of all listed pages with the title of a reference,
// whatever their space: the page that is meant may have moved among them, and
// the reference with it.
func (t *tree) namesakes(r transclusion.Reference) string {
	if r.Title == "" {
		return ""
	}
	return strings.Join(t.titled(cmp.Or(r.Kind, kindPage), r.Title), " ")
}

// titled returns the ids of all listed pages of a title.
func (t *tree) titled(kind, title string) []string {
	t.titles.onceAll.Do(func() {
		t.titles.all = make(map[string][]string, len(t.byID))
		for _, p := range t.byID {
			key := titleKey(p.kind, "", p.title)
			t.titles.all[key] = append(t.titles.all[key], p.id)
		}
	})
	return slices.Sorted(slices.Values(t.titles.all[titleKey(kind, "", title)]))
}

// mentioned returns the pages that texts in the parameters of macros name by title or
// id. Nobody knows whether the macros show them: pages of other spaces count only if
// they are kept out.
func (t *tree) mentioned(texts []string, home string) []transclusion.Reference {
	if t.rules.withRestricted {
		return nil
	}
	var refs []transclusion.Reference
	for _, text := range texts {
		ids := slices.Concat([]string{text}, t.titled(kindPage, text), t.titled(transclusion.BlogPost, text))
		for _, id := range ids {
			if q := t.byID[id]; q != nil && (id == text || q.space == home || t.whyNotShown(q) != "") {
				refs = append(refs, transclusion.Reference{ID: id})
			}
		}
	}
	return refs
}
