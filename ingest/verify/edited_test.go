package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"finpages/ingest/ingesttest"
	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"
)

// Text that was edited in Intercom is seen, and mended by a repair, also where
// Intercom keeps other HTML than it was sent.
func TestEditedText(t *testing.T) {
	for _, normalize := range []bool{false, true} {
		t.Run(fmt.Sprintf("normalized %v", normalize), func(t *testing.T) {
			w := &world{ingesttest.NewOf(t, emulator.Options{NormalizeHTML: normalize})}
			w.Put("a.md", "# A\n\n- one & \"two\"\n- `three`<br>\n", "b.md", "# B\n\nText.")
			w.Sync()
			if v := w.Verify(verify.Options{}); !v.Clean() {
				t.Errorf("as pushed: %+v", v)
			}
			before := w.Page("a.md")
			edited := `{"source_id":1,"title":"A","html":"<p>By hand</p>","locale":"en","url":"` + before.URL + `"}`
			w.Tamper("PUT", "/ai/external_pages/"+before.ID, edited)
			v := w.Verify(verify.Options{Repair: true})
			if len(v.Changed) != 1 || v.Changed[0].ExternalID != "a.md" || strings.Join(v.Changed[0].Fields, " ") != "html" {
				t.Errorf("edited: %+v", v)
			}
			if got := w.Page("a.md").HTML; got != before.HTML {
				t.Errorf("mended to %q, want %q", got, before.HTML)
			}
			w.LoseState()
			w.Sync()
			if v = w.Verify(verify.Options{}); !v.Clean() {
				t.Errorf("taken over: %+v", v)
			}
		})
	}
}
