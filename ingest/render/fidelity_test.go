package render_test

import (
	"bufio"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	slashpath "path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

// floors are the figures below which no set may fall, and leftovers the number
// that none may exceed: a line for each set, "set recall foreign code cells
// headings leftovers".
const floors = "testdata/fidelity.txt"

// TestFidelity scores the pages of whole documentations by a reader of its own,
// set by set, and fails when a figure gets worse. FIDELITY names other folders
// to score, whose figures are only shown; FIDELITY_WORST shows that many of the
// worst documents, and the words most often lost and added. FIDELITY_TRUTH names
// a folder with what the documents' own tools made of them: its SET/PATH.html is
// then what the page of a document is held against.
func TestFidelity(t *testing.T) {
	if underRace {
		t.Skip("one goroutine computes all of it: it runs without the race detector (see the Makefile)")
	}
	root, isOwn := os.Getenv("FIDELITY"), false
	if root == "" {
		root, isOwn = corpora, true
	}
	sets, err := os.ReadDir(root)
	if err != nil {
		t.Skip("needs the shared corpora, which are not part of the project")
	}
	want := readFloors(t)
	for _, set := range sets {
		if !set.IsDir() || strings.HasPrefix(set.Name(), ".") {
			continue
		}
		sum, worst := scoreSet(t, filepath.Join(root, set.Name()))
		if sum.documents == 0 {
			continue
		}
		t.Logf("%-26s %s", set.Name(), sum)
		for _, line := range worst {
			t.Log(line)
		}
		if floor, ok := want[set.Name()]; ok && isOwn {
			for _, fault := range sum.below(floor) {
				t.Errorf("%s: %s", set.Name(), fault)
			}
		} else if isOwn {
			t.Errorf("%s: not in %s", set.Name(), floors)
		}
	}
}

// score counts what was looked for and found.
type score struct {
	documents                      int
	words, ordered                 int // of the author's; on the page, in order
	shown, foreign                 int // words of the page; not the author's
	codes, codesFound              int
	cells, cellsFound              int
	headings, headingsFound        int
	leftovers                      int
	lost, added                    map[string]int // words, and how often
	name, lostWord, foreignWord    string         // of one document
	lostCode, lostCell, leftoverAt string
}

func (s *score) add(o score) {
	s.documents++
	s.words, s.ordered = s.words+o.words, s.ordered+o.ordered
	s.shown, s.foreign = s.shown+o.shown, s.foreign+o.foreign
	s.codes, s.codesFound = s.codes+o.codes, s.codesFound+o.codesFound
	s.cells, s.cellsFound = s.cells+o.cells, s.cellsFound+o.cellsFound
	s.headings, s.headingsFound = s.headings+o.headings, s.headingsFound+o.headingsFound
	s.leftovers += o.leftovers
	for word, n := range o.lost {
		s.lost[word] += n
	}
	for word, n := range o.added {
		s.added[word] += n
	}
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}

// figures are recall, foreign words, code, cells, headings and leftovers.
func (s score) figures() [6]float64 {
	foreign := 0.0
	if s.shown > 0 {
		foreign = percent(s.foreign, s.shown)
	}
	return [6]float64{percent(s.ordered, s.words), foreign, percent(s.codesFound, s.codes), percent(s.cellsFound, s.cells),
		percent(s.headingsFound, s.headings), float64(s.leftovers)}
}

var figureNames = [6]string{"recall", "foreign", "code", "cells", "headings", "leftovers"}

func (s score) String() string {
	f := s.figures()
	return fmt.Sprintf("%4d documents: recall %6.2f  foreign %5.2f  code %6.2f of %4d  cells %6.2f of %5d  "+
		"headings %6.2f of %4d  leftovers %g",
		s.documents, f[0], f[1], f[2], s.codes, f[3], s.cells, f[4], s.headings, f[5])
}

func (s score) below(floor [6]float64) []string {
	var faults []string
	for i, got := range s.figures() {
		isLow := got < floor[i]-0.005
		if i == 1 || i == 5 { // the less the better
			isLow = got > floor[i]+0.005
		}
		if isLow {
			faults = append(faults, fmt.Sprintf("%s is %.2f, was %.2f", figureNames[i], got, floor[i]))
		}
	}
	return faults
}

func readFloors(t *testing.T) map[string][6]float64 {
	f, err := os.Open(floors)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][6]float64{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var name string
		var v [6]float64
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		if _, err := fmt.Sscan(lines.Text(), &name, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]); err != nil {
			t.Fatalf("%s: %q: %v", floors, lines.Text(), err)
		}
		out[name] = v
	}
	return out
}

