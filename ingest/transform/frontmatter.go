package transform

import (
	"fmt"
	"slices"

	"finpages/ingest/address"
	"finpages/ingest/render"
	"finpages/intercomapi"
)

// FrontMatter bounds what the front matter of a page may set. Everybody who
// writes a document writes its front matter, too.
type FrontMatter struct {
	MayWiden      bool     // front matter may show a page to more people than its source
	CitationHosts []string // hosts of front matter's urls, beside the host of the page's own address
}

// narrow sets what the page's front matter says of the request: who may answer
// from the page, and the address that is cited. What it may not set stays as
// the source has it, with a warning on the page.
//
//	source  front matter  pushed
//	any     absent        as the source
//	true    false         false
//	false   true          false; true with MayWiden
func (f FrontMatter) narrow(req *intercomapi.PageRequest, page *render.Page) {
	flag := func(name string, source bool, own *bool) bool {
		if own == nil || !*own || source || f.MayWiden {
			return (own == nil && source) || (own != nil && *own)
		}
		page.Warnings = append(page.Warnings, fmt.Sprintf("front matter: fin.%s: true is ignored, since the source has "+
			"%s: false: front matter shows a page to more people only with front_matter: {may_widen: true}", name, name))
		return false
	}
	req.AIAgent = flag("ai_agent", req.AIAgent, page.Meta.AIAgent)
	req.AICopilot = flag("ai_copilot", req.AICopilot, page.Meta.AICopilot)
	if req.AISalesAgent != nil {
		sales := flag("ai_sales_agent", *req.AISalesAgent, page.Meta.AISalesAgent)
		req.AISalesAgent = &sales
	}
	if page.Meta.URL != "" {
		req.URL = f.cited(req.URL, page)
	}
}

// isNarrowed tells whether front matter keeps a document from anybody.
func isNarrowed(m render.Meta) bool {
	return slices.ContainsFunc([]*bool{m.AIAgent, m.AICopilot, m.AISalesAgent}, isOff)
}

func isOff(flag *bool) bool { return flag != nil && !*flag }

// showsMore tells whether a page with the front matter of is shown to anybody from
// whom that of another document keeps its text.
func (m Maker) showsMore(of, other render.Meta) bool {
	of.URL = ""
	req := m.request("", &render.Page{Meta: of}, "")
	return isOff(other.AIAgent) && req.AIAgent || isOff(other.AICopilot) && req.AICopilot ||
		isOff(other.AISalesAgent) && req.AISalesAgent != nil && *req.AISalesAgent
}

// cited returns the address that front matter gives, if it lies on a host that
// the source cites; otherwise the page's own.
func (f FrontMatter) cited(own string, page *render.Page) string {
	given := address.Clean(page.Meta.URL)
	if given == "" {
		return own
	}
	host := address.Host(given)
	isCited := func(h string) bool { return host == address.Host("https://"+h) }
	if host == address.Host(own) || slices.ContainsFunc(f.CitationHosts, isCited) {
		return given
	}
	page.Warnings = append(page.Warnings, fmt.Sprintf("front matter: the url %s is ignored: its host is not that of "+
		"page_url, and citation_hosts does not name it", given))
	return own
}
