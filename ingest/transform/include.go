package transform

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
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

const (
	// maxIncludedFiles bounds how many files one document includes.
	maxIncludedFiles = 1000
	// maxNoted bounds how many paths are noted of one document, and maxNamed those of
	// which a source knows all the names.
	maxNoted, maxNamed = 16 << 10, 1000
)

// inclusion gives a document what it includes, and notes what that is.
type inclusion struct {
	maker Maker
	ctx   context.Context
	doc   sources.Document // that includes

	mu        sync.Mutex // as work that was left behind may go on
	paths     []string
	revisions revisions
	looked    map[string]bool
	there     map[string]bool // files that were looked for, by path
	files     int             // included, or looked for as such
	cost      int64
	err       error

	byNames  bool // all that is noted is as the names of the source tell
	allNames bool // it depends on more names than are noted one by one
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
	in.note(path, e, found, false)
	if err == nil && !found {
		return nil, false
	}
	var doc sources.Document
	if err == nil {
		doc, err = e.Load(in.ctx)
	}
	if !in.afford(doc, err) || in.isWithheld(path, doc) {
		return nil, false
	}
	return doc.Body, true
}

// afford counts what an included file costs, or notes why there is none.
func (in *inclusion) afford(doc sources.Document, err error) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if err != nil {
		in.err = errors.Join(in.err, err)
		return false
	}
	in.cost += render.Cost(doc)
	return in.cost <= maxIncludedCost
}

// isWithheld tells whether a file's own front matter keeps its text out of Fin, or
// from some of those who get answers from the page.
func (in *inclusion) isWithheld(path string, doc sources.Document) bool {
	withheld, readers := in.readers(path, doc)
	if withheld != "" || !isNarrowed(readers) {
		return withheld != ""
	}
	_, of := in.readers(in.doc.Path, in.doc)
	return in.maker.showsMore(of, readers)
}

func (in *inclusion) readers(path string, doc sources.Document) (withheld string, readers render.Meta) {
	return render.Withheld(render.Input{Document: doc, Dialect: in.maker.options.Dialect,
		Tool: func() string { return in.tool(path) }})
}

func (in *inclusion) mayInclude(path string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.ctx.Err() != nil || in.files >= maxIncludedFiles && !in.looked[path] {
		return false
	}
	if !in.looked[path] {
		in.files++
	}
	return true
}

// note notes that the document depends on what a path, or another key, leads to.
// asSeen tells that the names of the source tell the same.
func (in *inclusion) note(key string, e sources.Entry, found, asSeen bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.looked[key]:
	case asSeen && len(in.paths) >= maxNamed && in.maker.seen.hash() != state.Hash{}:
		in.allNames = true
	case len(in.paths) >= maxNoted:
		in.revisions.unknown = true // it is looked at each time
	default:
		in.looked[key] = true
		in.paths = append(in.paths, key)
		in.revisions.add(key, e, found)
		in.byNames = in.byNames && asSeen
	}
}

// named is [render.Input.Named] of the document at the path from.
func (in *inclusion) named(from, name string) string {
	return in.depend(nameMark+name+nameEnd+path.Dir(from), func() (string, bool, error) {
		id, ids, err := in.maker.names.find(in.ctx, in.maker.snapshot, from, name)
		return id, in.maker.seen.isListed(ids), err
	})
}

// tool is [render.Input.Tool] of the document at the path from.
func (in *inclusion) tool(from string) string {
	return in.depend(toolMark+path.Dir(from), func() (string, bool, error) {
		tool, err := in.maker.toolSeenAt(in.ctx, path.Dir(from))
		return tool.name, tool.asSeen, err
	})
}

// exists is [render.Input.Exists], nil where the source cannot tell.
func (in *inclusion) exists() func(path string) bool {
	if in == nil {
		return nil
	}
	p, ok := in.maker.snapshot.(sources.Prober)
	if !ok {
		return nil
	}
	return func(path string) bool {
		if in.ctx.Err() != nil {
			return true
		}
		if there, known := in.lookedFor(path); known {
			return there
		}
		found, asSeen, err := in.maker.mayExist(in.ctx, p, path)
		if err != nil {
			return true
		}
		in.note(existsMark+path, sources.Entry{Revision: cmp.Or(present(found), "none")}, found, asSeen)
		in.mu.Lock()
		defer in.mu.Unlock()
		in.there[path] = found
		return found
	}
}

func (in *inclusion) lookedFor(path string) (there, known bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	there, known = in.there[path]
	return there, known
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
	allNamesMark      = "names //"
)

