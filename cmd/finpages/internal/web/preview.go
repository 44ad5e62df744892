package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"sync"
	"time"

	"finpages/ingest"
)

const (
	previewTime = 20 * time.Second // for the source to answer
	previewKeep = 30 * time.Second
	maxPreviews = 4
)

// previews keeps the last few for a moment: a page and the frame in it show
// the same one, and asking a source can be slow.
type previews struct {
	mu     sync.Mutex
	recent []recentPreview
}

type recentPreview struct {
	source, ref string
	made        time.Time
	ingest.Preview
}

func (p *previews) get(source, ref string) (ingest.Preview, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.recent {
		if r.source == source && r.ref == ref && time.Since(r.made) < previewKeep {
			return r.Preview, true
		}
	}
	return ingest.Preview{}, false
}

func (p *previews) put(source, ref string, preview ingest.Preview) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recent = append([]recentPreview{{source, ref, time.Now(), preview}}, p.recent[:min(len(p.recent), maxPreviews-1)]...)
}

func (s *server) previewOf(ctx context.Context, source, ref string) (ingest.Preview, error) {
	if p, ok := s.previews.get(source, ref); ok {
		return p, nil
	}
	if pulse, err := s.Service.Pulse(source); err == nil && pulse.Running != nil {
		return ingest.Preview{}, fmt.Errorf("a sync is under way, and the source cannot be asked meanwhile: try again when it is done")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, previewTime, fmt.Errorf("the source gave no answer within %v", previewTime))
	defer cancel()
	p, err := s.Service.Preview(ctx, source, ref)
	if err == nil {
		s.previews.put(source, ref, p)
	} else if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return p, err
}

// previewPolicy makes a document inert: no scripts, forms, frames, or anything
// from elsewhere, in an origin of its own.
const previewPolicy = "sandbox; default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'self'"

// previewDocument is what is around a preview. Its HTML is trusted to nothing:
// the policy that it comes with, and not this template, makes it harmless.
var previewDocument = template.Must(template.New("preview").Parse(`<!DOCTYPE html>
<meta charset="utf-8">
<title>{{.Title}}</title>
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/assets/preview.css">
<body>{{.HTML}}</body>
`))

func (s *server) showPreview(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", previewPolicy)
	p, err := s.previewOf(r.Context(), r.PathValue("source"), r.URL.Query().Get("id"))
	if err != nil {
		http.Error(w, err.Error(), statusOf(err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	previewDocument.Execute(w, map[string]any{"Title": p.Title, "HTML": template.HTML(p.HTML)})
}
