package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"finpages/intercomapi"
)

// account looks at whom the token belongs to, and at the rate headers.
func (p *prober) account(ctx context.Context) error {
	a, err := p.send(ctx, http.MethodGet, "/me", nil, nil)
	if err != nil {
		return fmt.Errorf("ask for the workspace: %w", err)
	}
	if a.status != http.StatusOK {
		return fmt.Errorf("ask for the workspace: the API answered %s: check token, region and version", a)
	}
	found := "named"
	if a.body.App == nil {
		found = "not named"
	}
	if p.Workspace != "" && (a.body.App == nil || a.body.App.IDCode != p.Workspace) {
		return errors.New("the token is of another workspace than intercom.workspace names: nothing was sent to it")
	}
	p.add(Finding{
		Check: "workspace of the token", Expected: "named", Found: found,
		Consequence: "whether a token is of the right workspace (intercom.workspace) cannot be seen",
	})
	p.add(rateFinding(a.header))
	return nil
}

func rateFinding(h http.Header) Finding {
	f := Finding{Check: "rate limit"}
	var missing []string
	for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
		if n, err := strconv.ParseInt(h.Get(name), 10, 64); err != nil || n < 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		f.Verdict, f.Expected = Differs, "told by every answer"
		f.Found = "without " + strings.Join(missing, ", ")
		f.Consequence = "finpages cannot pace itself: requests may be refused for a while"
		return f
	}
	reset, _ := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	now := time.Now()
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	left := reset - now.Unix()
	f.Found = h.Get("X-RateLimit-Limit") + " requests in a window"
	if left > 10 {
		f.Found += fmt.Sprintf(", which ends in %d seconds", left)
		f.Verdict, f.Expected = Differs, "windows of 10 seconds"
		f.Consequence = "finpages waits for the end of longer windows"
	}
	return f
}

// versions asks for each version of the API that the program knows.
func (p *prober) versions(ctx context.Context) error {
	var accepted []string
	for _, v := range []string{"2.14", "2.15", "2.16", "2.17", "Preview"} {
		a, err := p.sendAs(ctx, v, http.MethodGet, "/me", nil, nil)
		if err != nil {
			return fmt.Errorf("try version %s: %w", v, err)
		}
		if a.status == http.StatusOK {
			accepted = append(accepted, v)
		}
	}
	p.add(Finding{Check: "versions accepted", Found: strings.Join(accepted, ", ")})
	return nil
}

// lists looks at what the list makes of parameters.
func (p *prober) lists(ctx context.Context) error {
	for _, check := range []func(context.Context) (Finding, error){p.perPage, p.look, p.reach} {
		f, err := check(ctx)
		if err != nil {
			return fmt.Errorf("list the pages: %w", err)
		}
		p.add(f)
	}
	return nil
}

func (p *prober) list(ctx context.Context, query ...string) (answer, error) {
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	return p.send(ctx, http.MethodGet, pagesPath, values, nil)
}

func (p *prober) perPage(ctx context.Context) (Finding, error) {
	f := Finding{Check: "per_page of a list"}
	a, err := p.list(ctx, "per_page", "1")
	if err != nil {
		return f, err
	}
	if a.status != http.StatusOK || a.body.Pages == nil || a.body.Pages.PerPage != 1 || len(a.body.Data) > 1 {
		f.Found = "ignored"
		if a.status != http.StatusOK {
			f.Found = "refused: " + a.String()
		}
		f.Consequence = "lists take more requests, and a list of very large pages cannot be read"
		return f, nil
	}
	if a, err = p.list(ctx, "per_page", "150"); err != nil {
		return f, err
	}
	f.Found = "obeyed"
	if a.status == http.StatusOK && a.body.Pages != nil {
		f.Found = fmt.Sprintf("obeyed, up to %d", a.body.Pages.PerPage)
	}
	return f, nil
}

func noHash(intercomapi.ExternalPage) (none [32]byte) { return none }

