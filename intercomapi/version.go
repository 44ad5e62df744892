package intercomapi

import (
	"fmt"
)

// version is an API version and what it can do.
type version struct {
	name      string
	audiences bool // audience_ids of an import source
	locales   bool // pages in languages other than English
	sales     bool // ai_sales_agent_availability can be written
}

func parseVersion(name string) (version, error) {
	v := version{name: name}
	switch name {
	case "2.14":
	case "2.15", "2.16":
		v.audiences = true
	case "2.17", "Preview":
		v.audiences, v.locales, v.sales = true, true, true
	default:
		return v, fmt.Errorf("unknown API version %q: use 2.14, 2.15, 2.16, 2.17 or Preview", name)
	}
	return v, nil
}
