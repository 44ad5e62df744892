package markdown

import (
	"bytes"
	"html"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"finpages/ingest/render/internal/dialect"
	regexp "finpages/sources/lazyregexp"
)

// pattern is an inline parser that replaces what a pattern matches by HTML.
type pattern struct {
	trigger byte
	match   *regexp.Regexp // anchored at the start
	start   []byte         // what all that it matches begins with
	second  string         // of which a byte follows in all that it matches; "" says nothing
	html    func(match []string) string
	// allowed, where set, looks at the character before and the text after.
	allowed func(before rune, after []byte) bool
	// told, where set, tells people what was made of it.
	told func(d *dialect.Document, match []string)
	// read, where set, looks at what was matched before it is shown; nil is no match.
	read func(d *dialect.Document, match []string) []string
	// isOf, where set, tells whether the document is of a tool that has it.
	isOf func(*dialect.Document) bool
}

func (p pattern) Trigger() []byte { return []byte{p.trigger} }

// maxLine is how far a pattern looks.
const maxLine = 512

func (p pattern) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	isOther := p.second != "" && (len(line) < 2 || strings.IndexByte(p.second, line[1]) < 0)
	if isOther || !bytes.HasPrefix(line, p.start) {
		return nil
	}
	if enter(parent, pc).code != "" {
		return nil
	}
	line = line[:min(len(line), maxLine)]
	m := p.match.FindSubmatch(line)
	if m == nil || p.allowed != nil && !p.allowed(block.PrecendingCharacter(), line[len(m[0]):]) {
		return nil
	}
	if p.isOf != nil && !p.isOf(enter(parent, pc).Document) {
		return nil
	}
	if p.trigger == '[' {
		if _, isReference := pc.Reference(util.ToLinkReference(m[1])); isReference {
			return nil
		}
	}
	groups := make([]string, len(m))
	for i := range m {
		groups[i] = string(m[i])
	}
	if p.read != nil {
		if groups = p.read(enter(parent, pc).Document, groups); groups == nil {
			return nil
		}
	}
	block.Advance(len(m[0]))
	if p.told != nil {
		p.told(enter(parent, pc).Document, groups)
	}
	return newRaw(p.html(groups))
}

// literalStart is what all begins with that an anchored pattern matches.
func literalStart(match *regexp.Regexp) []byte {
	parsed, err := syntax.Parse(match.String(), syntax.Perl)
	if err != nil || parsed.Op != syntax.OpConcat || parsed.Sub[0].Op != syntax.OpBeginText ||
		parsed.Sub[1].Op != syntax.OpLiteral || parsed.Sub[1].Flags&syntax.FoldCase != 0 {
		return nil
	}
	return []byte(string(parsed.Sub[1].Rune))
}

