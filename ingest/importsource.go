package ingest

import (
	"errors"
	"fmt"
	"slices"

	"finpages/intercomapi"
	"finpages/state"
)

// ensureImportSource finds the source's Content Import Source, or creates it,
// and keeps its address and audiences as configured.
func (r *run) ensureImportSource() error {
	var found intercomapi.ImportSource
	var err error
	if r.info.ImportSource != 0 {
		found, err = r.knownImportSource()
	} else {
		found, err = r.findOrCreate()
	}
	if err != nil {
		return err
	}
	r.tally.ImportSource, r.info.ImportSource = found.ID, found.ID
	if found.Status == "deactivated" {
		return fmt.Errorf("the import source %d (%s) is deactivated in Intercom: activate it there, or remove this source", found.ID, found.URL)
	}
	return r.updateImportSource(found)
}

func (r *run) knownImportSource() (intercomapi.ImportSource, error) {
	found, err := r.Client.ImportSource(r.ctx, r.info.ImportSource)
	r.count(1)
	var api *intercomapi.Error
	if errors.As(err, &api) && api.NotFound() {
		return found, fmt.Errorf("the import source %d (%s) was deleted in Intercom, and its pages with it: run finpages verify --repair %s to make it anew",
			r.info.ImportSource, r.info.URL, r.src.Name)
	}
	if err != nil {
		return found, fmt.Errorf("look up the import source: %w", Hinted(err))
	}
	return found, nil
}

// findOrCreate looks for the import source by its address among all of them.
func (r *run) findOrCreate() (intercomapi.ImportSource, error) {
	found, err := r.find()
	if err != nil || found.ID != 0 {
		return found, err
	}
	if r.opts.Plan {
		return intercomapi.ImportSource{URL: r.src.ImportSource.URL}, nil
	}
	found, err = r.Client.CreateImportSource(r.ctx, intercomapi.ImportSourceRequest{
		URL: r.src.ImportSource.URL, AudienceIDs: r.src.ImportSource.AudienceIDs})
	r.count(1)
	var api *intercomapi.Error
	if errors.As(err, &api) && api.Ambiguous() {
		if again, err2 := r.find(); err2 == nil && again.ID != 0 {
			return again, nil
		}
	}
	if err != nil {
		return found, fmt.Errorf("create the import source %s: %w", r.src.ImportSource.URL, Hinted(err))
	}
	r.log.Info("created import source", "import_source", found.ID, "url", found.URL)
	if again, err := r.find(); err == nil && again.ID != 0 && again.ID != found.ID {
		r.log.Warn("another finpages created an import source with the same url just now; the older one is used", "import_source", again.ID, "unused", found.ID)
		return again, nil
	}
	r.info.Adopting = false
	r.info.ImportSource, r.info.URL = found.ID, found.URL
	return found, r.putInfo()
}

// find returns the import source with the configured address, the one that was
// made first if there are several; its ID is 0 if there is none.
func (r *run) find() (found intercomapi.ImportSource, err error) {
	n := int64(0)
	for s, err := range r.Client.ImportSources(r.ctx) {
		if err != nil {
			return found, fmt.Errorf("list the import sources: %w", Hinted(err))
		}
		n++
		if s.SyncBehavior == "api" && SameAddress(s.URL, r.src.ImportSource.URL) && better(s, found) {
			found = s
		}
	}
	r.count(1 + n/50)
	if found.ID != 0 {
		r.info.ImportSource, r.info.URL, r.info.Adopting = found.ID, found.URL, true
		err = r.putInfo()
	}
	return found, err
}

// better prefers an active import source, then the older one.
func better(s, than intercomapi.ImportSource) bool {
	if than.ID == 0 || (s.Status == "active") != (than.Status == "active") {
		return than.ID == 0 || s.Status == "active"
	}
	return s.ID < than.ID
}

// updateImportSource carries changes of the config over to Intercom.
func (r *run) updateImportSource(found intercomapi.ImportSource) error {
	want := r.src.ImportSource
	newURL, newAudience := !SameAddress(found.URL, want.URL), want.AudienceIDs != nil && !sameAudience(found.AudienceIDs, want.AudienceIDs)
	if r.opts.Plan || found.ID == 0 || !newURL && !newAudience {
		return nil
	}
	if newURL {
		if err := r.urlIsFree(found.ID); err != nil {
			return err
		}
	}
	req := intercomapi.ImportSourceRequest{URL: want.URL, Status: found.Status}
	if newAudience {
		req.AudienceIDs, req.ApplyAudience = want.AudienceIDs, want.ApplyAudience
	}
	_, err := r.Client.UpdateImportSource(r.ctx, found.ID, req)
	r.count(1)
	if err != nil {
		return fmt.Errorf("update the import source %d: %w", found.ID, Hinted(err))
	}
	r.log.Info("updated import source", "import_source", found.ID, "url", want.URL)
	r.info.URL = want.URL
	return r.putInfo()
}

// urlIsFree makes sure that no other import source has the configured address.
func (r *run) urlIsFree(ours int64) error {
	for s, err := range r.Client.ImportSources(r.ctx) {
		if err != nil {
			return fmt.Errorf("list the import sources: %w", Hinted(err))
		}
		if s.ID != ours && s.SyncBehavior == "api" && SameAddress(s.URL, r.src.ImportSource.URL) {
			return fmt.Errorf("the import source %d has the url %s already: choose another for this source, or forget it and start over", s.ID, s.URL)
		}
	}
	return nil
}

func sameAudience(a, b []int64) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// putInfo writes down what is known of the source so far.
func (r *run) putInfo() error {
	return r.update(func(tx *state.Tx) error { return tx.PutInfo(r.info) })
}
