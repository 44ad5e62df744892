package ingest

import (
	"errors"
	"fmt"
	"slices"

	"finpages/ingest/address"
	"finpages/intercomapi"
	"finpages/state"
)

// ensureImportSource finds the source's Content Import Source, or creates it,
// and keeps its address and audiences as configured. It returns what is then
// known of the source, also with an error.
func (r *run) ensureImportSource(info state.Info) (state.Info, error) {
	found, info, err := r.importSource(info)
	if err != nil {
		return info, err
	}
	info.ImportSource = found.ID
	if found.Status == "deactivated" {
		return info, fmt.Errorf("the import source %d (%s) is deactivated in Intercom: "+
			"activate it there, or remove this source",
			found.ID, found.URL)
	}
	return r.updateImportSource(info, found)
}

// importSource returns the import source that the state knows, or the one with
// the configured address, which it creates if there is none.
func (r *run) importSource(info state.Info) (found intercomapi.ImportSource, _ state.Info, err error) {
	if info.ImportSource != 0 {
		found, err = r.knownImportSource(info)
		return found, info, err
	}
	if found, err = r.findImportSource(); err != nil {
		return found, info, err
	}
	switch {
	case found.ID != 0:
		info, err = r.adoptImportSource(info, found)
		return found, info, err
	case r.opts.Plan:
		return intercomapi.ImportSource{URL: r.src.ImportSource.URL}, info, nil
	}
	return r.createImportSource(info)
}

func (r *run) knownImportSource(info state.Info) (intercomapi.ImportSource, error) {
	found, err := r.Client.ImportSource(r.ctx, info.ImportSource)
	r.count(1)
	var api *intercomapi.Error
	if errors.As(err, &api) && api.NotFound() {
		return found, fmt.Errorf("the import source %d (%s) was deleted in Intercom, and its pages with it: "+
			"run finpages verify --repair %s to make it anew", info.ImportSource, info.URL, r.src.Name)
	}
	if err != nil {
		return found, fmt.Errorf("look up the import source: %w", Hinted(err))
	}
	return found, nil
}

// createImportSource creates the import source, and makes sure that nobody
// else did so at the same time.
func (r *run) createImportSource(info state.Info) (intercomapi.ImportSource, state.Info, error) {
	made, err := r.Client.CreateImportSource(r.ctx, intercomapi.ImportSourceRequest{
		URL: r.src.ImportSource.URL, AudienceIDs: r.src.ImportSource.AudienceIDs})
	r.count(1)
	var api *intercomapi.Error
	if errors.As(err, &api) && api.Ambiguous() {
		if found, err := r.findImportSource(); err == nil && found.ID != 0 {
			info, err = r.adoptImportSource(info, found)
			return found, info, err
		}
	}
	if err != nil {
		return made, info, fmt.Errorf("create the import source %s: %w", r.src.ImportSource.URL, Hinted(err))
	}
	r.log.Info("created import source", "import_source", made.ID, "url", made.URL)
	if found, err := r.findImportSource(); err == nil && found.ID != 0 && found.ID != made.ID {
		r.log.Warn("another finpages created an import source with the same url just now; the older one is used",
			"import_source", found.ID, "unused", made.ID)
		info, err = r.adoptImportSource(info, found)
		return found, info, err
	}
	info.ImportSource, info.URL, info.Adopting = made.ID, made.URL, false
	return made, info, r.putInfo(info)
}

// findImportSource returns the import source with the configured address, the
// one that was made first if there are several; its ID is 0 if there is none.
func (r *run) findImportSource() (found intercomapi.ImportSource, err error) {
	n := int64(0)
	for s, err := range r.Client.ImportSources(r.ctx) {
		if err != nil {
			return found, fmt.Errorf("list the import sources: %w", Hinted(err))
		}
		n++
		if s.SyncBehavior == "api" && address.Same(s.URL, r.src.ImportSource.URL) && better(s, found) {
			found = s
		}
	}
	r.count(1 + n/50)
	return found, nil
}

// adoptImportSource writes down that an import source is ours from now on, and
// that its pages are to be taken over.
func (r *run) adoptImportSource(info state.Info, found intercomapi.ImportSource) (state.Info, error) {
	info.ImportSource, info.URL, info.Adopting = found.ID, found.URL, true
	return info, r.putInfo(info)
}

// better prefers an active import source, then the older one.
func better(s, than intercomapi.ImportSource) bool {
	if than.ID == 0 || (s.Status == "active") != (than.Status == "active") {
		return than.ID == 0 || s.Status == "active"
	}
	return s.ID < than.ID
}

// updateImportSource carries changes of the config over to Intercom.
func (r *run) updateImportSource(info state.Info, found intercomapi.ImportSource) (state.Info, error) {
	want := r.src.ImportSource
	newURL := !address.Same(found.URL, want.URL)
	newAudience := want.AudienceIDs != nil && !sameAudience(found.AudienceIDs, want.AudienceIDs)
	if r.opts.Plan || found.ID == 0 || !newURL && !newAudience {
		return info, nil
	}
	if newURL {
		if err := r.urlIsFree(found.ID); err != nil {
			return info, err
		}
	}
	req := intercomapi.ImportSourceRequest{URL: want.URL, Status: found.Status}
	if newAudience {
		req.AudienceIDs, req.ApplyAudience = want.AudienceIDs, want.ApplyAudience
	}
	_, err := r.Client.UpdateImportSource(r.ctx, found.ID, req)
	r.count(1)
	if err != nil {
		return info, fmt.Errorf("update the import source %d: %w", found.ID, Hinted(err))
	}
	r.log.Info("updated import source", "import_source", found.ID, "url", want.URL)
	info.URL = want.URL
	return info, r.putInfo(info)
}

// urlIsFree makes sure that no other import source has the configured address.
func (r *run) urlIsFree(ours int64) error {
	for s, err := range r.Client.ImportSources(r.ctx) {
		if err != nil {
			return fmt.Errorf("list the import sources: %w", Hinted(err))
		}
		if s.ID != ours && s.SyncBehavior == "api" && address.Same(s.URL, r.src.ImportSource.URL) {
			return fmt.Errorf("the import source %d has the url %s already: "+
				"choose another for this source, or forget it and start over", s.ID, s.URL)
		}
	}
	return nil
}

func sameAudience(a, b []int64) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// putInfo writes down what is known of the source so far.
func (r *run) putInfo(info state.Info) error {
	return r.update(func(tx *state.Tx) error { return tx.PutInfo(info) })
}
