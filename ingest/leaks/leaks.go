// Package leaks finds secrets that people wrote into pages: keys, tokens,
// passwords. The rules are those of gitleaks and some of our own, for what
// prose, tables and command lines hold. See https://github.com/gitleaks/gitleaks.
//
// Nothing that this package returns holds a secret, or lets one be computed:
// a finding has its rule, its place and a fingerprint.
package leaks

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	gitleaks "github.com/zricethezav/gitleaks/v8/config"
)

// Detector finds secrets. It may be used from any goroutine, and costs some
// memory once it has looked for any: make one and share it.
type Detector struct {
	index func() index
	hash  string
}

// index tells by one pass over a text which rules are worth trying, and where.
type index struct {
	rules    []rule
	people   words // of the rules for what people choose
	machines words // of those for what machines make

	windows *sync.Pool // of one for each rule, none open
}

// words are those near which rules are worth trying.
type words struct {
	keywords *keywords
	byWord   [][]int // rules by the number of their keyword
}

// Finding is a secret in a page, without the secret.
type Finding struct {
	Rule        string `json:"rule"`        // such as "github-pat"
	Place       string `json:"place"`       // id, title, address, link, "line 12" of the text, "source line 3"
	Fingerprint string `json:"fingerprint"` // equal for equal secrets found by the same rule
}

// New makes a Detector. The rules are compiled when they are first needed: a run
// that finds nothing changed does without.
func New() *Detector {
	h := sha256.New()
	fmt.Fprintln(h, version, gitleaks.DefaultConfig, ownSource, namedSource)
	return &Detector{
		hash:  hex.EncodeToString(h.Sum(nil)[:16]),
		index: sync.OnceValue(func() index { return indexOf(allRules()) }),
	}
}

func allRules() []rule {
	rules, err := gitleaksRules()
	if err != nil {
		panic(fmt.Sprintf("the rules that come with gitleaks: %v", err)) // they are a constant
	}
	rules = append(append(rules, ownRules()...), namedRules()...)
	for i := range rules {
		rules[i].compiled = sync.OnceValue(rules[i].compile)
	}
	return rules
}

// ownSource has all that our own rules are made of.
//
//go:embed own.go
var ownSource string

//go:embed named.go
var namedSource string

// Rules is a hash of all that decides what is found. A page that was scanned
// by other rules should be scanned again.
func (d *Detector) Rules() string { return d.hash }

// version is raised when what is found changes by code, not by rules.
const version = "4"

func indexOf(rules []rule) index {
	return index{rules: rules, people: wordsOf(rules, false), machines: wordsOf(rules, true),
		windows: &sync.Pool{New: func() any {
			open := make([]window, len(rules))
			return &open
		}}}
}

func wordsOf(rules []rule, byMachine bool) (w words) {
	numbers := map[string]int{}
	var all []string
	for i, r := range rules {
		if r.byMachine != byMachine {
			continue
		}
		for _, word := range r.words {
			n, ok := numbers[word]
			if !ok {
				n = len(all)
				numbers[word] = n
				all, w.byWord = append(all, word), append(w.byWord, nil)
			}
			if !slices.Contains(w.byWord[n], i) {
				w.byWord[n] = append(w.byWord[n], i)
			}
		}
	}
	w.keywords = keywordsOf(all)
	return w
}

// span is where a secret lies in a text.
type span struct {
	rule       string
	start, end int // bytes
}

// spans finds the secrets of a text, in order, none overlapping another.
func (d *Detector) spans(ctx context.Context, p part) []span {
	found := d.scan(ctx, p.plain, p.odd, p.keys)
	slices.SortStableFunc(found, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	kept := found[:0]
	for _, s := range found {
		if n := len(kept); n > 0 && s.start < kept[n-1].end {
			kept[n-1].end = max(kept[n-1].end, s.end)
			if isVague(kept[n-1].rule) && !isVague(s.rule) {
				kept[n-1].rule = s.rule
			}
			continue
		}
		kept = append(kept, s)
	}
	return kept
}
