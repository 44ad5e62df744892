package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/confluenceexport/internal/markup"
)

// Check implements [sources.Checker]. It reads the beginning of each page, and
// all of a few pages in each space.
func (e *Export) Check(ctx context.Context) ([]string, error) {
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	c := census{spaces: map[string]*spaceCount{}}
	l := s.newLister(c.add)
	l.yieldFile = c.addFile
	listing, err := l.list(ctx)
	if err != nil {
		return nil, err
	}
	for _, in := range listing.Incomplete {
		c.fault(in.Err)
	}
	excluded := listing.Excluded + l.ruledOut
	if c.pages == 0 && excluded > 0 && len(c.faults) == 0 {
		c.fault(fmt.Errorf("%w: all %s are left out by rule: correct include and exclude",
			sources.ErrNothingFound, pages(excluded)))
	}
	kind := "folder"
	if _, isArchive := s.files.(*archive); isArchive {
		kind = "zip archive"
	}
	lines := []string{fmt.Sprintf("%s %s: %s, %d left out by rule", kind, e.path, pages(c.pages), excluded)}
	if e.attachments {
		lines = append(lines, fmt.Sprintf("attachments that are taken: %d", c.files))
	}
	if kinds := sources.Kinds(listing.Unconverted); kinds != "" {
		lines = append(lines, "attachments left out for want of a converter: "+kinds+" (see convert in the config)")
	}
	lines = append(lines, c.lines()...)
	return append(lines, duplicateLines(l.duplicates)...), c.err()
}

// census counts the pages of an export by folder.
type census struct {
	pages  int
	files  int // attachments
	spaces map[string]*spaceCount
	faults []error
	more   int // faults
}

// spaceCount is a folder of the export, a space, and its number of pages.
type spaceCount struct {
	*space
	pages   int
	levels  int    // of the tree of pages, as the index or the breadcrumbs have it
	missing int    // pages that the index lists and the export lacks
	sample  string // one of them
	name    string // of the space
	version string // of Confluence
}

// maxLines bounds what Check tells of spaces, and of faults.
const maxLines = 20

// maxSample is the number of pages in each space that Check reads in full.
const maxSample = 5

func (c *census) fault(err error) {
	if len(c.faults) < maxLines {
		c.faults = append(c.faults, err)
	} else {
		c.more++
	}
}

func (c *census) err() error {
	for _, dir := range slices.Sorted(maps.Keys(c.spaces)) {
		if x := c.spaces[dir]; x.missing > 0 {
			c.fault(fmt.Errorf("the index %q lists %s that the export lacks, such as %q: copy the export in full, "+
				"or leave them out with exclude",
				x.path, pages(x.missing), x.sample))
		}
	}
	if c.more > 0 {
		c.faults = append(c.faults, fmt.Errorf("and %d more faults", c.more))
	}
	return errors.Join(c.faults...)
}

// addFile takes the next attachment.
func (c *census) addFile(e sources.Entry) error {
	if e.Err != nil && !errors.Is(e.Err, errMissing) {
		c.fault(e.Err)
	}
	if e.Excluded == "" {
		c.files++
	}
	return nil
}

// add takes the next page.
func (c *census) add(p page) error {
	x := c.space(p)
	if errors.Is(p.err, errMissing) {
		if x.missing++; x.missing == 1 {
			x.sample = p.path
		}
		return nil
	}
	c.pages++
	x.pages++
	told, err := x.look(p)
	if err != nil {
		c.fault(err)
		return nil
	}
	x.levels = max(x.levels, told.Above+1, len(p.space.index.Above(p.path))+1)
	if x.version == "" {
		x.version = told.Version
	}
	if x.name == "" {
		x.name = told.Space
	}
	return nil
}

func (c *census) space(p page) *spaceCount {
	dir := p.space.dir
	if c.spaces[dir] == nil {
		c.spaces[dir] = &spaceCount{space: p.space, name: p.space.index.Space}
	}
	return c.spaces[dir]
}

// look reads a page as far as it tells whether it is one.
func (x *spaceCount) look(p page) (told markup.Page, err error) {
	if err := p.fault(); err != nil {
		return told, err
	}
	read := p.head
	if x.pages <= maxSample {
		read = p.read
	}
	body, err := read()
	if told = markup.ReadPage(body); err == nil && !told.Found && len(body) != maxHead {
		err = p.noPage(len(body))
	}
	if err != nil {
		return told, fmt.Errorf("page %q: %w", p.path, mend(err))
	}
	return told, nil
}

func (c *census) lines() (lines []string) {
	dirs := slices.SortedFunc(maps.Keys(c.spaces), func(x, y string) int { return comparePaths(x+"/", y+"/") })
	for i, dir := range dirs {
		if i == maxLines {
			return append(lines, fmt.Sprintf("and %d more spaces", len(dirs)-i))
		}
		lines = append(lines, c.spaces[dir].String())
	}
	return lines
}

func (x spaceCount) String() string {
	var b strings.Builder
	if x.name != "" {
		fmt.Fprintf(&b, "space %q", x.name)
	} else {
		b.WriteString("a space without a name")
	}
	if x.index.Key != "" {
		fmt.Fprintf(&b, " (%s)", x.index.Key)
	}
	if x.dir != "" {
		fmt.Fprintf(&b, " in %s", x.dir)
	}
	b.WriteString(": " + pages(x.pages))
	if x.levels > 1 {
		fmt.Fprintf(&b, " on %d levels", x.levels)
	}
	if x.missing > 0 {
		fmt.Fprintf(&b, ", %d more in its index only", x.missing)
	}
	if x.index.Date != "" {
		fmt.Fprintf(&b, ", exported %s", x.index.Date)
	}
	if x.version != "" {
		fmt.Fprintf(&b, " from Confluence %s", x.version)
	}
	return b.String()
}

// duplicateLines tells of files that claim one page id: one is often left from an
// older export.
func duplicateLines(duplicates []duplicate) (lines []string) {
	for i, t := range duplicates {
		if i == maxLines {
			return append(lines, fmt.Sprintf("and %d more page ids that two files have", len(duplicates)-i))
		}
		lines = append(lines, fmt.Sprintf("two files have the page id %s: %q goes by it, and %q by its path: "+
			"delete the one that is out of date", t.id, t.first, t.path))
	}
	return lines
}

func pages(n int) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}
