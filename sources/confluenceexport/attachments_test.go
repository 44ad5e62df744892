package confluenceexport_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/confluenceexport"
	"finpages/sources/sourcestest"
)

// withFiles ends a page with the list of its attachments, as exports have it.
func withFiles(page string, list ...string) string {
	out := `<div class="pageSection group"><div class="pageSectionHeader"><h2 id="attachments" class="pageSectionTitle">` +
		`Attachments:</h2></div><div class="greybox" align="left">`
	for i := 0; i < len(list); i += 2 {
		out += `<img src="images/icons/bullet_blue.gif" alt=""/> <a href="attachments/` + list[i] + `">` + list[i+1] +
			`</a> (text/plain) <br/>`
	}
	return strings.Replace(page, "</body>", out+"</div></div></body>", 1)
}

func attachedFiles() files {
	return files{
		"Pump_10.html": withFiles(pageHTML("Ops", "Pump", `<p>`+
			`<a href="attachments/10/21.txt?api=v2">here</a>, <a href="attachments/10/24.HTML">there</a>.</p>`),
			"10/21.txt", "notes &amp; more.TXT", "10/22.pdf", "plan.pdf"),
		"Valve_11.html": pageHTML("Ops", "Valve", `<a href="attachments/11/26.csv" `+
			`data-linked-resource-default-alias="sizes.csv">these</a>`),
		"Old_12.html":               pageHTML("Ops", "Old", "x"),
		"attachments/10/21.txt":     "Water first.",
		"attachments/10/22.pdf":     "%PDF",
		"attachments/10/23.png":     "picture",
		"attachments/10/24.HTML":    "<p>A page?</p>",
		"attachments/11/25.md":      "# Secret",
		"attachments/11/26.csv":     "a,b",
		"attachments/12/27.txt":     "old",
		"attachments/99/28.txt":     "of no page",
		"attachments/x/29.txt":      "stray",
		"attachments/10/thumb_2.md": "stray",
	}
}

// withAttachments makes the adapter, whose formats are those of a config without pandoc.
func withAttachments(t *testing.T, path string, exclude ...string) sources.Source {
	t.Helper()
	o := confluenceexport.Options{Path: path, Attachments: true}
	o.Exclude = exclude
	if faults := o.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	src, err := o.Build(sources.Env{Formats: sources.Formats{".csv": "", ".pdf": "no converter for .pdf"}})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestAttachmentsAreDocuments(t *testing.T) {
	bothKinds(t, attachedFiles(), func(t *testing.T, path string) {
		src := withAttachments(t, path, "Old*.html", "attachments/**/*.md")
		all, listing := sourcestest.List(t, src)
		if got := ids(all); !slices.Equal(got, []string{"10", "11", "att21", "att24", "att26"}) {
			t.Fatalf("%q", got)
		}
		for id, want := range map[string][4]string{
			"att21": {"text", "Pump: notes & more.TXT", "Water first.", "10"},
			"att24": {"html", "Pump: 24.HTML", "<p>A page?</p>", "10"},
			"att26": {".csv", "Valve: sizes.csv", "a,b", "11"},
		} {
			doc, err := sourcestest.Load(t, src, id)
			if got := [4]string{string(doc.Format), doc.Title, string(doc.Body), doc.Parent}; err != nil || got != want {
				t.Errorf("%s: %v %q", id, err, got)
			}
			if all[id].Revision == "" || !strings.HasPrefix(all[id].Scope, "attachments/1") {
				t.Errorf("%s: %+v", id, all[id])
			}
		}
		if got := sourcestest.Excluded(t, src); len(got) != 3 || !strings.HasPrefix(got["att27"], "its page 12: ") ||
			!strings.Contains(got["att25"], "*.md") {
			t.Errorf("%q", got)
		}
		if listing.Unconverted[".pdf"] != 1 || listing.Excluded != 5 || len(listing.Incomplete) > 0 {
			t.Errorf("%+v", listing)
		}
		lines, err := src.(sources.Checker).Check(t.Context())
		if text := strings.Join(lines, "\n"); err != nil || !strings.Contains(text, "attachments that are taken: 3") ||
			!strings.Contains(text, "for want of a converter: 1 .pdf") {
			t.Errorf("%v\n%s", err, text)
		}
		explainer := src.(sources.Explainer)
		for id, want := range map[string]string{"att21": "", "attachments/10/21.txt": "", "att27": "its page 12",
			"att22": "no such attachment", "attachments/99/28.txt": "no such attachment"} {
			if why, err := explainer.Explain(t.Context(), id); err != nil || !strings.Contains(why, want) ||
				want == "" && why != "" {
				t.Errorf("%s: %q %v", id, why, err)
			}
		}
		if id, ok := src.(sources.Locator).Locate("attachments/10/21.txt"); !ok || id != "att21" {
			t.Errorf("%q", id)
		}
		snap, err := src.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]string{"attachments/10/21.txt": "10", "attachments/11/26.csv": "11",
			"attachments/10/22.pdf": "", "attachments/12/27.txt": "", "attachments/11/25.md": "", "attachments/99/28.txt": ""} {
			if id, ok := snap.(linker).Link(path); id != want || ok != (want != "") {
				t.Errorf("Link(%q) = %q, %v, want %q", path, id, ok, want)
			}
		}
		off, _ := entries(t, path)
		if got := ids(off); !slices.Equal(got, []string{"10", "11", "12"}) {
			t.Errorf("without the option: %q", got)
		}
	})
}

