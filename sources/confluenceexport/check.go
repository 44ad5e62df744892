package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"finpages/sources/confluenceexport/internal/markup"
)

// Check implements [sources.Checker].
func (e *Export) Check(ctx context.Context) ([]string, error) {
	var c census
	listing, err := e.list(ctx, c.add)
	if err != nil {
		return nil, err
	}
	for _, in := range listing.Incomplete {
		c.fault(in.Err)
	}
	if c.pages == 0 && listing.Excluded > 0 {
		c.fault(fmt.Errorf("all %d pages are left out by rule: correct include and exclude", listing.Excluded))
	}
	kind := "folder"
	if c.isArchive {
		kind = "zip archive"
	}
	lines := []string{fmt.Sprintf("%s %s: %s, %d left out by rule", kind, e.path, pages(c.pages), listing.Excluded)}
	return append(lines, c.lines()...), errors.Join(c.faults...)
}

// census counts the pages of an export by folder.
type census struct {
	isArchive bool
	pages     int
	spaces    []spaceCount
	faults    []error
}

// spaceCount is a folder of the export, a space, and its number of pages.
type spaceCount struct {
	dir     string
	index   *markup.Index
	pages   int
	levels  int    // of the tree of pages, as the index has it
	missing int    // pages that the index lists and the export lacks
	name    string // of the space
	version string // of Confluence
}

// maxLines bounds what Check tells of spaces, and of faults.
const maxLines = 20

func (c *census) fault(err error) {
	if len(c.faults) < maxLines {
		c.faults = append(c.faults, err)
	}
}

// add takes the next page; those of a folder come one after the other.
func (c *census) add(s *snapshot, p page) error {
	_, c.isArchive = s.files.(*archive)
	c.pages++
	if err := p.fault(); err != nil {
		c.fault(err)
		return nil
	}
	last := len(c.spaces) - 1
	if dir := scopeOf(p.path); last < 0 || c.spaces[last].dir != dir {
		c.spaces = append(c.spaces, newSpace(p, dir))
		last++
		c.spaces[last].missing = s.missing(p.index)
	}
	c.spaces[last].pages++
	c.spaces[last].levels = max(c.spaces[last].levels, len(p.index.Above(p.path))+1)
	return nil
}

// missing counts the pages that an index lists and the export lacks: it was
// cut short, or people have taken pages out.
func (s *snapshot) missing(x *markup.Index) (n int) {
	for p := range x.Paths() {
		if s.rules.why(p) == "" && !s.files.has(p) {
			n++
		}
	}
	return n
}

// newSpace reads a space's first page for what the index may not tell.
func newSpace(p page, dir string) spaceCount {
	x := spaceCount{dir: dir, index: p.index, name: p.index.Space}
	body, err := p.read()
	if err != nil {
		return x
	}
	told := markup.ReadPage(body)
	x.version = told.Version
	if x.name == "" {
		x.name = told.Space
	}
	return x
}

func (c *census) lines() (lines []string) {
	for i, x := range c.spaces {
		if i == maxLines {
			return append(lines, fmt.Sprintf("and %d more spaces", len(c.spaces)-i))
		}
		lines = append(lines, x.String())
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

func pages(n int) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}
