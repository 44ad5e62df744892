package emulator

import "strings"

// version is a version of the API. They are in order.
type version int

const (
	v214 version = iota
	v215
	v216
	v217
	vPreview
)

// versions are the values of the Intercom-Version header. A request without
// one gets the app's own version from Intercom; here that is the official
// SDK's. "Unstable" is how Preview was called, and how the SDK still calls it.
var versions = map[string]version{
	"": v214, "2.14": v214, "2.15": v215, "2.16": v216, "2.17": v217,
	"preview": vPreview, "unstable": vPreview,
}

func parseVersion(header string) (version, bool) {
	v, ok := versions[strings.ToLower(strings.TrimSpace(header))]
	return v, ok
}

func (v version) hasAudiences() bool { return v >= v215 }

func (v version) readsSalesAgent() bool { return v >= v216 }

// From 2.17 on, a PUT knows the three availability flags in place of
// fin_availability, its url is optional and removed when absent, locales are
// the workspace's, and a source's host has to be a public name.
func (v version) isNew() bool { return v >= v217 }