func inlineParsers() []util.PrioritizedValue {
	list := []pattern{
		{trigger: '[', match: wikiLink, html: wikiHTML, allowed: notALink, isOf: isWiki, read: nameFirst},
		{trigger: '[', match: wikiLink, html: wikiHTML, allowed: notASpan, isOf: isVault, read: nameFirst},
		{trigger: '!', match: wikiEmbed, html: embedHTML, isOf: isWiki, told: embedded},
		{trigger: '!', match: sizedImage, html: sizedHTML},
		{trigger: '!', match: wideImage, html: sizedHTML, isOf: isObsidian},
		{trigger: '!', match: statusImage, html: content},
		{trigger: '$', match: formula, html: verbatim, allowed: notAPrice},
		{trigger: '\\', match: bracketFormula, second: "([", html: verbatim},
		{trigger: '@', match: azureName, html: nameHTML, allowed: afterSpace},
		{trigger: '<', match: crossReference, html: quotedHTML, read: titled},
		{trigger: '@', match: bareReference, html: quotedHTML, allowed: afterSpace, isOf: isDocFX, read: onlyTitled},
		{trigger: '[', match: emptyReference, html: quotedHTML, isOf: isDocFX, read: onlyTitled},
		{trigger: '<', match: variable, html: verbatim},
		{trigger: '@', match: quotedReference, html: quotedHTML, allowed: afterSpace, read: titled},
		{trigger: '[', match: namedText, html: content},
		{trigger: '{', match: addition, html: content},
		{trigger: '{', match: marked, html: content},
		{trigger: '{', match: deletion, html: deletionHTML},
		{trigger: '{', match: replaced, html: func(m []string) string { return deletionHTML(m) + " " + html.EscapeString(m[2]) }},
		{trigger: '{', match: remark, html: nothing},
		{trigger: ':', match: icon, second: "fmos", html: nothing},
		{trigger: ':', match: learnInline, html: learnHTML},
		{trigger: '{', match: kramdown, html: nothing},
		{trigger: '{', match: classList, html: nothing, allowed: notInBraces},
		{trigger: '{', match: settings, html: nothing, allowed: afterMarkup},
		{trigger: '%', match: percentID, html: func(m []string) string { return `<a id="` + html.EscapeString(m[1]) + `"></a>` }, allowed: afterSpace},
		{trigger: '=', match: highlight, html: func(m []string) string { return labelHTML(m[1]) }, allowed: aroundWords, isOf: isMarked},
		{trigger: '~', match: lowered, html: func(m []string) string { return "<sub>" + html.EscapeString(m[1]) + "</sub>" }, allowed: noTilde, isOf: isMkDocs},
		{trigger: '^', match: raised, html: func(m []string) string { return "<sup>" + html.EscapeString(m[1]) + "</sup>" }, allowed: atWord, isOf: isMkDocs},
		{trigger: '^', match: inlineNote, html: noteHTML, isOf: isNotes},
		{trigger: '^', match: inserted, html: content, allowed: atWord, isOf: isMkDocs},
		{trigger: '+', match: keys, html: keysHTML, allowed: atWord, isOf: isMkDocs},
	}
	var out []util.PrioritizedValue
	for i, p := range list {
		p.start = literalStart(p.match)
		out = append(out, util.Prioritized(p, 150+i))
	}
	return out
}

