package htmldoc

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// wellFormedSeeds are what authors and goldmark write, and what comes near it.
var wellFormedSeeds = []string{
	"<h1 id=\"a\">A &amp; b</h1>\n<p>c <em>d</em> <a href=\"x?a=1&amp;b=2\" Title='t'>e</a><br />\nf</p>\n",
	"<ul>\n<li><input checked=\"\" disabled type=\"checkbox\"> a</li>\n<li>b\n<ol start=\"2\"><li>c</li></ol>\n</li>\n</ul>",
	"<table>\n<thead><tr><th align=\"left\">a</th></tr></thead>\n<tbody>\n<tr><td><p>b</p></td></tr></tbody></table>",
	"<pre>\n\na</pre><pre><code class=\"language-go\">\nb &lt; &#x27;c&#39;</code></pre><hr>",
	"<dl><dt>a</dt><dd><p>b</p></dd></dl><div><!-- c --><section><h2>d</h2></section></div>",
	"<b id=2 class='a'><font size=\"2\" color=\"red\">a</font></b><span>b<sup>c</sup></span><style>a{}</style>",
	"<a><b><a></a></b></a>", "<p><div></div></p>", "<h1><h2></h2></h1>", "<li>a</li>", "<ul><div><li></li></div></ul>",
	"<table><tr><td></td></tr></table>", "<table>a<tbody></tbody></table>", "<p>a<table></table></p>", "<p><hr></p>",
	"<p title=\"&notit; &ampx; &copy=1 &amp\">&notit; &copy=1</p>", "<p a=\"1\" A=\"2\" a='3'></p>", "<img alt=\"a\"b='c'>",
	"<b><b><b><b>a</b></b></b></b>", "a<!--a--b-->b", "<!--><p>-->", "<!-- <body> -->", "<p>a</P>", "<p>a</p >", "a < b", "<p",
	"<script>a && b</script><script><!-- </script>", "<svg><p></p></svg>", "<select><option>a</option></select>",
}

// pieces are what nested makes markup of.
var pieces = strings.Fields("a b code em font p div pre h1 h2 ul ol li dl dt dd table thead tbody tr td th span sup details " +
	"summary blockquote br hr img input style svg select button caption")

// nested makes markup of bytes: each begins an element, or ends the last, or is text.
func nested(code []byte) string {
	var out strings.Builder
	var open []string
	for _, c := range code {
		switch n := int(c); {
		case n < 2*len(pieces):
			name := pieces[n%len(pieces)]
			out.WriteString("<" + name + []string{"", " id=\"a&amp;b\" Class='c'"}[n/len(pieces)] + ">")
			open = append(open, name)
			if name == "br" || name == "hr" || name == "img" || name == "input" {
				open = open[:len(open)-1]
			}
		case n < 200 && len(open) > 0:
			out.WriteString("</" + open[len(open)-1] + ">")
			open = open[:len(open)-1]
		default:
			out.WriteString([]string{"\n", " ", "x", "&lt;", "&nbsp", "<!-- y -->"}[n%6])
		}
	}
	for i := len(open) - 1; i >= 0; i-- {
		out.WriteString("</" + open[i] + ">")
	}
	return out.String()
}

// FuzzWellFormed makes sure that plain markup becomes the tree that the parser
// makes of it.
func FuzzWellFormed(f *testing.F) {
	for i, seed := range wellFormedSeeds {
		f.Add(seed, []byte{byte(i), 205, 12, byte(7 * i), 206, 150, byte(3 * i), 150, 16, 18, 19, 20, 207, 150, 150, 150})
	}
	f.Fuzz(func(t *testing.T, markup string, code []byte) {
		markup += nested(code)
		got := wellFormed(markup)
		if got == nil {
			return
		}
		if hasHead.MatchString(markup) && !strings.Contains(markup, "=") {
			t.Fatalf("a whole page is taken for a fragment: %q", markup)
		}
		want, err := html.ParseWithOptions(strings.NewReader("<body>"+closeRaw(markup)),
			html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Fatal(err)
		}
		if g, w := drawn(pageOf(got.Root)), drawn(want); g != w {
			t.Errorf("%q becomes\n%s\nthe parser makes\n%s", markup, g, w)
		}
		if CountNodes(markup) > maxNodes {
			t.Errorf("%d nodes are let through", CountNodes(markup))
		}
	})
}

// TestWellFormed makes sure that what Markdown becomes does not need the parser.
func TestWellFormed(t *testing.T) {
	for i, markup := range wellFormedSeeds[:6] {
		ok := wellFormed(markup) != nil
		if isOdd := i == 5; ok == isOdd { // an attribute without quotes
			t.Errorf("%q: %v", markup, ok)
		}
	}
	deep := strings.Repeat("<div>", 300) + strings.Repeat("</div>", 300)
	many := strings.Repeat("<b>", 50) + strings.Repeat("<i></i>", maxNodes/50) + strings.Repeat("</b>", 50)
	for _, markup := range append(wellFormedSeeds[6:], deep, many) {
		if wellFormed(markup) != nil && !strings.HasPrefix(markup, "<b><b>") {
			t.Errorf("%.80q is taken", markup)
		}
	}
}

// drawn writes a tree with all that a node holds.
func drawn(n *html.Node) string {
	var out strings.Builder
	var draw func(n *html.Node, indent string)
	draw = func(n *html.Node, indent string) {
		out.WriteString(indent + strings.Join([]string{string(rune('0' + n.Type)), n.Data, n.DataAtom.String(), n.Namespace}, "|"))
		for _, a := range n.Attr {
			out.WriteString(" [" + a.Namespace + a.Key + "]=[" + a.Val + "]")
		}
		out.WriteByte('\n')
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Parent != n || c.NextSibling != nil && c.NextSibling.PrevSibling != c || c.NextSibling == nil && n.LastChild != c {
				out.WriteString("broken links\n")
			}
			draw(c, indent+" ")
		}
	}
	draw(n, "")
	return out.String()
}
