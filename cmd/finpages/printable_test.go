package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// What a document, a wiki or Intercom wrote does not command a terminal, and is
// still there to be read, in JSON as it was.
func TestHostileTextIsPrintedAsEscapes(t *testing.T) {
	const hostile = "a\x1b]0;owned\a\u202eb\u2066c\u009bd\u2028e\x7ff\ue101g\r\u200fשלום"
	var out strings.Builder
	w := newPrintable(&out)
	w.Write([]byte(hostile))
	if got, want := out.String(), `a\u001b]0;owned\u0007\u202eb\u2066c\u009bd\u2028e\u007ffg\u000d`+"\u200fשלום"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	out.Reset()
	writeJSON(w, hostile)
	if strings.ContainsFunc(out.String(), isUnsafe) {
		t.Errorf("JSON with unsafe characters: %q", out.String())
	}
	var back string
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back != hostile {
		t.Errorf("JSON reads back as %q, %v", back, err)
	}
	out.Reset()
	textLogger(w, 0).Error("message "+hostile, "error", hostile)
	if got := strings.TrimSuffix(out.String(), "\n"); strings.ContainsFunc(got, isUnsafe) || strings.Contains(got, "\n") {
		t.Errorf("logged %q", got)
	}
	out.Reset()
	jsonLogger(w, 0).Error("message "+hostile, "error", hostile)
	if strings.ContainsFunc(out.String(), isUnsafe) {
		t.Errorf("logged %q", out.String())
	}
	out.Reset()
	newProgress(w).note("note " + hostile)
	if strings.ContainsFunc(out.String(), isUnsafe) {
		t.Errorf("noted %q", out.String())
	}
	out.Reset()
	if report(usageError("unknown %s", hostile), newPrintable(&out)); strings.ContainsFunc(out.String(), isUnsafe) {
		t.Errorf("reported %q", out.String())
	}
}
