package web_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"finpages/state"
)

// table reads an answer as CSV: rows of cells by the names of their columns.
func (w *world) table(path string) (rows []map[string]string) {
	w.t.Helper()
	a := w.get(path)
	w.want(a, 200)
	if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=") {
		w.t.Errorf("%s is shown as %q", path, got)
	}
	all, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
	if err != nil || len(all) == 0 {
		w.t.Fatalf("%s: %v in %q", path, err, a.text)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, cell := range cells {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// objects reads an answer as a JSON array.
func (w *world) objects(path string) (list []map[string]any) {
	w.t.Helper()
	a := w.get(path)
	w.want(a, 200)
	if err := json.Unmarshal([]byte(a.text), &list); err != nil {
		w.t.Fatalf("%s: %v in %q", path, err, a.text)
	}
	return list
}

func TestListsAsFiles(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki", "old-docs", "new-docs"}, nil)
	w.scene()
	for path, want := range map[string]int{
		"/sources/wiki?":                   13, // 12 pages, and a broken document
		"/sources/wiki?show=held&":         8,
		"/sources/wiki?show=problems&":     1,
		"/sources/wiki?text=page+3&":       1,
		"/sources/new-docs?":               0,
		"/sources/wiki?list=syncs&":        2,
		"/sources/handbook/deleted?":       1,
		"/sources/handbook/syncs/1?":       3,
		"/sources/handbook/syncs/2?":       1,
		"/search?text=page&":               12,
		"/search?text=nothing-of-that&":    0,
		"/attention?":                      10, // one of them is both empty and held
		"/sources/handbook/syncs/2?all=1&": 1,
	} {
		rows, objects := w.table(path+"format=csv"), w.objects(path+"format=json")
		if len(rows) != want || len(objects) != want {
			t.Errorf("%s: %d rows and %d objects, want %d", path, len(rows), len(objects), want)
		}
	}
	row := w.table("/sources/wiki?show=problems&format=csv")[0]
	if row["source"] != "wiki" || row["id"] != "broken.md" || row["in_fin"] != "false" || row["problem"] == "" {
		t.Errorf("the broken document is %q", row)
	}
	change := w.table("/sources/handbook/syncs/2?format=csv")[0]
	if change["action"] != "delete" || change["id"] != "old.md" || change["title"] != "Old page" || change["reason"] == "" {
		t.Errorf("what sync 2 changed is %q", change)
	}
	w.want(w.get("/sources/wiki?format=xls"), http.StatusBadRequest, "must be csv or json")
	w.want(w.get("/sources/nothing?format=csv"), http.StatusNotFound)
}

// What others wrote is text to a spreadsheet.
func TestCSVHasNoFormulas(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	for i, title := range []string{`=HYPERLINK("http://evil")`, "+1", "-1", "@x", "fine = text"} {
		w.put("docs", fmt.Sprintf("%d.md", i), "---\ntitle: '"+title+"'\n---\ntext")
	}
	w.sync("docs")
	var titles []string
	for _, row := range w.table("/sources/docs?format=csv") {
		titles = append(titles, row["title"])
	}
	want := `'=HYPERLINK("http://evil") | '+1 | '-1 | '@x | fine = text`
	if got := strings.Join(titles, " | "); got != want {
		t.Errorf("titles %s\nwant   %s", got, want)
	}
}

func TestSearchLooksThroughAllSources(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki", "old-docs", "new-docs"}, nil)
	w.scene()
	w.want(w.get("/search"), 200, "Words of a page, its title, ID or address")
	a := w.get("/search?text=PAGE")
	w.want(a, 200, "Wiki page 11", `href="/sources/wiki"`)
	if strings.Contains(a.text, "Refunds") {
		t.Error("the search shows what does not match")
	}
	w.want(w.get("/search?text=shipping"), 200, "Shipping", "handbook")
	w.want(w.get("/search?text=within+days"), 200, "Refunds", "In its text")
	w.want(w.get("/search?text=what+about+the+two+days"), 200, "No page has all of these words.", "Shipping")
	w.want(w.get("/sources/handbook?text=two+days"), 200, "Shipping", "In its text", "1–1 of 1")
	w.want(w.get("/api/v1/search?text=within+days&source=wiki"), 200, `{"sources":[]}`)
	w.want(w.get("/api/v1/search?text=within+days&source=handbook"), 200, `"in_text":true`)
	w.fillState("new-docs", 3)
	w.want(w.get("/search?text=shipping"), 200, "The text of 3 pages cannot be searched yet")
	w.want(w.get("/search?text=%3Cb%3Exyzzy"), 200, "No page of any source matches “&lt;b&gt;xyzzy”.")
	w.want(w.get("/api/v1/search?text=shipping"), 200, `"source":"handbook"`, `"id":"shipping.md"`)
	w.want(w.get("/api/v1/search?text=x&limit=none"), http.StatusBadRequest, "limit must be")
}

func TestAttentionListsWhatIsWrongInPlainWords(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki", "old-docs", "new-docs"}, nil)
	w.want(w.get("/attention"), 200, "Nothing needs attention.")
	w.scene()
	a := w.get("/attention")
	w.want(a, 200, "old-docs", "the last sync failed", "Waiting for an approval", "page-00.md",
		"The settings at the top of the document cannot be read.", "Ask its author to correct")
	plain, _, _ := strings.Cut(a.text[strings.Index(a.text, "broken.md"):], "<details>")
	if strings.Contains(plain, "yaml") || strings.Contains(plain, "line ") {
		t.Errorf("the parser's words stand in %s", plain)
	}
}

func TestASyncTellsWhatItChanged(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A", "b.md", "# B", "c.md", "# Long text of C that moves")
	w.sync("docs")
	w.put("docs", "a.md", "# A\n\nmore", "d.md", "# Long text of C that moves", "e.md", "# E")
	w.remove("docs", "b.md", "c.md")
	w.sync("docs")
	a := w.get("/sources/docs/syncs/2")
	w.want(a, 200, "New <span", "e.md", "Changed <span", "a.md", "Moved <span", "Before: <bdi>c.md</bdi>", "Deleted <span", "b.md",
		"No longer in the source.")
	w.want(w.get("/sources/docs"), 200, `href="/sources/docs/syncs/2"`)
	w.sync("docs")
	w.want(w.get("/sources/docs/syncs/3"), 200, "This sync changed nothing in Fin")
	w.want(w.get("/sources/docs/syncs/4"), http.StatusNotFound, "The history does not have sync 4")
	w.want(w.get("/sources/docs/syncs/x"), http.StatusNotFound, "A sync is a number.")
	w.want(w.get("/api/v1/sources/docs/history/2"), 200, `"action":"move"`, `"from":"c.md"`)
	w.want(w.get("/api/v1/sources/docs/history/4"), http.StatusNotFound, "no run 4")
	w.want(w.get("/api/v1/sources/docs/history/x"), http.StatusBadRequest, "a run is a number")
}

// The history names some of a large sync's changes, and says how many it does not.
func TestALargeSyncNamesItsFirstChanges(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	for i := range 205 {
		w.put("docs", fmt.Sprintf("%03d.md", i), fmt.Sprintf("# Page %d", i))
	}
	w.sync("docs")
	w.want(w.get("/sources/docs/syncs/1"), 200, "And 5 more pages")
	if rows := w.table("/sources/docs/syncs/1?format=csv"); len(rows) != 200 {
		t.Errorf("%d changes are named", len(rows))
	}
}

func TestListsSayWhereTheyAre(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.fillState("docs", 1000) // 990 pages, 10 left out
	w.addRuns("docs", 1)
	w.want(w.get("/sources/docs"), 200, "1–50 of 1,000")
	w.want(w.get("/sources/docs?show=fin"), 200, "1–50 of 990")
	w.want(w.get("/sources/docs?show=out"), 200, "1–10 of 10")
	a := w.get("/sources/docs?text=thing+12")
	w.want(a, 200, "1–11 of 11")
	_, next, _ := strings.Cut(w.get("/sources/docs").text, `<a class="quiet button" href="`)
	next, _, _ = strings.Cut(next, `"`)
	w.want(w.get(strings.ReplaceAll(next, "&amp;", "&")), 200, "51–100 of 1,000")
	w.want(w.get("/sources/docs?from=x"), 200, "1–50 of 1,000")
	w.want(w.get("/sources/docs?from=-3"), 200, "1–50 of 1,000")
}

func TestRetractedAndRestoredPagesAreCountedAndListed(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A", "b.md", "# B", "c.md", "# C")
	w.sync("docs")
	w.remove("docs", "a.md")
	w.sync("docs")
	w.want(w.post("/sources/docs/undo", "id", "a.md"), http.StatusSeeOther)
	w.want(w.post("/sources/docs/retract", "id", "b.md"), http.StatusSeeOther)
	w.want(w.get("/sources/docs"), 200, `show=restored#pages">1</a>`, `show=retracted#pages">1</a>`)
	for show, id := range map[string]string{"restored": "a.md", "retracted": "b.md"} {
		if rows := w.table("/sources/docs?format=csv&show=" + show); len(rows) != 1 || rows[0]["id"] != id {
			t.Errorf("%s: %v", show, rows)
		}
	}
}

func TestEmptyAndLossyPagesNeedAttention(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.fillState("docs", 10)
	err := w.db.Update("docs", func(tx *state.Tx) error {
		id := "guide/page-000003.md"
		p, _, err := tx.Page(id)
		if err != nil {
			return err
		}
		p.Empty = true
		if err := tx.PutPage(id, p); err != nil {
			return err
		}
		return tx.PutEntry("guide/page-000004.md", state.Entry{Revision: "r", Pages: []string{"guide/page-000004.md"},
			Loss: &state.Loss{Lost: 2500}})
	})
	if err != nil {
		t.Fatal(err)
	}
	w.want(w.get("/attention"), 200, "Documents without text", "page-000003.md", "In Fin, without text",
		"Pages that lack words of their documents", "page-000004.md", "In Fin, not whole")
}
