package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"
)

// Text that was edited in Intercom is seen, and mended by a repair, also where
// Intercom keeps other HTML than it was sent.
func TestEditedText(t *testing.T) {
	for _, normalize := range []bool{false, true} {
		t.Run(fmt.Sprintf("normalized %v", normalize), func(t *testing.T) {
			w := newWorldOf(t, emulator.Options{NormalizeHTML: normalize})
			w.put("a.md", "# A\n\n- one & \"two\"\n- `three`<br>\n", "b.md", "# B\n\nText.")
			w.sync()
			if v := w.verify(verify.Options{}); !v.Clean() {
				t.Errorf("as pushed: %+v", v)
			}
			before := w.page("a.md")
			edited := `{"source_id":1,"title":"A","html":"<p>By hand</p>","locale":"en","url":"` + before.URL + `"}`
			w.tamper("PUT", "/ai/external_pages/"+before.ID, edited)
			v := w.verify(verify.Options{Repair: true})
			if len(v.Changed) != 1 || v.Changed[0].ExternalID != "a.md" || strings.Join(v.Changed[0].Fields, " ") != "html" {
				t.Errorf("edited: %+v", v)
			}
			if got := w.page("a.md").HTML; got != before.HTML {
				t.Errorf("mended to %q, want %q", got, before.HTML)
			}
			w.loseState()
			w.sync()
			if v = w.verify(verify.Options{}); !v.Clean() {
				t.Errorf("taken over: %+v", v)
			}
		})
	}
}
