package convert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert"
)

// includes are the files of a source, and which of them were asked for.
type includes struct {
	files map[string]string
	asked []string
}

func (i *includes) get(path string) ([]byte, bool) {
	i.asked = append(i.asked, path)
	text, ok := i.files[path]
	return []byte(text), ok
}

// labelled is [sources.Others.Labelled], without a choice among files.
func (i *includes) labelled(from, label string) (title, at string) {
	c, _ := convert.New(convert.Options{Convert: map[string][]string{".rst": {"docutils"}}})
	for path, text := range i.files {
		if titles, _ := c.Labels(sources.Document{Path: path, Body: []byte(text)}); path != from {
			if title, ok := titles[label]; ok {
				return title, path
			}
		}
	}
	return "", ""
}

// converts returns what becomes of the file with a path.
func (i *includes) convert(t *testing.T, preset, at string) (body string, notes []string) {
	t.Helper()
	extension := at[strings.LastIndexByte(at, '.'):]
	doc := sources.Document{Format: sources.Format(extension), Body: []byte(i.files[at]), Path: at}
	out, notes, err := newConverter(t, map[string][]string{extension: {preset}}).Convert(t.Context(), doc, sources.Others{Include: i.get, Labelled: i.labelled})
	if err != nil {
		t.Fatal(err)
	}
	return string(out.Body), notes
}