var (
	wikiLink  = regexp.MustCompile(`^\[\[([^\[\]|\s][^\[\]|\n]*)(?:\\?\|([^\[\]\n]*))?\]\]`)
	wikiEmbed = regexp.MustCompile(`^!\[\[([^\[\]|\n]+)(?:\\?\|([^\[\]\n]*))?\]\]`)
	// ![name](file =500x300), of Azure's wikis
	sizedImage = regexp.MustCompile(`^!\[([^\[\]\n]*)\]\(([^()\n]+?)[ \t]+=\d*%?x\d*%?\)`)
	// ![name|100x50](file), of Obsidian
	wideImage = regexp.MustCompile(`^!\[([^\[\]\n|\\]*)\\?\|[ \t]*\d+(?:x\d+)?\]\(([^()\n]+)\)`)
	// ![done][STATUS-GREEN], of md2conf, which defines the references itself
	statusImage = regexp.MustCompile(`^!\[([^\[\]\n]+)\]\[STATUS-[A-Z]+\]`)
	// $a_1$ and $$a_1$$; \(a_1\) and \[a_1\] with what no sentence in brackets has
	formula        = regexp.MustCompile("^(?:\\$\\$[^$\\n]+\\$\\$|\\$[^\\s$`](?:[^$\\n`]*[^\\s$\\\\`])?\\$)")
	bracketFormula = regexp.MustCompile(`^(?:\\\(` + inFormula + `\\\)|\\\[` + inFormula + `\\\])`)
	azureName      = regexp.MustCompile(`^@<([^<>@\n]+)>`)
	crossReference = regexp.MustCompile(`^<xref:([^<>?#\s]+)(?:[?#](?:[^<>\s]*[&?])?text=([^<>&\n]*)[^<>\n]*|[?#][^<>\s]*)?>`) // of DocFX

	bareReference  = regexp.MustCompile(`^@([A-Za-z][\w-]*[./][\w./-]*\w)()`)
	emptyReference = regexp.MustCompile(`^\[\]\(xref:([^()?#\s]+)()[^()\s]*\)`)
	// [!UICONTROL Save], of what Adobe has in DocFX's Markdown
	namedText = regexp.MustCompile(`^\[!(?:UICONTROL|DNL)[ \t]+([^\[\]\n]+)\]`)

	// <<name>> and <<glossary:term>>, of ReadMe
	variable = regexp.MustCompile(`^<<(?:glossary:)?([A-Za-z][\w .-]*)>>`)

	// "Title %{#id}%", of markdown-it-attrs where braces alone mean something else
	percentID = regexp.MustCompile(`^%\{[ \t]*#([^\s{}]+)[^{}\n]*\}%`)

	quotedReference = regexp.MustCompile(`^@"([^"?\n]+)(?:\?text=([^"&\n]*)|\?[^"\n]*)?"`)
	// CriticMarkup: https://fletcher.github.io/MultiMarkdown-6/syntax/critic.html
	addition = regexp.MustCompile(`^\{\+\+(.+?)\+\+\}`)
	deletion = regexp.MustCompile(`^\{--(.+?)--\}`)
	marked   = regexp.MustCompile(`^\{==(.+?)==\}`)
	replaced = regexp.MustCompile(`^\{~~(.*?)~>(.*?)~~\}`)
	remark   = regexp.MustCompile(`^\{>>.*?<<\}`)

	// :::no-loc text="a"::: and :::image alt-text="b"::: of Learn, within text
	learnInline = regexp.MustCompile(`^:::[ \t]*(?:no-loc|image|video|icon)[ \t]([^\n]*?)[ \t]*:::`)
	learnText   = regexp.MustCompile(`(text|alt-text)="([^"\n]*)"`)

	icon      = regexp.MustCompile(`^:(?:material|fontawesome|octicons|simple|fa)-[a-z0-9-]+:`)
	kramdown  = regexp.MustCompile(`^\{:[^{}\n]*\}`)
	classList = regexp.MustCompile(`^\{ ?(?:[.#][A-Za-z][\w:-]*|data-[\w-]+)` +
		`(?:[ \t]+(?:[.#][\w:-]+|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+)|data-[\w-]+))*[ \t]*\}`)
	// {width=50%}, {download}; a word alone is text, as the second in \frac{a}{b} is
	settings = regexp.MustCompile(`^\{[ \t]*(?:` + bareSetting + `|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+))` +
		`(?:[ \t]+(?:[.#][\w:-]+|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+)))*[ \t]*\}`)
	highlight = regexp.MustCompile(`^==([^=\s](?:[^=\n]*[^=\s])?)==`)
	// ^[a note], which stands at the end of the page in Obsidian
	inlineNote = regexp.MustCompile(`^\^\[([^\[\]\n]+)\]`)
	inserted   = regexp.MustCompile(`^\^\^([^\^\s](?:[^\^\n]*[^\^\s])?)\^\^`)
	raised     = regexp.MustCompile(`^\^([^\^\s\[\]]+)\^`)
	lowered    = regexp.MustCompile(`^~([^~\s]+)~`)
	keys       = regexp.MustCompile(`^\+\+((?:[a-z0-9-]+|"[^"\n]+")(?:\+(?:[a-z0-9-]+|"[^"\n]+"))*)\+\+`)
)

// bareSetting matches attributes of HTML that are set by their name alone.
const bareSetting = `(?:download|hidden|disabled|async|autoplay|checked|controls|inert|loop|muted|nomodule|open|` +
	`playsinline|readonly|required|reversed|selected|nofollow|noopener|noreferrer|external|lazy|inline|lightbox)`

func isWiki(d *dialect.Document) bool { return d.IsFor(dialect.WikiTools()...) }

// isVault tells whether "[[" begins a link wherever it stands.
func isVault(d *dialect.Document) bool { return d.Tool() == dialect.Obsidian }

func isObsidian(d *dialect.Document) bool { return d.IsOf(dialect.Obsidian) }

func isNotes(d *dialect.Document) bool { return d.IsFor(dialect.Obsidian) }

