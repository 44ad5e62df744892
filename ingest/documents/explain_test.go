package documents_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/operate"
	"finpages/sources"
	"finpages/state"
)

func TestExplanationsTellARefusedPage(t *testing.T) {
	w := newWorld(t)
	w.Stubbed(ingesttest.Doc("good", "", "# Good"), ingesttest.Doc("refused", "", "# Refused"))
	w.FailWrites("refused", 422, `{"type":"error.list","errors":[{"code":"parameter_invalid","message":"too odd"}]}`)
	w.Run(ingest.RunOptions{})
	service := w.Service()
	x, err := service.Explain(t.Context(), "docs", "refused")
	if err != nil || !x.Refused || x.InFin || !strings.Contains(x.Error, "too odd") ||
		!strings.Contains(strings.Join(x.Reasons, "; "), "UTC, until it or the settings change") {
		t.Errorf("%+v, %v", x, err)
	}
	if x, err = service.Explain(t.Context(), "docs", "good"); err != nil || x.Refused || !x.InFin {
		t.Errorf("%+v, %v", x, err)
	}
}

// What a document says of itself counts before the first run, and after an edit.
func TestExplanationsTellWhatIsHiddenNow(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "---\nhidden: true\n---\n# A", "b.md", "# B")
	explained := func(id string) string {
		x, err := w.Service().Explain(t.Context(), "docs", id)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(x.Reasons, "; ")
	}
	const want = "the next run keeps it out: hidden: true in the front matter"
	if a, b := explained("a.md"), explained("b.md"); a != want || !strings.Contains(b, "the next run pushes it") {
		t.Errorf("before the first run: %q, %q", a, b)
	}
	w.Sync()
	w.Put("b.md", "---\nhidden: true\n---\n# B, edited")
	if b := explained("b.md"); !strings.Contains(b, want) {
		t.Errorf("after an edit: %q", b)
	}
}

// A document is found by its address also before it was ever pushed.
func TestPreviewByAddress(t *testing.T) {
	w := newWorld(t)
	w.Put("guide/a.md", "# A")
	service := w.Service()
	p, err := service.Preview(t.Context(), "docs", "guide/a.md")
	if err != nil || !strings.HasPrefix(p.URL, "https://") {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, ref := range []string{p.URL, p.URL + "/", p.URL + "#part", strings.Replace(p.URL, "https", "http", 1)} {
		if got, err := service.Preview(t.Context(), "docs", ref); err != nil || got.ExternalID != "guide/a.md" {
			t.Errorf("%s: %+v, %v", ref, got, err)
		}
	}
	const nowhere = "https://elsewhere.example.com/a.md"
	if _, err := service.Preview(t.Context(), "docs", nowhere); err == nil || !strings.Contains(err.Error(), nowhere) {
		t.Errorf("%s: %v", nowhere, err)
	}
}

// deaf is a source that does not answer.
type deaf struct{ asked int }

func (d *deaf) Open(ctx context.Context) (sources.Snapshot, error) {
	d.asked++
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestRecallDoesNotAskTheSource(t *testing.T) {
	w := newWorld(t)
	w.Stubbed(ingesttest.Doc("a", "", "# A"))
	w.Sync()
	id, url := w.Page("a").ID, w.Page("a").URL
	d := &deaf{}
	w.Src.Adapter = d
	service := w.Service()
	for _, ref := range []string{"a", id, url, url + "/#part"} {
		if x, err := service.Recall("docs", ref); err != nil || !x.InFin || x.ExternalID != "a" || x.Title != "A" ||
			x.Hash == "" {
			t.Errorf("%q: %+v, %v", ref, x, err)
		}
	}
	if x, err := service.Recall("docs", "nowhere"); err != nil || x.InFin || x.ExternalID != "nowhere" ||
		len(x.Reasons) != 0 || d.asked != 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

func TestExplainGivesUpOnASourceThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := operate.NewService(&ingest.Engine{State: (*state.DB)(nil)})
		service.Configure([]*ingest.Source{{Name: "docs", Adapter: &deaf{}}})
		began := time.Now()
		x, err := service.Explain(t.Context(), "docs", "a")
		if err != nil || !strings.Contains(strings.Join(x.Reasons, "; "), "it gave no answer within 1m0s") ||
			time.Since(began) != time.Minute {
			t.Errorf("%+v, %v after %v", x, err, time.Since(began))
		}
	})
}

func TestAPreviewThatCannotBeMadeHasTheText(t *testing.T) {
	w := newWorld(t)
	w.Put("broken.md", "---\ntitle: [\n---\nwhat it says")
	p, err := w.Service().Preview(t.Context(), "docs", "broken.md")
	if err == nil || !strings.Contains(string(p.Body), "what it says") || p.HTML != "" {
		t.Errorf("%+v, %v", p, err)
	}
}
