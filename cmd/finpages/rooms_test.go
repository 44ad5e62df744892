package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// everywhere is what each room may import.
const everywhere = "finpages/sources/lazyregexp"

// The arrows between rooms run one way: each may import only these of ours.
func TestRooms(t *testing.T) {
	adapters := []string{"finpages/sources", "finpages/sources/charset", "finpages/sources/limits",
		"finpages/sources/wikimacro"}
	pages := append([]string{"finpages/ingest/address", "finpages/ingest/fulltext", "finpages/ingest/leaks", "finpages/ingest/render/...",
		"finpages/ingest/render",
		"finpages/intercomapi", "finpages/intercomapi/internal/...", "finpages/state"}, adapters...)
	belowListing := append([]string{"finpages/ingest/decide", "finpages/ingest/destination", "finpages/ingest/metrics",
		"finpages/ingest/tally", "finpages/ingest/transform"}, pages...)
	engine := append([]string{"finpages/ingest/listing"}, belowListing...)
	onEngine := append([]string{"finpages/ingest"}, engine...)
	rooms := map[string][]string{
		"finpages/sources":                  {},
		"finpages/sources/examine":          {"finpages/sources"},
		"finpages/sources/sourcestest":      {"finpages/sources", "finpages/sources/examine"},
		"finpages/sources/filesystem":       {"finpages/sources", "finpages/sources/internal/..."},
		"finpages/sources/git":              {"finpages/sources", "finpages/sources/internal/...", "finpages/sources/git/..."},
		"finpages/sources/confluence":       {"finpages/sources", "finpages/sources/wikimacro", "finpages/sources/confluence/..."},
		"finpages/sources/charset":          {},
		"finpages/sources/limits":           {},
		"finpages/sources/wikimacro":        {},
		"finpages/sources/confluenceexport": {"finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/internal/...", "finpages/sources/confluenceexport/..."},
		"finpages/sources/exec":             {"finpages/sources", "finpages/sources/internal/..."},
		"finpages/sources/rclone":           {"finpages/sources", "finpages/sources/limits", "finpages/sources/internal/..."},
		"finpages/sources/website":          {"finpages/sources", "finpages/sources/internal/..."},
		"finpages/sources/convert":          {"finpages/sources", "finpages/sources/charset", "finpages/sources/limits", "finpages/sources/convert/..."},

		"finpages/ingest/schedule":  {},
		"finpages/ingest/leaks":     {},
		"finpages/ingest/address":   {},
		"finpages/ingest/fulltext":  {"finpages/state"},
		"finpages/ingest/render":    append([]string{"finpages/ingest/render/..."}, adapters...),
		"finpages/ingest/tally":     {"finpages/state"},
		"finpages/ingest/decide":    {"finpages/ingest/tally", "finpages/sources", "finpages/state"},
		"finpages/ingest/metrics":   {"finpages/intercomapi", "finpages/intercomapi/internal/...", "finpages/state"},
		"finpages/ingest/transform": pages,
		"finpages/ingest/destination": {"finpages/ingest/address", "finpages/ingest/fulltext", "finpages/ingest/metrics",
			"finpages/intercomapi", "finpages/intercomapi/internal/...", "finpages/state"},
		"finpages/ingest/listing":   belowListing,
		"finpages/ingest":           engine,
		"finpages/ingest/verify":    onEngine,
		"finpages/ingest/registry":  onEngine,
		"finpages/ingest/inspect":   append([]string{"finpages/ingest/registry"}, onEngine...),
		"finpages/ingest/documents": append([]string{"finpages/ingest/registry", "finpages/ingest/inspect"}, onEngine...),
		"finpages/ingest/indexer":   append([]string{"finpages/ingest/registry"}, onEngine...),
		"finpages/ingest/replicas":  append([]string{"finpages/ingest/registry", "finpages/ingest/schedule"}, onEngine...),
		"finpages/ingest/operate": append([]string{"finpages/ingest/registry", "finpages/ingest/inspect",
			"finpages/ingest/documents", "finpages/ingest/indexer", "finpages/ingest/replicas", "finpages/ingest/schedule",
			"finpages/ingest/verify"}, onEngine...),

		"finpages/intercomapi":          {"finpages/intercomapi/internal/..."},
		"finpages/intercomapi/emulator": {},
		"finpages/intercomapi/probe":    {"finpages/intercomapi", "finpages/intercomapi/internal/..."},
		"finpages/state":                {},
		"finpages/state/pgtest":         {},

		"finpages/cmd/finpages/internal/firstgc":   {},
		"finpages/cmd/finpages/internal/httpserve": {},
		"finpages/cmd/finpages/internal/api":       append([]string{"finpages/ingest", "finpages/ingest/..."}, pages...),
		"finpages/cmd/finpages/internal/web": append([]string{"finpages/cmd/finpages/internal/api", "finpages/cmd/finpages/internal/httpserve",
			"finpages/ingest", "finpages/ingest/..."}, pages...),
	}
	for room, allowed := range rooms {
		out, err := exec.Command("go", "list", "-deps", room).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", room, err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			if strings.HasPrefix(dep, "finpages/") && dep != room && dep != everywhere && !allows(allowed, dep) {
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

var named = regexp.MustCompile("`((?:cmd|ingest|sources|intercomapi|state|deploy)/[\\w/.-]+)`")

// What CONTRIBUTING.md names is there.
func TestContributingNamesWhatIsThere(t *testing.T) {
	guide, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	found := named.FindAllStringSubmatch(string(guide), -1)
	if len(found) < 50 {
		t.Errorf("only %d names found", len(found))
	}
	for _, name := range found {
		if _, err := os.Stat("../../" + name[1]); err != nil && name[1] != "sources/yours" {
			t.Errorf("CONTRIBUTING.md names %s: %v", name[1], err)
		}
	}
}
