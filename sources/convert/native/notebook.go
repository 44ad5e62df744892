package native

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
	"finpages/sources/limits"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A notebook of Jupyter. See https://nbformat.readthedocs.io/en/latest/format_description.html.
type jupyter struct {
	Cells      []cell `json:"cells"`
	Worksheets []struct {
		Cells []cell `json:"cells"`
	} `json:"worksheets"` // until version 3
	Metadata struct {
		Title        string `json:"title"`
		LanguageInfo struct {
			Name string `json:"name"`
		} `json:"language_info"`
		Kernelspec struct {
			Language string `json:"language"`
		} `json:"kernelspec"`
	} `json:"metadata"`
	Format int `json:"nbformat"`
}

type cell struct {
	Type     string `json:"cell_type"`
	Metadata struct {
		Tags      []string        `json:"tags"`
		HideInput bool            `json:"hide_input"`
		Nbsphinx  json.RawMessage `json:"nbsphinx"`
	} `json:"metadata"`
	Source  lines    `json:"source"`
	Input   lines    `json:"input"` // version 3
	Level   int      `json:"level"`
	Outputs []output `json:"outputs"`
}

type output struct {
	Type      string                     `json:"output_type"`
	Text      lines                      `json:"text"`
	Data      map[string]json.RawMessage `json:"data"`
	Name      string                     `json:"ename"`
	Value     string                     `json:"evalue"`
	Traceback []string                   `json:"traceback"`
}

// lines are one string, or several to be joined.
type lines string

func (l *lines) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*l = lines(one)
		return nil
	}
	var many []string
	if err := json.Unmarshal(data, &many); err != nil {
		return err
	}
	*l = lines(strings.Join(many, ""))
	return nil
}

// notebookBounds are more than notebooks hold whose outputs are read by people:
// each item may be a cell, and takes some hundred bytes.
var notebookBounds = limits.Limits{Bytes: sources.MaxDocument, Items: 500_000, Depth: 200}

// notebook turns a notebook into Markdown: its texts, its code, and what the
// code printed. Pictures are left out.
func notebook(doc sources.Document) (sources.Document, []string, error) {
	if err := notebookBounds.JSON(string(doc.Body)); err != nil {
		return doc, nil, fmt.Errorf("read notebook: %w: clear its outputs, or exclude it", err)
	}
	var nb jupyter
	if err := json.Unmarshal(doc.Body, &nb); err != nil {
		return doc, nil, fmt.Errorf("read notebook: %w", err)
	}
	cells := nb.Cells
	for _, sheet := range nb.Worksheets {
		cells = append(cells, sheet.Cells...)
	}
	if nb.Format == 0 || len(cells) == 0 {
		return doc, nil, errors.New("read notebook: it has no cells")
	}
	language := nb.Metadata.LanguageInfo.Name
	if language == "" {
		language = nb.Metadata.Kernelspec.Language
	}
	var out strings.Builder
	pictures := 0
	for _, c := range cells {
		c.write(&out, language, &pictures)
	}
	var notes []string
	switch {
	case pictures == 1:
		notes = append(notes, "1 picture that code made is left out")
	case pictures > 1:
		notes = append(notes, fmt.Sprintf("%d pictures that code made are left out", pictures))
	}
	if doc.Title == "" {
		doc.Title = nb.Metadata.Title
	}
	return markdown(doc, out.String()), notes, nil
}

func (c cell) write(out *strings.Builder, language string, pictures *int) {
	text := strings.TrimRight(string(c.Source+c.Input), "\n")
	if c.isLeftOut("cell", "include") {
		return
	}
	switch {
	case strings.TrimSpace(text) == "" && len(c.Outputs) == 0, c.Type == "raw":
	case c.Type == "markdown":
		out.WriteString(text + "\n\n")
	case c.Type == "heading":
		out.WriteString(strings.Repeat("#", min(max(c.Level, 1), 6)) + " " + text + "\n\n")
	case c.Type == "code":
		if !c.Metadata.HideInput && !c.isLeftOut("input", "echo") {
			fence(out, language, text)
		}
		if c.isLeftOut("output", "output") {
			return
		}
		for _, o := range c.Outputs {
			o.write(out, pictures)
		}
	}
}

// isLeftOut tells by a cell's tags, and by what Quarto reads in its first lines,
// whether its author has publishers leave out the cell or a part of it.
func (c cell) isLeftOut(part, option string) bool {
	if slices.Contains(c.Metadata.Tags, "remove-"+part) || slices.Contains(c.Metadata.Tags, "remove_"+part) ||
		part == "cell" && strings.Contains(string(c.Metadata.Nbsphinx), "hidden") {
		return true
	}
	for line := range strings.Lines(string(c.Source + c.Input)) {
		rest, ok := strings.CutPrefix(line, "#|")
		if !ok {
			return false
		}
		if key, value, _ := strings.Cut(rest, ":"); strings.TrimSpace(key) == option && strings.TrimSpace(value) == "false" {
			return true
		}
	}
	return false
}

var ansi = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)

func (o output) write(out *strings.Builder, pictures *int) {
	text := string(o.Text)
	if rich := o.rich(); rich != "" {
		out.WriteString(rich + "\n\n")
		return
	}
	if plain, ok := o.Data["text/plain"]; ok && text == "" {
		var l lines
		if json.Unmarshal(plain, &l) == nil {
			text = string(l)
		}
	}
	for kind := range o.Data {
		if strings.HasPrefix(kind, "image/") {
			*pictures++
			text = "" // "<Figure size 640x480>"
			break
		}
	}
	if o.Type == "error" || o.Type == "pyerr" {
		text = o.Name + ": " + o.Value
	}
	fence(out, "text", strings.TrimRight(ansi.ReplaceAllString(text, ""), "\n"))
}

// rich returns an output that is more than plain text, as Markdown: texts, formulas,
// and tables.
func (o output) rich() string {
	if text := o.as("text/markdown"); text != "" {
		return text
	}
	if text := o.as("text/html"); strings.Contains(text, "<table") {
		return tablesOf(text)
	}
	return o.as("text/latex")
}

// as returns an output in one of its forms; "" if it has none such.
func (o output) as(kind string) string {
	var text lines
	if data, ok := o.Data[kind]; !ok || json.Unmarshal(data, &text) != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// tablesOf returns the tables of HTML without empty lines, at which Markdown would
// end them.
func tablesOf(text string) string {
	var out markup
	err := eachOf([]byte(text), func(n *html.Node) error {
		for table := range n.Descendants() {
			if table.DataAtom == atom.Table {
				return html.Render(&out, table)
			}
		}
		if n.DataAtom == atom.Table {
			return html.Render(&out, n)
		}
		return nil
	})
	if err != nil {
		return ""
	}
	return strings.Join(strings.FieldsFunc(out.String(), func(c rune) bool { return c == '\n' || c == '\r' }), "\n")
}

var backticks = regexp.MustCompile("`{3,}")

// fence writes code between fences that it does not hold itself.
func fence(out *strings.Builder, language, code string) {
	if strings.TrimSpace(code) == "" {
		return
	}
	marks := "```"
	for _, run := range backticks.FindAllString(code, -1) {
		if len(run) >= len(marks) {
			marks = run + "`"
		}
	}
	out.WriteString(marks + language + "\n" + code + "\n" + marks + "\n\n")
}
