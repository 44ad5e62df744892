package exec_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"finpages/sources"
	"finpages/sources/exec"
)

// load lists a script's only entry, and loads it.
func load(t *testing.T, src *exec.Exec) (sources.Document, error) {
	t.Helper()
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var e sources.Entry
	if _, err := snap.List(t.Context(), func(got sources.Entry) error { e = got; return nil }); err != nil {
		t.Fatal(err)
	}
	return e.Load(t.Context())
}

func TestLoad(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ answer, body, err string }{
		"a body":          {`echo '{"id":2,"document":{"format":"text","body":"hi"}}'`, "hi", ""},
		"an extension":    {`echo '{"id":2,"document":{"format":".MD","body":"hi"}}'`, "hi", ""},
		"a file":          {`echo hi >$tmp/f; echo '{"id":2,"document":{"format":"text","file":"f"}}'`, "hi\n", ""},
		"its whole path":  {`echo hi >$tmp/f; echo '{"id":2,"document":{"format":"text","file":"'$tmp/f'"}}'`, "hi\n", ""},
		"an error":        {`echo '{"id":2,"error":"timeout"}'`, "", "timeout"},
		"absent":          {`echo '{"id":2,"absent":true}'`, "", "no longer has"},
		"no text":         {`echo '{"id":2,"document":{"format":"text"}}'`, "", "without body or file"},
		"two texts":       {`echo '{"id":2,"document":{"format":"text","body":"a","file":"b"}}'`, "", "want one of them"},
		"no format":       {`echo '{"id":2,"document":{"body":"hi"}}'`, "", "does not say"},
		"another format":  {`echo '{"id":2,"document":{"format":"md","body":"hi"}}'`, "", `format "md" cannot be rendered`},
		"no converter":    {`echo '{"id":2,"document":{"format":".docx","body":"hi"}}'`, "", "not converted: no converter for .docx"},
		"up and away":     {`echo '{"id":2,"document":{"format":"text","file":"../../x"}}'`, "", "not below tmp"},
		"outside":         {`echo '{"id":2,"document":{"format":"text","file":"` + outside + `"}}'`, "", "not below tmp"},
		"a link":          {`ln -s ` + outside + ` $tmp/l; echo '{"id":2,"document":{"format":"text","file":"l"}}'`, "", "regular file"},
		"a linked folder": {`ln -s ` + filepath.Dir(outside) + ` $tmp/d; echo '{"id":2,"document":{"format":"text","file":"d/outside"}}'`, "", "folder"},
		"a pipe":          {`mkfifo $tmp/p; echo '{"id":2,"document":{"format":"text","file":"p"}}'`, "", "regular file"},
		"no such file":    {`echo '{"id":2,"document":{"format":"text","file":"f"}}'`, "", "no such file"},
		"huge":            {`truncate -s 16777217 $tmp/f; echo '{"id":2,"document":{"format":"text","file":"f"}}'`, "", "larger than 16 MiB"},
		"an exit":         {`echo 'out of memory' >&2; exit 9`, "", "exit status 9): out of memory"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := load(t, script(t, begin, oneA, ended, "read -r load", tt.answer, rest))
			if string(doc.Body) != tt.body || (err == nil) != (tt.err == "") || err != nil &&
				!strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %v, want %q, %q", doc.Body, err, tt.body, tt.err)
			}
			if errors.Is(err, sources.ErrNoDocument) {
				t.Error("the page would leave at once")
			}
		})
	}
	if body, err := os.ReadFile(outside); err != nil || string(body) != "secret" {
		t.Errorf("the file outside is now %q, %v", body, err)
	}
}

