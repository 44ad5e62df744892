package confluenceexport

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

var errMissing = errors.New("the space's index lists it, but the export has no such file: copy the export in " +
	"full, or leave the page out with exclude")

// maxMissing bounds the pages that are held one by one; where a space lacks
// more, the space is held.
const maxMissing = 1000

// addMissing yields the pages that indexes list and the export lacks, so that
// they stay: an export that was copied halfway lacks them, and so does one
// whose index names what its exporter might not read. Each is held alone, for
// the latter stays as it is, and the rest of its space must not.
func (l *lister) addMissing() error {
	for _, dir := range slices.Sorted(maps.Keys(l.spaces)) {
		s := l.spaces[dir]
		l.faultOf(s)
		missing := l.missing(s)
		switch {
		case len(missing) > maxMissing:
			l.fault(dir, fmt.Errorf("the index %q lists %d pages that the export lacks, such as %q: copy the "+
				"export in full", s.path, len(missing), missing[0]))
			continue
		case s.unidentified != "" && (s.ids || s.unread):
			l.fault(dir, fmt.Errorf("page %q: its page id cannot be read: copy the export in full, or leave it "+
				"out with exclude: [%q]", s.unidentified, s.unidentified))
		case s.ids && slices.ContainsFunc(missing, func(p string) bool { return pageID(p) == "" }):
			l.fault(dir, fmt.Errorf("the index %q lists pages that the export lacks, such as %q, and does not "+
				"tell their ids: copy the export in full", s.path, missing[0]))
		}
		for _, p := range missing {
			f := file{path: p, err: errMissing}
			if err := l.take(page{file: f, id: cmp.Or(pageID(p), p), space: s, name: l.name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// missing returns the paths of the pages that the space's index lists and no
// file has, sorted.
func (l *lister) missing(s *space) (missing []string) {
	for p := range s.index.Paths() {
		_, seen := l.seen[cmp.Or(pageID(p), p)]
		if !seen && scopeOf(p) == s.dir && l.rules.why(p) == "" && !l.files.has(p) {
			missing = append(missing, p)
		}
	}
	slices.Sort(missing)
	return missing
}
