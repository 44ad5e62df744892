package main

import (
	"context"
	"strings"

	"finpages/ingest/inspect"
)

// remembered lists what the state, or the daemon that has it, knows to be wrong
// with sources, and since when. That it cannot be asked is no finding.
func (g *globals) remembered(ctx context.Context, a *app) (found []finding) {
	if len(a.cfg.Sources) == 0 {
		return nil
	}
	ctl, done, err := g.control(ctx, appOptions{readOnly: true})
	if err != nil {
		return nil
	}
	defer done()
	all, err := ctl.StatusAll(ctx, nil)
	if err != nil {
		return nil
	}
	for _, s := range all {
		subject := "source " + s.Name
		if s.State == inspect.Unconfigured {
			found = append(found, warned(subject, inspect.StillInFin(s.Pages)+": "+inspect.BothWays(s.Name)))
		}
		if s.IncompleteFrom != nil {
			found = append(found, warned(subject, "no listing has been complete"+since(s.IncompleteFrom)+
				", and nothing there is deleted: "+strings.Join(s.Incomplete, "; ")))
		}
		if s.Drift != nil {
			found = append(found, warned(subject, "Fin does not have what was pushed: "+s.Drift.Words()+
				"; to fix this: "+s.Drift.Mend(s.Name)))
		}
	}
	return found
}
