package destination

import (
	"errors"
	"fmt"
	"slices"

	"finpages/ingest/address"
	"finpages/intercomapi"
	"finpages/state"
)

// EnsureImportSource finds the source's Content Import Source, or creates it,
// and keeps its address and audiences as configured. It returns what is then
// known of the source, also with an error.
func (s *Session) EnsureImportSource(info state.Info) (state.Info, error) {
	found, info, err := s.importSource(info)
	if err != nil {
		return info, err
	}
	info.ImportSource = found.ID
	if found.Status == "deactivated" {
		return info, fmt.Errorf("the import source %d (%s) is deactivated in Intercom: "+
			"activate it there, or remove this source",
			found.ID, found.URL)
	}
	return s.updateImportSource(info, found)
}

// importSource returns the import source that the state knows, or the one with
// the configured address, which it creates if there is none.
func (s *Session) importSource(info state.Info) (found intercomapi.ImportSource, _ state.Info, err error) {
	if info.ImportSource != 0 {
		found, err = s.knownImportSource(info)
		return found, info, err
	}
	if found, err = s.FindImportSource(); err != nil {
		return found, info, err
	}
	switch {
	case found.ID != 0:
		info, err = s.adoptImportSource(info, found)
		return found, info, err
	case s.ReadOnly:
		return intercomapi.ImportSource{URL: s.ImportSource.URL}, info, nil
	}
	return s.createImportSource(info)
}

func (s *Session) knownImportSource(info state.Info) (intercomapi.ImportSource, error) {
	found, err := s.Client.ImportSource(s.Ctx, info.ImportSource)
	s.Count(1)
	var api *intercomapi.Error
	if errors.As(err, &api) && api.NotFound() {
		return found, fmt.Errorf("the import source %d (%s) was deleted in Intercom, and its pages with it: "+
			"run finpages verify --repair %s to make it anew", info.ImportSource, info.URL, s.Source)
	}
	if err != nil {
		return found, fmt.Errorf("look up the import source: %w", intercomapi.Hinted(err))
	}
	return found, nil
}

// createImportSource creates the import source, and makes sure that nobody
// else did so at the same time.
func (s *Session) createImportSource(info state.Info) (intercomapi.ImportSource, state.Info, error) {
	made, err := s.Client.CreateImportSource(s.Ctx, intercomapi.ImportSourceRequest{
		URL: s.ImportSource.URL, AudienceIDs: s.ImportSource.AudienceIDs})
	s.Count(1)
	var api *intercomapi.Error
	if errors.As(err, &api) && api.Ambiguous() {
		if found, err := s.FindImportSource(); err == nil && found.ID != 0 {
			info, err = s.adoptImportSource(info, found)
			return found, info, err
		}
	}
	if err != nil {
		return made, info, fmt.Errorf("create the import source %s: %w", s.ImportSource.URL, intercomapi.Hinted(err))
	}
	s.Log.Info("created import source", "import_source", made.ID, "url", made.URL)
	if found, err := s.FindImportSource(); err == nil && found.ID != 0 && found.ID != made.ID {
		s.Log.Warn("another finpages created an import source with the same url just now; the older one is used",
			"import_source", found.ID, "unused", made.ID)
		info, err = s.adoptImportSource(info, found)
		return found, info, err
	}
	info.ImportSource, info.URL, info.Adopting = made.ID, made.URL, false
	return made, info, s.PutInfo(info)
}

// FindImportSource returns the import source with the configured address, the
// one that was made first if there are several; its ID is 0 if there is none.
func (s *Session) FindImportSource() (found intercomapi.ImportSource, err error) {
	n := int64(0)
	for other, err := range s.Client.ImportSources(s.Ctx) {
		if err != nil {
			return found, fmt.Errorf("list the import sources: %w", intercomapi.Hinted(err))
		}
		n++
		if other.SyncBehavior == "api" && address.Same(other.URL, s.ImportSource.URL) && better(other, found) {
			found = other
		}
	}
	s.Count(1 + n/50)
	return found, nil
}

// adoptImportSource writes down that an import source is ours from now on, and
// that its pages are to be taken over.
func (s *Session) adoptImportSource(info state.Info, found intercomapi.ImportSource) (state.Info, error) {
	info.ImportSource, info.URL, info.Adopting = found.ID, found.URL, true
	return info, s.PutInfo(info)
}

// better prefers an active import source, then the older one.
func better(s, than intercomapi.ImportSource) bool {
	if than.ID == 0 || (s.Status == "active") != (than.Status == "active") {
		return than.ID == 0 || s.Status == "active"
	}
	return s.ID < than.ID
}

// updateImportSource carries changes of the config over to Intercom.
func (s *Session) updateImportSource(info state.Info, found intercomapi.ImportSource) (state.Info, error) {
	want := s.ImportSource
	newURL := !address.Same(found.URL, want.URL)
	newAudience := want.AudienceIDs != nil && !sameAudience(found.AudienceIDs, want.AudienceIDs)
	if s.ReadOnly || found.ID == 0 || !newURL && !newAudience {
		return info, nil
	}
	if newURL {
		if err := s.urlIsFree(found.ID); err != nil {
			return info, err
		}
	}
	req := intercomapi.ImportSourceRequest{URL: want.URL, Status: found.Status}
	if newAudience {
		req.AudienceIDs, req.ApplyAudience = want.AudienceIDs, want.ApplyAudience
	}
	_, err := s.Client.UpdateImportSource(s.Ctx, found.ID, req)
	s.Count(1)
	if err != nil {
		return info, fmt.Errorf("update the import source %d: %w", found.ID, intercomapi.Hinted(err))
	}
	s.Log.Info("updated import source", "import_source", found.ID, "url", want.URL)
	info.URL = want.URL
	return info, s.PutInfo(info)
}

// urlIsFree makes sure that no other import source has the configured address.
func (s *Session) urlIsFree(ours int64) error {
	for other, err := range s.Client.ImportSources(s.Ctx) {
		if err != nil {
			return fmt.Errorf("list the import sources: %w", intercomapi.Hinted(err))
		}
		if other.ID != ours && other.SyncBehavior == "api" && address.Same(other.URL, s.ImportSource.URL) {
			return fmt.Errorf("the import source %d has the url %s already: "+
				"choose another for this source, or forget it and start over", other.ID, other.URL)
		}
	}
	return nil
}

func sameAudience(a, b []int64) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
