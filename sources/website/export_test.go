package website

import "time"

// Hurry makes the pauses before retries short.
func (w *Website) Hurry() { w.pause = time.Microsecond }
