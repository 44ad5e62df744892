package exec_test

import (
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/exec"
)

// script is an adapter in shell: read takes a line from finpages, anything else
// is as written.
func script(t *testing.T, lines ...string) *exec.Exec {
	t.Helper()
	return scriptWith(t, exec.Options{IdleTimeout: time.Hour}, lines...)
}

func scriptWith(t *testing.T, opts exec.Options, lines ...string) *exec.Exec {
	t.Helper()
	opts.Command = []string{"/bin/sh", "-c", strings.Join(lines, "\n")}
	return build(t, opts)
}

const (
	begin = `read -r open; tmp=${open##*'"tmp":"'}; tmp=${tmp%%'"'*}; echo '{"finpages":1}'; read -r list`
	oneA  = `echo '{"id":1,"entry":{"id":"a","revision":"1"}}'`
	ended = `echo '{"id":1,"end":{"entries":1}}'`
	rest  = `while read -r line; do case $line in *'"close"'*) exit 0;; esac; done`
)

func TestBrokenListingsAreErrors(t *testing.T) {
	tests := map[string]struct {
		lines []string
		want  string
	}{
		"no end":                {[]string{begin, oneA}, "ended before it was told to close"},
		"no end, exit 3":        {[]string{begin, oneA, "echo 'Traceback' >&2", "echo 'token expired' >&2", "exit 3"}, "exit status 3): token expired"},
		"killed":                {[]string{begin, oneA, "kill -9 $$"}, "signal: killed"},
		"too many counted":      {[]string{begin, oneA, `echo '{"id":1,"end":{"entries":2}}'`, rest}, "counts 2 entries, and 1 arrived"},
		"too few counted":       {[]string{begin, oneA, `echo '{"id":1,"end":{"entries":0}}'`, rest}, "counts 0 entries, and 1 arrived"},
		"no count":              {[]string{begin, oneA, `echo '{"id":1,"end":{}}'`, rest}, "no count of entries"},
		"negative exclusions":   {[]string{begin, oneA, `echo '{"id":1,"end":{"entries":1,"excluded":-1}}'`, rest}, "fewer than no"},
		"an error":              {[]string{begin, oneA, `printf '%s\n' '{"id":1,"error":"401:\nrenew it"}'`, rest}, "list: 401: renew it"},
		"an empty error":        {[]string{begin, oneA, `echo '{"id":1,"error":""}'`, rest}, "list: the adapter answers with an error, and does not say which"},
		"a blank error":         {[]string{begin, oneA, `echo '{"id":1,"error":" "}'`, rest}, "does not say which"},
		"no JSON":               {[]string{begin, oneA, `echo 'DEBUG hello'`, ended, rest}, "line 3 of the adapter: no JSON object"},
		"an empty line":         {[]string{begin, oneA, `echo`, ended, rest}, "no JSON object"},
		"an array":              {[]string{begin, oneA, `echo '[]'`, ended, rest}, "no JSON object"},
		"not UTF-8":             {[]string{begin, `printf '{"id":1,"entry":{"id":"a\351"}}\n'`, ended, rest}, "not UTF-8"},
		"a wrong type":          {[]string{begin, `echo '{"id":1,"entry":{"id":"a","revision":7}}'`, ended, rest}, "entry.revision is a number"},
		"half a line":           {[]string{begin, oneA, `printf '{"id":1,"end":{"entries":1}'`}, "in the middle of line 3"},
		"a line that is long":   {[]string{begin, `printf '{"id":1,"entry":{"id":"a","title":"%065536d"}}\n' 0`, ended, rest}, "longer than 64 KiB"},
		"an id twice":           {[]string{begin, oneA, oneA, `echo '{"id":1,"end":{"entries":2}}'`, rest}, `"a" twice`},
		"an id twice in NFC":    {[]string{begin, `echo '{"id":1,"entry":{"id":"\u00e9"}}'`, `echo '{"id":1,"entry":{"id":"e\u0301"}}'`, rest}, `"é" twice`},
		"no id":                 {[]string{begin, `echo '{"id":1,"entry":{"revision":"1"}}'`, ended, rest}, "without an id"},
		"an id with a newline":  {[]string{begin, `printf '%s\n' '{"id":1,"entry":{"id":"a\nb"}}'`, ended, rest}, "control characters"},
		"a wrong time":          {[]string{begin, `echo '{"id":1,"entry":{"id":"a","modified":"yesterday"}}'`, ended, rest}, "modified at"},
		"a wrong address":       {[]string{begin, `echo '{"id":1,"entry":{"id":"a","url":"/a"}}'`, ended, rest}, "absolute web address"},
		"another request":       {[]string{begin, `echo '{"id":7,"entry":{"id":"a"}}'`, ended, rest}, "no request 7 waits"},
		"no request":            {[]string{begin, `echo '{"entry":{"id":"a"}}'`, ended, rest}, `no "id" of a request`},
		"a document":            {[]string{begin, `echo '{"id":1,"document":{"format":"text","body":""}}'`, rest}, "answers another request"},
		"entries after the end": {[]string{begin, ended, oneA, rest}, ""},
		"output closed":         {[]string{begin, oneA, `exec >&-`, `sleep 1000`}, "closed its output"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := script(t, tt.lines...)
			if name == "output closed" { // whose program goes on
				src.Hurry(100 * time.Millisecond)
			}
			snap, err := src.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			if _, err := snap.List(t.Context(), take); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("List = %v, want %q", err, tt.want)
			}
			if gone, err := snap.(sources.Confirmer).Gone(t.Context(), "b"); gone &&
				!strings.Contains(tt.want, "told to close") && !strings.Contains(tt.want, "401") &&
				!strings.Contains(tt.want, "does not say which") {
				t.Errorf("a document is called gone by a broken adapter: %v", err)
			}
		})
	}
}

