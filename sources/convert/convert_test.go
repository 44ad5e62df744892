package convert_test

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/convert"
	"finpages/sources/convert/sandbox"
)

// The test's own binary is what programs are started through.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == sandbox.Command {
		fmt.Fprintln(os.Stderr, sandbox.Enter(os.Args[2]))
		os.Exit(1)
	}
	if len(os.Args) > 2 && os.Args[1] == convert.ReadCommand {
		if err := convert.Read(os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func newConverter(t *testing.T, commands map[string][]string) *convert.Converter {
	t.Helper()
	c, err := convert.New(convert.Options{Convert: commands, CacheDir: filepath.Join(t.TempDir(), "cache")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed: run .ci/tools", program)
	}
	return path
}

const source = `# The handbook of pumps

Check the *pressure* first, then the **valve** (see section 3). It's 20 % above "normal".

## Starting

1. Open the inlet.
2. Press start.

- A hose
- A clamp

| Model | Litres |
|-------|--------|
| P1    | 20     |
| P2    | 45     |

` + "```\npumpctl start --model P1\npumpctl status\n```" + `

### Notes for Øresund

Wear gloves. [The vendor](https://pumps.example.com/a) knows more.
`

// lostBy are the marks that pandoc does not write into a format, or not read.
var lostBy = map[string][]string{".opml": {"<table"}, ".rtf": {"<li"}, ".odt": {"<pre"}}

// sourceIn is the source as far as a format can hold it.
func sourceIn(extension string) string {
	if extension == ".opml" { // an outline has no tables
		return pipeTable.ReplaceAllString(source, "")
	}
	return source
}

var (
	pipeTable  = regexp.MustCompile(`(?m)^\|.*\n`)
	rtfUnicode = regexp.MustCompile(`(\\u\d+)\??`)
)

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	token = regexp.MustCompile(`[\pL\pN]+`)
)

// words are those of a text, without markup.
func words(text string) []string {
	text = regexp.MustCompile(`(?m)\]\([^)]*\)|^\d+\. `).ReplaceAllString(text, " ")
	return token.FindAllString(html.UnescapeString(tags.ReplaceAllString(text, " ")), -1)
}

// recall is the share of the words that the text has, in their order.
func recall(want, got []string) float64 {
	at, found := 0, 0
	for _, w := range want {
		if i := slices.Index(got[at:], w); i >= 0 {
			at += i + 1
			found++
		}
	}
	return float64(found) / float64(len(want))
}

// made is the source in a format, made by pandoc.
func made(t *testing.T, format string) []byte {
	t.Helper()
	cmd := exec.Command(need(t, "pandoc"), "-f", "markdown", "-t", format, "-s", "-M", "title=Pumps")
	cmd.Stdin = strings.NewReader(source)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pandoc -t %s: %v", format, err)
	}
	if format == "rtf" { // which lacks the stand-ins for characters beyond ASCII that readers skip
		out = rtfUnicode.ReplaceAll(out, []byte("$1?"))
	}
	return out
}

func TestProgramsKeepWordsAndStructure(t *testing.T) {
	for extension, c := range map[string]struct{ command, format string }{
		".docx": {"pandoc", "docx"}, ".odt": {"pandoc", "odt"}, ".rtf": {"pandoc", "rtf"}, ".mediawiki": {"pandoc", "mediawiki"},
		".textile": {"pandoc", "textile"}, ".tex": {"pandoc", "latex"}, ".dbk": {"pandoc", "docbook5"}, ".opml": {"pandoc", "opml"},
		".rst": {"docutils", "rst"}, ".adoc": {"asciidoctor", "asciidoc"},
	} {
		t.Run(extension, func(t *testing.T) {
			need(t, map[string]string{"pandoc": "pandoc", "docutils": "rst2html5", "asciidoctor": "asciidoctor"}[c.command])
			conv := newConverter(t, map[string][]string{extension: {c.command}})
			doc := sources.Document{Format: sources.Format(extension), Body: made(t, c.format), Path: "a" + extension}
			out, notes, err := conv.Convert(t.Context(), doc, sources.Others{})
			if err != nil {
				t.Fatal(err)
			}
			if out.Format != sources.Content || out.Path != doc.Path {
				t.Errorf("%s at %q", out.Format, out.Path)
			}
			if r := recall(words(sourceIn(extension)), words(string(out.Body))); r < 0.995 {
				t.Errorf("recall %.3f: %s", r, out.Body)
			}
			for _, tag := range []string{"<table", "<li", "<pre", "<h2", `href="https://pumps.example.com/a"`} {
				if lost := lostBy[extension]; !strings.Contains(string(out.Body), tag) && !slices.Contains(lost, tag) {
					t.Errorf("%s is missing: %s", tag, out.Body)
				}
			}
			if len(notes) > 0 {
				t.Errorf("notes: %q", notes)
			}
			again, _, err := newConverter(t, map[string][]string{extension: {c.command}}).Convert(t.Context(), doc, sources.Others{})
			if err != nil || !bytes.Equal(again.Body, out.Body) {
				t.Errorf("the same document is converted in another way, %v", err)
			}
			if by := conv.Describe(t.Context(), doc.Path); !regexp.MustCompile(`^converted by [\w-]+ \d+\.[\d.]+$`).MatchString(by) {
				t.Errorf("%q", by)
			}
		})
	}
}

// Each document asks for a file of this machine to be included.
func TestProgramsReadNoFiles(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(secret, []byte("geheimnis"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ extension, command, program, body string }{
		"docutils include": {".rst", "docutils", "rst2html5", "A\n\n.. include:: " + secret + "\n\n.. raw:: html\n   :file: " + secret + "\n\nText.\n"},
		"pandoc include":   {".rst", "pandoc", "pandoc", "A\n\n.. include:: " + secret + "\n\nText.\n"},
		"pandoc input":     {".tex", "pandoc", "pandoc", `\begin{document}A \input{` + secret + `} \include{` + secret + `} Text.\end{document}`},
		"asciidoctor":      {".adoc", "asciidoctor", "asciidoctor", "= A\n\ninclude::" + secret + "[]\n\nimage::" + secret + "[opts=inline]\n\nText.\n"},
		"a program":        {".x", "", "cat", ""},
	} {
		t.Run(name, func(t *testing.T) {
			command := []string{c.command}
			if c.command == "" {
				command = []string{need(t, c.program), secret}
			}
			need(t, c.program)
			if missing := sandbox.Missing(); len(missing) > 0 {
				t.Skip(missing)
			}
			out, _, err := newConverter(t, map[string][]string{c.extension: command}).Convert(t.Context(), sources.Document{Format: sources.Format(c.extension), Body: []byte(c.body)}, sources.Others{})
			if strings.Contains(string(out.Body), "geheimnis") {
				t.Errorf("%s", out.Body)
			}
			if c.command != "" && (err != nil || !strings.Contains(string(out.Body), "Text.")) {
				t.Errorf("%s, %v", out.Body, err)
			}
		})
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	c := newConverter(t, map[string][]string{".foo": {"no-such-program", "-x"}})
	_, _, err := c.Convert(t.Context(), sources.Document{Format: ".foo", Body: []byte("x")}, sources.Others{})
	if !errors.Is(err, sources.ErrNotConverted) || !strings.Contains(err.Error(), "no-such-program, which is not installed") {
		t.Error(err)
	}
	if _, err := c.Check(t.Context()); err == nil || !strings.Contains(err.Error(), ".foo") {
		t.Error(err)
	}
	if f := c.Formats(); f[".foo"] != "" || f[".csv"] != "" || !strings.Contains(f[".docx"], `convert: {".docx": pandoc}`) {
		t.Error(f)
	}
	_, _, err = newConverter(t, map[string][]string{".foo": {need(t, "false"), "-"}}).Convert(t.Context(), sources.Document{Format: ".foo", Body: []byte("x")}, sources.Others{})
	if err == nil || errors.Is(err, sources.ErrNotConverted) {
		t.Error(err)
	}
}

func TestADocumentIsConvertedOnce(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	script := filepath.Join(t.TempDir(), "conv")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n[ \"$1\" = --version ] && echo conv 1.0 && exit\necho x >> "+count+"\necho '<p>done</p>'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	o := convert.Options{Convert: map[string][]string{".foo": {script, "a"}}, Sandbox: sandbox.Off, CacheDir: t.TempDir()}
	convertIt := func(body string) {
		c, err := convert.New(o)
		if err != nil {
			t.Fatal(err)
		}
		out, _, err := c.Convert(t.Context(), sources.Document{Format: ".foo", Body: []byte(body)}, sources.Others{})
		if err != nil || string(out.Body) != "<p>done</p>\n" || out.Format != sources.HTML {
			t.Fatalf("%s, %v", out.Body, err)
		}
	}
	want := func(n int) {
		t.Helper()
		if got, _ := os.ReadFile(count); len(got) != 2*n {
			t.Errorf("the program ran %d times, want %d", len(got)/2, n)
		}
	}
	convertIt("one")
	convertIt("one")
	want(1)
	convertIt("two")
	want(2)
	if err := os.Chtimes(script, time.Time{}, time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	convertIt("two") // the same program, put there again
	want(2)
	text, err := os.ReadFile(script)
	if err != nil || os.WriteFile(script, append(text, '#'), 0o755) != nil {
		t.Fatal(err)
	}
	convertIt("two") // another one that calls itself the same
	want(3)
	before, _ := convert.New(o)
	o.Convert[".foo"] = []string{script, "b"}
	after, _ := convert.New(o)
	if before.Fingerprint(t.Context()) == after.Fingerprint(t.Context()) {
		t.Error("other arguments have the same fingerprint")
	}
	convertIt("one")
	want(4)
	if err := os.RemoveAll(o.CacheDir); err != nil {
		t.Fatal(err)
	}
	convertIt("one")
	want(5)
}

func TestFaults(t *testing.T) {
	faults := convert.Options{Convert: map[string][]string{"docx": {"pandoc"}, ".md": {"pandoc"}, ".pdf": {"pandoc"}, ".x": {"pandok"}, ".y": {}, ".csv": {"off"}, ".json": {"openapi"}, ".z": {"z", "-"}}}.Faults()
	for extension, want := range map[string]string{"docx": "no extension", ".md": "without a converter", ".pdf": "pandoc does not read .pdf", ".x": `no converter "pandok"`, ".y": "name a preset"} {
		if !strings.Contains(faults[extension], want) {
			t.Errorf("%s: %q", extension, faults[extension])
		}
	}
	if len(faults) != 5 {
		t.Error(faults)
	}
}

// Links and references as Word and LibreOffice write them into RTF.
func TestFieldsInRTF(t *testing.T) {
	need(t, "pandoc")
	for name, c := range map[string]struct{ field, want string }{
		"Word's link":        {`{\field{\*\fldinst { HYPERLINK "https://pumps.example.com/a" }}{\fldrslt {\cs15\ul The vendor}}}`, "The vendor"},
		"LibreOffice's link": {`{\field{\*\fldinst HYPERLINK "https://pumps.example.com/a" }{\fldrslt {\loch\cf18 The vendor}}}`, `href="https://pumps.example.com/a"`},
		"a reference":        {`{\field{\*\fldinst { REF sec \\h }}{\fldrslt {section 3}}}`, "section 3"},
		"a number":           {`{\field\flddirty{\*\fldinst PAGE}{\fldrslt 77}}`, "77"},
	} {
		body := []byte(`{\rtf1\ansi\deff0 See ` + c.field + ` for more.\par}`)
		out, _, err := newConverter(t, map[string][]string{".rtf": {"pandoc"}}).Convert(t.Context(), sources.Document{Format: ".rtf", Body: body}, sources.Others{})
		if text := string(out.Body); err != nil || !strings.Contains(text, c.want) || !strings.Contains(text, "for more.") {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}
