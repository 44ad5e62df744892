package ingest

import (
	"fmt"
	"time"
)

// firstContact is how long a run tries to reach Intercom. An outage in the
// middle of a run is waited out for longer.
const firstContact = 15 * time.Second

// checkWorkspace makes sure that token, config and state belong to one workspace.
func (r *run) checkWorkspace() error {
	me, err := r.Client.RetryingAtMost(firstContact).Me(r.ctx)
	if err != nil {
		return fmt.Errorf("ask Intercom who the token belongs to: %w", Hinted(err))
	}
	r.count(1)
	if me.App == nil {
		if r.Workspace != "" {
			return fmt.Errorf("Intercom does not say which workspace the token belongs to, "+
				"and intercom.workspace demands %s",
				r.Workspace)
		}
		return nil
	}
	return r.matchWorkspace(me.App.IDCode)
}

func (r *run) matchWorkspace(code string) error {
	if r.Workspace != "" && r.Workspace != code {
		return fmt.Errorf("the token belongs to the workspace %s, and intercom.workspace demands %s: "+
			"use a token of that workspace",
			code, r.Workspace)
	}
	if r.State == nil {
		return nil
	}
	before, err := r.State.Workspace()
	switch {
	case err != nil:
		return err
	case before != "" && before != code:
		return fmt.Errorf("the state belongs to the workspace %s and the token to %s: "+
			"use a token of that workspace, or another state file", before, code)
	case before == "" && !r.opts.Plan:
		return r.State.SetWorkspace(code)
	}
	return nil
}
