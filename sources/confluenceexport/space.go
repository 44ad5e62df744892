package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"finpages/sources/confluenceexport/internal/markup"
)

// space is a folder that holds pages, as its index tells it.
type space struct {
	dir          string
	path         string // of the index; "" if there is none
	index        *markup.Index
	err          error  // why the index does not tell
	pages        bool   // there are some
	home         *file  // the index, where it is a page by its markup
	ids          bool   // pages of it are known by the ids in their markup
	unidentified string // a file that is no page by its markup, and has no id in its name

	unread bool // there is one like this that cannot be read

	titles  int    // that were learned from
	prefix  string // the first part of all of them, "" if they differ
	settled bool   // the space's name is known, or cannot be
}

// maxIndexes bounds what the indexes of an export may take, in bytes read and
// held together: those of some 200,000 pages.
const maxIndexes = 64 << 20

var (
	errIndexes = errors.New("the indexes of the export list too many pages: export fewer spaces at a time")
	errNoIndex = errors.New("it names neither the space nor its pages: export the space again")
)

// spaceOf returns the space that is the folder dir.
func (l *lister) spaceOf(ctx context.Context, dir string) (*space, error) {
	if l.space != nil && l.space.dir == dir {
		return l.space, nil
	}
	if s, ok := l.spaces[dir]; ok {
		l.space = s
		return s, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &space{dir: dir, path: l.rules.indexOf(dir), index: &markup.Index{}}
	if s.path != "" {
		s.err = l.readIndex(s)
	}
	s.settled = s.path != "" && s.err == nil
	l.spaces[dir], l.space = s, s
	return s, nil
}

// faultOf tells of an index that could not be read. A file of that name that
// is no index matters only where there are pages.
func (l *lister) faultOf(s *space) {
	if s.err == nil || errors.Is(s.err, errIndexes) || errors.Is(s.err, errNoIndex) && !s.pages {
		return
	}
	l.fault(s.dir, fmt.Errorf("index %q: %w", s.path, s.err))
}

func (l *lister) readIndex(s *space) error {
	if l.budget <= 0 {
		return errIndexes
	}
	body, err := l.files.read(s.path)
	if err != nil {
		return mend(err)
	}
	l.budget -= len(body)
	x := markup.ReadIndex(body, s.dir, l.budget)
	if l.budget -= x.Size(); x.Cut {
		l.budget = min(l.budget, 0)
	}
	if l.budget <= 0 {
		l.fault("", errIndexes)
	}
	if x.Cut {
		return errIndexes
	}
	if x.Space == "" && markup.ReadPage(body).Content {
		return l.takeHome(s)
	}
	if !x.Empty() {
		s.index = x
		return nil
	}
	return fmt.Errorf("%w, or leave it out with exclude: [%q]", errNoIndex, s.path)
}

// takeHome makes the index, which is a page by its markup, one of the export:
// people save a space's home page under that name.
func (l *lister) takeHome(s *space) error {
	home, err := l.files.file(s.path)
	s.home, s.path = &home, ""
	return err
}

// learn takes from a page what it tells of the space, which has no index.
func (s *space) learn(told markup.Page) {
	if !told.Found {
		return
	}
	prefix, _, _ := strings.Cut(told.Title, titleMark)
	if prefix == told.Title {
		prefix = ""
	}
	if told.Space != "" {
		s.index.Space, s.settled = told.Space, true
	} else if s.titles++; s.titles == 1 {
		s.prefix = prefix
	} else if prefix != s.prefix {
		s.prefix = ""
	}
}

// settle names a space without an index by what the titles of its pages begin
// with; a single title does not tell.
func (s *space) settle() {
	if !s.settled && s.titles > 1 {
		s.index.Space = s.prefix
	}
	s.settled = true
}

// indexNames are the names of the file that lists a space's pages.
var indexNames = []string{"index.html", "index.htm", "INDEX.HTML", "INDEX.HTM", "Index.html", "Index.htm"}

func isIndex(name string) bool {
	return strings.EqualFold(name, "index.html") || strings.EqualFold(name, "index.htm")
}

// indexOf returns the path of a folder's index, "" if it has none or a pattern
// leaves it out.
func (r rules) indexOf(dir string) string {
	for _, name := range indexNames {
		if p := path.Join(dir, name); r.exists(p) {
			if r.excludes(p) {
				return ""
			}
			return p
		}
	}
	return ""
}
