package limits_test

import (
	"errors"
	"strings"
	"testing"

	"finpages/sources/limits"
	"finpages/sources/limits/costtest"
)

var bounds = limits.Limits{Bytes: 4 << 10, Items: 200, Depth: 8, Aliases: 3}

func TestWithin(t *testing.T) {
	r := strings.Repeat
	for name, err := range map[string]error{
		"YAML, flat":            bounds.YAML(r("key: value\n", 100)),
		"YAML, nested":          bounds.YAML("a:\n  b:\n    - c: [d, {e: f}]\n"),
		"YAML, many lists":      bounds.YAML(r("a: [b, [c], {d: [e]}]\n", 50)),
		"YAML, plain text":      bounds.YAML("a: see [the list\nb: x [[[[[[[[[[[[[\nc: 2 * 3 * 4 * 5 * 6\n"),
		"YAML, block of text":   bounds.YAML("a: |\n  [[[[[[[[[[[[[[\n  {{{{{{{{{{{\nb: c\n"),
		"YAML, folded text":     bounds.YAML("a: >-\n  [[[[[[[[[[[[[[\n\n  *x *y *z *u *v\nb: c\n"),
		"YAML, strings":         bounds.YAML("a: \"[[[[[[[[[[[[\"\nb: '{{{{{{{{{{{{{'\nc: \"a\\\"[[[[[[[[[[[[[\"\n"),
		"YAML, string of lines": bounds.YAML("a: \"x\n  [[[[[[[[[[[[[\n  y\"\nb: c\n"),
		"YAML, comment":         bounds.YAML("a: b # [[[[[[[[[[[[\n# [[[[[[[[[[[[[[[[\n"),
		"YAML, siblings":        bounds.YAML(r("- a:\n    - b\n", 50)),
		"YAML, JSON with tabs":  bounds.YAML("{\n\t\"a[[[[[[[[[[[[\": 1,\n\t\"b\": 2\n}\n"),
		"JSON":                  bounds.JSON(`{"a": [[[["[[[[[[[[[[[["]]]], "b": "\"[[[[[[[[[["}`),
		"TOML":                  bounds.TOML("a.b.c = [[1, 2], [3]]\n[x.y]\nz = \"a.b.c.d.e.f.g.h.i.j.k\"\n"),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExceeded(t *testing.T) {
	r := strings.Repeat
	for name, err := range map[string]error{
		"YAML, size":            bounds.YAML(r("key: value\n", 1000)),
		"YAML, keys":            bounds.YAML(r("a: b\n", 201)),
		"YAML, values":          bounds.YAML("a: [" + r("b,", 201) + "]"),
		"YAML, open lists":      bounds.YAML("a: " + r("[", 9)),
		"YAML, closed lists":    bounds.YAML("a: " + r("[", 9) + r("]", 9)),
		"YAML, maps":            bounds.YAML("a: " + r("{a: ", 9) + r("}", 9)),
		"YAML, lists, spaced":   bounds.YAML("a:\n" + r("  [\n", 9)),
		"YAML, dashes":          bounds.YAML("a:\n" + r("- ", 9) + "x"),
		"YAML, question marks":  bounds.YAML(r("? ", 9) + "x"),
		"YAML, stairs":          bounds.YAML(stairs(9)),
		"YAML, stairs of lists": bounds.YAML("a:\n  b:\n    c:\n      d: [[[[[[e]]]]]]"),
		"YAML, aliases":         bounds.YAML("a: &a x\nb: [*a, *a, *a, *a]"),
		"JSON, size":            bounds.JSON(`"` + r("x", 5000) + `"`),
		"JSON, lists":           bounds.JSON(r("[", 9)),
		"JSON, maps":            bounds.JSON(r(`{"a":`, 9)),
		"TOML, lists":           bounds.TOML("a = " + r("[", 9)),
		"TOML, keys":            bounds.TOML(r("a.", 9) + "a = 1"),
		"TOML, tables":          bounds.TOML("[" + r("a.", 9) + "a]"),
	} {
		if !errors.Is(err, limits.ErrExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func stairs(n int) string {
	var out strings.Builder
	for i := range n {
		out.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return out.String()
}

// FuzzLimits holds that no text is too much for the checks themselves.
func FuzzLimits(f *testing.F) {
	f.Add("a: [b, {c: *d}]\n- - x\n? y\nz: |\n  w\n")
	f.Add(`{"a": [1, "b\"c"]}`)
	f.Add("a.b = [[1]]\n[x]\n")
	f.Fuzz(func(t *testing.T, text string) {
		none := limits.Limits{}
		for _, err := range []error{none.YAML(text), none.JSON(text), none.TOML(text)} {
			if err != nil {
				t.Error(err)
			}
		}
		allocated := testing.AllocsPerRun(1, func() { _ = bounds.YAML(text) })
		if allocated > 50 {
			t.Errorf("%v allocations for %d bytes", allocated, len(text))
		}
		costtest.Check(t, text, func(s string) { _, _, _ = bounds.YAML(s), bounds.JSON(s), bounds.TOML(s) })
	})
}
