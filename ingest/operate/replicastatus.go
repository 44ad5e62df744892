package operate

import (
	"slices"

	"finpages/state"
)

// Leases returns who has which source, as last seen: nothing while the database
// does not answer.
func (s *Service) Leases() []state.Held {
	if shared := s.shared.Load(); shared != nil {
		return shared.Leases
	}
	return nil
}

// elsewhere returns the other replica that runs a source now; "" for none.
func (s *Service) elsewhere(source string) string {
	for _, l := range s.Leases() {
		if l.Source == source && !l.Self {
			return l.Name()
		}
	}
	return ""
}

// ReplicasStatus is how the replicas of a state stand.
type ReplicasStatus struct {
	Replicas []ReplicaStatus `json:"replicas"`
	Differ   []string        `json:"config_differs"` // sources of which two replicas have different configs
}

// ReplicaStatus is one of them.
type ReplicaStatus struct {
	Name    string   `json:"name"`
	Self    bool     `json:"self"`            // the one that answers
	Sources []string `json:"sources"`         // that it runs now
	Older   []string `json:"older_config_of"` // sources that it leaves to others, which took up another config later
}

// ReplicasStatus returns how the replicas stand, as last seen; nil where there are none.
func (s *Service) ReplicasStatus() *ReplicasStatus {
	shared := s.shared.Load()
	if shared == nil {
		return nil
	}
	all := &ReplicasStatus{Replicas: []ReplicaStatus{}, Differ: []string{}}
	for _, r := range shared.Replicas {
		st := ReplicaStatus{Name: r.Name(), Self: r.Self, Sources: []string{}, Older: []string{}}
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
