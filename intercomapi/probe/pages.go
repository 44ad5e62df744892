package probe

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

const pageURL = "https://docs.example.com/finpages-probe" // what the probe's pages would cite; nobody sees it

// sample has what programs that clean HTML are known to change.
const sample = "<h1>Probe</h1>\n<p>Tom &amp; Ann said &quot;ok&quot; &#8211; caf\u00e9, " +
	"3 &lt; 4,\u00a0<b>bold</b><br>" +
	"and <a href=\"https://docs.example.com/?a=1&amp;b=2\">a link</a>.</p>\n" +
	"<table><thead><tr><th>Key</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>\n" +
	"<pre><code class=\"language-sh\">echo  two   spaces\n\ttab</code></pre>\n" +
	"<ul><li>one<ul><li>nested</li></ul></li></ul>\n<p></p>\n"

func externalID(name string) string { return prefix + name }

// page is the request of a page that neither Fin nor Copilot may use.
func (p *prober) page(name, html string) map[string]any {
	return map[string]any{
		"source_id": p.source, "external_id": externalID(name), "title": "finpages probe: " + name, "html": html,
		"url": pageURL, "locale": "en", "ai_agent_availability": false, "ai_copilot_availability": false,
	}
}

// push upserts a page, and remembers it as one to remove.
func (p *prober) push(ctx context.Context, request map[string]any) (answer, error) {
	external := request["external_id"].(string)
	p.uncertain[external] = true
	a, err := p.send(ctx, http.MethodPost, pagesPath, nil, request)
	switch id := a.id(); {
	case a.status == http.StatusOK && id != "":
		p.pages[external] = id
		delete(p.uncertain, external)
	case a.status >= 400 && a.status < 500 && p.pages[external] == "":
		delete(p.uncertain, external)
	}
	return a, err
}

// id is the answer's id, without quotes.
func (a answer) id() string { return strings.Trim(string(a.body.ID), `"`) }

// create pushes the first page. Without it there is nothing to probe.
func (p *prober) create(ctx context.Context) error {
	a, err := p.push(ctx, p.page("page", sample))
	if err != nil {
		return fmt.Errorf("create a page: %w", err)
	}
	if a.status != http.StatusOK || a.id() == "" {
		return fmt.Errorf("create a page: the API answered %s", a)
	}
	p.add(Finding{Check: "create a page", Expected: "200", Found: a.String()})
	kind := "a number"
	if json.Unmarshal(a.body.ID, new(string)) == nil {
		kind = "a string"
	}
	p.add(Finding{Check: "id of a page", Found: kind})
	p.add(p.htmlFinding(a))
	return nil
}

func (p *prober) htmlFinding(a answer) Finding {
	f := Finding{Check: "html as it comes back"}
	switch html := a.body.HTML; {
	case html == nil:
		f.Found = "not at all"
		f.Verdict, f.Consequence = Differs, "verify cannot see text that was edited in Intercom"
	case *html == sample:
		f.Found = "as it was sent"
	default:
		f.Found = fmt.Sprintf("changed, %d bytes of %d", len(*html), len(sample))
		f.Consequence = "text edited in Intercom is told by its answer to the push, not by what was sent"
	}
	return f
}

// update pushes the page again: with its url, and without.
func (p *prober) update(ctx context.Context) error {
	before := p.pages[externalID("page")]
	a, err := p.push(ctx, p.page("page", sample+"<p>Changed.</p>"))
	if err != nil {
		return fmt.Errorf("update the page: %w", err)
	}
	found := "updates the page"
	switch {
	case a.status != http.StatusOK:
		found = a.String()
	case a.id() != before:
		found = "creates a second page"
	}
	p.add(Finding{
		Check: "POST of an external id that exists", Expected: "updates the page", Found: found,
		Consequence: "each change of a document would leave a page behind: do not sync this workspace",
	})
	request := p.page("page", sample)
	delete(request, "url")
	if a, err = p.push(ctx, request); err != nil {
		return fmt.Errorf("update the page: %w", err)
	}
	if a.body.HTML != nil {
		p.html = sha256.Sum256([]byte(*a.body.HTML))
	}
	p.add(withoutURL(a))
	return nil
}

