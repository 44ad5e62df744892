package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"finpages/ingest/documents"
)

const (
	previewTime = 20 * time.Second // for the source to answer
	previewKeep = 30 * time.Second
	failureKeep = 3 * time.Second
	maxPreviews = 4
)

// previewCache keeps the last few for a moment, and makes each but once: the frames
// of a page show the same one, and to ask a source may mean to list it.
type previewCache struct {
	mu     sync.Mutex
	recent []*cachedPreview // the newest first
}

type cachedPreview struct {
	source, ref string
	made        chan struct{} // closed when what follows is known
	until       time.Time
	preview     documents.Preview
	err         error
}

// get returns a preview that was made a moment ago, or is being made, or makes
// it.
func (p *previewCache) get(
	ctx context.Context,
	source, ref string,
	ask func() (documents.Preview, error),
) (documents.Preview, error) {
	for {
		r, mine := p.claim(source, ref)
		if mine {
			return r.fill(ctx, ask)
		}
		select {
		case <-r.made:
		case <-ctx.Done():
			return documents.Preview{}, context.Cause(ctx)
		}
		if time.Now().Before(r.until) {
			return r.preview, r.err
		}
	}
}

func (r *cachedPreview) fill(ctx context.Context, ask func() (documents.Preview, error)) (documents.Preview, error) {
	defer close(r.made)
	r.preview, r.err = ask()
	switch {
	case ctx.Err() != nil: // who asked has left: whoever waits asks anew
	case r.err != nil:
		r.until = time.Now().Add(failureKeep)
	default:
		r.until = time.Now().Add(previewKeep)
	}
	return r.preview, r.err
}

// claim returns a preview that is fresh or being made; else a new one, which
// is the caller's to make.
func (p *previewCache) claim(source, ref string) (r *cachedPreview, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recent = slices.DeleteFunc(p.recent, func(r *cachedPreview) bool {
		select {
		case <-r.made:
			return time.Now().After(r.until)
		default:
			return false
		}
	})
	for _, r := range p.recent {
		if r.source == source && r.ref == ref {
			return r, false
		}
	}
	r = &cachedPreview{source: source, ref: ref, made: make(chan struct{})}
	p.recent = append([]*cachedPreview{r}, p.recent[:min(len(p.recent), maxPreviews-1)]...)
	return r, true
}

// previewOf asks a source for the document that a request names.
func (s *server) previewOf(r *http.Request) (documents.Preview, error) {
	ctx, source, ref := r.Context(), r.PathValue("source"), r.URL.Query().Get("id")
	pulse, err := s.Service.Pulse(source)
	if err != nil {
		return documents.Preview{}, err
	}
	if pulse.Running != nil {
		return documents.Preview{}, errors.New(
			"a sync is running, and the source cannot be read at the same time: reload this page when the sync has finished",
		)
	}
	return s.previews.get(ctx, source, ref, func() (documents.Preview, error) {
		ctx, cancel := context.WithTimeoutCause(ctx, previewTime,
			fmt.Errorf("the source did not respond within %v", previewTime))
		defer cancel()
		p, err := s.Service.Preview(ctx, source, ref)
		if err != nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		p.Body = bytes.Clone(p.Body[:min(len(p.Body), maxText+1)]) // what is not shown is not kept
		return p, err
	})
}
