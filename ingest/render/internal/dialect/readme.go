package dialect

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	regexp "finpages/sources/lazyregexp"
)

// What ReadMe adds to Markdown: https://docs.readme.com/rdmd/docs
var (
	// <<name>> and <<glossary:term>>
	readmeName = regexp.MustCompile(`^<<(glossary:)?([A-Za-z][\w .-]*)>>`)
	// {user.name}
	readmeUser  = regexp.MustCompile(`^\{user\.([A-Za-z_]\w*)\}`)
	namesInCode = regexp.MustCompile(`<<(?:glossary:)?[A-Za-z][\w .-]*>>|\{user\.[A-Za-z_]\w*\}`)
)

// ReadMeValue reads a value that the site knows of its reader at the start of s, and
// returns its HTML; length is 0 if there is none. To those whom the site does not know
// it shows the value's name, in capitals.
func (d *Document) ReadMeValue(s string) (markup string, length int) {
	if !strings.HasPrefix(s, "<<") && !strings.HasPrefix(s, "{user.") || !d.IsOf(ReadMe) {
		return "", 0
	}
	text, length := readmeValue(s)
	return html.EscapeString(text), length
}

func readmeValue(s string) (text string, length int) {
	if m := readmeUser.FindStringSubmatch(s); m != nil {
		return strings.ToUpper(m[1]), len(m[0])
	}
	m := readmeName.FindStringSubmatch(s)
	switch {
	case m == nil:
		return "", 0
	case m[1] != "":
		return m[2], len(m[0])
	}
	return strings.ToUpper(m[2]), len(m[0])
}

// readmeInCode shows such values in a code span, where they count, too.
func (d *Document) readmeInCode(code string) string {
	if !strings.Contains(code, "<<") && !strings.Contains(code, "{user.") || !d.IsOf(ReadMe) {
		return code
	}
	return namesInCode.ReplaceAllStringFunc(code, func(m string) string {
		text, _ := readmeValue(m)
		return text
	})
}

// readmeVariable is the value that a component stands for, and how long it is with what
// it encloses.
func readmeVariable(t tag, s string) (markup string, length int) {
	length = t.length
	if end := strings.Index(s[length:], "</Variable>"); !t.selfClosing && end >= 0 {
		length += end + len("</Variable>")
	}
	return html.EscapeString(strings.ToUpper(parseArgs(t.args).first("name"))), length
}

// boxTitle makes a heading of the first line of a quote that begins with an icon, as
// ReadMe does: "> 📘 Title".
func (r *rewriter) boxTitle(body []string) []string {
	if len(body) == 0 || len(body[0]) < 4 || body[0][0] < utf8.RuneSelf || !r.IsOf(ReadMe) {
		return body
	}
	icon, title, _ := strings.Cut(body[0], " ")
	first, _ := utf8.DecodeRuneInString(icon)
	n := 1
	for n < len(body) && n < maxSpan && !isBlank(body[n]) && title != "" && !isListItem(body[n]) {
		n++
	}
	title = strings.TrimSpace(title + " " + strings.Join(body[1:n], " "))
	if !unicode.IsSymbol(first) && first != '‼' || strings.ContainsFunc(icon, unicode.IsLetter) || title == "" {
		return body
	}
	return append([]string{"### " + icon + " " + title, ""}, body[n:]...)
}

// readmeSigns are what shows that a document is ReadMe's.
var readmeSigns = []hand{
	{sign: "[block:", pattern: regexp.MustCompile(`^[ \t]*\[block:[a-z][\w-]*\]`)},
	{sign: "> 📘", pattern: regexp.MustCompile(`^> 📘( |$)`)},
	{sign: "> 👍", pattern: regexp.MustCompile(`^> 👍( |$)`)},
	{sign: "> 🚧", pattern: regexp.MustCompile(`^> 🚧( |$)`)},
	{sign: "> ❗", pattern: regexp.MustCompile(`^> ❗️?( |$)`)},
	{sign: "<HTMLBlock", pattern: regexp.MustCompile("^[ \t]*(?:<td>)?<HTMLBlock\\b")},
	{sign: "<<glossary:", pattern: regexp.MustCompile(`<<glossary:[A-Za-z][^<>\n]*>>`)},
	{sign: "<Glossary>", pattern: regexp.MustCompile(`<Glossary>[^<>\n]*</Glossary>`)},
	{sign: "<Callout ", pattern: regexp.MustCompile(`^[ \t]*<Callout (?:theme|icon)="[^<>\n]*\b(?:theme|icon)="`)},
	{sign: "<Table align={[", pattern: regexp.MustCompile(`^[ \t]*<Table align=`)},
	{sign: "](doc:", pattern: regexp.MustCompile(`\]\(doc:[\w-]+(?:#[\w-]*)?\)`)},
}
