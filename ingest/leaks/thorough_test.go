//go:build !race

// Much computing by one goroutine: there is nothing for the race detector, which
// makes it take seven times as long.

package leaks_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/leaks"
)

// What a rule looks for before its expression takes nothing from what it finds.
func TestShapesLoseNothing(t *testing.T) {
	d := detector(t)
	thorough := d.Thorough()
	same := func(p leaks.Page) {
		t.Helper()
		want, err := thorough.Page(t.Context(), p)
		if got := find(t, p); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, want %v (%v) in %q %q", got, want, err, p.HTML, p.Source)
		}
	}
	r := rand.New(rand.NewPCG(11, 11))
	for _, k := range kinds() {
		for _, p := range plant(r, k) {
			same(leaks.Page{Title: p.title, HTML: p.html, Source: p.text})
		}
	}
	names := []string{"api_key", "Token", "auth", "FACEBOOK_SECRET", "atlassian", "the access key", "jwt", "password",
		"etsy"}
	marks := []string{"=", ": ", " => ", " := '", "\"=\"", ", ", " || `", "==", " is ", "\n", ":::=", "?= ", " = \n  "}
	sets := []string{hexes, alnum, lowers, base64s + "=", alnum + ".-=", digits + "|,>:"}
	for range 600 {
		var text strings.Builder
		for range 3 {
			set := sets[r.IntN(len(sets))]
			fmt.Fprint(&text, names[r.IntN(len(names))], marks[r.IntN(len(marks))], chars(r, set, 6+r.IntN(36)),
				marks[r.IntN(len(marks))], " ")
		}
		same(leaks.Page{Source: text.String()})
	}
}