func take(sources.Entry) error { return nil }

func TestBrokenGreetingsAreErrors(t *testing.T) {
	for name, tt := range map[string]struct{ line, want string }{
		"another version": {`echo '{"finpages":2}'`, "speaks version 2 of the protocol"},
		"no version":      {`echo '{"caps":[]}'`, `has no "finpages"`},
		"no JSON":         {`echo hello`, "line 1 of the adapter: no JSON object"},
		"nothing":         {`exit 0`, "ended before it was told to close"},
		"an exit":         {`echo 'no module named x' >&2; exit 1`, "exit status 1): no module named x"},
		"an error":        {`echo '{"finpages":1,"error":"KB_TOKEN is not set"}'`, "KB_TOKEN is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if snap, err := script(t, "read -r open", tt.line, rest).Open(t.Context()); err == nil {
				snap.Close()
				t.Error("it was opened")
			} else if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open = %v, want %q", err, tt.want)
			}
		})
	}
	for name, command := range map[string]string{"there is no program nowhere": "nowhere", "chmod +x": "./PROTOCOL.md"} {
		if _, err := build(t, exec.Options{Command: []string{command}}).Open(t.Context()); err == nil ||
			!strings.Contains(err.Error(), name) {
			t.Errorf("Open(%s) = %v, want %q", command, err, name)
		}
	}
}

func TestMinorVersionsUnknownFieldsAndSignsOfLifeAreTaken(t *testing.T) {
	src := script(t, `read -r open; echo '{"finpages":1.4,"caps":["fly"],"wings":2}'; read -r list`,
		`echo '{"id":1}'`, `echo '{"id":1,"progress":50}'`, `echo '{"id":1,"entry":{"id":"a","colour":"red"},"more":true}'`, ended, rest)
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	n := 0
	if _, err := snap.List(t.Context(), func(sources.Entry) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d entries, %v", n, err)
	}
	if err := snap.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestSilenceEndsTheTalk(t *testing.T) {
	for name, lines := range map[string][]string{
		"at the start": {"sleep 1000"},
		"in a listing": {begin, oneA, "sleep 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := scriptWith(t, exec.Options{IdleTimeout: time.Second}, lines...)
			snap, err := src.Open(t.Context())
			if err == nil {
				defer snap.Close()
				_, err = snap.List(t.Context(), take)
			}
			if err == nil || !strings.Contains(err.Error(), "silent for 1s") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A taker that takes its time is no silence of the adapter's.
func TestBackpressureIsNoSilence(t *testing.T) {
	t.Parallel()
	snap, err := script(t, begin, oneA, ended, rest).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if _, err := snap.List(t.Context(), func(sources.Entry) error { exec.FallSilent(snap); return nil }); err != nil {
		t.Error(err)
	}
}

func TestAdapterThatFailsAfterItsListingProvesNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		last string
		gone bool
	}{
		"exit 3": {"exit 3", false}, "noise": {"echo oops; " + rest, false}, "exit 0": {"exit 0", true}, "well": {rest, true},
		"a second end": {ended + "; " + rest, false}, "an entry after the end": {oneA + "; " + rest, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			snap, err := script(t, begin, oneA, ended, tt.last).Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			if _, err := snap.List(t.Context(), take); err != nil {
				t.Fatal(err)
			}
			gone, err := snap.(sources.Confirmer).Gone(t.Context(), "b")
			if gone != tt.gone || (err == nil) != tt.gone {
				t.Errorf("Gone = %v, %v", gone, err)
			}
		})
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	for name, last := range map[string]string{
		"ignores close":        "trap '' TERM; while :; do sleep 1; done",
		"leaves a child":       "sleep 1000 & " + rest,
		"a child holds pipes":  "(trap '' TERM HUP; sleep 1000) & exit 0",
		"never reads":          "sleep 1000",
		"stops, and is killed": "kill -9 $$",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pid := filepath.Join(t.TempDir(), "pid")
			src := script(t, "echo $$ >"+pid, begin, oneA, ended, last)
			src.Hurry(100 * time.Millisecond)
			snap, err := src.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := snap.List(t.Context(), take); err != nil {
				t.Fatal(err)
			}
			_ = snap.Close()
			text, err := os.ReadFile(pid)
			if err != nil {
				t.Fatal(err)
			}
			for alive(strings.TrimSpace(string(text))) {
				runtime.Gosched()
			}
		})
	}
}

