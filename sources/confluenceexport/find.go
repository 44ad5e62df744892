package confluenceexport

import (
	"path"
	"strings"
	"sync"

	"finpages/sources"
)

// listed is what a listing has found, for links from page to page.
type listed struct {
	paths    map[string]string // by ID
	spaces   map[string]*space // by folder
	attached map[string]string // IDs of pages by the paths of their attachments

	once   sync.Once
	titles map[string]string // paths by space and title
}

func (s *snapshot) setListed(l *lister) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listed = &listed{paths: l.seen, spaces: l.spaces, attached: l.attached}
}

// find returns the path of the page that a link of a page in the space means; ""
// if the export has none. Titles are those of the indexes.
func (s *snapshot) find(from *space, r sources.Reference) string {
	s.mu.Lock()
	l := s.listed
	s.mu.Unlock()
	switch {
	case l == nil:
		return ""
	case r.ID != "":
		return l.paths[r.ID]
	case r.Space == "":
		r.Space = from.key()
	}
	l.once.Do(l.indexTitles)
	return l.titles[titleKey(r.Space, r.Title)]
}

func (l *listed) indexTitles() {
	l.titles = map[string]string{}
	for _, s := range l.spaces {
		for p := range s.index.Paths() {
			l.titles[titleKey(s.key(), s.index.Title(p))] = p
		}
	}
}

// key is that of the space: from its index, else the name of its folder.
func (s *space) key() string {
	if s.index.Key != "" {
		return s.index.Key
	}
	return path.Base(s.dir)
}

// titleKey is the same for all spellings of a title that Confluence takes for one.
func titleKey(space, title string) string {
	return strings.ToLower(space) + "\x00" + strings.ToLower(strings.Join(strings.Fields(title), " "))
}
