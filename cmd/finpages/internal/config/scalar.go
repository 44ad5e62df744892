package config

import (
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"time"

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
		return fmt.Errorf("want a duration such as 90s, 15m, 12h or 30d, not %s", shown(text))
	}
	*d = Duration(v)
	return nil
}

// Percent is a share from 0 to 100; the sign may be left out.
type Percent float64

func (p *Percent) parse(text string) error {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "%")), 64)
	if err != nil || !(v >= 0 && v <= 100) {
		return fmt.Errorf("want a share from 0%% to 100%%, not %s", shown(text))
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
	return fmt.Errorf("want a size such as 512MiB or 2GiB, not %s", shown(text))
}

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
		if strings.HasPrefix(s, "~/") {
			d.at(path, "~ is not expanded: write the whole path, such as /home/ann%s, or ${HOME}%[1]s", s[1:])
		}
		into.SetString(s)
	case kind == reflect.Bool:
		v, err := strconv.ParseBool(s)
		if err != nil || len(s) == 1 {
			d.at(path, "want true or false, not %s", shown(s))
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

// expanded returns a scalar's text with ${VAR} filled in and $$ made $.
func (d *decoder) expanded(path string, node ast.Node) (string, bool) {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		d.at(path, "want one value, not %s", describe(node))
		return "", false
	}
	s := text(node)
	if key := path[strings.LastIndex(path, ".")+1:]; isSecret(key) && s != "" && !strings.Contains(s, "${") {
		d.literalSecret = path
	}
	var b strings.Builder
	ok := true
	for {
		before, rest, found := strings.Cut(s, "$")
		b.WriteString(before)
		switch {
		case !found:
			return b.String(), ok
		case strings.HasPrefix(rest, "$"):
			b.WriteByte('$')
			s = rest[1:]
		case strings.HasPrefix(rest, "{"):
			name, after, closed := strings.Cut(rest[1:], "}")
			value, set := d.env(name)
			if !closed {
				d.at(path, "%q is not closed: write ${NAME}, or $$ for a dollar sign", "${"+name)
				return "", false
			}
			switch {
			case set:
			case name == "CREDENTIALS_DIRECTORY":
				d.at(path, "environment variable %s is not set: systemd sets it for the service; start that, "+
					"or set it to a folder with the secrets", name)
				ok = false
			default:
				d.at(path, "environment variable %s is not set: set it, or write $${%s} for the literal text", name,
					name)
				ok = false
			}
			b.WriteString(value)
			s = after
		default:
			b.WriteByte('$')
			s = rest
		}
	}
}