func scoreSet(t *testing.T, root string) (sum score, worst []string) {
	var all []score
	sum.lost, sum.added = map[string]int{}, map[string]int{}
	notes := notesOf(root)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		format := corpusFormat(name)
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		if err != nil || format == "" || !d.Type().IsRegular() {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		if strings.HasPrefix(filepath.Base(rel), "_") && format != sources.HTML &&
			!strings.HasPrefix(filepath.Base(rel), "_index") {
			return nil // a part of other documents
		}
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if s, ok := scoreDocument(root, filepath.ToSlash(rel), format, body, notes); ok {
			sum.add(s)
			all = append(all, s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var show int
	_, _ = fmt.Sscan(os.Getenv("FIDELITY_WORST"), &show)
	loss := func(s score) int {
		return s.words - s.ordered + s.foreign + 20*(s.codes-s.codesFound) + 5*(s.cells-s.cellsFound) +
			20*(s.headings-s.headingsFound) + 20*s.leftovers
	}
	slices.SortFunc(all, func(a, b score) int { return cmp.Compare(loss(b), loss(a)) })
	if show > 0 {
		worst = append(worst, fmt.Sprintf("  lost %s\n    added %s", examples(sum.lost), examples(sum.added)))
	}
	for _, s := range all[:min(show, len(all))] {
		if loss(s) > 0 {
			s.documents = 1
			worst = append(worst, fmt.Sprintf("  %s\n    %s\n    lost %q foreign %q code %.200q cell %q left %q", s.name, s,
				s.lostWord, s.foreignWord, s.lostCode, s.lostCell, s.leftoverAt))
		}
	}
	return sum, worst
}

// notesOf are the documents of a set by their names, without what they end in.
func notesOf(root string) map[string]string {
	notes := map[string]string{}
	_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && corpusFormat(name) != "" {
			rel, _ := filepath.Rel(root, name)
			notes[strings.TrimSuffix(d.Name(), filepath.Ext(name))] = filepath.ToSlash(rel)
		}
		return nil
	})
	return notes
}

func scoreDocument(root, path string, format sources.Format, body []byte, notes map[string]string) (score, bool) {
	page, err := render.Render(render.Input{
		Document: sources.Document{Format: format, Body: body, Path: path},
		URL:      "https://docs.example.com/" + path,
		Tool: func() string {
			for dir := slashpath.Dir(path); ; dir = slashpath.Dir(dir) {
				tool := render.ToolAt(dir, func(p string) bool {
					_, err := os.Lstat(filepath.Join(root, filepath.FromSlash(p)))
					return err == nil
				})
				if tool != "" || dir == "." {
					return tool
				}
			}
		},
		Include: func(p string) ([]byte, bool) {
			b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p)))
			return b, err == nil
		},
		Named: func(name string) string { return notes[name] },
	})
	if err != nil || page.Withheld() != "" {
		return score{}, false
	}
	read := readMarkdown
	if format == sources.HTML {
		read = readHTML
	}
	author := read(string(body))
	if truth := os.Getenv("FIDELITY_TRUTH"); truth != "" {
		made, err := os.ReadFile(filepath.Join(truth, filepath.Base(root), filepath.FromSlash(path)+".html"))
		if err != nil {
			return score{}, false
		}
		source := author
		author = readHTML(string(made))
		author.other = append(append(author.other, source.words...), source.other...)
	}
	reader := readHTML("<main><h1>" + escapeText(page.Title) + "</h1>" + page.HTML + "</main>")
	author.other = append(author.other, wordsOf(path)...) // of which titles are made
	for _, p := range page.Included {
		if b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p))); err == nil {
			author.other = append(author.other, wordsOf(string(b))...)
		}
	}
	s := score{name: path, words: len(author.words), shown: len(reader.words)}
	s.ordered = inOrder(author.words, reader.words)
	_, s.lost = beyond(author.words, reader.words)
	s.foreign, s.added = beyond(reader.words, append(author.words, author.other...))
	s.lostWord, s.foreignWord = examples(s.lost), examples(s.added)
	s.codes, s.codesFound, s.lostCode = found(author.code, reader.code)
	s.cells, s.cellsFound, s.lostCell = found(author.cells, reader.cells)
	s.headings, s.headingsFound, _ = found(author.headings, reader.headings)
	for _, left := range slices.Concat(leftovers, syntax) {
		if m := left.FindString(strings.Join(reader.prose, "\n")); m != "" {
			s.leftovers++
			s.leftoverAt = m
		}
	}
	return s, true
}

