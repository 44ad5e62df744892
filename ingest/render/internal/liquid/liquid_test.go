package liquid_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/render/internal/liquid"
)

// files are what templates include.
type files map[string]string

func (f files) include(_, name string, _ bool) (text, path string) {
	if text, ok := f[name]; ok {
		return text, name
	}
	return "", ""
}

const settings = `
name: Lamp
n: 3
ratio: 2.0
tags: [b, a, c]
empty: []
hosts:
  one: {port: 80, tls: false, day: 2024-02-03}
  two: {port: 443, tls: true, day: "2024-02-03"}
rows:
  - {t: X, k: 2}
  - {t: Y, k: 1}
  - {t: X, k: 3}
same: &s [1, 2]
again: *s
text: "{{ page.name }}"
`

func eval(t testing.TB, text string, f files) (out string, warnings []string, err error) {
	t.Helper()
	page, err := liquid.YAML(settings)
	if err != nil {
		t.Fatal(err)
	}
	out, err = liquid.Render(text, liquid.Env{
		Path: "a.md", Include: f.include, Warn: func(s string) { warnings = append(warnings, s) },
		Link:     func(tag, ref string) string { return tag + "/" + ref },
		Markdown: func(s string) string { return "<p>" + s + "</p>" },
		Vars: map[string]any{"page": page, "site": liquid.Unknown{Name: "site"},
			"layout": liquid.Unknown{Name: "layout", MayBeNone: true}},
	})
	return liquid.Plain(out), warnings, err
}

