package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// readTexts returns the Markdown of a folder; generated text of that kind if
// there is none.
func readTexts(dir string) (texts []string, err error) {
	if _, err := os.Stat(dir); err != nil {
		return generatedTexts(), nil
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && len(text) > 1<<10 && utf8.Valid(text) {
			// Hugo would take these for its shortcodes, and other front matter for a fault.
			texts = append(texts, strings.ReplaceAll(withoutFrontMatter(string(text)), "{{", "{ {"))
		}
		return err
	})
	if err == nil && len(texts) == 0 {
		return generatedTexts(), nil
	}
	return texts, err
}

func withoutFrontMatter(text string) string {
	if rest, ok := strings.CutPrefix(text, "---\n"); ok {
		if _, body, ok := strings.Cut(rest, "\n---\n"); ok {
			return body
		}
	}
	return text
}

const words = "the a service page team account setting report export import request limit window source folder " +
	"change update delete token region workspace schedule budget listing section table answer question agent " +
	"is has shows needs keeps sends reads opens when after before while until every each with without from into"

func generatedTexts() (texts []string) {
	r, all := rand.New(rand.NewPCG(1, 2)), strings.Fields(words)
	sentence := func() string {
		some := make([]string, 6+r.IntN(14))
		for i := range some {
			some[i] = all[r.IntN(len(all))]
		}
		return strings.ToUpper(some[0][:1]) + some[0][1:] + " " + strings.Join(some[1:], " ") + "."
	}
	for range 200 {
		var text strings.Builder
		for range 4 + r.IntN(16) {
			fmt.Fprintf(&text, "## %s\n\n%s %s *%s* `%s` [%s](../%s.md)\n\n", all[r.IntN(len(all))], sentence(), sentence(),
				all[r.IntN(len(all))], all[r.IntN(len(all))], all[r.IntN(len(all))], all[r.IntN(len(all))])
			fmt.Fprintf(&text, "- %s\n- %s\n\n```yaml\n%s: 1\n```\n\n", sentence(), sentence(), all[r.IntN(len(all))])
			fmt.Fprintf(&text, "| a | b |\n|---|---|\n| %s | %s |\n\n", sentence(), sentence())
		}
		texts = append(texts, text.String())
	}
	return texts
}

// realText is a whole document, other than all others.
func (b *bench) realText(i int) string {
	return fmt.Sprintf("---\ntitle: Page %d\n---\n%s\n\nThis is copy %d.\n", i, b.texts[i%len(b.texts)], i)
}

// shortText is a short document, other than all others.
func shortText(i int) string {
	return fmt.Sprintf("# Page %d\n\nThe service %d reads each folder when it opens, and keeps what it has read.\n", i, i)
}

// linkedText returns a function for short documents, with links to some of the others of
// so many.
func linkedText(n int) func(int) string {
	const links = 10
	return func(i int) string {
		var text strings.Builder
		text.WriteString(shortText(i))
		for k := range links {
			to := (7*i + 13*k + 1) % n
			fmt.Fprintf(&text, "\n- See [page %d](../../%s).", to, fileOf(to))
		}
		return text.String()
	}
}

// perFolder is how many documents lie in one folder.
const perFolder = 50

// fileOf is the path of a document below the folder of all.
func fileOf(i int) string {
	return fmt.Sprintf("part-%03d/chapter-%05d/some-page-%d.md", i/perFolder/50, i/perFolder, i)
}

// writeFiles writes documents into folders below one.
func writeFiles(root string, n int, text func(int) string) error {
	for i := range n {
		file := filepath.Join(root, filepath.FromSlash(fileOf(i)))
		if i%perFolder == 0 {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
		}
		if err := os.WriteFile(file, []byte(text(i)), 0o644); err != nil {
			return err
		}
	}
	return nil
}
