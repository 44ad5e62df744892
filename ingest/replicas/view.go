package replicas

import (
	"slices"
	"sync/atomic"

	"finpages/state"
)

// View is how the replicas stand, as last seen. Its methods may be called from any
// goroutine.
type View struct {
	shared atomic.Pointer[state.Shared] // nil while the database does not answer, or where there are no replicas
}

// Leases returns who has which source, as last seen: nothing while the database
// does not answer.
func (v *View) Leases() []state.Held {
	if shared := v.shared.Load(); shared != nil {
		return shared.Leases
	}
	return nil
}

// Elsewhere returns the other replica that runs a source now; "" for none.
func (v *View) Elsewhere(source string) string {
	for _, l := range v.Leases() {
		if l.Source == source && !l.Self {
			return l.Name()
		}
	}
	return ""
}

// Status is how the replicas of a state stand.
type Status struct {
	Replicas []Replica `json:"replicas"`
	Differ   []string  `json:"config_differs"` // sources of which two replicas have different configs
}

// Replica is one of them.
type Replica struct {
	Name    string   `json:"name"`
	Self    bool     `json:"self"`            // the one that answers
	Sources []string `json:"sources"`         // that it runs now
	Older   []string `json:"older_config_of"` // sources that it leaves to others, which took up another config later
}

// ReplicasStatus returns how the replicas stand, as last seen; nil where there are none.
func (v *View) ReplicasStatus() *Status {
	shared := v.shared.Load()
	if shared == nil {
		return nil
	}
	all := &Status{Replicas: []Replica{}, Differ: []string{}}
	for _, r := range shared.Replicas {
		st := Replica{Name: r.Name(), Self: r.Self, Sources: []string{}, Older: []string{}}
		for _, l := range shared.Leases {
			if l.Holder == r.ID {
				st.Sources = append(st.Sources, l.Source)
			}
		}
		for source, c := range r.Configs {
			if !isNewest(shared.Replicas, source, c.Sum) {
				st.Older = append(st.Older, source)
				all.Differ = append(all.Differ, source)
			}
		}
		slices.Sort(st.Older)
		all.Replicas = append(all.Replicas, st)
	}
	slices.Sort(all.Differ)
	all.Differ = slices.Compact(all.Differ)
	return all
}
