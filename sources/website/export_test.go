package website

import (
	"net"
	"time"
)

// Hurry makes the pauses before retries short.
func (w *Website) Hurry() { w.pause = time.Microsecond }

// Resolve has names looked up by another resolver.
func (w *Website) Resolve(r *net.Resolver) { w.resolver = r }
