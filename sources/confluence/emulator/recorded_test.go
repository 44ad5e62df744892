package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources/confluence/emulator"
)

// TestAgainstRecordedAnswers holds the shape of v1's answers to those that a
// real Cloud site gave: what both have is of one type.
func TestAgainstRecordedAnswers(t *testing.T) {
	s := emulator.New(emulator.Config{Cloud: true, Prefix: "/wiki", Traps: emulator.Traps{MaxLimit: 1}})
	fill(s)
	ours := ask(t, s, "/wiki/rest/api/content/search?cql="+`space%3D%22OPS%22+and+type%3Dpage&expand=space,version,body.storage`)
	tests := map[string]any{
		"get-contents.json":                  ours,
		"mcp-atlassian-spaces-envelope.json": ours,
		"get-content-comments.json":          ours,
		"mcp-atlassian-page.json":            ours.(map[string]any)["results"].([]any)[0],
		"get-content.json":                   ours.(map[string]any)["results"].([]any)[0],
	}
	for name, got := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("../../../../shared/corpora/confluence-rest/cloud-v1-recorded", name))
			if err != nil {
				t.Skipf("the recorded answers are not at hand: %v", err)
			}
			var want any
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			for _, d := range differences("", want, got) {
				t.Error(d)
			}
		})
	}
}

func ask(t *testing.T, s http.Handler, target string) (v any) {
	t.Helper()
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, target, nil))
	if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("%d: %v in %s", rec.Code, err, rec.Body)
	}
	return v
}

// differences compares the types of what two values have in common.
func differences(at string, want, got any) (all []string) {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return []string{at + " is not an object"}
		}
		for k, v := range want {
			if g, ok := got[k]; ok && k != "_expandable" {
				all = append(all, differences(at+"/"+k, v, g)...)
			}
		}
	case []any:
		got, ok := got.([]any)
		if !ok {
			return []string{at + " is not a list"}
		}
		if len(want) > 0 && len(got) > 0 {
			all = differences(at+"/0", want[0], got[0])
		}
	default:
		if w, g := fmt.Sprintf("%T", want), fmt.Sprintf("%T", got); w != g {
			return []string{fmt.Sprintf("%s is %s, recorded as %s", at, g, w)}
		}
		if s, ok := want.(string); ok && strings.HasSuffix(at, "/next") &&
			strings.HasPrefix(s, "/rest/") != strings.HasPrefix(got.(string), "/rest/") {
			return []string{fmt.Sprintf("%s is %q, recorded as %q", at, got, s)}
		}
	}
	return all
}
