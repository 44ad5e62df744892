package confluence

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"finpages/sources"
	"finpages/sources/confluence/internal/rest"
)

// attachment is a file of a page.
type attachment struct {
	id          string // with "att" before the number, which tells it from a page's
	page        string // id
	name, media string
	size        int64  // in bytes; -1 if unknown
	labels      string // sorted, with a space between them
	labelsKnown bool
	version     int
	modified    int64 // in Unix milliseconds; 0 if unknown
}

// filePrefix begins the ids of attachments.
const filePrefix = "att"

// fileID returns the id of an attachment; "" if it is none.
func fileID(w word) string {
	n := strings.TrimPrefix(string(w), filePrefix)
	if !isNumber(n) {
		return ""
	}
	return filePrefix + n
}

func isFileID(id string) bool {
	return id != "" && id == fileID(word(id)) && strings.HasPrefix(id, filePrefix)
}

func (a *attachment) setVersion(number int, when string) {
	a.version = number
	if t, err := rest.ParseTime(when); err == nil {
		a.modified = t.UnixMilli()
	}
}

func (a *attachment) setLabels(names []string, known bool) {
	slices.Sort(names)
	a.labels, a.labelsKnown = shared(strings.Join(names, " ")), known
}

// selection tells documents from other files.
func (w *Confluence) selection() sources.Selection { return sources.Selection{Formats: w.formats} }

func (w *Confluence) isDocument(name string) bool {
	_, ok := w.selection().FormatOf(name)
	return ok
}

// whyNoDocument says why no file of this name is taken; "" if one may be. A name
// that begins with a dot hides nothing in a wiki.
func (w *Confluence) whyNoDocument(name string) string {
	return w.selection().Why("file" + path.Ext(name))
}

// whyLeftOut says by which rule a file that is a document is left out; "" if by
// none. It may be taken once the rule is another.
func (o *Attachments) whyLeftOut(a *attachment) string {
	switch {
	case !o.On:
		return "attachments are not taken: set attachments to true"
	case len(o.MediaTypes) > 0 && !slices.ContainsFunc(o.MediaTypes, a.isOf):
		return fmt.Sprintf("its media type %q is not among attachments.media_types", rest.Short(a.media))
	case a.size > o.MaxBytes:
		return fmt.Sprintf("it has %d bytes, more than the %d of attachments.max_bytes", a.size, o.MaxBytes)
	}
	return ""
}

// isOf tells whether the file is of a media type, such as "text/*".
func (a *attachment) isOf(mediaType string) bool {
	media, _, _ := strings.Cut(strings.ToLower(a.media), ";")
	ok, _ := path.Match(mediaType, strings.TrimSpace(media))
	return ok
}

// decideFile decides about a file: as about its page, and by labels of its own.
func (s *snapshot) decideFile(a *attachment, p *page) decision {
	v := s.tree.decide(p)
	switch {
	case v.withheld != "":
		v.withheld = fmt.Sprintf("its page %s: %s", p.id, v.withheld)
	case v.excluded != "":
		v.excluded = fmt.Sprintf("its page %s: %s", p.id, v.excluded)
	case v.err != nil:
		v.err = fmt.Errorf("its page %s: %w", p.id, v.err)
	case len(s.rules.exclude) > 0 && !a.labelsKnown:
		v.err = fmt.Errorf("its labels could not be read")
	default:
		v.excluded = s.rules.leftOut(a, &s.wiki.options.Attachments)
	}
	return v
}

func (r rules) leftOut(a *attachment, o *Attachments) string {
	for label := range strings.SplitSeq(a.labels, " ") {
		if slices.Contains(r.exclude, label) {
			return fmt.Sprintf("excluded by its label %q", label)
		}
	}
	return o.whyLeftOut(a)
}

// fileEntry makes the entry of a file. People read it where its page is.
func (s *snapshot) fileEntry(a *attachment, p *page) sources.Entry {
	v := s.decideFile(a, p)
	e := sources.Entry{ID: a.id, Scope: filesScope(p.space), URL: p.url(), Withheld: v.withheld, Unproven: v.unproven,
		Excluded: v.excluded, Err: v.err}
	if a.modified != 0 {
		e.Modified = time.UnixMilli(a.modified).UTC()
	}
	if v == (decision{}) {
		e.Revision = a.fingerprint(p, s.tree.access(p))
		e.Load = func(ctx context.Context) (sources.Document, error) { return s.loadFile(ctx, a, p) }
	}
	return e
}

// filesScope is apart from the space's own, so that files which cannot be listed
// leave its pages alone.
func filesScope(space string) string { return space + "/attachments" }

// fingerprint changes with all that a listing sees of the file, and of its page.
func (a *attachment) fingerprint(p *page, access access) string {
	if a.version == 0 {
		return ""
	}
	return fmt.Sprintf("%d-%s", a.version, digest(a.name, a.media, strconv.FormatInt(a.size, 10), a.labels,
		strconv.FormatInt(a.modified, 10), p.id, p.title, p.url(), access.reason))
}

// loadFile downloads a file. Since that takes a while, its page is asked again
// who may view it.
func (s *snapshot) loadFile(ctx context.Context, a *attachment, p *page) (doc sources.Document, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	data, err := s.readFile(ctx, a, p)
	if s.ctx.Err() != nil {
		err = errClosed
	}
	if err != nil {
		return doc, fmt.Errorf("read attachment %s of %s %s: %w", a.id, p.kind, p.id, err)
	}
	format, _ := s.wiki.selection().FormatOf(a.name)
	return sources.Document{Format: format, Body: data, Title: p.title + ": " + a.name, Parent: p.id}, nil
}

func (s *snapshot) readFile(ctx context.Context, a *attachment, p *page) ([]byte, error) {
	if s.ctx.Err() != nil {
		return nil, errClosed
	}
	if !s.rules.withRestricted {
		switch own := s.ownAccess(ctx, p.id); {
		case own.err != nil:
			return nil, own.err
		case own.refused:
			return nil, fmt.Errorf("its page: %s", own.reason)
		case own.reason != "":
			return nil, fmt.Errorf("its page is %s since it was listed (%w)", own.reason, sources.ErrNoDocument)
		}
	}
	data, err := s.wiki.api.download(ctx, a, s.wiki.options.Attachments.MaxBytes)
	if err == nil && a.size >= 0 && int64(len(data)) != a.size {
		err = fmt.Errorf("it has %d bytes, and the wiki lists %d", len(data), a.size)
	}
	return data, err
}