func withoutURL(a answer) Finding {
	f := Finding{Check: "update without url"}
	switch {
	case a.status != http.StatusOK:
		f.Found = "refused: " + a.String()
		f.Consequence = "sources without page_url cannot be synced"
	case a.body.URL != nil && *a.body.URL != "":
		f.Found = "the page keeps its url"
		f.Consequence = "after page_url is taken out of the config, Fin goes on citing the old addresses"
	default:
		f.Found = "the page loses its url"
	}
	return f
}

// size pushes pages of growing html until one is refused.
func (p *prober) size(ctx context.Context) error {
	largest := 0
	paragraph := "<p>" + strings.Repeat("All work and no play. ", 40) + "</p>\n"
	for bytes := 64 << 10; bytes <= p.MaxHTML; bytes *= 4 {
		html := strings.Repeat(paragraph, bytes/len(paragraph)+1)[:bytes-len("</p>")] + "</p>"
		a, err := p.push(ctx, p.page("size", html))
		switch {
		case err != nil:
			p.add(sizeFinding(largest, bytes, "no answer"))
			return ctx.Err()
		case a.status != http.StatusOK:
			p.add(sizeFinding(largest, bytes, a.String()))
			return nil
		}
		largest = bytes
	}
	p.add(Finding{Check: "size of html", Found: inKiB(largest) + " accepted; more was not tried"})
	return nil
}

func sizeFinding(largest, refused int, reason string) Finding {
	return Finding{
		Check:       "size of html",
		Found:       fmt.Sprintf("%s accepted, %s refused: %s", inKiB(largest), inKiB(refused), reason),
		Consequence: "larger pages are quarantined: split them",
	}
}

func inKiB(bytes int) string { return strconv.Itoa(bytes>>10) + " KiB" }

// remove deletes the page, deletes it again, and brings it back.
func (p *prober) remove(ctx context.Context) error {
	external := externalID("page")
	id := p.pages[external]
	for _, f := range []Finding{
		{Check: "DELETE of a page", Expected: "200", Consequence: "pages may stay in Fin that the source no longer has"},
		{Check: "DELETE of a page that is gone", Expected: "404 not_found",
			Consequence: "an interrupted sync may fail for good"},
	} {
		a, err := p.send(ctx, http.MethodDelete, pagesPath+"/"+id, nil, nil)
		if err != nil {
			return fmt.Errorf("delete the page: %w", err)
		}
		f.Found = a.String()
		p.add(f)
	}
	a, err := p.push(ctx, p.page("page", sample))
	if err != nil {
		return fmt.Errorf("bring the page back: %w", err)
	}
	found := "a new id"
	switch {
	case a.status != http.StatusOK:
		found = a.String()
	case a.id() == id:
		found = "the old id"
	}
	f := Finding{Check: "POST after DELETE", Found: found}
	if a.status != http.StatusOK {
		f.Verdict, f.Consequence = Differs, "a page that comes back in the source does not come back in Fin"
	}
	p.add(f)
	return nil
}

// refusals sends what has to be refused.
func (p *prober) refusals(ctx context.Context) error {
	const noSource = 1<<53 - 1
	strange := p.page("strange", sample)
	strange["source_id"] = noSource
	bare := maps.Clone(strange)
	bare["source_id"] = p.source
	delete(bare, "title")
	for _, r := range []struct {
		check, expected, consequence string
		request                      map[string]any
	}{
		{"page of an unknown import source", "404 not_found",
			"an import source that was deleted in Intercom is taken for pages that are refused", strange},
		{"page without a title", "400 parameter_missing",
			"pages that Intercom refuses may be sent again by each sync", bare},
	} {
		a, err := p.push(ctx, r.request)
		if err != nil {
			return fmt.Errorf("push a page that cannot be: %w", err)
		}
		f := Finding{Check: r.check, Expected: r.expected, Found: a.String(), Consequence: r.consequence}
		if a.status == http.StatusUnprocessableEntity && strings.HasPrefix(r.expected, "400") {
			f.Verdict, f.Consequence = Noted, "" // 422 is as good
		}
		p.add(f)
	}
	return nil
}
