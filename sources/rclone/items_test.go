package rclone_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"finpages/sources/limits"
	"finpages/sources/limits/costtest"
	"finpages/sources/rclone"
)

// endless is a list that goes on with the same text.
func endless(begin, text string) io.Reader {
	return io.MultiReader(strings.NewReader(begin), &again{text: text})
}

type again struct {
	text string
	read int
}

func (a *again) Read(b []byte) (int, error) {
	if a.read > 64<<20 {
		return 0, errors.New("64 MiB are read")
	}
	n := copy(b, strings.Repeat(a.text, 1+len(b)/len(a.text)))
	a.read += n
	return n, nil
}

func TestOneFileIsBounded(t *testing.T) {
	for name, list := range map[string]io.Reader{
		"a path":     endless(`[{"Path":"`, "a"),
		"hashes":     endless(`[{"Path":"a.md","Hashes":{"a":"b"`, `,"a":"b"`),
		"space":      endless(`[{"Path":"a.md"},`, "\n\n"),
		"the start":  endless("", " "),
		"the end":    endless(`[{"Path":"a.md"}`, " "),
		"lists":      strings.NewReader(`[{"Path":"a.md","x":` + strings.Repeat("[", 9) + strings.Repeat("]", 9) + "}]"),
		"deep":       strings.NewReader(`[{"Path":"a.md","x":` + strings.Repeat("[", 90000)),
		"within one": strings.NewReader(`[{"Path":"` + strings.Repeat("a", 130<<10) + `"}]`),
	} {
		paths, err := rclone.Paths(list)
		if name == "deep" && err != nil { // the decoder has a limit of its own
			continue
		}
		if !errors.Is(err, limits.ErrExceeded) {
			t.Errorf("%s: %d paths, %v", name, len(paths), err)
		}
	}
	long := `{"Path":"` + strings.Repeat("a", 32<<10) + `","Hashes":{"md5":"1","sha1":"2"}}`
	paths, err := rclone.Paths(strings.NewReader("[" + strings.Repeat(long+",\n", 50) + long + "]"))
	if err != nil || len(paths) != 51 {
		t.Errorf("%d long paths, %v", len(paths), err)
	}
}

// A list that is taken as whole is one, and all its files are seen.
func FuzzList(f *testing.F) {
	f.Add(`[{"Path":"a.md","Size":2,"ModTime":"2026-01-01T00:00:00Z","ID":"id-a","Hashes":{"md5":"11"}}]`)
	f.Add("[\n{\"Path\":\"dir/Plan.html\",\"Size\":-1},\n{\"Path\":\"b\\u202e.md\",\"IsDir\":true}\n]\n")
	f.Add(`[{"Path":"a.md"}`)
	f.Add(`[[[[{"Path":{"a":[]}}]]]]`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, list string) {
		paths, err := rclone.Paths(strings.NewReader(list))
		var want []struct{ Path string }
		if err == nil && (json.NewDecoder(strings.NewReader(list)).Decode(&want) != nil || len(want) != len(paths)) {
			t.Errorf("%d of %d files of %q", len(paths), len(want), list)
		}
		item := strings.TrimSuffix(strings.TrimPrefix(list, "["), "]")
		costtest.CheckList(t, "[", item, ",", "]", func(s string) { _, _ = rclone.Paths(strings.NewReader(s)) })
	})
}
