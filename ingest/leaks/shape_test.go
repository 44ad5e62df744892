package leaks_test

import (
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
