package transform

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"finpages/ingest/render"
	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
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

// others returns what gives a document what others hold.
func (in *inclusion) others() sources.Others {
	if in == nil {
		return sources.Others{}
	}
	return sources.Others{Include: in.include, Labelled: in.labelled}
}

// include is [render.Input.Include]. Nothing is locked while the source is asked,
// which may take as long as it likes.
func (in *inclusion) include(path string) ([]byte, bool) {
	if !in.mayInclude(path) {
		return nil, false
	}
	e, found, err := in.maker.included(in.ctx, path)
	in.note(path, e, found)
	if err == nil && !found {
		return nil, false
	}
	var doc sources.Document
	if err == nil {
		doc, err = e.Load(in.ctx)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if err != nil {
		in.err = errors.Join(in.err, err)
		return nil, false
	}
	if in.cost += render.Cost(doc); in.cost > maxIncludedCost || render.Withheld(doc) != "" {
		return nil, false
	}
	return doc.Body, true
}

func (in *inclusion) mayInclude(path string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.ctx.Err() == nil && (len(in.paths) < maxIncludedPaths || in.looked[path])
}

// note notes that the document depends on what a path, or another key, leads to.
func (in *inclusion) note(key string, e sources.Entry, found bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.looked[key]:
	case len(in.paths) >= maxIncludedPaths:
		in.revisions.unknown = true // it is looked at each time
	default:
		in.looked[key] = true
		in.paths = append(in.paths, key)
		in.revisions.add(key, e, found)
	}
}

// named is [render.Input.Named] of the document at the path from.
func (in *inclusion) named(from, name string) string {
	return in.depend(nameMark+name+nameEnd+path.Dir(from), func() (string, error) {
		return in.maker.names.find(in.ctx, in.maker.snapshot, from, name)
	})
}

// tool is [render.Input.Tool] of the document at the path from.
func (in *inclusion) tool(from string) string {
	return in.depend(toolMark+path.Dir(from), func() (string, error) { return in.maker.toolAt(in.ctx, path.Dir(from)) })
}

// exists is [render.Input.Exists], nil where the source cannot tell. What cannot
// be looked at now may be there.
func (in *inclusion) exists() func(path string) bool {
	p, ok := in.maker.snapshot.(sources.Prober)
	if !ok {
		return nil
	}
	return func(path string) bool {
		if in.ctx.Err() != nil {
			return true
		}
		found, err := in.maker.files.exists(in.ctx, p, path)
		found = found || err != nil
		in.note(existsMark+path, sources.Entry{Revision: cmp.Or(present(found), "none")}, found)
		return found
	}
}

func present(found bool) string {
	if found {
		return "yes"
	}
	return ""
}

// Documents depend on more than what they include: on what a name leads to, on
// the tool that their folder is written for, and on whether files are there. These are noted as paths that no
// file has.
const (
	nameMark, nameEnd = "[[", "]]"
	toolMark          = "tool of //"
	existsMark        = "file //" // whether there is a file
)

// depend looks something up, and notes that the document depends on it.
func (in *inclusion) depend(key string, look func() (string, error)) string {
	if in.ctx.Err() != nil {
		return ""
	}
	found, err := look()
	if err != nil {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.err = errors.Join(in.err, err)
		return ""
	}
	in.note(key, sources.Entry{Revision: cmp.Or(found, "none")}, found != "")
	return found
}

// dependency is what a path that [inclusion.depend] noted leads to now.
func (m Maker) dependency(ctx context.Context, key string) (found string, ok bool, err error) {
	if key == labelMark {
		found, err = m.labels.digest(ctx, m)
		return found, true, err
	}
	if dir, ok := strings.CutPrefix(key, toolMark); ok {
		found, err = m.toolAt(ctx, dir)
		return found, true, err
	}
	if name, ok := strings.CutPrefix(key, existsMark); ok {
		p, isProber := m.snapshot.(sources.Prober)
		if !isProber {
			return "", true, nil
		}
		isThere, err := m.files.exists(ctx, p, name)
		return present(isThere), true, err
	}
	rest, ok := strings.CutPrefix(key, nameMark)
	name, dir, ends := strings.Cut(rest, nameEnd)
	if !ok || !ends {
		return "", false, nil
	}
	found, err = m.names.find(ctx, m.snapshot, path.Join(dir, "document"), name)
	return found, true, err
}

// toolAt is the tool of the documents in a folder, "" if nobody knows.
func (m Maker) toolAt(ctx context.Context, dir string) (string, error) {
	p, ok := m.snapshot.(sources.Prober)
	if !ok {
		return "", nil
	}
	return m.tools.at(ctx, p, dir)
}

// done notes on what the page depends.
func (in *inclusion) done(m *Made, err error) error {
	if in == nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	m.Included, m.IncludedHash = slices.Clone(in.paths), in.revisions.sum()
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
	e, found, err := in.Include(ctx, path)
	if found && m.isRetracted != nil && m.isRetracted(e.ID) {
		return sources.Entry{}, false, nil
	}
	return e, found, err
}

// IncludedHash is what [Made.IncludedHash] would be now.
func (m Maker) IncludedHash(ctx context.Context, paths []string) (state.Hash, error) {
	var r revisions
	for _, path := range paths {
		value, isKey, err := m.dependency(ctx, path)
		e, found := sources.Entry{Revision: cmp.Or(value, "none")}, value != ""
		if !isKey {
			e, found, err = m.included(ctx, path)
		}
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
	if e.Excluded == "" && (isMarkdown && render.IsPartial(e.ID) || isAsciiDocPart(e.ID)) {
		return PartOfOthers
	}
	return e.Excluded
}

// antoraParts are folders in which Antora keeps what pages include.
// https://docs.antora.org/antora/latest/standard-directories/
var antoraParts = regexp.MustCompile(`(^|/)modules/[^/]+/(partials|examples)/`)

// isAsciiDocPart goes by the conventions of Antora and of Asciidoctor's tools,
// for which a name that begins with an underscore is no document.
func isAsciiDocPart(id string) bool {
	switch strings.ToLower(path.Ext(id)) {
	case ".adoc", ".asciidoc", ".asc":
		return render.IsPartial(id) || antoraParts.MatchString(id)
	}
	return false
}