func noteHTML(m []string) string { return " (" + labelHTML(m[1]) + ")" }

func isMarked(d *dialect.Document) bool { return d.IsOf(dialect.Obsidian, dialect.MkDocs) }

func isMkDocs(d *dialect.Document) bool { return d.IsOf(dialect.MkDocs) }

// inFormula matches what has a command, an index or a power, and no character of
// Markdown behind a backslash.
const inFormula = `(?:[^\\\n]|\\[A-Za-z,;!{}\\])*?(?:\\[A-Za-z]{2,}|[A-Za-z0-9)}][_^][A-Za-z0-9{])(?:[^\\\n]|\\[A-Za-z,;!{}\\])*?`

func nothing([]string) string { return "" }

// learnHTML shows a word that is not to be translated, or what a picture shows.
func learnHTML(m []string) string {
	text := learnText.FindStringSubmatch(m[1])
	if text == nil {
		return ""
	}
	return text[2]
}

func sizedHTML(m []string) string {
	return `<img src="` + html.EscapeString(m[2]) + `" alt="` + html.EscapeString(m[1]) + `">`
}

// accountID is what stands for a person whose name only the wiki knows.
var accountID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

func nameHTML(m []string) string {
	if accountID.MatchString(m[1]) {
		return "@…"
	}
	return "@" + html.EscapeString(m[1])
}

func deletionHTML(m []string) string { return "<del>" + html.EscapeString(m[1]) + "</del>" }

// verbatim keeps what would else be markup, such as a formula's underscores and
// braces.
func verbatim(m []string) string { return html.EscapeString(m[0]) }

// notAPrice wants no figure or letter beside a formula, as there is in "$5/$6".
func notAPrice(before rune, after []byte) bool {
	next, _ := utf8.DecodeRune(after)
	return !isWordRune(before) && before != '$' && before != '\\' && (len(after) == 0 || !isWordRune(next) && next != '$')
}

func content(m []string) string { return html.EscapeString(m[1]) }

// notALink leaves [[1]](…) and [[1]][…] to Markdown, and lists in lists to
// those who write of code. Many scripts have no spaces before a link.
func notALink(before rune, after []byte) bool {
	if before < utf8.RuneSelf && isWordRune(before) || before == ']' || before == ')' {
		return false
	}
	return len(after) == 0 || after[0] != '(' && after[0] != '['
}

func notASpan(_ rune, after []byte) bool {
	return len(after) == 0 || after[0] != '(' && after[0] != '['
}

func atWord(before rune, _ []byte) bool { return !strings.ContainsRune("=^+", before) }

func noTilde(before rune, after []byte) bool {
	return before != '~' && !bytes.HasPrefix(after, []byte("~"))
}

// aroundWords wants spaces or punctuation on both sides, as comparisons in
// running text have none.
func aroundWords(before rune, after []byte) bool {
	next, _ := utf8.DecodeRune(after)
	return isApart(before) && (len(after) == 0 || isApart(next))
}

func afterSpace(before rune, _ []byte) bool { return !isWordRune(before) }

