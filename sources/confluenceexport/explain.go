package confluenceexport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"finpages/sources"
	"finpages/sources/confluenceexport/internal/markup"
)

// Explain implements [sources.Explainer]. The page is named by its path or by
// its page id.
func (e *Export) Explain(ctx context.Context, id string) (string, error) {
	if _, _, _, ok := attachedAt(id); ok || markup.IsPageID(strings.TrimPrefix(id, filePrefix)) && id[0] == filePrefix[0] {
		return e.explainFile(ctx, id)
	}
	if strings.Trim(id, "0123456789") != "" {
		return e.explainPath(ctx, id)
	}
	all := *e
	all.selection = sources.Selection{}
	var why, listed string
	var last *space
	err := all.list(ctx, func(s *snapshot, p page) error {
		if p.id == id && p.err == nil {
			why = rules{e.selection, s.files.exists, false}.why(p.path)
		}
		if p.space != last {
			last, listed = p.space, cmp.Or(listed, listedWithID(p.space.index, id))
		}
		return nil
	})
	return cmp.Or(why, listed), err
}

// explainFile is Explain for an attachment.
func (e *Export) explainFile(ctx context.Context, id string) (string, error) {
	if !e.attachments {
		return "attachments are not taken: set attachments to true", nil
	}
	s, err := e.open(ctx)
	if err != nil {
		return "", err
	}
	defer s.Close()
	why := "the export has no such attachment of a page that it has, or it is left out by its extension or a pattern"
	l := s.newLister(func(page) error { return nil })
	l.yieldExcluded = func(sources.Entry) error { return nil }
	l.yieldFile = func(x sources.Entry) error {
		if x.ID == id || l.seen[x.ID] == id {
			why = x.Excluded
			return errFound
		}
		return nil
	}
	if _, err = l.list(ctx); errors.Is(err, errFound) {
		err = nil
	}
	return why, err
}

// listedWithID says what is known of a page id that only an index has; "" if
// it has not.
func listedWithID(x *markup.Index, id string) string {
	for p := range x.Paths() {
		if pageID(p) == id {
			return onlyListed(x, p)
		}
	}
	return ""
}

func (e *Export) explainPath(ctx context.Context, p string) (string, error) {
	s, err := e.open(ctx)
	if err != nil {
		return "", err
	}
	defer s.Close()
	if why := s.rules.why(p); why != "" {
		return why, nil
	}
	if s.files.has(p) {
		return "", nil
	}
	dir, err := s.newLister(nil).spaceOf(ctx, scopeOf(p))
	if err != nil {
		return "", err
	}
	if dir.index.Title(p) != "" {
		return onlyListed(dir.index, p), nil
	}
	other, err := e.withID(ctx, pageID(p), p)
	if err != nil || other == "" {
		return "the export has no such file, or only a link", err
	}
	return fmt.Sprintf("the export has no such file: the page with its id is %q", other), nil
}

// withID returns the path of a page with the page id that is not at p, "" if
// there is none.
func (e *Export) withID(ctx context.Context, id, p string) (found string, err error) {
	if id == "" {
		return "", nil
	}
	err = e.list(ctx, func(_ *snapshot, x page) error {
		if x.id == id && x.path != p && x.err == nil {
			found = x.path
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return found, err
}

// onlyListed says of a page of which there is no file where it would lie in
// the tree of its space.
func onlyListed(x *markup.Index, p string) string {
	tree := strings.Join(append(x.Above(p), x.Title(p)), " > ")
	return fmt.Sprintf("the space's index lists it as %q, but the export has no such file", tree)
}

// Locate implements [sources.Locator]: a page's path, in the export or on this
// machine, names the page. It lists the export, for one of two pages with the
// same page id is named by its path, even if its file is gone.
func (e *Export) Locate(ref string) (id string, ok bool) {
	p := e.pathOf(ref)
	if _, _, id, ok := attachedAt(p); ok {
		return id, true
	}
	if !isHTML(p) {
		return "", false
	}
	err := e.list(context.Background(), func(_ *snapshot, x page) error {
		if x.path == p {
			id = x.id
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return id, true
	}
	if other, _ := e.withID(context.Background(), pageID(p), p); pageID(p) == "" || other != "" {
		return p, true
	}
	return pageID(p), true
}

var errFound = errors.New("found")

// pathOf returns the path in the export that a path on this machine leads to,
// and other references as they are.
func (e *Export) pathOf(ref string) string {
	root, err1 := filepath.Abs(e.path)
	abs, err2 := filepath.Abs(ref)
	rel, err3 := filepath.Rel(root, abs)
	if err1 == nil && err2 == nil && err3 == nil && filepath.IsLocal(rel) {
		ref = rel
	}
	return decodeName(path.Clean(filepath.ToSlash(ref)))
}

// list opens the export and lists its pages.
func (e *Export) list(ctx context.Context, yield func(*snapshot, page) error) error {
	s, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.newLister(func(p page) error { return yield(s, p) }).list(ctx)
	return err
}
