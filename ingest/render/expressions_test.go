package render_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/sources"
)

// TestRenderExpressions holds that the expressions of MDX show what they say, and that
// those which need a program are left out with a warning.
func TestRenderExpressions(t *testing.T) {
	source := files{
		"guide/data.json":         `{"items": [{"name": "Valve", "n": 2}, {"name": "Pump <x>", "n": 10}], "v": "1.2"}`,
		"guide/list.js":           "import React from 'react';\n// a comment\nexport const parts = ['Rotor', `Stator`];\nclass A { b() {} }\nexport function Tag({children, color = 'red'}: Props) {\n  const {x} = {x: color};\n  return (\n    <span style={{color}}>\n      {x}: {children}\n    </span>\n  );\n}\nexport default () => <p>By default</p>;\n",
		"guide/_part.mdx":         "For **{props.name}** and {props.kind === 'b' ? <em>both</em> : 'one'}.\n\n- {name}\n\n`{props.name}`\n\n{props.children}\n\n<a href={props.to}>more</a>\n",
		"src/components/Hook.jsx": "import {useState} from 'react';\nexport default function Hook() {\n  const [a, b] = useState(1);\n  return <p>{a}</p>;\n}\n",
	}
	for _, c := range []struct{ name, from, to, lost string }{
		{"condition", "A {true ? 'a' : 'b'} {1 > 2 && 'no'}{'x' || 'no'} c", "<p>A a x c</p>", ""},
		{"template", "export const v = '2.0'\n\nGet {`v${v}-${1 + 1}`}.", "<p>Get v2.0-2.</p>", ""},
		{"list", "export const l = [{name: 'A *b*'}, {name: \"C\"},];\n\n<ul>\n  {l.map((x, i) => (\n    <li key={i}>\n      <b>{x.name}</b> {i + 1}\n    </li>\n  ))}\n</ul>\n\nd", "<ul><li><strong>A *b*</strong> 1</li><li><strong>C</strong> 2</li></ul><p>d</p>", ""},
		{"list on a line", "export const l = ['a', 'b'];\n\n<ul>{l.map(x => <li>{x.toUpperCase()}</li>)}</ul>", "<ul><li>A</li><li>B</li></ul>", ""},
		{"table", "export const l = [['a', 1], ['b', 2]];\n\n<table>\n<tbody>\n{l.map(([k, v]) => <tr key={k}><td>{k}</td><td>{v}</td></tr>)}\n</tbody>\n</table>", "<table><tbody><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></tbody></table>", ""},
		{"file of data", "import data from './data.json'\nimport {v} from './data.json'\n\n{data.items.filter(x => x.n > 2).map(({name}) => <p>{name}</p>)}\n\nOf {v}: {data.items.length}, {Object.keys(data).join(' & ')}", "<p>Pump &lt;x&gt;</p><p>Of 1.2: 2, items &amp; v</p>", ""},
		{"modules", "import D, {parts, Tag as T} from './list'\n\n{parts.join(', ')}\n\nSome <T>*words*</T> here.\n\n<T color=\"blue\">\n\n- *b*\n\n</T>\n\n<D/>", "<p>Rotor, Stator</p><p>Some red: <em>words</em> here.</p><p>blue:</p><ul><li><em>b</em></li></ul><p>By default</p>", ""},
		{"own component", "export const X = () => <div>text</div>\nexport const Y = ({a, ...rest}) => {\n  if (!a) return null;\n  return <><X/><X {...rest}/>{a}</>;\n}\n\n<X/>\n\n<Y a=\"1\"/>\n\n<Y/>\n\nIn <Y a={2}/> line", "<p>text</p><p>text</p><p>text</p><p>1</p><p>In</p><p>text</p><p>text</p><p>2 line</p>", ""},
		{"partial", "import P from './_part.mdx'\n\nexport const n = 'N_1_'\n\n<P name={n} kind=\"b\" to=\"x.md\">\n\n*c*\n\n</P>", "<p>For <strong>N_1_</strong> and <em>both</em>.</p><ul><li>N_1_</li></ul><p><code>{props.name}</code></p><p><em>c</em></p><p><a href=\"https://docs.example.com/guide/x.md\">more</a></p>", ""},
		{"front matter", "---\nsidebar_label: Side\nTags: [a, b]\nx: {y: z}\nbeta: true\n---\n{frontMatter.sidebar_label} {frontMatter.tags.join('+')} {frontMatter.x.y} {frontMatter.beta && 'yes'}", "<p>Side a+b z yes</p>", ""},
		{"settings", "export const t = 'T'\n\n<Card title={`${t} & co`} href={'/a'} description={t + '!'} />\n\n<Card title={<b>{t}</b>}>c</Card>", "<p><a href=\"https://docs.example.com/a\"><strong>T &amp; co</strong></a></p><p>T!</p><p><strong>T</strong></p><p>c</p>", ""},
		{"data under other names", "<Feature points={[\"a b\", 'c']} cards={[{headline: 'Head line', body: `The *body*.`, variant: 'big', cls: 'btn btn-big'}]} rows={[['d', 'e']]} />\n\nSee <Chips items={['x', 'y']}/> here.",
			"<ul><li><p>a b</p></li><li><p>c</p></li></ul><p>Head line</p><p>The <em>body</em>.</p><ul><li><p>d</p></li><li><p>e</p></li></ul><p>See x, y here.</p>", ""},
		{"code elements", "<pre>{`x\n  *y*`}</pre>\n\n<pre>\n  <code className=\"language-js\">{`z`}</code>\n</pre>", "<pre><code>x\n  *y*</code></pre><pre><code class=\"language-js\">z</code></pre>", ""},
		{"data by name", "export const rows = [{title: 'A', text: 'b'}];\n\n<Grid items={rows} />", "<p><strong>A</strong></p><p>b</p>", ""},
		{"code", "export const c = {a: [1]};\n\n<CodeBlock language=\"json\">{JSON.stringify(c, null, 2)}</CodeBlock>", "<pre><code class=\"language-json\">{\n  \"a\": [\n    1\n  ]\n}</code></pre>", ""},
		{"not markup", "{'*a* `b` [c](d) {{e}} <f> {% g %} :tada: [[h]]'} \\{'i'} `{'j'}` {/* k */} {' '}\n\n    {'l'}", "<p>*a* `b` [c](d) {{e}} &lt;f&gt; {% g %} :tada: [[h]] {'i'} <code>{'j'}</code></p><p>l</p>", ""},
		{"over paragraphs", "{[\n  'a',\n\n  'b',\n].map(x => <p>{x}</p>)}\n\nc", "<p>a</p><p>b</p><p>c</p>", ""},
		{"in a quote", "> {true\n>   ? 'a'\n>   : 'b'} c\n\n- {'d'}\n\n| e |\n|---|\n| {'f'} |\n\n# {`g`}", "<blockquote><p>a c</p></blockquote><ul><li>d</li></ul><table><thead><tr><th>e</th></tr></thead><tbody><tr><td>f</td></tr></tbody></table><h2>g</h2>", ""},
		{"program", "a {useState(1)} {window.x} b\n\n{new Date().getFullYear()}\n\n{(() => { for (;;) {} })()}\n\nc", "<p>a b</p><p>c</p>", "expression left out: {useState(1)}"},
		{"hooks", "import Hook from '@site/src/components/Hook'\n\n<Hook/>\n\nx", "<p>x</p>", "component <Hook> left out"},
		{"broken", "a {b c} {'d {1 + } {x:y}\n\n{unclosed(\n\nd", "<p>a {b c} {'d {1 + } {x:y}</p><p>{unclosed(</p><p>d</p>", ""},
		{"endless", "export const f = x => f(x)\nexport const g = 'ab'.repeat(1e9)\nexport const h = h + 1\n\na {f(1)} {g} {h} b", "<p>a b</p>", "expression left out: {f(1)}"},
		{"numbers that are none", "a {'b'.padStart('NaN')}{JSON.stringify([1], null, 0 / 0)} {(1.25).toFixed('NaN')} c", "<p>a [1] 1 c</p>", "expression left out: {'b'.padStart('NaN')}"},
		{"lists in each other", "export const a = '01234567890123456789012345678901234'.split('').reduce(a => [a, a], 'xxxxxxxx')\n\nb {a + ''} {a.join()} {`${a}`} c", "<p>b c</p>", "expression left out: {a + ''}"},
		{"long texts", "export const a = 'b'.repeat(3e6)\n\nc {a.split('').length} {a.split(/(?:b?){90}c/).length} {[...'dddd'.split('')].map(i => a[i]).length} d", "<p>c d</p>", "expression left out: {a.split('').length}"},
		{"counts of counts", "a {'b'.split(/((?:b{99}){99}){99}/)} {'2020-01-02'.split(/-\\d{2}-/).join('+')}", "<p>a 2020+02</p>", "expression left out: {'b'.split(/((?:b{99}){99}){99}/)}"},
		{"comments over paragraphs", "{\n/* a }\n\n'b */\n}\n\n- {\n  // c\n  'd'\n  }\n\ne", "<ul><li>d</li></ul><p>e</p>", ""},
		{"doubled", "export const a = n => n < 1 ? 'xxxxxxxx' : a(n - 1) + a(n - 1)\n\nb {a(40)}", "<p>b</p>", "expression left out: {a(40)}"},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			in := document(sources.MDX, strings.ReplaceAll(c.from, "\n", end))
			in.Document.Title, in.Include = "Title", source.include
			page := mustRender(t, in)
			if got := flat(page.HTML); got != c.to {
				t.Errorf("%s (%q):\n got %s\nwant %s\n%q", c.name, end, got, c.to, page.Warnings)
			}
			if c.lost != "" && !slices.Contains(page.Warnings, c.lost) {
				t.Errorf("%s: warnings %q", c.name, page.Warnings)
			}
		}
	}
}
