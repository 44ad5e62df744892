package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The arrows between rooms run one way: each may import only these of ours.
func TestRooms(t *testing.T) {
	rooms := map[string][]string{
		"finpages/sources":                  {},
		"finpages/sources/examine":          {"finpages/sources"},
		"finpages/sources/sourcestest":      {"finpages/sources", "finpages/sources/examine"},
		"finpages/sources/filesystem":       {"finpages/sources", "finpages/sources/internal/..."},
		"finpages/sources/git":              {"finpages/sources", "finpages/sources/git/..."},
		"finpages/sources/confluence":       {"finpages/sources", "finpages/sources/wikimacro", "finpages/sources/confluence/..."},
		"finpages/sources/charset":          {},
		"finpages/sources/limits":           {},
		"finpages/sources/wikimacro":        {},
		"finpages/sources/confluenceexport": {"finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/internal/...", "finpages/sources/confluenceexport/..."},
		"finpages/sources/exec":             {"finpages/sources", "finpages/sources/internal/..."},
		"finpages/sources/rclone":           {"finpages/sources", "finpages/sources/internal/..."},
		"finpages/sources/website":          {"finpages/sources", "finpages/sources/internal/..."},
		"finpages/sources/convert":          {"finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/convert/..."},
		"finpages/ingest/schedule":          {},
		"finpages/ingest/leaks":             {},
		"finpages/ingest/render":            {"finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/wikimacro", "finpages/ingest/render/..."},
		"finpages/ingest": {"finpages/sources", "finpages/ingest/leaks", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/wikimacro", "finpages/ingest/render/...", "finpages/ingest/render",
			"finpages/intercomapi", "finpages/intercomapi/internal/...", "finpages/state"},
		"finpages/ingest/inspect": {"finpages/ingest", "finpages/ingest/leaks", "finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/wikimacro", "finpages/ingest/render/...", "finpages/ingest/render",
			"finpages/intercomapi", "finpages/intercomapi/internal/...", "finpages/state"},
		"finpages/ingest/operate": {"finpages/ingest", "finpages/ingest/leaks", "finpages/ingest/inspect", "finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/wikimacro",
			"finpages/ingest/render/...", "finpages/ingest/render", "finpages/intercomapi", "finpages/intercomapi/internal/...", "finpages/state"},
		"finpages/intercomapi":          {"finpages/intercomapi/internal/..."},
		"finpages/intercomapi/emulator": {},
		"finpages/intercomapi/probe":    {"finpages/intercomapi", "finpages/intercomapi/internal/..."},
		"finpages/state":                {},
		"finpages/state/pgtest":         {},

		"finpages/cmd/finpages/internal/httpserve": {},

		"finpages/cmd/finpages/internal/api": {"finpages/ingest", "finpages/ingest/...", "finpages/state", "finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/wikimacro",
			"finpages/intercomapi", "finpages/intercomapi/internal/..."},

		"finpages/cmd/finpages/internal/web": {"finpages/cmd/finpages/internal/api", "finpages/cmd/finpages/internal/httpserve",
			"finpages/ingest", "finpages/ingest/...", "finpages/state", "finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/wikimacro",
			"finpages/intercomapi", "finpages/intercomapi/internal/..."},
	}
	for room, allowed := range rooms {
		out, err := exec.Command("go", "list", "-deps", room).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", room, err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			if strings.HasPrefix(dep, "finpages/") && dep != room && !allows(allowed, dep) {
				t.Errorf("%s imports %s", room, dep)
			}
		}
	}
}

func allows(allowed []string, dep string) bool {
	for _, a := range allowed {
		if prefix, below := strings.CutSuffix(a, "..."); a == dep || below && strings.HasPrefix(dep, prefix) {
			return true
		}
	}
	return false
}
