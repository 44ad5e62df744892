package emulator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi/emulator"

	"github.com/google/go-cmp/cmp"
)

func fill(t *testing.T, file string) *emulator.Server {
	t.Helper()
	a := direct(t, emulator.Options{StateFile: file})
	source := a.source()
	for n := range 5 {
		a.post(source, fmt.Sprint(n), `"html":"<p>\u0000 \u2028 <&></p>"`, `"ai_copilot_availability":true`)
	}
	a.ok("DELETE", "/ai/external_pages/"+a.post(source, "last").id(), "")
	a.source()
	a.ok("DELETE", fmt.Sprintf("/ai/content_import_sources/%d", a.source()), "")
	if err := a.srv.Close(); err != nil {
		t.Fatal(err)
	}
	return a.srv
}

func TestStateSurvives(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	before := fill(t, file)
	a := direct(t, emulator.Options{StateFile: file})
	if diff := cmp.Diff(before.Pages(), a.srv.Pages()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before.Sources(), a.srv.Sources()); diff != "" {
		t.Error(diff)
	}
	source := before.Sources()[0].ID
	if id := a.post(source, "0").id(); id != before.Pages()[0].ID {
		t.Errorf("an update after the restart made page %s", id)
	}
	ids := map[string]bool{}
	for _, p := range before.Pages() {
		ids[p.ID] = true
	}
	if id := a.post(source, "last").id(); ids[id] || id == "100006" {
		t.Errorf("page id %s is given twice", id)
	}
	if id := a.source(); id <= before.Sources()[1].ID+1 {
		t.Errorf("source id %d is given twice", id)
	}
	left, _ := filepath.Glob(file + "*")
	if len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
}

func TestStateIsSavedSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "state.json")
		a := direct(t, emulator.Options{StateFile: file})
		for n := range 3 {
			a.post(a.source(), fmt.Sprint(n))
			time.Sleep(time.Second)
			synctest.Wait()
			raw, err := os.ReadFile(file)
			if want := fmt.Sprintf(`"external_id":"%d"`, n); err != nil || !strings.Contains(string(raw), want) {
				t.Fatalf("%s is not saved: %v %s", want, err, raw)
			}
		}
		if err := a.srv.Close(); err != nil {
			t.Error(err)
		}
		if err := a.srv.Close(); err != nil {
			t.Errorf("second close: %v", err)
		}
	})
}

func TestCorruptState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	fill(t, file)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	lines := strings.SplitAfter(good, "\n")
	tests := []struct{ name, content, want string }{
		{"empty", "", "read header"},
		{"something else", "hello", "read header"},
		{"another JSON", `{"name":"x"}`, "not a finpages emulator state"},
		{"a later version", strings.Replace(good, `"version":1`, `"version":2`, 1), "version 1"},
		{"cut in a page", good[:len(good)-50], "read page 5 of 5: unexpected EOF"},
		{"a page short", strings.Join(lines[:5], ""), "read page 5 of 5: unexpected EOF"},
		{"a page too many", good + lines[1], "more than the 5 pages"},
		{"a page twice", strings.Replace(good, lines[2], lines[1], 1), "read page 2 of 5: its id is out of order"},
		{"an external_id twice", strings.Replace(good, `"external_id":"1"`, `"external_id":"0"`, 1), "read page 2 of 5: its external_id"},
		{"an unknown source", strings.Replace(good, `"source_id":1`, `"source_id":9`, 1), "read page 1 of 5: there is no source 9"},
		{"ids to come", strings.Replace(good, `"next_page":1000`, `"next_page":100`, 1), "out of order"},
		{"source ids", strings.Replace(good, `"next_source":4`, `"next_source":1`, 1), "read source 1 of 2"},
		{"a wrong type", strings.Replace(good, `"title":"Title"`, `"title":7`, 1), "read page 1 of 5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := emulator.New(emulator.Options{StateFile: file})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
			if now, _ := os.ReadFile(file); string(now) != tt.content {
				t.Error("the corrupt file was touched")
			}
		})
	}
}

func TestStateFileThatCannotBe(t *testing.T) {
	for _, file := range []string{filepath.Join(t.TempDir(), "none", "state.json"), t.TempDir()} {
		if _, err := emulator.New(emulator.Options{StateFile: file}); err == nil {
			t.Errorf("%s is no error", file)
		}
	}
}

func TestSaveFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	srv, err := emulator.New(emulator.Options{StateFile: filepath.Join(dir, "state.json")})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := srv.Close(); err == nil || !strings.Contains(err.Error(), "save state file") {
		t.Errorf("close: %v", err)
	}
}
