package leaks_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/leaks"
)

func TestShapesAreThoseOfAllMatches(t *testing.T) {
	const assigned = `(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}`
	for expr, want := range map[string][2]int{
		`abc`:                  {3, 0},
		`a b+cd?`:              {2, 0},
		`\b(ghp_[0-9a-z]{36})`: {40, 0},
		`x(?:abc|a b|)y`:       {1, 0},
		`(?:ab|cde){2}f`:       {5, 0},
		`a.b`:                  {1, 0},
		`a\Sb`:                 {3, 0},
		`[^x]{9}abcd`:          {4, 0},
		`(?:a b){3}`:           {1, 0},
		`(?:long\s?){0,2}k`:    {1, 0},
		`k` + assigned + `(\w{10,20}|[a-z]{12}={0,3})(?:\s|$)`: {10, 10},
		`k` + assigned + `(\w{10})\s|(\w{8}Q)`:                 {9, 0},
		`k` + assigned + `([^x]{9})`:                           {1, 0},
	} {
		if word, value := leaks.Shape(expr); [2]int{word, value} != want {
			t.Errorf("%s: %d, %d, want %v", expr, word, value, want)
		}
	}
}

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