func (p *prober) look(ctx context.Context) (Finding, error) {
	f := Finding{Check: "source_id with external_id of a list", Expected: "finds the page"}
	_, _, err := p.Client.FindPage(ctx, p.source, externalID("no-such-page"), noHash)
	var api *intercomapi.Error
	switch {
	case err == nil:
		p.lookup, f.Found = true, f.Expected
	case errors.Is(err, intercomapi.ErrNoLookup):
		f.Found = "ignored"
	case errors.As(err, &api) && api.Refused():
		f.Found = "refused: " + strings.TrimSpace(strconv.Itoa(api.Status)+" "+api.Code)
	default:
		return f, err
	}
	f.Consequence = "a lost state cannot be restored, nor Intercom verified, beyond the pages that the list shows"
	return f, nil
}

// reach asks for what lies behind the first 10,000 pages.
func (p *prober) reach(ctx context.Context) (Finding, error) {
	f := Finding{Check: "lists behind 10,000 pages"}
	first, err := p.list(ctx)
	if err != nil {
		return f, err
	}
	a, err := p.list(ctx, "page", "201", "per_page", "50")
	total := func(a answer) int {
		if a.body.TotalCount == nil {
			return -1
		}
		return *a.body.TotalCount
	}
	switch {
	case a.status != http.StatusOK:
		f.Found = "refused: " + a.String()
		f.Consequence = "pages beyond are looked up one by one"
	case total(first) > 0 && total(a) == 0:
		f.Found = "empty, with a count of 0"
		f.Consequence = "pages beyond are looked up one by one"
	case len(a.body.Data) > 0 || total(a) == total(first):
		f.Found = "answered like any other"
	default:
		f.Found, f.Verdict = fmt.Sprintf("a count of %d where there are %d", total(a), total(first)), Unknown
	}
	return f, err
}

// lag waits for the page to show in the list.
func (p *prober) lag(ctx context.Context) error {
	const slow = 10 * time.Second
	f := Finding{Check: "new page in the list"}
	start := time.Now()
	for {
		page, err := p.find(ctx, externalID("page"))
		shown := page.ID != ""
		waited := time.Since(start)
		switch {
		case err != nil:
			return fmt.Errorf("look for the page in the list: %w", err)
		case shown && waited < time.Second:
			f.Found = "at once"
		case shown:
			f.Found = "after " + waited.Round(100*time.Millisecond).String()
		case waited >= p.ListTimeout:
			f.Found = "not within " + p.ListTimeout.String()
		default:
			if err := sleep(ctx, min(p.ListTimeout/10, time.Second)); err != nil {
				return err
			}
			continue
		}
		if !shown || waited > slow {
			f.Expected, f.Consequence = "within "+slow.String(), "verify right after a sync tells pages as missing that are not"
		}
		p.add(f)
		if shown {
			p.add(p.listedHTML(page))
		}
		return nil
	}
}

// listedHTML compares the html of a list with the answer to the push.
func (p *prober) listedHTML(page intercomapi.ListedPage) Finding {
	f := Finding{
		Check: "html in the list", Expected: "as the push was answered", Found: "as the push was answered",
		Consequence: "verify tells every page as edited in Intercom",
	}
	switch page.HTMLHash {
	case p.html:
	case [32]byte{}:
		f.Found, f.Consequence = "not there", "verify cannot see text that was edited in Intercom"
	default:
		f.Found = "other"
	}
	return f
}

// find returns a page of the list, or one without an id. It looks the page up, or
// goes through the list where that is not possible.
func (p *prober) find(ctx context.Context, external string) (none intercomapi.ListedPage, err error) {
	if p.lookup {
		page, _, err := p.Client.FindPage(ctx, p.source, external, noHash)
		return page, err
	}
	for page, err := range p.Client.ListPages(ctx, noHash) {
		switch {
		case errors.As(err, new(*intercomapi.ListLimitError)):
			return none, nil
		case err != nil:
			return none, err
		case page.SourceID == p.source && page.ExternalID == external:
			return page, nil
		}
	}
	return none, nil
}