func TestAsciidoctorIncludes(t *testing.T) {
	need(t, "asciidoctor")
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
		not   []string
		asked []string
	}{
		"beside it": {map[string]string{"a/doc.adoc": "= A\n\ninclude::part.adoc[leveloffset=+1]\n\nEnd.", "a/part.adoc": "= Part\n\nRinse."},
			[]string{">Part</h2>", "Rinse.", "End."}, nil, []string{"a/part.adoc"}},
		"above it, in each other": {map[string]string{"a/b/doc.adoc": "= A\n\ninclude::../one.adoc[]", "a/one.adoc": "One.\n\ninclude::c/two.adoc[]", "a/c/two.adoc": "Two.\n\ninclude::three.adoc[]", "a/c/three.adoc": "Three."},
			[]string{"One.", "Two.", "Three."}, nil, []string{"a/one.adoc", "a/c/two.adoc", "a/c/three.adoc"}},
		"code": {map[string]string{"doc.adoc": "= A\n\n----\ninclude::src/a.go[tag=main]\n----\n\n----\ninclude::src/a.go[lines=1..1]\n----", "src/a.go": "package a\n// tag::main[]\nfunc main() {}\n// end::main[]\nhidden()\n"},
			[]string{"func main() {}", "package a"}, []string{"hidden()", "tag::"}, []string{"src/a.go"}},
		"by an attribute": {map[string]string{"doc.adoc": "= A\n:dir: shared\n:parts: {dir}/parts\n\ninclude::{parts}/x.adoc[]\n\ninclude::{docdir}/y.adoc[]", "shared/parts/x.adoc": "X rinses.", "y.adoc": "Y rinses."},
			[]string{"X rinses.", "Y rinses."}, nil, nil},
		"by an attribute that is included": {map[string]string{"doc.adoc": "= A\ninclude::_attributes.adoc[]\n\ninclude::{parts}/x.adoc[]", "_attributes.adoc": ":parts: shared", "shared/x.adoc": "X rinses."},
			[]string{"X rinses."}, nil, nil},
		"Antora": {map[string]string{"modules/ROOT/pages/sub/doc.adoc": "= A\n\ninclude::partial$x.adoc[]\n\ninclude::other:partial$y.adoc[]\n\n----\ninclude::example$a/b.rb[]\n----\n\ninclude::{partialsdir}/z.adoc[]",
			"modules/ROOT/partials/x.adoc": "X rinses.\n\ninclude::partial$w.adoc[]", "modules/ROOT/partials/w.adoc": "W rinses.", "modules/other/partials/y.adoc": "Y rinses.", "modules/ROOT/examples/a/b.rb": "puts 1", "modules/ROOT/partials/z.adoc": "Z rinses."},
			[]string{"X rinses.", "W rinses.", "Y rinses.", "puts 1", "Z rinses."}, nil, nil},
		"Antora's attributes": {map[string]string{"docs/antora.yml": "name: pumps\nversion: '2.10'\nasciidoc:\n  attributes:\n    site: 'https://p.example'\n    manual: '{site}/manual@'\n    dir: examples\n    off: false\n    own: theirs@\n    bad name: x\n",
			"docs/modules/ROOT/pages/doc.adoc": "= A\n:own: ours\n\nSee {manual}, {page-component-name} {page-component-version}, {own}.\n\nifdef::off[Hidden.]\n\ninclude::{dir}/x.adoc[]", "docs/modules/ROOT/pages/examples/x.adoc": "X {site}"},
			[]string{"https://p.example/manual", "pumps 2.10, ours", ">https://p.example<"}, []string{"Hidden", "{"}, nil},
		"Antora's titles": {map[string]string{"modules/ROOT/pages/a/doc.adoc": "= A\n\nSee xref:b.adoc[], xref:other:c/d[], xref:./e.adoc[], xref:b.adoc[mine], xref:none.adoc[], xref:other:c/d.adoc#auto-made[], xref:b.adoc#own[], xref:a/doc.adoc#here[], xref:x:y:z.adoc[far], xref:attachment$p.pdf[file].\n\n[#here]\n== Here\n\nkbd:[Tab] {site-name}, xref:here[]\n\n----\nxref:b.adoc[]\n----\n\n\\xref:b.adoc[]",
			"modules/ROOT/pages/b.adoc": "// note\n:x: y\n= The [b], all: {x}, z=1\n\n[[own]]\n.T\n== The {x} own\n", "modules/other/pages/c/d.adoc": "= D drains\n\n=== Auto, made\n", "antora.yml": "name: z\n", "antora-playbook.yml": "site: {title: x}\nasciidoc:\n  attributes:\n    site-name: Pumps\n    gone: ~\n", "modules/ROOT/pages/a/e.adoc": "Nothing.\n\n= E"},
			[]string{">The [b], all: y, z=1<", ">D drains<", ">./e.adoc<", `"../b.adoc">mine<`, ">none.adoc<", `"../../../other/pages/c/d.adoc#auto-made">Auto, made<`, `"../b.adoc#own">The y own<`, `"#here">Here<`, "Pumps, <a href=\"#here\"", ">far<", `"../../attachments/p.pdf">file<`, "Pumps", "<kbd>Tab</kbd>", "<pre>xref:b.adoc[]</pre>", "<p>xref:b.adoc[]"}, nil, nil},
		"other encodings": {map[string]string{"doc.adoc": "= A\n\nDie Pumpe l\xe4uft \xfcber Nacht.\n\ninclude::part.adoc[]\n\n----\ninclude::x.java[]\n----", "part.adoc": "Sp\xfclen f\xfcr alle.", "x.java": "// Pr\xfcfen f\xfcr \xc4rzte"},
			[]string{"läuft über Nacht", "Spülen für alle", "Prüfen für Ärzte"}, nil, nil},
		"what is not there": {map[string]string{"doc.adoc": "= A\n\nBefore.\n\ninclude::none.adoc[]\n\ninclude::{nothing}/x.adoc[]\n\nAfter."},
			[]string{"Before.", "After."}, []string{"Unresolved", "none.adoc", "nothing"}, []string{"none.adoc", "{nothing}/x.adoc"}},
		"outside": {map[string]string{"doc.adoc": "= A\n\ninclude::/etc/passwd[]\n\ninclude::../../../../etc/passwd[]\n\ninclude::a/../../../etc/hostname[]\n\nAfter.", "etc/passwd": "The source's own."},
			[]string{"After."}, []string{"root:"}, []string{"etc/passwd"}},
		"itself":      {map[string]string{"doc.adoc": "= A\n\nOnce.\n\ninclude::part.adoc[]", "part.adoc": "Part.\n\ninclude::part.adoc[]"}, []string{"Once.", "Part."}, nil, nil},
		"an escape":   {map[string]string{"doc.adoc": "= A\n\n----\n\\include::part.adoc[]\n----", "part.adoc": "Part."}, []string{"include::part.adoc[]"}, nil, []string{}},
		"no contents": {map[string]string{"doc.adoc": "= A\n:toc:\n:icons: font\n\n== Bees\n\nNOTE: Text."}, []string{"Bees", "Note", "Text."}, []string{"Table of Contents"}, nil},
		"a book":      {map[string]string{"doc.adoc": "= A\n:doctype: book\n\n= Part one\n\n== Bees\n\nText.\n\n= Part two\n\n== Cats\n\nMore."}, []string{"Part one", "Bees", "Part two", "Cats"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := &includes{files: c.files}
			at := "doc.adoc"
			for path := range c.files {
				if strings.HasSuffix(path, "/doc.adoc") {
					at = path
				}
			}
			body, notes := in.convert(t, "asciidoctor", at)
			for _, want := range c.want {
				if !strings.Contains(body, want) {
					t.Errorf("%q is missing: %s, notes %q", want, body, notes)
				}
			}
			for _, not := range c.not {
				if strings.Contains(body, not) {
					t.Errorf("%q is there: %s", not, body)
				}
			}
			if c.asked != nil && !slices.Equal(in.asked, c.asked) {
				t.Errorf("asked for %q, want %q", in.asked, c.asked)
			}
			if strings.Contains(body+fmt.Sprint(notes), "/tmp/") {
				t.Errorf("a path of this machine is there: %s, %q", body, notes)
			}
		})
	}
}

