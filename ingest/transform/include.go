package transform

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"finpages/ingest/render"
	"finpages/sources"
	"finpages/state"
)

// ErrInclude tells that a file that a document includes exists and cannot be read
// now: the document waits for it.
var ErrInclude = errors.New("read an included file")

// maxIncludedCost bounds what the files that one document includes may cost, as
// [render.Cost] estimates it, beside what the document does.
const maxIncludedCost = 64 << 20

// maxIncludedPaths bounds how many paths are noted of one document.
const maxIncludedPaths = 1000

// inclusion gives a document what it includes, and notes what that is.
type inclusion struct {
	maker Maker
	ctx   context.Context

	mu        sync.Mutex // as work that was left behind may go on
	paths     []string
	revisions revisions
	looked    map[string]bool
	cost      int64
	err       error
}

// include is [render.Input.Include].
func (in *inclusion) include(path string) ([]byte, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.ctx.Err() != nil || len(in.paths) >= maxIncludedPaths && !in.looked[path] {
		return nil, false
	}
	e, found, err := in.maker.included(in.ctx, path)
	if !in.looked[path] {
		in.looked[path] = true
		in.paths = append(in.paths, path)
		in.revisions.add(path, e, found)
	}
	if err != nil || !found {
		in.err = errors.Join(in.err, err)
		return nil, false
	}
	doc, err := e.Load(in.ctx)
	if err != nil {
		in.err = errors.Join(in.err, err)
		return nil, false
	}
	if in.cost += render.Cost(doc); in.cost > maxIncludedCost || render.Withheld(doc) != "" {
		return nil, false
	}
	return doc.Body, true
}

// done notes on what the page depends.
func (in *inclusion) done(m *Made, err error) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	m.Included, m.IncludedHash = in.paths, in.revisions.sum()
	if in.err != nil && in.ctx.Err() == nil {
		return fmt.Errorf("%w: %w", ErrInclude, in.err)
	}
	return err
}

// includes returns what gives documents what they include, nil where the source
// cannot.
func (m Maker) includes(ctx context.Context) *inclusion {
	if _, ok := m.snapshot.(sources.Includer); !ok {
		return nil
	}
	return &inclusion{maker: m, ctx: ctx, looked: map[string]bool{}}
}

// included returns a file that documents include. One that somebody retracted is
// not there.
func (m Maker) included(ctx context.Context, path string) (sources.Entry, bool, error) {
	in, ok := m.snapshot.(sources.Includer)
	if !ok || m.isRetracted != nil && m.isRetracted(path) {
		return sources.Entry{}, false, nil
	}
	return in.Include(ctx, path)
}

// IncludedHash is what [Made.IncludedHash] would be now.
func (m Maker) IncludedHash(ctx context.Context, paths []string) (state.Hash, error) {
	var r revisions
	for _, path := range paths {
		e, found, err := m.included(ctx, path)
		if err != nil {
			return state.Hash{}, err
		}
		r.add(path, e, found)
	}
	return r.sum(), nil
}

// revisions are those of files, in their order.
type revisions struct {
	text    []byte
	unknown bool
}

func (r *revisions) add(path string, e sources.Entry, found bool) {
	r.unknown = r.unknown || found && e.Revision == ""
	r.text = fmt.Appendf(r.text, "%q %t %q\n", path, found, e.Revision)
}

// sum is zero where a revision is not known, or there is none.
func (r *revisions) sum() state.Hash {
	if r.unknown || len(r.text) == 0 {
		return state.Hash{}
	}
	return sha256.Sum256(r.text)
}

// PartOfOthers is why a document that others include is no page of its own.
const PartOfOthers = "a part for other documents to include, by its name or folder"

// LeftOut says by which rule an entry is no page; "" if it may be one.
func LeftOut(e sources.Entry) string {
	format, _ := sources.FormatOf(e.ID)
	isMarkdown := format == sources.Markdown || format == sources.MDX
	if e.Excluded == "" && isMarkdown && render.IsPartial(e.ID) {
		return PartOfOthers
	}
	return e.Excluded
}
