package website

import "net"

// Resolve has names looked up by another resolver.
func (w *Website) Resolve(r *net.Resolver) { w.resolver = r }