// Includes are bounded in number, depth and size.
func TestAsciidoctorIncludesAreBounded(t *testing.T) {
	need(t, "asciidoctor")
	in := &includes{files: map[string]string{"doc.adoc": "= A\n\nFirst.\n\ninclude::0.adoc[]\n\n"}}
	for i := range 100 {
		in.files[fmt.Sprintf("%d.adoc", i)] = fmt.Sprintf("Part %d.\n\ninclude::%d.adoc[]\n", i, i+1)
	}
	for i := range 2000 {
		name := fmt.Sprintf("many/%d.adoc", i)
		in.files[name] = "x"
		in.files["doc.adoc"] += "include::" + name + "[]\n\n"
	}
	body, notes := in.convert(t, "asciidoctor", "doc.adoc")
	if len(in.asked) > 600 || !strings.Contains(body, "First.") || strings.Contains(body, "Part 90.") || len(notes) == 0 {
		t.Errorf("%d files, notes %q", len(in.asked), notes)
	}
	large := strings.Repeat("Many words. ", 1<<20)
	in = &includes{files: map[string]string{"doc.adoc": "= A\n\ninclude::a.txt[]\n\ninclude::b.txt[]\n\nLast.", "a.txt": large, "b.txt": large}}
	body, notes = in.convert(t, "asciidoctor", "doc.adoc")
	if n := strings.Count(body, "Many words."); n != 1<<20 || !strings.Contains(fmt.Sprint(notes), "too large") {
		t.Errorf("%d, notes %q", n, notes)
	}
}

// What a document includes decides what it is converted to.
func TestIncludesAreNotForgotten(t *testing.T) {
	need(t, "asciidoctor")
	c := newConverter(t, map[string][]string{".adoc": {"asciidoctor"}})
	in := &includes{files: map[string]string{"doc.adoc": "= A\n\ninclude::part.adoc[]"}}
	for _, text := range []string{"Rinse.", "Warm.", "Rinse."} {
		in.files["part.adoc"] = text
		out, _, err := c.Convert(t.Context(), sources.Document{Format: ".adoc", Body: []byte(in.files["doc.adoc"]), Path: "doc.adoc"}, sources.Others{Include: in.get})
		if err != nil || !strings.Contains(string(out.Body), text) {
			t.Errorf("%s, %v", out.Body, err)
		}
	}
}