func TestLoadsAreAnsweredInAnyOrder(t *testing.T) {
	const n = 8
	lines := []string{begin}
	for i := range n {
		lines = append(lines, fmt.Sprintf(`echo '{"id":1,"entry":{"id":"%d","format":"text"}}'`, i))
	}
	lines = append(lines, fmt.Sprintf(`echo '{"id":1,"end":{"entries":%d}}'`, n),
		`answers=; for i in 1 2 3 4 5 6 7 8; do read -r line; id=${line#*'"id":'}; id=${id%%,*}; entry=${line##*'"entry":"'}; entry=${entry%%'"'*}
		answers="{\"id\":$id,\"document\":{\"body\":\"$entry\"}}
$answers"; done; printf '%s' "$answers"`, rest)
	snap, err := script(t, lines...).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var entries []sources.Entry
	if _, err := snap.List(t.Context(), func(e sources.Entry) error {
		entries = append(entries,
			e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	wrong := make(chan error, n)
	for _, e := range entries {
		go func() {
			doc, err := e.Load(t.Context())
			if err == nil && string(doc.Body) != e.ID {
				err = fmt.Errorf("%s was loaded for %s", doc.Body, e.ID)
			}
			wrong <- err
		}()
	}
	for range n {
		if err := <-wrong; err != nil {
			t.Error(err)
		}
	}
}

func TestCancelledLoadLeavesTheTalkIntact(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	if err := syscall.Mkfifo(asked, 0o600); err != nil {
		t.Fatal(err)
	}
	src := script(t, begin, `echo '{"id":1,"entry":{"id":"a","format":"text"}}'`,
		`echo '{"id":1,"entry":{"id":"b","format":"text"}}'`,
		`echo '{"id":1,"end":{"entries":2}}'`, `read -r load`, "echo >"+asked, `read -r one`, `read -r other`, `echo '{"id":2,"document":{"body":"late"}}'`,
		`echo '{"id":3,"document":{"body":"'"$(echo $one $other | tr -d '"')"'"}}'`, rest)
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var entries []sources.Entry
	if _, err := snap.List(t.Context(), func(e sources.Entry) error {
		entries = append(entries,
			e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // once the adapter has the request
		_, _ = os.ReadFile(asked)
		cancel()
	}()
	if _, err := entries[0].Load(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled load: %v", err)
	}
	doc, err := entries[1].Load(t.Context())
	if err != nil || !strings.Contains(string(doc.Body), "{id:2,op:cancel}") { // before or after the next request
		t.Errorf("after it: %q, %v", doc.Body, err)
	}
}

// One document that the adapter breaks on does not keep back the others, and
// nothing is called gone by what has failed. A second failure is the last.
func TestAdapterThatBreaksWhileItLoadsIsStartedOnceMore(t *testing.T) {
	for name, broken := range map[string]string{"no JSON": "echo oops", "an exit": "exit 4", "killed": "kill -9 $$"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := filepath.Join(t.TempDir(), "runs")
			src := script(t, "echo x >>"+runs, `read -r open; echo '{"finpages":1,"caps":["gone"]}'`,
				`while read -r line; do id=${line#*'"id":'}; id=${id%%,*}; case $line in
				*'"list"'*) for e in a b c; do echo '{"id":'$id',"entry":{"id":"'$e'","format":"text"}}'; done; echo '{"id":'$id',"end":{"entries":3}}' ;;
				*'"entry":"b"'*) `+broken+` ;;
				*'"load"'*) echo '{"id":'$id',"document":{"body":"text"}}' ;;
				*'"gone"'*) echo '{"id":'$id',"gone":true}' ;;
				*) exit 0 ;; esac; done`)
			snap, err := src.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			entries := listAll(t, snap)
			for i, id := range []string{"a", "b", "c", "a", "b", "c"} {
				doc, err := entries[id].Load(t.Context())
				if want := id != "b" && i < 4; (err == nil && string(doc.Body) == "text") != want {
					t.Errorf("load %d, of %s: %q, %v", i, id, doc.Body, err)
				}
			}
			if gone, err := snap.(sources.Confirmer).Gone(t.Context(), "z"); gone || err == nil {
				t.Errorf("gone: %v, %v", gone, err)
			}
			if err := snap.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			if _, err := entries["a"].Load(t.Context()); err == nil {
				t.Error("loaded from a closed source")
			}
			if text, err := os.ReadFile(runs); err != nil || string(text) != "x\nx\n" {
				t.Errorf("started as often as %q, %v", text, err)
			}
		})
	}
}
