package inspect_test

import (
	"errors"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/sources"
	"finpages/state"
)

func TestStatusTellsWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("good", "", "# Good"), ingesttest.Doc("refused", "", "# Refused"),
		ingesttest.Doc("unreadable", "", ""))
	w.FailWrites("refused", 422, `{"type":"error.list","errors":[{"code":"parameter_invalid","message":"too odd"}]}`)
	w.Run(ingest.RunOptions{})
	service := w.Service()
	st, err := service.Status("docs")
	if err != nil || st.Quarantined != 1 || st.Failing != 1 || len(st.Problems) != 2 || st.Pages != 1 {
		t.Fatalf("%+v, %v", st, err)
	}
	if p := st.Problems[0]; p.Entry != "refused" || !p.Quarantined || !strings.Contains(p.Error, "too odd") ||
		p.Since.IsZero() {
		t.Errorf("%+v", p)
	}
	if p := st.Problems[1]; p.Entry != "unreadable" || p.Quarantined || !strings.Contains(p.Error, "no body") {
		t.Errorf("%+v", p)
	}

	// What was refused cannot even be read any more.
	s.Entries[1] = sources.Entry{ID: "refused", Err: errors.New("gone dark")}
	w.Run(ingest.RunOptions{})
	if st, err = service.Status("docs"); err != nil || st.Quarantined != 1 ||
		!strings.Contains(st.Problems[0].Error, "too odd") || !strings.HasSuffix(st.Problems[0].Error, "; then gone dark") {
		t.Errorf("%+v, %v", st.Problems, err)
	}
	if _, err := service.Retract(t.Context(), "docs", "good"); err != nil {
		t.Fatal(err)
	}
	st, err = service.Status("docs")
	if err != nil || len(st.Retracted) != 1 || len(st.Retractions) != 1 || st.Retractions[0].Page != "good" ||
		st.Retractions[0].Since.IsZero() {
		t.Errorf("%+v, %v", st, err)
	}
	w.Emu.Fail(nil)
	s.Entries = s.Entries[:1]
	w.Run(ingest.RunOptions{})
	if st, err = service.Status("docs"); err != nil || st.Quarantined+st.Failing+len(st.Problems) != 0 {
		t.Errorf("problems of what is gone: %+v, %v", st.Problems, err)
	}
}

func TestProblemsAreCountedAllAndSpeltOutInPart(t *testing.T) {
	w := newWorld(t)
	w.Stubbed()
	err := w.DB.Update("docs", func(tx *state.Tx) error {
		for i := range 2500 {
			if err := tx.PutEntry(string(rune('a'+i%26))+strings.Repeat("x", i/26), state.Entry{Refused: "why"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	st, err := w.Service().Status("docs")
	if err != nil || st.Quarantined != 2500 || len(st.Problems) != 1000 {
		t.Errorf("%d quarantined, %d spelt out, %v", st.Quarantined, len(st.Problems), err)
	}
}
