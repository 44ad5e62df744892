package confluenceexport_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

// titles loads all pages, and returns their titles or errors by ID.
func titles(t *testing.T, path string) (map[string]string, sources.Listing) {
	t.Helper()
	src := at(t, path)
	list, listing := sourcestest.List(t, src)
	got := map[string]string{}
	for id, e := range list {
		if e.Err != nil {
			continue
		}
		doc, err := sourcestest.Load(t, src, id)
		if got[id] = doc.Title; err != nil {
			got[id] = "error"
		}
	}
	return got, listing
}

func TestBrokenIndexRenamesNoPage(t *testing.T) {
	export := files{"A.html": old("Ops : A"), "B.html": old("Ops : How-to : B")}
	want := map[string]string{"A.html": "A", "B.html": "How-to : B"}
	for name, index := range map[string]string{
		"whole": listing("OPS", "Ops", "A.html", "B.html"), "none": "", "cut off": "<html><title>OPS (Op", "binary": "\x00\x01\x02",
	} {
		t.Run(name, func(t *testing.T) {
			if export["index.html"] = index; name == "none" {
				delete(export, "index.html")
			}
			bothKinds(t, export, func(t *testing.T, path string) {
				got, listing := titles(t, path)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if broken := name == "cut off" || name == "binary"; broken != (len(listing.Incomplete) == 1) {
					t.Errorf("incomplete = %v", listing.Incomplete)
				}
			})
		})
	}
}

