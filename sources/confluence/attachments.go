package confluence

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/confluence/internal/rest"
)

// files are the attachments that a listing saw.
type files struct {
	byPage map[string][]*attachment
	byID   map[string]*attachment
	left   sources.Listing  // what is no document, or lacks a converter
	faults map[string]error // by space, why it was not listed in full
}

// readFiles lists what is attached to the pages that were listed.
func (s *snapshot) readFiles(ctx context.Context, listings []*spaceListing) {
	s.files = &files{byPage: map[string][]*attachment{}, byID: map[string]*attachment{}, faults: map[string]error{}}
	if !s.wiki.options.Attachments.On {
		return
	}
	var open []*spaceListing
	for _, c := range listings {
		if len(c.pages) > 0 && !c.space.archived {
			open = append(open, c)
		}
	}
	for group := range slices.Chunk(open, s.wiki.api.spacesPerWalk()) {
		s.readFilesOf(ctx, group)
	}
	s.readFileLabels(ctx)
}

func (s *snapshot) readFilesOf(ctx context.Context, group []*spaceListing) {
	var pages []*page
	ids := map[string]*page{}
	for _, c := range group {
		for _, p := range c.pages {
			if ids[p.id] == nil {
				ids[p.id] = p
				pages = append(pages, p)
			}
		}
	}
	err := s.wiki.api.attachments(ctx, spacesOf(group), pages, func(a *attachment) {
		if ids[a.page] != nil {
			s.addFile(a)
		}
	})
	if err != nil {
		for _, c := range group {
			s.files.faults[c.space.key] = err
		}
	}
}

func (s *snapshot) addFile(a *attachment) {
	switch {
	case s.files.byID[a.id] != nil:
	case s.wiki.whyNoDocument(a.name) != "":
		s.wiki.selection().LeaveOut("file"+path.Ext(a.name), &s.files.left)
	default:
		s.files.byID[a.id] = a
		s.files.byPage[a.page] = append(s.files.byPage[a.page], a)
	}
}

// readFileLabels asks for labels that did not come with the listing, where they
// decide.
func (s *snapshot) readFileLabels(ctx context.Context) {
	if len(s.rules.exclude) == 0 {
		return
	}
	var open []*attachment
	for _, a := range s.files.byID {
		if !a.labelsKnown {
			open = append(open, a)
		}
	}
	var row breaker
	each(open, func(a *attachment) {
		if row.broken() == nil {
			row.note(s.wiki.api.fileLabels(ctx, a))
		}
	})
}

// yieldFiles yields the files of a page.
func (s *snapshot) yieldFiles(p *page, yield func(sources.Entry) error) error {
	for _, a := range s.files.byPage[p.id] {
		if err := yield(s.fileEntry(a, p)); err != nil {
			return err
		}
	}
	return nil
}

// incomplete tells of the spaces whose files could not be listed in full.
func (f *files) incomplete() (all []sources.Incomplete) {
	for key, err := range f.faults {
		all = append(all, sources.Incomplete{Scope: filesScope(key), Err: fmt.Errorf("list the attachments of space %s: %w",
			key, err)})
	}
	slices.SortFunc(all, func(a, b sources.Incomplete) int { return strings.Compare(a.Scope, b.Scope) })
	return all
}

// fileGone tells whether a file is none of the source's any more. The search by
// which files are found may miss some, so each is asked for by its id.
func (s *snapshot) fileGone(ctx context.Context, id string) (bool, error) {
	if !s.wiki.options.Attachments.On || s.files.byID[id] != nil {
		return true, nil
	}
	a, err := s.lookUpFileTwice(ctx, id)
	switch {
	case rest.Refused(err):
		return s.tree.complete() && len(s.files.faults) == 0, nil
	case err != nil:
		return false, err
	case a == nil || s.wiki.whyNoDocument(a.name) != "": // trashed, or renamed
		return true, nil
	}
	p := s.tree.byID[a.page]
	if p == nil {
		return s.Gone(ctx, a.page)
	}
	v := s.decideFile(a, p)
	if v.unproven {
		return s.tree.complete(), nil
	}
	return v.excluded+v.withheld != "", v.err
}

// lookUpFileTwice reads a file, and where that is refused once more when the
// login has proved to be good. It returns nil for one that is in the trash.
func (s *snapshot) lookUpFileTwice(ctx context.Context, id string) (*attachment, error) {
	a, err := s.wiki.lookUpFile(ctx, id)
	if !rest.Refused(err) {
		return a, err
	}
	switch u, err := currentUser(ctx, s.wiki.client); {
	case err != nil:
		return nil, err
	case u != s.user:
		return nil, errOtherUser
	}
	return s.wiki.lookUpFile(ctx, id)
}

func (w *Confluence) lookUpFile(ctx context.Context, id string) (*attachment, error) {
	a, err := w.api.attachment(ctx, id)
	if err == nil && a != nil && !a.labelsKnown && len(w.options.Labels.Exclude) > 0 {
		err = w.api.fileLabels(ctx, a)
	}
	return a, err
}

// explainFile says in words what becomes of a file; "" if it is taken.
func (w *Confluence) explainFile(ctx context.Context, id string) (string, error) {
	a, err := w.lookUpFile(ctx, id)
	switch {
	case err == nil && a == nil:
		return "the attachment is in the wiki's trash", nil
	case rest.Refused(err) && !rest.LacksScope(err):
		return "the wiki has no such attachment, or the login may not see it", nil
	case err != nil:
		return "", err
	}
	if why := w.whyNoDocument(a.name); why != "" {
		return why, nil
	}
	if why := newRules(w.options).leftOut(a, &w.options.Attachments); why != "" {
		return why, nil
	}
	why, err := w.Explain(ctx, a.page)
	if why != "" {
		why = fmt.Sprintf("its page %s: %s", a.page, why)
	}
	return why, err
}
