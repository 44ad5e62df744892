package convert

import "finpages/sources/convert/sandbox"

// Limit sets what the readers of our own may take.
func (c *Converter) Limit(l sandbox.Limits) { c.limits = l }
