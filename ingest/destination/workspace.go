package destination

import (
	"fmt"
	"time"

	"finpages/intercomapi"
)

// firstContact is how long a run tries to reach Intercom. An outage in the
// middle of a run is waited out for longer.
const firstContact = 15 * time.Second

// CheckWorkspace makes sure that token, config and state belong to one workspace.
func (s *Session) CheckWorkspace() error {
	me, err := s.Client.RetryingAtMost(firstContact).Me(s.Ctx)
	if err != nil {
		return fmt.Errorf("ask Intercom who the token belongs to: %w", intercomapi.Hinted(err))
	}
	s.Count(1)
	if me.App == nil {
		if s.Workspace != "" {
			return fmt.Errorf("Intercom does not say which workspace the token belongs to, "+
				"and intercom.workspace demands %s",
				s.Workspace)
		}
		return nil
	}
	return s.matchWorkspace(me.App.IDCode)
}

func (s *Session) matchWorkspace(code string) error {
	if s.Workspace != "" && s.Workspace != code {
		return fmt.Errorf("the token belongs to the workspace %s, and intercom.workspace demands %s: "+
			"use a token of that workspace",
			code, s.Workspace)
	}
	if s.State == nil {
		return nil
	}
	before, err := s.State.Workspace()
	switch {
	case err != nil:
		return err
	case before != "" && before != code:
		return fmt.Errorf("the state belongs to the workspace %s and the token to %s: "+
			"use a token of that workspace, or another state file", before, code)
	case before == "" && !s.ReadOnly:
		return s.State.SetWorkspace(code)
	}
	return nil
}