// alive tells whether the session has a process that is no zombie.
func alive(session string) bool {
	out, _ := osexec.Command("ps", "-o", "stat=", "-s", session).Output()
	for stat := range strings.FieldsSeq(string(out)) {
		if !strings.HasPrefix(stat, "Z") {
			return true
		}
	}
	return false
}

func TestSecretsAreNotShown(t *testing.T) {
	t.Setenv("INTERCOM_TOKEN", "not-for-adapters")
	src := scriptWith(t, exec.Options{Env: map[string]string{"KB_TOKEN": "s3cret-value"}, IdleTimeout: time.Hour},
		begin, `echo '{"id":1,"entry":{"id":"a","error":"got '"$KB_TOKEN$INTERCOM_TOKEN"'"}}'`, `echo "$KB_TOKEN" >&2`,
		"exit 1")
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var e sources.Entry
	_, err = snap.List(t.Context(), func(got sources.Entry) error { e = got; return nil })
	if e.Err == nil || e.Err.Error() != "got [secret]" {
		t.Errorf("the entry's error is %v", e.Err)
	}
	if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.HasSuffix(err.Error(), ": [secret]") {
		t.Errorf("the listing's error is %v", err)
	}
}

func TestEntriesSayWhatTheyAre(t *testing.T) {
	src := script(t, begin,
		`echo '{"id":1,"entry":{"id":"a/1","scope":"/a/","revision":"r","url":"https://x.example/1","modified":"2026-11-30T12:00:00+01:00","withheld":"hr","unproven":true,"excluded":"rule","revoked":"old"}}'`,
		`echo '{"id":1,"incomplete":{"scope":"b","error":"403"}}'`, `echo '{"id":1,"end":{"entries":1,"excluded":4}}'`, rest)
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var e sources.Entry
	l, err := snap.List(t.Context(), func(got sources.Entry) error { e = got; return nil })
	if err != nil || l.Excluded != 4 || len(l.Incomplete) != 1 || l.Incomplete[0].Scope != "b" ||
		l.Incomplete[0].Err.Error() != "403" {
		t.Errorf("listing %+v, %v", l, err)
	}
	if e.ID != "a/1" || e.Scope != "a" || e.Revision != "r" || e.URL != "https://x.example/1" ||
		e.Modified.UTC().Hour() != 11 ||
		e.Withheld != "hr" || !e.Unproven || e.Excluded != "rule" || e.Revoked != "old" {
		t.Errorf("entry %+v", e)
	}
}

func TestManyEntriesTakeLittleMemory(t *testing.T) {
	const n = 50_000
	src := script(t, begin, `seq -f '{"id":1,"entry":{"id":"folder/document-number-%.0f","revision":"1"}}' `+strconv.Itoa(n),
		fmt.Sprintf(`echo '{"id":1,"end":{"entries":%d}}'`, n), rest)
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	before := heap()
	var during uint64
	seen := 0
	if _, err := snap.List(t.Context(), func(sources.Entry) error {
		if seen++; seen == n {
			during = heap()
		}
		return nil
	}); err != nil || seen != n {
		t.Fatalf("%d entries, %v", seen, err)
	}
	if each := int64(during-before) / n; each > 64 {
		t.Errorf("%d bytes an entry are held", each)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