// depend looks something up, and notes that the document depends on it.
func (in *inclusion) depend(key string, look func() (found string, asSeen bool, err error)) string {
	if in.ctx.Err() != nil {
		return ""
	}
	found, asSeen, err := look()
	if err != nil {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.err = errors.Join(in.err, err)
		return ""
	}
	in.note(key, sources.Entry{Revision: cmp.Or(found, "none")}, found != "", asSeen)
	return found
}

// dependency is what a path that [inclusion.depend] noted leads to now; isKey is false
// for paths of files. asSeen tells that the names of the source tell the same.
func (m Maker) dependency(ctx context.Context, key string) (found string, asSeen, isKey bool, err error) {
	switch {
	case key == labelMark:
		found, err = m.labels.digest(ctx, m)
		return found, false, true, err
	case key == allNamesMark:
		return m.allNames(), true, true, nil
	}
	if dir, ok := strings.CutPrefix(key, toolMark); ok {
		tool, err := m.toolSeenAt(ctx, dir)
		return tool.name, tool.asSeen, true, err
	}
	if name, ok := strings.CutPrefix(key, existsMark); ok {
		p, isProber := m.snapshot.(sources.Prober)
		if !isProber {
			return "", false, true, nil
		}
		isThere, asSeen, err := m.mayExist(ctx, p, name)
		return present(isThere), asSeen, true, err
	}
	rest, ok := strings.CutPrefix(key, nameMark)
	name, dir, ends := strings.Cut(rest, nameEnd)
	if !ok || !ends {
		return "", false, false, nil
	}
	found, ids, err := m.names.find(ctx, m.snapshot, path.Join(dir, "document"), name)
	return found, m.seen.isListed(ids), true, err
}

// allNames is what a document depends on that looks for more files than are noted one
// by one; "" if that is not known.
func (m Maker) allNames() string {
	if names := m.seen.hash(); names != (state.Hash{}) {
		return hex.EncodeToString(names[:])
	}
	return ""
}

// toolAt is the tool of the documents in a folder, "" if nobody knows.
func (m Maker) toolAt(ctx context.Context, dir string) (string, error) {
	tool, err := m.toolSeenAt(ctx, dir)
	return tool.name, err
}

func (m Maker) toolSeenAt(ctx context.Context, dir string) (foundTool, error) {
	p, ok := m.snapshot.(sources.Prober)
	if !ok {
		return foundTool{}, nil
	}
	return m.tools.at(ctx, m, p, dir)
}

// done notes on what the page depends.
func (in *inclusion) done(m *Made, err error) error {
	if in == nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.allNames && !in.looked[allNamesMark] {
		in.looked[allNamesMark] = true
		names := in.maker.allNames()
		in.paths = append(in.paths, allNamesMark)
		in.revisions.add(allNamesMark, sources.Entry{Revision: names}, true)
	}
	m.Included, m.IncludedHash = slices.Clone(in.paths), in.revisions.sum()
	m.ByNames = in.byNames && m.IncludedHash != (state.Hash{}) && in.maker.seen.hash() != (state.Hash{})
	if in.err != nil && in.ctx.Err() == nil {
		return fmt.Errorf("%w: %w", ErrInclude, in.err)
	}
	return err
}

// includes returns what gives documents what they include, nil where the source
// cannot.
func (m Maker) includes(ctx context.Context, doc sources.Document) *inclusion {
	if _, ok := m.snapshot.(sources.Includer); !ok {
		return nil
	}
	return &inclusion{maker: m, ctx: ctx, doc: doc, looked: map[string]bool{}, there: map[string]bool{}, byNames: true}
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

// IncludedHash is what [Made.IncludedHash] would be now. It is zero if it is to be by
// names alone, and these do not tell what is there.
func (m Maker) IncludedHash(ctx context.Context, paths []string, byNames bool) (state.Hash, error) {
	var r revisions
	for _, path := range paths {
		value, asSeen, isKey, err := m.dependency(ctx, path)
		e, found := sources.Entry{Revision: cmp.Or(value, "none")}, value != ""
		if !isKey {
			e, found, err = m.included(ctx, path)
		}
		if err != nil {
			return state.Hash{}, err
		}
		r.add(path, e, found)
		r.unknown = r.unknown || byNames && !asSeen
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
	r.text = append(appendQuoted(r.text, path), ' ')
	r.text = append(strconv.AppendBool(r.text, found), ' ')
	r.text = append(appendQuoted(r.text, e.Revision), '\n')
}

// appendQuoted is [strconv.AppendQuote].
func appendQuoted(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(b, text)
		}
	}
	return append(append(append(b, '"'), text...), '"')
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