func TestAttachmentsOfSpaces(t *testing.T) {
	bothKinds(t, files{
		"A/Pump_10.html": pageHTML("A", "Pump", "x"), "A/attachments/10/21.txt": "of A",
		"B/Pump_30.html": pageHTML("B", "Pump", "x"), "B/attachments/30/21.txt": "the same id",
		"B/attachments/10/22.txt": "of a page elsewhere",
	}, func(t *testing.T, path string) {
		all, listing := sourcestest.List(t, withAttachments(t, path))
		if got := ids(all); !slices.Equal(got, []string{"10", "30", "B/attachments/30/21.txt", "att21"}) ||
			listing.Excluded != 1 {
			t.Errorf("%q %+v", got, listing)
		}
	})
}

func TestAttachmentsChangeWithTheirPage(t *testing.T) {
	f := attachedFiles()
	before, _ := sourcestest.List(t, withAttachments(t, f.zip(t)))
	f["Pump_10.html"] = pageHTML("Ops", "Pumps", "x")
	after, _ := sourcestest.List(t, withAttachments(t, f.zip(t)))
	if before["att21"].Revision == after["att21"].Revision || before["att26"].Revision != after["att26"].Revision {
		t.Errorf("%+v\n%+v", before, after)
	}
}

func TestAttachmentsThatCannotBeReadStay(t *testing.T) {
	f := attachedFiles()
	f["index.html"] = listing("OPS", "Ops", "Pump_10.html", "Valve_11.html", "Old_12.html")
	delete(f, "Valve_11.html")
	dir := f.folder(t)
	page := filepath.Join(dir, "attachments", "12")
	err := errors.Join(os.RemoveAll(page), os.Symlink(filepath.Join(dir, "attachments", "10"), page),
		os.Remove(filepath.Join(dir, "attachments", "10", "21.txt")),
		os.Symlink("24.HTML", filepath.Join(dir, "attachments", "10", "21.txt")))
	if err != nil {
		t.Fatal(err)
	}
	all, got := sourcestest.List(t, withAttachments(t, dir))
	if all["att21"].Err == nil || all["att26"].Err == nil || !slices.Equal(scopes(got), []string{"attachments/12"}) {
		t.Errorf("%+v %+v", all, got)
	}
}