// TestRender holds what templates become.
func TestRender(t *testing.T) {
	included := files{
		"row.html": "[{{ include.a }}|{{ include.b | default: 'none' }}|{{ page.name }}]{% assign seen = include.a %}",
		"deep.md":  "{% include row.html a=include.x %}", "none.md": "",
	}
	for from, want := range map[string]string{
		// values
		"{{ page.name }} {{page.n}} {{ page.ratio }} {{ page.hosts.one.port }} {{ page['name'] }} {{ page.tags[1] }} {{ page.tags[-1] }}": "Lamp 3 2.0 80 Lamp a c",
		"{{ page.tags }} {{ page.tags.first }} {{ page.tags.size }} {{ page.hosts.one.day | date: '%d %B %Y' }} {{ page.hosts.two.day }}": "bac b 3 03 February 2024 2024-02-03",
		"{{ page.again | join: '+' }} {{ page.text }} {{ '{{' }} {{ \"{% x %}\" }}":                                                       "1+2 {{ page.name }} {{ {% x %}",
		"a {{- 'b' -}} c\n{%- if true -%}\n d {% endif -%}\n e":                                                                           "abcd e",
		"{{ gone }} {{ gone.x | upcase }} {{ page.gone }} {{ site.posts }} {{ a b }} {{ .Values.x }} {{":                                  "{{ gone }} {{ gone.x | upcase }} {{ page.gone }} {{ site.posts }} {{ a b }} {{ .Values.x }} {{",
		"<a href=\"{{ site.x }}/y\">b</a> [c]({{ site.url }}/d) [e](https://h.example/{{ gone.x }})":                                      "<a href=\"/y\">b</a> [c](/d) [e](https://h.example/)",
		// conditions
		"{% if page.n > 2 and page.name == 'Lamp' %}a{% elsif true %}b{% else %}c{% endif %}{% unless page.n %}d{% else %}e{% endunless %}":      "ae",
		"{% if page.gone or page.empty == empty %}a{% endif %}{% if page.tags contains 'a' %}b{% endif %}{% if 'ab' contains 'x' %}c{% endif %}": "ab",
		"{% if site.x %}a{% else %}b{% endif %}{% unless site.x %}c{% endunless %}{% if gone %}d{% endif %}{% if page.n == 3.0 %}e{% endif %}":   "abce",
		"{% if false and site.x %}a{% endif %}{% if true or site.x %}b{% else %}c{% endif %}{% if page.gone == nil %}d{% endif %}":               "bd",
		"{% case page.n %} {% when 1, 2 %}a{% when 3 or 4 %}b{% else %}c{% endcase %}{% case site.x %}{% when 1 %}d{% else %}e{% endcase %}":     "bde",
		// loops
		"{% for t in page.tags %}{{ forloop.index }}{{ t }}{% unless forloop.last %},{% endunless %}{% endfor %}":                                                                     "1b,2a,3c",
		"{% for t in page.tags reversed limit:2 offset:1 %}{{ t }}{% endfor %} {% for i in (2..page.n) %}{{ i }}{% endfor %}":                                                         "ca 23",
		"{% for h in page.hosts %}{{ h[0] }}={{ h[1].port }} {% endfor %}{% for x in page.empty %}a{% else %}b{% endfor %}":                                                           "one=80 two=443 b",
		"{% for i in (1..9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}":                                                       "13",
		"{% for i in (1..2) %}{% for j in (1..2) %}{{ forloop.parentloop.index }}{{ j }} {% endfor %}{% endfor %}{{ i }}":                                                             "11 12 21 22 {{ i }}",
		"{% for p in site.posts %}- {{ p.title }}{% endfor %}x{% for p in gone %}y{% endfor %}":                                                                                       "x",
		"{% tablerow t in page.tags cols:2 %}{{ t }}{% endtablerow %}":                                                                                                                "<tr><td>b</td><td>a</td></tr>\n<tr><td>c</td></tr>\n",
		"{% for t in page.tags %}{% cycle 'x', 'y' %}{% endfor %}{% increment k %}{% increment k %}{% decrement m %}":                                                                 "xyx01-1",
		"{% assign g = page.rows | group_by: 't' %}{% for x in g %}{{ x.name }}:{% for r in x.items %}{{ r.k }}{% endfor %} {% endfor %}":                                             "X:23 Y:1 ",
		"{% for i in (1..5) limit:2 %}{{ i }}{% endfor %},{% for i in (1..5) limit:1 offset:continue %}{{ i }}{% endfor %},{% for i in (1..5) offset: continue %}{{ i }}{% endfor %}": "12,3,45",
		"{% for i in empty %}a{% else %}b{% endfor %}{{ page.hosts.one.day }} {{ layout.x | default: 'd2' }}{{ layout.x }}":                                                           "b2024-02-03 d2{{ layout.x }}",
		"```\nT: ${{ x }}\n  {{- if .V }}\n  a\n  {{- end -}}\n  b\n{%- mine -%}\nc\n{%- if true -%}\nd{%- endif %}\n```":                                                             "```\nT: ${{ x }}\n  {{- if .V }}\n  a\n  {{- end -}}\n  b\n{%- mine -%}\ncd\n```",
		// assignments, text that stays
		"{% assign a = page.tags | sort | join: '-' %}{% capture b %}<{{ a }}>{% endcapture %}{{ b }}{{ b | size }}":                                         "<a-b-c>7",
		"{% raw %}{{ a }} {% if %}{% endraw %}{% comment %}{{ b {% raw %}{% endcomment %}{%- raw -%} c {%- endraw -%} d":                                     "{{ a }} {% if %}cd",
		"{% highlight ruby %}{{ page.n }}{% endhighlight %}{% note %}{{ page.n }}{% endnote %}{% seo %}":                                                     "{% highlight ruby %}3{% endhighlight %}{% note %}3{% endnote %}{% seo %}",
		"{% if x %}a {{ page.n }}{% endfor %} {% else %} {% for %}b{% endfor %} {% endif":                                                                    "{% if x %}a 3{% endfor %} {% else %} {% for %}b{% endfor %} {% endif",
		"{% if = %}c{{ page.n }}{% endif %}{% case %}{% when 1 %}d{% endcase %}":                                                                             "{% if = %}c3{% endif %}{% case %}{% when 1 %}d{% endcase %}",
		"{% link _docs/a.md %} {% post_url 2020-01-02-x %} {% if true %}{% if false %}a{% endif %}b{% endif %}":                                              "link/_docs/a.md post_url/2020-01-02-x b",
		"{% include row.html a='1' b=\"x y\" %}{% include deep.md x=page.n %}{{ seen }}{{ include.a }}{% include {{ page.f }}none.md %}":                     "[1|x y|Lamp][3|none|Lamp]3{{ include.a }}",
		"```\n{% for h in hosts %}{{ h }} {% if x %}a{% endif %}{% endfor %}\n{% if page.n %}b{% endif %}{% include gone.md %}\n```\n{% if x %}c{% endif %}": "```\n{% for h in hosts %}{{ h }} {% if x %}a{% endif %}{% endfor %}\nb{% include gone.md %}\n```\n",
		// filters
		"{{ 'a<b>c</b><SCRIPT>d<b></Script>e<!-- > -->f<style>g</style>h<!-- i>j<style k>l < m' | strip_html }}":                                                                                                                                               "acefhjl < m",
		"{% capture s %}" + strings.Repeat("<script>", 60_000) + "x{% endcapture %}{{ s | strip_html }}":                                                                                                                                                       "x",
		"{% assign c = 'a,b' | split: ',' %}{% assign d = page.rows | where: 't', c %}{{ d | size }}{{ page.rows | where: 'k', '2' | size }}{{ page.rows | sum: 'k' }}{{ page.rows | sort: 'gone' | map: 'k' | join }}{{ 'b,A' | split: ',' | sort_natural }}": "0162 1 3Ab",
		"{{ page.rows | where: 't', 'X' | map: 'k' | join }} {{ page.rows | sort: 'k' | map: 't' | first }} {{ page.rows | find: 'k', 1 | inspect }}":                                                                                                          `2 3 Y {"t"=>"Y", "k"=>1}`,
		"{{ 'a b' | upcase | split: ' ' | reverse | join: ',' }} {{ 'a_b c!' | slugify }} {{ 7 | divided_by: 2 }} {{ 7.0 | divided_by: 2 }} {{ -7 | modulo: 3 }}":                                                                                              "B,A a-b-c 3 3.5 2",
		"{{ 'abc' | slice: 1, 2 }} {{ 'a<b' | escape }} {{ 'abcdef' | truncate: 5 }} {{ 'x' | append: 'y' | prepend: 'z' }} {{ 'a' | gone }} {{ 1.25 | round: 1 }}":                                                                                            "bc a&lt;b ab... zxy a 1.3",
		"{{ page.hosts | jsonify }}{{ '*a*' | markdownify }}{{ page.tags | array_to_sentence_string }} {{ '/a' | relative_url }} {{ 'b' | absolute_url }} {{ page.gone | default: 'z' }}":                                                                      `{"one":{"port":80,"tls":false,"day":"2024-02-03"},"two":{"port":443,"tls":true,"day":"2024-02-03"}}<p>*a*</p>b, a, and c /a /b z`,
		"{{ '2024-03-01' | date: '%-d %b %y %j %%' }} {{ 'now' | date: '%Y' }} {{ '' | split: ',' | size }} {{ 'a,b,,' | split: ',' | size }}":                                                                                                                 "1 Mar 24 061 %  0 2",
	} {
		got, _, err := eval(t, from, included)
		if err != nil || got != want {
			t.Errorf("%s:\n got %q, %v\nwant %q", from, got, err, want)
		}
	}
}

