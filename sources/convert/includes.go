package convert

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"finpages/sources"
)

// gathered is what a program is given: the document, and what it includes.
type gathered struct {
	doc   sources.Document
	body  []byte            // of the document, as the program reads it
	file  string            // path at which the document lies for the program; "" where that does not matter
	files map[string][]byte // that it includes, by their names for the program
	args  []string          // before those of the preset

	called map[string]string // how people call files, by these names
	notes  []string
	fault  error // why the program is not given it
}

// told returns what the program said with the files' own names.
func (g *gathered) told(notes []string) []string {
	for i, text := range notes {
		for _, name := range slices.Backward(slices.Sorted(maps.Keys(g.called))) {
			text = strings.ReplaceAll(text, name, g.called[name])
		}
		notes[i] = text
	}
	return slices.Concat(g.notes, notes)
}

// key covers all that decides what the program makes of it.
func (g *gathered) key(identity string) [sha256.Size]byte {
	if g.file == "" {
		return sha256.Sum256(slices.Concat([]byte(identity), []byte{0}, g.body))
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%q%q", identity, g.file, g.args)
	for _, name := range slices.Sorted(maps.Keys(g.files)) {
		fmt.Fprintf(h, "%q %x\n", name, sha256.Sum256(g.files[name]))
	}
	h.Write(g.body)
	return [sha256.Size]byte(h.Sum(nil))
}

// Bounds of what one document may include.
const (
	maxIncludes     = 500
	maxIncludeDepth = 32
	maxIncludeBytes = sources.MaxDocument // all together
)

// inclusions gathers what a document includes, and what that includes.
type inclusions struct {
	*gathered
	others  sources.Others
	left    int64           // bytes
	missing map[string]bool // that was told
}

func newInclusions(g *gathered, others sources.Others) *inclusions {
	g.files, g.called = map[string][]byte{}, map[string]string{}
	return &inclusions{gathered: g, others: others, left: maxIncludeBytes, missing: map[string]bool{}}
}

// get returns a file of the source; false if there is none, or too much by now.
func (in *inclusions) get(name string) ([]byte, bool) {
	if !isInside(name) {
		return nil, false
	}
	data, ok := in.others.Include(name)
	if !ok {
		return nil, false
	}
	if in.left -= int64(len(data)); in.left < 0 {
		in.note("the documents that it includes are too large: some are left out")
		return nil, false
	}
	return data, true
}

func (in *inclusions) note(text string) {
	const most = 10
	if !in.missing[text] && len(in.notes) < most {
		in.missing[text] = true
		in.notes = append(in.notes, text)
	}
}

// isInside tells whether a clean path is one of the source's.
func isInside(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.HasPrefix(name, "../") && !path.IsAbs(name)
}
