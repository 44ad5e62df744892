package inspect

import (
	"finpages/ingest/metrics"
	"finpages/state"
)

// SetGauges sets the gauges of all sources to what the state knows, before the
// first run. What cannot be read is left to the runs, which report it.
func (i *Inspector) SetGauges(m *metrics.Metrics) {
	i.SetUnconfiguredGauge(m)
	for _, name := range i.Names() {
		i.SetSourceGauges(m, name)
	}
}

// SetUnconfiguredGauge sets the gauge of pages that no configured source has.
func (i *Inspector) SetUnconfiguredGauge(m *metrics.Metrics) {
	for _, name := range i.Names() {
		m.Unconfigured(name, 0)
	}
	unconfigured, _ := i.Unconfigured() // what cannot be read is reported by the runs
	for _, name := range unconfigured {
		if st, err := i.Status(name); err == nil {
			m.Unconfigured(name, st.Pages)
		}
	}
}

// SetSourceGauges sets the gauges of a source to what the state knows.
func (i *Inspector) SetSourceGauges(m *metrics.Metrics, name string) {
	st, err := i.Status(name)
	if err != nil {
		return
	}
	pages := metrics.PageCounts{Synced: st.Pages, Quarantined: st.Quarantined}
	if st.Hold != nil {
		pages.Held, pages.HeldUpdates, pages.Foreign = len(st.Hold.Pages), len(st.Hold.Updates), st.Hold.Foreign
	}
	_ = i.State.View(name, func(tx *state.Tx) error {
		if info, err := tx.Info(); err == nil {
			m.Known(name, info, pages)
		}
		if counts, err := tx.CountLeaks(); err == nil {
			m.Leaks(name, counts)
		}
		if counts, err := tx.CountDriftByKind(); err == nil {
			m.Drift(name, counts)
		}
		return nil
	})
	m.Lossy(name, st.Lossy)
	m.Retracted(name, len(st.Retracted))
}