// TestWarnings holds that what is left out is named.
func TestWarnings(t *testing.T) {
	for from, want := range map[string]string{
		"{% for p in site.posts %}{% endfor %}":             "list left out: site",
		"{% include gone.html %}":                           "included file left out: gone.html",
		"{% if site.github.x == 1 %}a{% endif %}":           "condition not known, all of its text is shown: site.github.x == 1",
		"{{ 'now' | date: '%Y' }}":                          "value left out: now",
		"{{ 'a' | mine }}":                                  "filter not known: mine",
		"{% assign a = gone %}{% for x in a %}{% endfor %}": "list left out: gone",
	} {
		if _, got, err := eval(t, from, nil); err != nil || !slices.Contains(got, want) {
			t.Errorf("%s: warned of %q, %v; want %q", from, got, err, want)
		}
	}
}

// TestBounds holds that no template takes long, or makes much.
func TestBounds(t *testing.T) {
	loop := func(n int, body string) string {
		return strings.Repeat("{% for i in (1..1000) %}", n) + body + strings.Repeat("{% endfor %}", n)
	}
	double := strings.Repeat("{% assign a = a | append: a %}", 60)
	for name, from := range map[string]string{
		"loops in loops": loop(4, "x"), "loops that are empty": loop(5, ""),
		"a wide range": "{% for i in (1..999999999999) %}{% endfor %}", "text that doubles": "{% assign a = 'xxxxxxxx' %}" + double,
		"lists that double":           "{% assign a = page.tags %}" + strings.Repeat("{% assign a = a | concat: a %}", 60),
		"lists within themselves":     "{% assign a = page.tags %}" + strings.Repeat("{% assign a = a | push: a %}", 60) + "{{ a }}",
		"what is compared":            "{% assign a = page.tags %}" + strings.Repeat("{% assign a = a | push: a %}", 60) + "{% if a == a %}x{% endif %}",
		"text that is replaced":       "{% assign a = 'x' %}" + strings.Repeat("{% assign a = a | replace: 'x', 'xxxxxxxxxxxxxxxx' %}", 20),
		"a file that includes itself": "{% include self.md %}", "one that does so twice": "{% include twice.md %}",
		"a long path": "{% capture k %}" + strings.Repeat("a.", 100_000) + "{% endcapture %}" +
			"{% assign x = (1..50000) | map: k %}",
		"a long key": "{% capture k %}" + strings.Repeat("a", 200_000) + "{% endcapture %}" +
			"{% assign x = (1..50000) | where: k, 1 %}",
		"a long key in brackets": "{% capture k %}" + strings.Repeat("a", 200_000) + "{% endcapture %}" +
			"{% for i in (1..1000) %}{% if page.hosts[k] %}{% endif %}{% endfor %}",
		"lists in a case": "{% assign a = (1..20000) | compact %}{% assign b = (1..20000) | compact %}" +
			"{% for i in (1..1000) %}{% case a %}{% when b %}{% endcase %}{% endfor %}",
		"an argument before one that is not known": "{% assign a = (1..20000) | compact %}" +
			"{% for i in (1..1000) %}{% assign x = 1 | plus: a, site.x %}{% endfor %}",
		"tags that are stripped": "{% capture s %}" + strings.Repeat("<script>", 20_000) + "{% endcapture %}" +
			"{% for i in (1..50) %}{% assign x = s | strip_html %}{% endfor %}",
		"a link with much in it": "{% for i in (1..1000) %}{% link " + strings.Repeat("{{ '' }}", 2000) + " %}{% endfor %}",
		"captures":               "{% assign a = 'x' %}" + strings.Repeat("{% capture a %}{{ a }}{{ a }}{% endcapture %}", 60),
	} {
		out, warnings, err := eval(t, from, files{"self.md": "{% include self.md %}", "twice.md": "{% include twice.md %}{% include twice.md %}"})
		if !errors.Is(err, liquid.ErrTooMuch) && !slices.Contains(warnings, "included file left out: self.md") {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
	}
	broken := strings.Repeat("{% if true %}", 40)
	for name, from := range map[string]string{
		"blocks that fail": broken + "x{% elsif = %}" + strings.Repeat("{% endif %}", 40), "blocks that do not end": strings.Repeat(broken, 200) + "x{% endif %}",
		"many parameters":       "{% include a.md " + strings.Repeat("a=b ", 10_000) + "%}x",
		"a variable's path":     "{{ a" + strings.Repeat(".a", 20_000) + " }}x",
		"raw that does not end": strings.Repeat("{% raw %}", 5000) + "x", "marks that do not end": strings.Repeat("{{", 5000) + "x",
	} {
		if out, _, err := eval(t, from, nil); err != nil && !errors.Is(err, liquid.ErrTooMuch) || err == nil && !strings.Contains(out, "x") {
			t.Errorf("%s: %.50q, %v", name, out, err)
		}
	}
	deep := strings.Repeat("{% if true %}", 5000) + "x" + strings.Repeat("{% endif %}", 5000)
	if out, _, err := eval(t, deep, nil); err != nil && !errors.Is(err, liquid.ErrTooMuch) || err == nil && !strings.Contains(out, "x") {
		t.Errorf("blocks in blocks: %.50q, %v", out, err)
	}
}

// TestData holds what files of data become, and that none is too much.
func TestData(t *testing.T) {
	csv, err := liquid.CSV("a,b\n1,\"x, y\"\n2\n", ',')
	if err != nil {
		t.Fatal(err)
	}
	data, err := liquid.JSON(`[{"a": 1, "b": [true, null, 2.5]}]`)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := liquid.YAML("x: &x {a: 1}\ny: {<<: *x, b: 2}\nz: 1.10\nw: '1'\n")
	if err != nil {
		t.Fatal(err)
	}
	got, err := liquid.Render("{{ c | jsonify }}{{ d | jsonify }}{{ m | jsonify }}", liquid.Env{Vars: map[string]any{"c": csv, "d": data, "m": merged}})
	want := `[{"a":"1","b":"x, y"},{"a":"2"}][{"a":1,"b":[true,null,2.5]}]{"x":{"a":1},"y":{"a":1,"b":2},"z":1.1,"w":"1"}`
	if err != nil || liquid.Plain(got) != want {
		t.Errorf("got %s, %v", liquid.Plain(got), err)
	}
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 8 {
		n, m := string(rune('1'+i)), string(rune('0'+i))
		bomb += "a" + n + ": &a" + n + " [" + strings.Repeat("*a"+m+", ", 9) + "*a" + m + "]\n"
	}
	for name, s := range map[string]string{"aliases": bomb, "size": strings.Repeat("a: b\n", 200_000), "depth": strings.Repeat("[", 10_000)} {
		if v, err := liquid.YAML(s); err == nil {
			t.Errorf("%s: %T", name, v)
		}
	}
}

// FuzzRender holds that a template either ends or is refused, and that text
// without Liquid stays.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{"{% for a in page.tags %}{{ a | append: b }}{% endfor %}", "{% if a == 'b' or c %}{% else %}x{% endif %}",
		"{% case a %}{% when 1 %}{% endcase %}", "{%- raw -%}{{ a }}{% endraw %}", "{% include a.md b=c d='e' %}", "{{ (1..3) | sort }}",
		"{% capture a %}{% cycle 1, 2 %}{% endcapture %}", "{% tablerow a in (1..9) cols:2 %}{% endtablerow %}", "{{ '2020-01-01' | date: '%-d%:z' }}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, _, err := eval(t, text, files{"a.md": "{{ include.b }}"})
		if err == nil && !liquid.MayHold(text) && out != liquid.Plain(text) {
			t.Errorf("%q became %q", text, out)
		}
	})
}
