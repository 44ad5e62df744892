package exec

import (
	"testing"
	"unicode/utf8"

	"finpages/sources/limits/costtest"
)

// Whatever a program writes on a line is a message or an error that can be shown.
func FuzzLine(f *testing.F) {
	for _, line := range []string{
		`{"finpages":1,"caps":["gone"]}`, `{"id":1,"entry":{"id":"a","format":".md"}}`, `{"id":1,"end":{"entries":-1}}`,
		`{"id":1e400}`, `{"id":2,"document":{"body":null}}`, `[[[[[[`, `null`, "{\"id\":1,\"why\":\"\xff\"}", `{"entry":{"id":[]}}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		read := func(line []byte) { _ = decode(line, new(message)) }
		costtest.Check(t, line, read)
		costtest.CheckList(t, `{"id":1,"lines":[`, line, ",", "]}", read)
		var m message
		for _, err := range []error{decode(line, &m), decode(line, new(hello))} {
			if err != nil && !utf8.ValidString(err.Error()) {
				t.Errorf("%q: the error %q is not UTF-8", line, err)
			}
		}
		if m.Entry != nil && !utf8.ValidString(m.Entry.ID) {
			t.Errorf("%q: the ID %q is not UTF-8", line, m.Entry.ID)
		}
	})
}
