package intercomapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

// ExternalPage is a page as Intercom holds it.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/external_page
type ExternalPage struct {
	ID             string // Intercom's
	SourceID       int64
	ExternalID     string // ours
	Title          string
	HTML           string   // empty in what UpsertPage and ListPages return
	HTMLHash       [32]byte // SHA-256 of the html, which may be other than what was sent; zero if Intercom does not say
	URL            string
	Locale         string
	AIAgent        bool
	AICopilot      bool
	AISalesAgent   *bool // nil if Intercom does not say
	CreatedAt      time.Time
	UpdatedAt      time.Time
	LastIngestedAt time.Time
}

// Page returns one page.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/getexternalpage
func (c *Client) Page(ctx context.Context, id string) (ExternalPage, error) {
	path, err := pagePath(id)
	if err != nil {
		return ExternalPage{}, fmt.Errorf("get page: %w", err)
	}
	var p ExternalPage
	err = c.do(ctx, call{
		operation: "get_page", method: http.MethodGet, path: path,
		limit: maxOne, read: into(&p),
	})
	return p, err
}

// UpsertPage creates the page, or updates the one with the same SourceID and
// ExternalID. It may have done so even if it returns an error. What it returns
// has the hash of the HTML that Intercom made of it, not the HTML.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/createexternalpage
func (c *Client) UpsertPage(ctx context.Context, r PageRequest) (ExternalPage, error) {
	body, err := c.Encode(r)
	if err != nil {
		return ExternalPage{}, err
	}
	return c.UpsertEncoded(ctx, body)
}

// UpsertEncoded is [Client.UpsertPage] with a body that [Client.Encode] returned.
func (c *Client) UpsertEncoded(ctx context.Context, body []byte) (ExternalPage, error) {
	var p upserted
	err := c.do(ctx, call{
		operation: "upsert_page", method: http.MethodPost, path: pagesPath, body: body,
		limit: maxOne, read: into(&p),
	})
	p.HTML = ""
	return ExternalPage(p), err
}

// DeletePage takes a page out of Fin. That Intercom has no such page is no error.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/deleteexternalpage
func (c *Client) DeletePage(ctx context.Context, id string) error {
	path, err := pagePath(id)
	if err != nil {
		return fmt.Errorf("delete page: %w", err)
	}
	err = c.do(ctx, call{operation: "delete_page", method: http.MethodDelete, path: path})
	if e := (*Error)(nil); errors.As(err, &e) && e.NotFound() {
		return nil
	}
	return err
}

const pagesPath = "/ai/external_pages"

var pageID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// pagePath takes no id that a gateway could read as another path, such as an
// import source's.
func pagePath(id string) (string, error) {
	if !pageID.MatchString(id) {
		return "", fmt.Errorf("%q is not a page id", id)
	}
	return pagesPath + "/" + id, nil
}

// UnmarshalJSON reads a page as the API writes it.
func (p *ExternalPage) UnmarshalJSON(b []byte) error {
	if p.readPlain(b, true) {
		return nil
	}
	return p.readAny(b)
}

// readAny reads a page that is written in any way.
func (p *ExternalPage) readAny(b []byte) error {
	var w struct {
		ID             text    `json:"id"`
		SourceID       integer `json:"source_id"`
		ExternalID     text    `json:"external_id"`
		Title          string  `json:"title"`
		HTML           *string `json:"html"`
		URL            string  `json:"url"`
		Locale         string  `json:"locale"`
		AIAgent        bool    `json:"ai_agent_availability"`
		AICopilot      bool    `json:"ai_copilot_availability"`
		AISalesAgent   *bool   `json:"ai_sales_agent_availability"`
		CreatedAt      instant `json:"created_at"`
		UpdatedAt      instant `json:"updated_at"`
		LastIngestedAt instant `json:"last_ingested_at"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	if w.ID == "" {
		return errors.New("a page without id")
	}
	*p = ExternalPage{
		ID: string(w.ID), SourceID: int64(w.SourceID), ExternalID: string(w.ExternalID),
		Title: w.Title, URL: w.URL, Locale: w.Locale,
		AIAgent: w.AIAgent, AICopilot: w.AICopilot, AISalesAgent: w.AISalesAgent,
		CreatedAt: w.CreatedAt.Time, UpdatedAt: w.UpdatedAt.Time, LastIngestedAt: w.LastIngestedAt.Time,
	}
	if w.HTML != nil {
		p.HTML, p.HTMLHash = *w.HTML, hashOf(*w.HTML)
	}
	return nil
}

// hashOf is the SHA-256 of a text, which is not copied for that.
func hashOf(text string) (sum [32]byte) {
	h := sha256.New()
	block := make([]byte, 4<<10)
	for text != "" {
		n := copy(block, text)
		_, _ = h.Write(block[:n]) // never fails
		text = text[n:]
	}
	h.Sum(sum[:0])
	return sum
}
