package convert_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"finpages/sources"
	"finpages/sources/convert"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// siteOnly are the parts of a page that a documentation tool adds, by class.
var siteOnly = []string{"headerlink", "toctree-wrapper", "sphinxsidebar", "related", "footer", "contents", "viewcode-link", "toc", "linenos",
	"indextable", "viewcode-back"}

var inlineAtoms = []atom.Atom{atom.Span, atom.Em, atom.Strong, atom.Code, atom.A, atom.B, atom.I}

// siteText is the text of the main part of a page of a site.
func siteText(t *testing.T, file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	root, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	var main *html.Node
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "role" && a.Val == "main" || n.DataAtom == atom.Div && a.Key == "id" && a.Val == "content" {
				main = n
			}
		}
	}
	if main == nil {
		main = root
	}
	var out strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "class" || a.Key == "id" {
				for _, class := range strings.Fields(a.Val) {
					if slices.Contains(siteOnly, class) {
						return
					}
				}
			}
		}
		if n.DataAtom == atom.Script || n.DataAtom == atom.Style || n.DataAtom == atom.Nav || n.DataAtom == atom.Title {
			return
		}
		if n.Type == html.TextNode {
			out.WriteString(n.Data)
		} else if !slices.Contains(inlineAtoms, n.DataAtom) {
			out.WriteString(" ")
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(main)
	return out.String()
}

// TestTrees compares the documents of a tree with the site that another tool
// made of them: TREE=folder TREE_SITE=folder TREE_KIND=.rst. TREE_PREFIX is the
// folder that the site is made of, TREE_SKIP names words that only the site has.
func TestTrees(t *testing.T) {
	tree, site, kind := os.Getenv("TREE"), os.Getenv("TREE_SITE"), os.Getenv("TREE_KIND")
	if tree == "" {
		t.Skip("TREE names no folder")
	}
	preset := map[string]string{".rst": "docutils", ".adoc": "asciidoctor"}[kind]
	c, err := convert.New(convert.Options{Convert: map[string][]string{kind: {preset}}, CacheDir: os.Getenv("TREE_CACHE")})
	if err != nil {
		t.Fatal(err)
	}
	var all, found, docs int
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan struct{}, 2)
	type result struct {
		name string
		r    float64
		lost string
	}
	var results []result
	_ = filepath.WalkDir(tree, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(p) != kind {
			return err
		}
		name, _ := filepath.Rel(tree, p)
		page := strings.TrimSuffix(strings.TrimPrefix(name, os.Getenv("TREE_PREFIX")), kind) + ".html"
		want := token.FindAllString(siteText(t, filepath.Join(site, page)), -1)
		if len(want) == 0 {
			return nil
		}
		slots <- struct{}{}
		wg.Add(1)
		go func() {
			defer func() { <-slots; wg.Done() }()
			body, _ := os.ReadFile(p)
			include := func(at string) ([]byte, bool) {
				data, err := os.ReadFile(filepath.Join(tree, at))
				return data, err == nil
			}
			out, _, err := c.Convert(t.Context(), sources.Document{Format: sources.Format(kind), Body: body, Path: name}, sources.Others{Include: include})
			mu.Lock()
			defer mu.Unlock()
			docs++
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			got := token.FindAllString(siteTextOf(t, out.Body), -1)
			n, lost := recallOf(want, got)
			all, found = all+len(want), found+n
			if n < len(want) {
				results = append(results, result{name, float64(n) / float64(len(want)), lost})
			}
		}()
		return nil
	})
	wg.Wait()
	slices.SortFunc(results, func(a, b result) int { return len(b.lost) - len(a.lost) })
	for _, r := range results[:min(len(results), 25)] {
		t.Logf("%.4f %s: %.600s", r.r, r.name, r.lost)
	}
	t.Logf("%d documents, %d words, recall %.5f", docs, all, float64(found)/float64(all))
}

func siteTextOf(t *testing.T, body []byte) string {
	f := filepath.Join(t.TempDir(), "x.html")
	_ = os.WriteFile(f, body, 0o600)
	return siteText(t, f)
}

// recallOf counts the words of a text that another one has as well: as often, and
// at least one of their neighbours beside them.
func recallOf(want, got []string) (n int, lost string) {
	count, pairs := map[string]int{}, map[string]bool{}
	for i, w := range got {
		count[w]++
		if i > 0 {
			pairs[got[i-1]+" "+w] = true
		}
	}
	var missing []string
	for i, w := range want {
		if slices.Contains(strings.Fields(os.Getenv("TREE_SKIP")), w) {
			n++
			continue
		}
		beside := len(want) == 1 || i > 0 && pairs[want[i-1]+" "+w] || i+1 < len(want) && pairs[w+" "+want[i+1]]
		if count[w] > 0 && beside {
			count[w]--
			n++
			continue
		}
		missing = append(missing, w)
	}
	return n, strings.Join(missing, " ")
}
