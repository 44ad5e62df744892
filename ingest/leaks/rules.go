package leaks

import (
	"math"
	"regexp"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	gitleaks "github.com/zricethezav/gitleaks/v8/config"
)

// rule finds secrets of one kind.
type rule struct {
	id      string
	words   []string // in lower case; the rule is tried around these alone
	expr    string
	needs   string    // a mark without which there is nothing to be found
	oneOf   *keywords // one of which is in all that is found; nil if nobody says
	group   int       // of expr, that holds the secret; 0: the first that matched, else all
	entropy float64
	reach   reach
	// byMachine says that it finds what machines make, not what people choose.
	byMachine bool
	// fits says whether what was found is a secret, not a sample.
	fits func(secret, match, line string) bool

	compiled func() compiled // of expr; most rules are never tried
}

// compiled is an expression that is ready to be matched.
type compiled struct {
	*regexp.Regexp
	shape shape
	quick *automaton
}

func (r rule) compile() compiled {
	c := compiled{regexp.MustCompile(r.expr), shapeOf(r.expr), automatonOf(r.expr)}
	if r.id == "generic-api-key" {
		c.shape.marks = "0123456789=+/" // its allow list has what is letters alone
	}
	return c
}

// rulesFile is the file that gitleaks reads its rules from.
type rulesFile struct {
	Allowlist *allowlist
	Rules     []struct {
		ID, Regex, Path string
		Keywords        []string
		Entropy         float64
		SecretGroup     int `toml:"secretGroup"`
		Allowlists      []allowlist
	}
}

// gitleaksRules returns the rules of gitleaks.
func gitleaksRules() ([]rule, error) {
	var file rulesFile
	if err := toml.Unmarshal([]byte(gitleaks.DefaultConfig), &file); err != nil {
		return nil, err
	}
	var rules []rule
	for _, r := range file.Rules {
		if r.Regex == "" || r.Path != "" || len(r.Keywords) == 0 { // about files, not text
			continue
		}
		lists := r.Allowlists
		if file.Allowlist != nil {
			lists = append(lists, *file.Allowlist)
		}
		for i := range r.Keywords {
			r.Keywords[i] = strings.ToLower(r.Keywords[i])
		}
		rules = append(rules, rule{id: r.ID, words: r.Keywords, expr: r.Regex, group: r.SecretGroup, entropy: r.Entropy,
			byMachine: true, reach: reachOf(r.ID, r.Regex), fits: allowedBy(lists, r.ID)})
	}
	return rules, nil
}

// reachOf keeps the rule that has the most keywords, by far, to their lines.
func reachOf(id, expr string) reach {
	if id == "generic-api-key" {
		return nextWord
	}
	if strings.Contains(expr, `[\s\S`) {
		return farAfter
	}
	return nearLines
}

func allowedBy(lists []allowlist, id string) func(secret, match, line string) bool {
	for i := range lists {
		lists[i].prepare()
	}
	return func(secret, match, line string) bool {
		for i := range lists {
			if lists[i].allows(secret, match, line) {
				return false
			}
		}
		if id == "private-key" {
			return isWholeKey(secret)
		}
		return !isSample(secret)
	}
}

// allowlist is one of gitleaks, which tells samples. What it says of paths and
// commits is met by no text.
type allowlist struct {
	Condition   string
	Paths       []string
	Commits     []string
	RegexTarget string `toml:"regexTarget"`
	Regexes     []string
	StopWords   []string `toml:"stopwords"`

	regexes   func() *regexp.Regexp
	stopWords func() *keywords
}

func (l *allowlist) prepare() {
	list, words := l.Regexes, l.StopWords
	l.regexes = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?:" + strings.Join(list, "|") + ")") })
	l.stopWords = sync.OnceValue(func() *keywords {
		lower := make([]string, len(words))
		for i, word := range words {
			lower[i] = strings.ToLower(word)
		}
		return keywordsOf(lower)
	})
}

// allows tells whether the list names what was found.
func (l *allowlist) allows(secret, match, line string) bool {
	target := secret
	switch l.RegexTarget {
	case "match":
		target = match
	case "line":
		target = line
	}
	matches := func() bool { return len(l.Regexes) > 0 && target != "" && l.regexes().MatchString(target) }
	stops := func() bool { return len(l.StopWords) > 0 && l.stopWords().in(strings.ToLower(secret)) }
	if strings.EqualFold(l.Condition, "and") || l.Condition == "&&" {
		return len(l.Paths) == 0 && len(l.Commits) == 0 && (len(l.Regexes) == 0 || matches()) && (len(l.StopWords) == 0 || stops())
	}
	return matches() || stops()
}

// isVague tells the rules that know only that something is secret.
func isVague(id string) bool {
	return id == "generic-api-key" || strings.HasPrefix(id, "password") || id == "secret-in-prose"
}

// entropyOf is Shannon's, in bits per byte.
func entropyOf(s string) (bits float64) {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
