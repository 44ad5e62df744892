package exec

import "time"

// Hurry makes the program end sooner.
func (x *Exec) Hurry(d time.Duration) { x.closeGrace, x.killGrace = d, d }
