package config

import (
	"cmp"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"time"

	regexp "finpages/sources/lazyregexp"

	"github.com/goccy/go-yaml/ast"
)

// scalar is a type of one value that reads its own text. Its error says what
// is wanted instead.
type scalar interface{ parse(text string) error }

// Secret is text that is never shown.
type Secret string

func (s *Secret) parse(text string) error { *s = Secret(text); return nil }

// String hides the secret.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret.
func (Secret) GoString() string { return "[secret]" }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Duration is a time.Duration that may be written in days: 30d.
type Duration time.Duration

func (d *Duration) parse(text string) error {
	if text == "0" {
		*d = 0
		return nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n >= 0 && n < 36500 {
			*d = Duration(n * 24 * float64(time.Hour))
			return nil
		}
	}
	v, err := time.ParseDuration(text)
	if err != nil || v < 0 {
		return fmt.Errorf("want a duration such as 90s, 15m, 12h or 30d, not %s%s", shown(text),
			writeInstead(likelyDuration(text)))
	}
	*d = Duration(v)
	return nil
}

func writeInstead(likely string) string {
	if likely == "" {
		return ""
	}
	return ": write " + likely
}

// Words for units of time, as people write them, and how [Duration] does.
var (
	spokenTime = regexp.MustCompile(`^(\d+)\s*([A-Za-z]+)$`)
	timeUnits  = map[string]string{"s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "m": "m", "min": "m",
		"mins": "m", "minute": "m", "minutes": "m", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
		"d": "d", "day": "d", "days": "d"}
)

// likelyDuration returns the duration that "30 minutes" was meant to be; "" if
// there is none.
func likelyDuration(text string) string {
	if _, err := strconv.ParseUint(text, 10, 32); err == nil {
		return text + "s or " + text + "m"
	}
	m := spokenTime.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return ""
	}
	unit := strings.ToLower(m[2])
	if weeks, err := strconv.Atoi(m[1]); err == nil && strings.HasPrefix("weeks", unit) && weeks < 5000 {
		return strconv.Itoa(7*weeks) + "d"
	}
	if timeUnits[unit] == "" {
		return ""
	}
	return m[1] + timeUnits[unit]
}

// Percent is a share from 0 to 100; the sign may be left out.
type Percent float64

func (p *Percent) parse(text string) error {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "%")), 64)
	switch {
	case err != nil || !(v >= 0 && v <= 100):
		return fmt.Errorf("want a share from 0%% to 100%%, not %s", shown(text))
	case v > 0 && v < 1 && !strings.Contains(text, "%"):
		return fmt.Errorf("want a share in percent, not %s: write %g%%, or %g%%", shown(text), v*100, v)
	}
	*p = Percent(v)
	return nil
}

// Size is a number of bytes, written with a unit: 512MiB.
type Size int64

func (s *Size) parse(text string) error {
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		number, ok := strings.CutSuffix(text, unit)
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if bytes := v * float64(int64(1)<<(10*(i+1))); ok && err == nil && bytes >= 1 && bytes < 1<<50 {
			*s = Size(bytes)
			return nil
		}
	}
	meant := ""
	if m := spokenSize.FindStringSubmatch(text); m != nil {
		meant = m[1] + cmp.Or(strings.ToUpper(m[2]), "M") + "iB"
	}
	return fmt.Errorf("want a size such as 512MiB or 2GiB, not %s%s", shown(text), writeInstead(meant))
}

var spokenSize = regexp.MustCompile(`^(\d+)\s*([kKmMgG]?)[iI]?[bB]?$`)

// switched is a section that may be written as true or false, too. Keys in it
// turn it on.
type switched interface{ Switch(on bool) }

// turn decodes true or false; false if it is the section's keys that are there.
func (d *decoder) turn(path string, node ast.Node, s switched) bool {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		s.Switch(true)
		return false
	case *ast.SequenceNode:
		d.at(path, "want true, false or keys with values, not %s", describe(node))
		return true
	}
	word, ok := d.expanded(path, node)
	if !ok {
		return true
	}
	on, err := strconv.ParseBool(word)
	if err != nil || len(word) == 1 {
		d.at(path, "want true, false or keys with values, not %s", shown(word))
		return true
	}
	s.Switch(on)
	return true
}

// Words are a list, or one word for a list of one.
type Words []string

func isSequence(node ast.Node) bool {
	_, ok := node.(*ast.SequenceNode)
	return ok
}

func (d *decoder) custom(path string, node ast.Node, into scalar) {
	s, ok := d.expanded(path, node)
	if !ok {
		return
	}
	if err := into.parse(s); err != nil {
		d.at(path, "%v", err)
	}
}

// spokenBool are words that other programs take for true and false.
var spokenBool = map[string]string{"yes": "true", "on": "true", "y": "true", "1": "true", "enabled": "true",
	"no": "false", "off": "false", "n": "false", "0": "false", "disabled": "false"}

var durationType = reflect.TypeFor[time.Duration]()

// plain decodes text, a number or a yes-or-no.
func (d *decoder) plain(path string, node ast.Node, into reflect.Value) {
	s, ok := d.expanded(path, node)
	if !ok {
		return
	}
	switch kind := into.Kind(); {
	case into.Type() == durationType:
		var v Duration
		if err := v.parse(s); err != nil {
			d.at(path, "%v", err)
		}
		into.SetInt(int64(v))
	case kind == reflect.String:
		if _, block := node.(*ast.LiteralNode); block {
			s = strings.TrimRight(s, "\n")
		}
		if strings.HasPrefix(s, "~/") {
			d.at(path, "~ is not expanded: write the whole path, such as /home/ann%s, or ${HOME}%[1]s", s[1:])
		}
		into.SetString(s)
	case kind == reflect.Bool:
		v, err := strconv.ParseBool(s)
		if err != nil || len(s) == 1 {
			d.at(path, "want true or false, not %s%s", shown(s), writeInstead(spokenBool[strings.ToLower(s)]))
		}
		into.SetBool(v)
	case into.CanInt():
		v, err := strconv.ParseInt(s, 10, 64)
		if err != nil || into.OverflowInt(v) {
			d.at(path, "want a whole number, not %s", shown(s))
			return
		}
		into.SetInt(v)
	case into.CanFloat():
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			d.at(path, "want a number, not %s", shown(s))
		}
		into.SetFloat(v)
	default:
		panic("config: options have a field of type " + into.Type().String())
	}
}
