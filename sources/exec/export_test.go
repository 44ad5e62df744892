package exec

import (
	"time"

	"finpages/sources"
)

// Hurry makes the program end sooner.
func (x *Exec) Hurry(d time.Duration) { x.closeGrace, x.killGrace, x.exitGrace = d, d, d }

// FallSilent has the time run out in which the program must be heard.
func FallSilent(s sources.Snapshot) { s.(*snapshot).session.silent() }
