package inspect

import (
	"fmt"
	"slices"

	"finpages/ingest/address"
	"finpages/state"
)

// Unconfigured is the state of a source that is no longer in the config while
// Fin still answers from its pages.
const Unconfigured = "unconfigured"

// StillInFin says what is wrong with an unconfigured source.
func StillInFin(pages int) string {
	if pages == 1 {
		return "no longer configured, 1 page still in Fin"
	}
	return fmt.Sprintf("no longer configured, %d pages still in Fin", pages)
}

// BothWays says how to go on with an unconfigured source.
func BothWays(source string) string {
	return "put it back into the config, or take its pages out of Fin: finpages forget --delete-pages " + source
}

// Unconfigured returns the names of the sources that are no longer configured
// and have pages in Fin. One whose pages pass to a source with another name, with
// its next run, is none.
func (i *Inspector) Unconfigured() ([]string, error) {
	if i.State == nil {
		return nil, nil
	}
	known, err := i.State.Sources()
	if err != nil {
		return nil, err
	}
	var names []string
	configured := i.Names()
	for _, name := range known {
		if slices.Contains(configured, name) {
			continue
		}
		info, pages, err := i.owned(name)
		if err != nil {
			return nil, err
		}
		if renamed, err := i.isInherited(info.URL); err != nil || renamed || pages == 0 {
			if err != nil {
				return nil, err
			}
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func (i *Inspector) isUnconfigured(name string) bool {
	names, err := i.Unconfigured()
	return err == nil && slices.Contains(names, name)
}

// isInherited reports whether a configured source that was never synced has the
// address of an import source: it takes over what is there.
func (i *Inspector) isInherited(url string) (bool, error) {
	for _, name := range i.Names() {
		c, err := i.Lookup(name)
		if err != nil || !address.Same(c.ImportSource.URL, url) {
			continue
		}
		if info, _, err := i.owned(name); err != nil || info.ImportSource == 0 {
			return true, err
		}
	}
	return false, nil
}

func (i *Inspector) owned(name string) (info state.Info, pages int, err error) {
	err = i.State.View(name, func(tx *state.Tx) error {
		info, err = tx.Info()
		pages = tx.CountPages()
		return err
	})
	return info, pages, err
}

// unconfiguredStatus is the status of a source that is no longer configured.
func (i *Inspector) unconfiguredStatus(name string) (Status, error) {
	st := newStatus(name)
	err := i.State.View(name, st.read)
	info, _, err2 := i.owned(name)
	if err == nil {
		err = err2
	}
	st.State, st.URL = Unconfigured, info.URL
	st.Drift, st.Hold, st.DeletesWaiting, st.Incomplete = nil, nil, nil, []string{} // no run will look at them
	return st, err
}
