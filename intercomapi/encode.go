package intercomapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// PageRequest is a page to create or update.
type PageRequest struct {
	SourceID   int64  // the import source that it belongs to
	ExternalID string // its name there; SourceID and ExternalID identify the page
	Title      string
	HTML       string
	URL        string // where Fin says it read this; empty: Fin does not cite the page
	Locale     string // language code; empty means en, which is all there is before 2.17

	AIAgent      bool  // whether Fin may answer customers from it
	AICopilot    bool  // whether Copilot may answer teammates from it
	AISalesAgent *bool // nil leaves it to Intercom; writable since 2.17
}

// pageBody is the request for all versions; its field order is part of what
// callers hash. A flag that is not sent would leave a page invisible to Fin.
type pageBody struct {
	SourceID     int64  `json:"source_id"`
	ExternalID   string `json:"external_id"`
	Title        string `json:"title"`
	HTML         string `json:"html"`
	URL          string `json:"url,omitempty"`
	Locale       string `json:"locale"`
	AIAgent      bool   `json:"ai_agent_availability"`
	AICopilot    bool   `json:"ai_copilot_availability"`
	AISalesAgent *bool  `json:"ai_sales_agent_availability,omitempty"`
}

// Encode returns the body that UpsertPage sends: equal bytes for equal
// requests of one API version. An error says what this version cannot do.
func (c *Client) Encode(p PageRequest) ([]byte, error) {
	if p.Locale == "" {
		p.Locale = "en"
	}
	if err := c.version.checkPage(p); err != nil {
		return nil, fmt.Errorf("encode page: %w", err)
	}
	return encodeInto(len(p.HTML)+len(p.HTML)/16+1<<10, pageBody(p))
}

func (v version) checkPage(p PageRequest) error {
	switch {
	case p.SourceID <= 0:
		return errors.New("no import source id")
	case p.ExternalID == "":
		return errors.New("no external id")
	case p.Locale != "en" && !v.locales:
		return fmt.Errorf("locale %q: API version %s knows only en: use locale en, or version 2.17", p.Locale, v.name)
	case p.AISalesAgent != nil && !v.sales:
		return fmt.Errorf("API version %s cannot set the availability to the AI Sales Agent: "+
			"leave it out, or use version 2.17", v.name)
	}
	return nil
}

// encode keeps HTML readable: escaping <, > and & would add a third to it.
func encode(body any) ([]byte, error) { return encodeInto(0, body) }

// encodeInto is encode for what takes about so many bytes.
func encodeInto(size int, body any) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(size)
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