// isWordRune tells whether marks beside a character are within a word: not so in scripts
// that write words without spaces between them, or particles behind them.
func isWordRune(r rune) bool { return r < noSpaces && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// noSpaces begins, with Thai, the scripts of that kind.
const noSpaces = 0x0E00

func isApart(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsPunct(r) && r != '=' || r >= noSpaces && unicode.IsLetter(r)
}

// WikiScheme begins the addresses of links to notes and pages of a wiki, which
// go by names.
const WikiScheme = "wiki:"

// wikiHTML shows a link's own text, else the name of its target.
func wikiHTML(m []string) string {
	left, label := strings.TrimSpace(strings.TrimSuffix(m[1], `\`)), plainBars(m[2])
	if left == "_TOC_" || left == "_TOSP_" { // of Azure's wikis
		return ""
	}
	target, anchor, _ := strings.Cut(left, "#")
	if label == "" {
		label = target
		if anchor != "" && !strings.HasPrefix(anchor, "^") {
			label = strings.Trim(target+" > "+anchor, " >")
		}
	}
	if target == "" && strings.HasPrefix(anchor, "^") {
		return html.EscapeString(strings.TrimSpace(m[2]))
	}
	href := WikiScheme + strings.NewReplacer("%", "%25", "?", "%3F").Replace(target)
	if target == "" {
		href = ""
	}
	if anchor != "" && !strings.HasPrefix(anchor, "^") {
		href += "#" + slug(anchor)
	}
	return `<a href="` + html.EscapeString(href) + `">` + labelHTML(label) + `</a>`
}

// plainBars is a label without the backslashes that keep its bars from parting the
// cells of a table.
func plainBars(label string) string { return strings.TrimSpace(strings.ReplaceAll(label, `\|`, "|")) }

var markInLabel = regexp.MustCompile("`([^`]+)`|\\*\\*([^*]+)\\*\\*|\\*[^*\\s](?:[^*]*[^*\\s])?\\*")

// labelHTML is the text of a link, which may hold code and words in bold.
func labelHTML(label string) string {
	return markInLabel.ReplaceAllStringFunc(html.EscapeString(label), func(mark string) string {
		if code, ok := strings.CutPrefix(mark, "`"); ok {
			return "<code>" + strings.TrimSuffix(code, "`") + "</code>"
		}
		if !strings.HasPrefix(mark, "**") {
			return "<em>" + strings.Trim(mark, "*") + "</em>"
		}
		return "<strong>" + strings.Trim(mark, "*") + "</strong>"
	})
}

// nameFirst puts the name of a page before the text, as GitHub's wikis do not.
func nameFirst(d *dialect.Document, m []string) []string {
	if name := strings.TrimSpace(m[2]); isWikiPage(name) && !isWikiPage(strings.TrimSpace(m[1])) && !d.IsNote(m[1]) {
		return []string{m[0], name, strings.TrimSuffix(m[1], `\`)}
	}
	return m
}

// isWikiPage finds the name of a page as GitHub's wikis write it. These have
// it after the text; Obsidian has it before.
func isWikiPage(s string) bool {
	return s != "" && s[0] >= 'A' && s[0] <= 'Z' && !strings.ContainsAny(s, " /.#")
}

var imageName = regexp.MustCompile(`(?i)\.(?:png|jpe?g|gif|svg|webp|bmp|avif|mp4|webm|mov|mp3|wav|ogg|pdf|excalidraw)$`)

// isImage tells whether a name, with what of the file is shown or how behind "#",
// is that of an image.
func isImage(name string) bool {
	file, _, _ := strings.Cut(strings.TrimSuffix(name, `\`), "#")
	return imageName.MatchString(file)
}

// embedded tells that a note which stands within a line is only linked.
func embedded(d *dialect.Document, m []string) {
	if name := strings.TrimSpace(m[1]); !isImage(name) {
		d.Warn("embedded note only linked: " + name)
	}
}

// imageSize is how large an image is shown, behind what it shows.
var imageSize = regexp.MustCompile(`(?:^|\|)[ \t]*\d+(?:x\d+)?[ \t]*$`)

// embedHTML shows an embedded note as a link to it.
func embedHTML(m []string) string {
	name := strings.TrimSpace(strings.TrimSuffix(m[1], `\`))
	if !isImage(name) {
		return wikiHTML([]string{m[0], m[1], ""})
	}
	alt := imageSize.ReplaceAllString(strings.ReplaceAll(m[2], `\|`, "|"), "")
	return `<img src="` + html.EscapeString(name) + `" alt="` + html.EscapeString(alt) + `">`
}

func slug(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "-")
}

// keysHTML shows the keys of a shortcut.
func keysHTML(m []string) string {
	var out []string
	for _, key := range strings.Split(m[1], "+") {
		key = strings.Trim(key, `"`)
		if key != "" {
			key = strings.ToUpper(key[:1]) + key[1:]
		}
		out = append(out, "<kbd>"+html.EscapeString(key)+"</kbd>")
	}
	return strings.Join(out, "+")
}
