package render

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"finpages/ingest/render/internal/frontmatter"
	"finpages/sources"
	"finpages/sources/charset"
)

// metaPage reads the settings of the front matter that are about the page as
// a whole. Where it is in doubt whether a page may be in Fin, it may not.
func metaPage(front frontmatter.Fields, in Input, notes *warnings) (Page, error) {
	var page Page
	var err error
	if page.Meta.ID, err = metaID(front); err != nil {
		return Page{}, err
	}
	if page.Meta.URL, err = metaURL(front, in.URL, notes); err != nil {
		return Page{}, err
	}
	page.readDraft(front)
	page.readFin(front)
	page.readHidden(front, in.tool)
	return page, nil
}

const maxID = 255

func metaID(front frontmatter.Fields) (string, error) {
	value, ok := front["id"]
	if !ok || value == nil {
		return "", nil
	}
	id, isText := value.(string)
	id = strings.TrimSpace(id)
	switch {
	case !isText:
		return "", fmt.Errorf("id: must be text or a number")
	case utf8.RuneCountInString(id) > maxID:
		return "", fmt.Errorf("id: longer than %d characters", maxID)
	case strings.ContainsFunc(id, unicode.IsControl):
		return "", fmt.Errorf("id: must be on one line")
	}
	return id, nil
}

// metaURL resolves an address that is relative to the root against the page's.
func metaURL(front frontmatter.Fields, pageURL string, notes *warnings) (string, error) {
	value, ok := front["url"]
	if !ok || value == nil || value == "" {
		return "", nil
	}
	text, _ := value.(string)
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || text == "":
		return "", fmt.Errorf("url: not a web address: write one such as https://docs.example.com/page")
	case isWeb(u):
		return u.String(), nil
	case u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/"):
		return "", fmt.Errorf("url: %q must begin with https://, http:// or /", text)
	}
	base, err := url.Parse(pageURL)
	if err != nil || !isWeb(base) {
		notes.add("url in the front matter left out: the source has no page_url that it could belong to")
		return "", nil
	}
	return base.ResolveReference(u).String(), nil
}

func (p *Page) readDraft(front frontmatter.Fields) {
	if value := front["draft"]; isStated(value) && truth(value) != no {
		p.Meta.Draft = true
		p.withholdFor("draft", value)
	}
	p.readPublished(front, "published")
}

var finKeys = []string{"ai_agent", "ai_copilot", "ai_sales_agent"}

func (p *Page) readFin(front frontmatter.Fields) {
	value, ok := front["fin"]
	if !ok {
		return
	}
	flags := []**bool{&p.Meta.AIAgent, &p.Meta.AICopilot, &p.Meta.AISalesAgent}
	fields, isMap := value.(frontmatter.Fields)
	if !isMap {
		switch truth(value) {
		case yes:
		case no:
			for _, flag := range flags {
				*flag = new(bool)
			}
			p.withhold("fin: %v in the front matter", value)
		default:
			p.withhold("fin in the front matter is neither true nor false")
		}
		return
	}
	for _, key := range sortedKeys(fields) {
		at := slices.Index(finKeys, key)
		answer := truth(fields[key])
		switch {
		case at < 0:
			p.withhold("unknown key %q under fin in the front matter: use %s", key, strings.Join(finKeys, ", "))
		case answer == unclear:
			p.withhold("fin: %s in the front matter is neither true nor false", key)
		default:
			*flags[at] = new(answer == yes)
		}
	}
}

func (p *Page) withhold(format string, args ...any) {
	if p.withheld == "" {
		p.withheld = fmt.Sprintf(format, args...)
	}
}

type answer int

const (
	unclear answer = iota
	yes
	no
)

// truth reads a boolean as people write it in any of the formats.
func truth(value any) answer {
	text, _ := value.(string)
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "on", "y", "1":
		return yes
	case "false", "no", "off", "n", "0":
		return no
	}
	return unclear
}

func sortedKeys(fields frontmatter.Fields) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Withheld says why the text of a document must not be in Fin by its front matter,
// not even in documents that include it; "" if it may, and then who of Fin may answer
// from it. One whose front matter cannot be read must not.
func Withheld(in Input) (why string, readers Meta) {
	doc := in.Document
	if !hasFrontMatter(doc.Format) {
		return "", Meta{}
	}
	text, err := charset.Text(doc.Body, isMarkup(doc.Format))
	if err != nil {
		return err.Error(), Meta{}
	}
	split := frontmatter.Split
	if doc.Format == sources.Text {
		split = frontmatter.SplitText
	}
	front, _, err := split(text)
	if err != nil {
		return err.Error(), Meta{}
	}
	var page Page
	page.readDraft(front)
	page.readFin(front)
	delete(front, "build") // these only say that it is no page of its own
	delete(front, "_build")
	page.readHidden(front, in.tool)
	return page.withheld, page.Meta
}