// syntax are marks of dialects that authors may have meant as they stand.
var syntax = []*regexp.Regexp{regexp.MustCompile(`.?\[\[.{0,20}`), regexp.MustCompile(`\{%.{0,20}`),
	regexp.MustCompile(`\{\{.{0,20}`), regexp.MustCompile(`%%.{0,20}`),
	regexp.MustCompile(`<ac:.{0,20}`), regexp.MustCompile(`(?m)^\|.{0,20}`), regexp.MustCompile(`(?m)^import .*`), regexp.MustCompile("```.{0,20}")}

// found counts what of the author's is on the page, each as often as there.
func found(author, page []string) (total, hits int, lost string) {
	left := map[string]int{}
	for _, s := range page {
		left[s]++
	}
	for _, s := range author {
		if left[s] > 0 {
			left[s]--
			hits++
		} else {
			lost = s
		}
	}
	return len(author), hits, lost
}

// beyond counts the words of a text that another lacks.
func beyond(text, other []string) (count int, extra map[string]int) {
	left := map[string]int{}
	for _, w := range other {
		left[w]++
	}
	extra = map[string]int{}
	for _, w := range text {
		if left[w] > 0 {
			left[w]--
			continue
		}
		count++
		extra[w]++
	}
	return count, extra
}

// examples are the words that are there most often.
func examples(counts map[string]int) string {
	words := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var out []string
	for _, w := range words[:min(15, len(words))] {
		out = append(out, fmt.Sprintf("%s:%d", w, counts[w]))
	}
	return strings.Join(out, " ")
}

// inOrder is the length of the longest common subsequence of two texts, by 64
// words at a time: https://doi.org/10.1016/0020-0190(86)90091-8
func inOrder(author, page []string) (length int) {
	size := len(page)/64 + 1
	at := map[string][]uint64{}
	for i, w := range page {
		if at[w] == nil {
			at[w] = make([]uint64, size)
		}
		at[w][i/64] |= 1 << (i % 64)
	}
	row := make([]uint64, size)
	for i := range row {
		row[i] = ^uint64(0)
	}
	for _, w := range author {
		places := at[w]
		if places == nil {
			continue
		}
		carry := uint64(0)
		for i := range row {
			u := row[i] & places[i]
			sum := row[i] + u + carry
			if sum < row[i] || carry == 1 && sum == row[i] {
				carry = 1
			} else {
				carry = 0
			}
			row[i] = sum | row[i]&^places[i]
		}
	}
	for i := range page {
		if row[i/64]&(1<<(i%64)) == 0 {
			length++
		}
	}
	return length
}
