package git

import (
	"context"
	"errors"

	"finpages/sources"
)

// mend reads a blob that the clone lacks or cannot give: it fetches the blob,
// and if that does not help makes the clone anew, once in a run. After an error
// of the server or the disk nothing more is fetched in the run.
func (s *snapshot) mend(ctx context.Context, blob string) (object, error) {
	select {
	case s.mending <- struct{}{}:
		defer func() { <-s.mending }()
	case <-ctx.Done():
		return object{}, context.Cause(ctx)
	}
	obj, err := s.objects.get(ctx, blob, sources.MaxDocument) // others may have mended it
	if errors.Is(err, errMissing) && !s.layout.blobs {
		obj, err = s.after(ctx, blob, func() error { return s.fetchBlobs(ctx, s.blobs(blob)) })
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, errClosed) || s.renewed {
		return obj, err
	}
	return s.after(ctx, blob, func() error { return s.renew(ctx, blob) })
}

// after reads the blob after something was done for it.
func (s *snapshot) after(ctx context.Context, blob string, do func() error) (object, error) {
	if s.useless != nil {
		return object{}, s.useless
	}
	if err := do(); err != nil {
		if context.Cause(ctx) == nil || errors.Is(context.Cause(ctx), errTimeout) {
			s.useless = s.timedOut(ctx, err)
		}
		return object{}, err
	}
	return s.objects.get(ctx, blob, sources.MaxDocument)
}

// renew makes the clone anew, with all that was fetched for this run.
func (s *snapshot) renew(ctx context.Context, blob string) error {
	s.renewed = true
	if err := s.clone(ctx); err != nil {
		return err
	}
	s.objects.broken.Store(false)
	return s.fetchBlobs(ctx, s.blobs(blob))
}

// blobs returns the blob and those that were to be fetched together: where one
// is lost, others may be.
func (s *snapshot) blobs(blob string) map[string]bool {
	ids := map[string]bool{blob: true}
	for _, id := range s.wanted {
		ids[id] = true
	}
	return ids
}
