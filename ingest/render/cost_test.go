package render_test

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"finpages/ingest/render"
	"finpages/sources"
)

// TestCost holds that documents take no more memory than is estimated, and
// that those of prose are not taken for dear ones.
func TestCost(t *testing.T) {
	const size = 50 << 10
	for name, d := range map[string]struct {
		format sources.Format
		unit   string
	}{
		"lists":     {sources.Markdown, "- a\n+ b\n* c\n"},
		"quotes":    {sources.Markdown, "> a\n\n"},
		"footnotes": {sources.Markdown, "x[^1] "},
		"links":     {sources.Markdown, "[a](b) "},
		"boxes":     {sources.Markdown, ":::note\na\n:::\n"},
		"elements":  {sources.HTML, "<b>x<p>"},
		"cells":     {sources.ConfluenceView, "<tr><td>a<td>b"},
		"stored":    {sources.ConfluenceStorage, "<p>a</p>"},
		"lines":     {sources.Text, "a\n\n"},
	} {
		in := document(d.format, strings.Repeat(d.unit, size/len(d.unit))+"\n\n[^1]: note")
		estimate := render.Cost(in.Document)
		used := memoryOf(func() { _, _ = render.Render(in) })
		if used > 2*estimate { // the race detector and the garbage have their part
			t.Errorf("%s: %d bytes take %d bytes of memory, estimated %d", name, len(in.Document.Body), used, estimate)
		}
	}
	prose := strings.Repeat("The quick brown fox jumps over the lazy dog and runs away from it all.\n\n", 5000)
	if estimate := render.Cost(document(sources.Markdown, prose).Document); estimate > 40*int64(len(prose)) {
		t.Errorf("prose of %d bytes: estimated %d", len(prose), estimate)
	}
}

// memoryOf samples how much more memory is in use while f runs.
func memoryOf(f func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	inUse := func() int64 {
		metrics.Read(sample)
		return int64(sample[0].Value.Uint64())
	}
	before, most := inUse(), int64(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for {
		select {
		case <-done:
			return most
		case <-time.After(2 * time.Millisecond):
			most = max(most, inUse()-before)
		}
	}
}