func TestTitleOfASpaceThatCannotBeTold(t *testing.T) {
	page := old("Ops : A")
	for name, tt := range map[string]struct {
		export files
		want   map[string]string
	}{
		"index broken, one page":           {files{"index.html": "", "A_1.html": page}, map[string]string{"1": "error"}},
		"index broken, pages tell":         {files{"index.html": "", "A_1.html": pageHTML("S : T", "A : B", "x")}, map[string]string{"1": "A : B"}},
		"index broken, no mark":            {files{"index.html": "", "A_1.html": old("A")}, map[string]string{"1": "A"}},
		"no index, titles differ":          {files{"A_1.html": page, "B_2.html": old("Tools : B")}, map[string]string{"1": "Ops : A", "2": "Tools : B"}},
		"no index, one without":            {files{"A_1.html": page, "B_2.html": page, "C_3.html": old("C")}, map[string]string{"1": "Ops : A", "2": "Ops : A", "3": "C"}},
		"no index, something that is none": {files{"A_1.html": page, "B_2.html": page, "a.html": "<p>x"}, map[string]string{"1": "A", "2": "A", "a.html": "error"}},
		"no index, two spaces":             {files{"O/A_1.html": page, "O/B_2.html": page, "P/A_3.html": old("P : x"), "P/B_4.html": old("P : y")}, map[string]string{"1": "A", "2": "A", "3": "x", "4": "y"}},
	} {
		t.Run(name, func(t *testing.T) {
			bothKinds(t, tt.export, func(t *testing.T, path string) {
				got, _ := titles(t, path)
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestHomePageNamedIndex(t *testing.T) {
	export := files{"OPS/index.html": pageHTML("Ops", "Welcome", "words"), "OPS/A_1.html": pageHTML("Ops", "A", "x"),
		"index.html": pageHTML("Top", "Start", "words"), "HR/index.html": `<ul><li><a href="../OPS/index.html">Ops</a></li></ul>`}
	want := map[string]string{"1": "A", "OPS/index.html": "Welcome", "index.html": "Start"}
	bothKinds(t, export, func(t *testing.T, path string) {
		got, listing := titles(t, path)
		if diff := cmp.Diff(want, got); diff != "" || len(listing.Incomplete) > 0 {
			t.Errorf("%v %s", listing.Incomplete, diff)
		}
	})
}

func TestIndexInCapitals(t *testing.T) {
	for _, name := range []string{"INDEX.HTML", "Index.htm", "index.htm"} {
		bothKinds(t, files{"OPS/" + name: listing("OPS", "Ops", "A.html"), "OPS/A.html": old("Ops : A")},
			func(t *testing.T, path string) {
				got, listing := titles(t, path)
				if diff := cmp.Diff(map[string]string{"OPS/A.html": "A"}, got); diff != "" || len(listing.Incomplete) > 0 {
					t.Errorf("%s: %v %s", name, listing.Incomplete, diff)
				}
			})
	}
}

func TestSpacesNamedLikeFoldersWithoutPages(t *testing.T) {
	page := pageHTML("S", "T", "x")
	for name, tt := range map[string]struct {
		export files
		want   []string
	}{
		"with an index": {files{"download/index.html": listing("DL", "Downloads", "A_1.html"), "download/A_1.html": page, "download/attachments/1/x_2.html": page,
			"OPS/B_3.html": page, "Site/images/index.htm": listing("I", "Img"), "Site/images/C_4.html": page}, []string{"1 in download", "3 in OPS", "4 in Site/images"}},
		"at the top of several": {files{"styles/A_1.html": page, "OPS/B_3.html": page, "OPS/styles/x_4.html": page, "images/1/x_5.html": page, "__MACOSX/x_6.html": page}, []string{"1 in styles", "3 in OPS"}},
		"beside an index":       {files{"index.html": listing("OPS", "Ops", "B_3.html"), "B_3.html": page, "styles/A_1.html": page}, []string{"3"}},
	} {
		t.Run(name, func(t *testing.T) {
			bothKinds(t, tt.export, func(t *testing.T, path string) {
				got, _ := entries(t, path)
				if diff := cmp.Diff(tt.want, described(got)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// overlapping is an archive in which n folders have one index, packed once,
// and a page each.
func overlapping(t *testing.T, index string, n int) string {
	t.Helper()
	a := newZip(t)
	w, err := a.w.Create("00000/index.html")
	if err == nil {
		_, err = io.WriteString(w, index)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < n; i++ {
		a.addRaw(&zip.FileHeader{Name: fmt.Sprintf("%05d/index.html", i)}, "")
	}
	for i := range n {
		a.add(fmt.Sprintf("%05d/A_%d.html", i, i+1))
	}
	data := a.bytes()
	at := bytes.Index(data, []byte("PK\x01\x02"))
	first, size := data[at:], 0
	for i := range n {
		record := first[size:]
		if i > 0 {
			copy(record[8:28], first[8:28])
			binary.LittleEndian.PutUint32(record[42:], 0)
		}
		size += 46 + int(binary.LittleEndian.Uint16(record[28:])) + int(binary.LittleEndian.Uint16(record[30:])) +
			int(binary.LittleEndian.Uint16(record[32:]))
	}
	path := filepath.Join(t.TempDir(), "bomb.zip")
	write(t, path, string(data))
	return path
}

func TestManyLargeIndexes(t *testing.T) {
	path := overlapping(t, "<title>OPS (x)</title>"+strings.Repeat(" ", 15<<20), 5)
	got, listing := entries(t, path)
	if len(got) != 5 || len(listing.Incomplete) != 1 || listing.Incomplete[0].Scope != "" {
		t.Errorf("%d pages, %v, want the limit told once", len(got), listing.Incomplete)
	}
}

func TestDeepIndexTakesLittle(t *testing.T) {
	deep := "<title>OPS (x)</title>" + strings.Repeat("<ul>", 200_000) + strings.Repeat("</ul>", 200_000-1) +
		`<li><a href="A_1.html">A</a>`
	path := files{"index.html": deep, "A_1.html": pageHTML("S", "T", "x")}.folder(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if got, _ := entries(t, path); len(got) != 1 {
		t.Errorf("%d pages", len(got))
	}
	runtime.ReadMemStats(&after)
	if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 16 {
		t.Errorf("%d MiB taken", taken)
	} else {
		t.Logf("%d MiB taken", taken)
	}
}
