package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/confluenceexport/internal/markup"
	"finpages/sources/internal/rootfile"
)

// attachmentsFolder holds the files of a space's pages, beside them, each as
// attachments/PAGE/ATTACHMENT.ext.
const attachmentsFolder = "attachments"

// filePrefix begins the ids of attachments, as in the wiki itself.
const filePrefix = "att"

// attachedAt tells whether the path is that of an attachment: in which folder its
// space lies, and the ids of its page and its own.
func attachedAt(p string) (dir, page, id string, ok bool) {
	parent, name := path.Split(p)
	parent = path.Clean(parent)
	above := path.Dir(parent)
	page, id = path.Base(parent), strings.TrimSuffix(name, path.Ext(name))
	ok = path.Base(above) == attachmentsFolder && path.Ext(name) != "" && markup.IsPageID(page) && markup.IsPageID(id)
	return scopeOf(above), page, filePrefix + id, ok
}

// hidesFiles tells whether a link may stand for a folder with attachments.
func (r rules) hidesFiles(p string) bool {
	name, above := path.Base(p), path.Base(path.Dir(p))
	return r.attachments && (name == attachmentsFolder || above == attachmentsFolder && markup.IsPageID(name)) &&
		!r.excludes(p)
}

// attachments yields the files of the pages that were listed.
func (l *lister) attachments(ctx context.Context, listing *sources.Listing) error {
	documents := sources.Selection{Formats: l.rules.Formats}
	left, err := l.files.attached(ctx, func(f file) error {
		dir, page, id, _ := attachedAt(f.path)
		p, ok := l.pages[page]
		kind := "file" + path.Ext(f.path)
		_, isDocument := documents.FormatOf(kind)
		switch {
		case !isDocument: // a picture, mostly
			return nil
		case documents.Why(kind) != "":
			documents.LeaveOut(kind, listing)
			return nil
		case !ok || p.space.dir != dir: // nobody reads it there
			listing.Excluded++
			return nil
		}
		if _, taken := l.seen[id]; taken {
			id = f.path
		}
		l.seen[id] = f.path
		if err := l.rules.Bounded(len(l.seen)); err != nil {
			return err
		}
		if l.rules.excludes(f.path) {
			why := sources.Selection{Exclude: l.rules.Exclude}.WhyPattern(f.path)
			return l.yieldFile(sources.Entry{ID: id, Scope: scopeOf(f.path), Excluded: why})
		}
		e := p.attachment(id, f)
		if e.Excluded == "" {
			l.attached[f.path] = p.id
		}
		return l.yieldFile(e)
	})
	listing.Incomplete = append(listing.Incomplete, left...)
	return err
}

// attachment is the entry of a file of the page.
func (p page) attachment(id string, f file) sources.Entry {
	e := sources.Entry{ID: id, Scope: scopeOf(f.path), Modified: f.modified}
	switch {
	case p.excluded != "":
		e.Excluded = fmt.Sprintf("its page %s: %s", p.id, p.excluded)
	case errors.Is(f.err, rootfile.ErrTooLarge):
		e.Excluded = fmt.Sprintf("it has more than %d bytes", sources.MaxDocument)
	case p.err != nil:
		e.Err = fmt.Errorf("attachment %q: its %w", f.path, p.fault())
	case f.err != nil:
		e.Err = fmt.Errorf("attachment %q: %w", f.path, mend(f.err))
	default:
		e.Load = func(ctx context.Context) (sources.Document, error) { return p.loadAttachment(ctx, f) }
		if f.revision != "" && p.revision != "" {
			e.Revision = f.revision + "-" + p.revision + "-" + p.placeRevision()
		}
	}
	return e
}

func (p page) loadAttachment(ctx context.Context, f file) (sources.Document, error) {
	doc, err := p.attachmentDocument(ctx, f)
	if err != nil {
		return sources.Document{}, fmt.Errorf("read attachment %q: %w", f.path, mend(err))
	}
	return doc, nil
}

func (p page) attachmentDocument(ctx context.Context, f file) (doc sources.Document, err error) {
	of, err := p.document(ctx)
	if err != nil {
		return doc, fmt.Errorf("its page: %w", err)
	}
	name := markup.FileName(of.Body, strings.TrimPrefix(strings.TrimPrefix(f.path, p.space.dir), "/"))
	if name == "" {
		name = path.Base(f.path)
	}
	body, err := f.read()
	if err != nil {
		return doc, err
	}
	format, ok := sources.FormatOf(f.path)
	if !ok {
		format = sources.Format(strings.ToLower(path.Ext(f.path)))
	}
	return sources.Document{Format: format, Body: body, Path: f.path, Title: of.Title + ": " + name, Parent: p.id}, nil
}

// attached implements [container].
func (f *folder) attached(ctx context.Context, yield func(file) error) (left []sources.Incomplete, err error) {
	for _, dir := range f.files {
		pages, err := f.entries(dir)
		if err != nil {
			left = append(left, incompleteFolder(dir, err))
		}
		for _, page := range pages {
			at := path.Join(dir, page.Name())
			if !markup.IsPageID(page.Name()) {
				continue
			}
			files, err := f.entries(at)
			if err != nil {
				left = append(left, incompleteFolder(at, err))
			}
			for _, d := range files {
				name := path.Join(at, d.Name())
				if _, _, _, ok := attachedAt(name); !ok || d.IsDir() {
					continue
				}
				if err := errors.Join(ctx.Err(), yield(f.fileAt(name))); err != nil {
					return left, err
				}
			}
		}
	}
	return left, nil
}

func incompleteFolder(name string, err error) sources.Incomplete {
	return sources.Incomplete{Scope: decodeName(name), Err: fmt.Errorf("list folder %q: %w", decodeName(name), mend(err))}
}

// entries are what is in a folder, sorted. With an error they are not all.
func (f *folder) entries(name string) ([]fs.DirEntry, error) {
	root, err := rootfile.OpenDir(f.root, name)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	list, err := dir.ReadDir(-1)
	slices.SortFunc(list, func(x, y fs.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	return list, err
}
