package tally

// PageError is a page that failed, and why.
type PageError struct {
	ExternalID string `json:"external_id"`
	Error      string `json:"error"`
}

// ScopeError is a part of the source that could not be listed, and why.
type ScopeError struct {
	Scope string `json:"scope"`
	Error string `json:"error"`
}

func (e ScopeError) String() string {
	if e.Scope == "" {
		return e.Error
	}
	return e.Scope + ": " + e.Error
}

// Change is one page that a run changed, or a plan would change.
type Change struct {
	Action     string   `json:"action"` // create, update, delete, move, hold
	ExternalID string   `json:"external_id"`
	From       string   `json:"from,omitempty"` // a move's old external_id
	Title      string   `json:"title,omitempty"`
	URL        string   `json:"url,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	Warnings   []string `json:"warnings,omitempty"`
	Diff       string   `json:"diff,omitempty"`
}
