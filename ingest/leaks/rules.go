package leaks

import (
	"math"
	"regexp"
	"strings"

	"github.com/spf13/viper"
	gitleaks "github.com/zricethezav/gitleaks/v8/config"
)

// rule finds secrets of one kind.
type rule struct {
	id      string
	words   []string // in lower case; the rule is tried around these alone
	expr    *regexp.Regexp
	needs   string // a mark without which there is nothing to be found
	group   int    // of expr, that holds the secret; 0: the first that matched, else all
	entropy float64
	reach   reach
	shape   shape
	// byMachine says that it finds what machines make, not what people choose.
	byMachine bool
	// fits says whether what was found is a secret, not a sample.
	fits func(secret, match, line string) bool
}

// gitleaksRules returns the rules of gitleaks.
func gitleaksRules() ([]rule, error) {
	v := viper.New() // viper's own instance is the whole process's
	v.SetConfigType("toml")
	if err := v.ReadConfig(strings.NewReader(gitleaks.DefaultConfig)); err != nil {
		return nil, err
	}
	var raw gitleaks.ViperConfig
	if err := v.Unmarshal(&raw); err != nil {
		return nil, err
	}
	raw.MinVersion = "" // the library does not know its own
	cfg, err := raw.Translate()
	if err != nil {
		return nil, err
	}
	var rules []rule
	for _, id := range cfg.OrderedRules {
		r := cfg.Rules[id]
		if r.Regex == nil || r.Path != nil || len(r.Keywords) == 0 { // about files, not text
			continue
		}
		rules = append(rules, rule{id: r.RuleID, words: r.Keywords, expr: r.Regex, group: r.SecretGroup, entropy: r.Entropy, byMachine: true,
			reach: reachOf(id, r.Regex.String()), fits: allowedBy(append(cfg.Allowlists, r.Allowlists...), id)})
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

func allowedBy(lists []*gitleaks.Allowlist, id string) func(secret, match, line string) bool {
	return func(secret, match, line string) bool {
		for _, list := range lists {
			if allows(list, secret, match, line) {
				return false
			}
		}
		if id == "private-key" {
			return isWholeKey(secret)
		}
		return !isSample(secret)
	}
}

// allows tells whether an allow list of gitleaks names what was found. What it
// says of paths and commits is met by no text.
func allows(list *gitleaks.Allowlist, secret, match, line string) bool {
	target := secret
	switch list.RegexTarget {
	case "match":
		target = match
	case "line":
		target = line
	}
	stop, _ := list.ContainsStopWord(secret)
	if list.MatchCondition == gitleaks.AllowlistMatchAnd {
		return len(list.Paths) == 0 && len(list.Commits) == 0 &&
			(len(list.Regexes) == 0 || list.RegexAllowed(target)) && (len(list.StopWords) == 0 || stop)
	}
	return list.RegexAllowed(target) || stop
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
