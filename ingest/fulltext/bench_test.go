package fulltext_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"finpages/ingest/fulltext"
)

// texts returns pages of 8 KiB whose words are as often as those of a language.
func texts(n int) (list []string) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range n {
		var text strings.Builder
		for text.Len() < 8<<10 {
			fmt.Fprintf(&text, "<p>Word%d goes <b>on</b>, w%d.</p>\n", int(math.Exp(11*rnd.Float64())), int(math.Exp(11*rnd.Float64())))
		}
		list = append(list, text.String())
	}
	return list
}

func filled(b *testing.B, sources, pages int) *fulltext.Index {
	b.Helper()
	x, err := fulltext.Open(filepath.Join(b.TempDir(), "words.db"), fulltext.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { x.Close() })
	all := texts(500)
	for i := range pages {
		p := fulltext.Page{ID: fmt.Sprintf("guide/page-%06d.md", i), Title: fmt.Sprint("Page ", i), HTML: all[i%len(all)]}
		if err := x.Put(fmt.Sprint(i%sources), p); err != nil {
			b.Fatal(err)
		}
	}
	return x
}

func BenchmarkPut(b *testing.B) {
	x := filled(b, 1, b.N)
	b.ReportMetric(float64(x.Size())/float64(b.N), "file-B/op")
}

// A search through 100,000 pages of 20 sources is to take some milliseconds.
func BenchmarkSearch(b *testing.B) {
	x := filled(b, 20, 100_000)
	for _, query := range []string{"word777", "goes on", "w", "page 99990", "nothing"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				for source := range 20 {
					if _, err := x.Search(fmt.Sprint(source), query, 20); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
