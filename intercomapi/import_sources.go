package intercomapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"
)

// ImportSource is a Content Import Source: where external pages come from.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/content_import_source
type ImportSource struct {
	ID           int64
	URL          string
	SyncBehavior string // api for those whose pages come through the API; automatic, manual
	Status       string // active or deactivated
	AudienceIDs  []int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
	LastSyncedAt time.Time
}

// ImportSourceRequest is what can be set of an import source. Its sync
// behavior is always api.
type ImportSourceRequest struct {
	URL    string
	Status string // active or deactivated; empty leaves it to Intercom, for whom active is the default

	// AudienceIDs are the audiences that the pages start with: nil leaves them
	// as they are, an empty slice takes them all away. Since version 2.15.
	AudienceIDs []int64

	// ApplyAudience gives the audiences to the pages that exist, too. Only for
	// updates, since version 2.15.
	ApplyAudience bool
}

// ImportSources lists all import sources of the workspace. An error ends the
// sequence; what came before is then not the whole list.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/listcontentimportsources
func (c *Client) ImportSources(ctx context.Context) iter.Seq2[ImportSource, error] {
	l := listing[ImportSource]{
		operation: "list_import_sources", path: sourcesPath,
		key: func(s ImportSource) string { return strconv.FormatInt(s.ID, 10) },
	}
	return list(ctx, c, l, func(dec *json.Decoder) (s ImportSource, err error) { return s, dec.Decode(&s) })
}

// ImportSource returns one import source.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/getcontentimportsource
func (c *Client) ImportSource(ctx context.Context, id int64) (ImportSource, error) {
	var s ImportSource
	err := c.do(ctx, call{
		operation: "get_import_source", method: http.MethodGet, path: sourcePath(id),
		limit: maxOne, read: into(&s),
	})
	return s, err
}

// CreateImportSource creates an import source. It may have done so even if it
// returns an error: if that is Ambiguous, list the sources before trying again.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/createcontentimportsource
func (c *Client) CreateImportSource(ctx context.Context, r ImportSourceRequest) (ImportSource, error) {
	r.ApplyAudience = false
	body, err := c.encodeSource(r)
	if err != nil {
		return ImportSource{}, fmt.Errorf("create import source: %w", err)
	}
	var s ImportSource
	err = c.do(ctx, call{
		operation: "create_import_source", method: http.MethodPost, path: sourcesPath, body: body,
		limit: maxOne, read: into(&s), createsAlways: true,
	})
	return s, err
}

// UpdateImportSource changes an import source.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/updatecontentimportsource
func (c *Client) UpdateImportSource(ctx context.Context, id int64, r ImportSourceRequest) (ImportSource, error) {
	body, err := c.encodeSource(r)
	if err != nil {
		return ImportSource{}, fmt.Errorf("update import source: %w", err)
	}
	var s ImportSource
	err = c.do(ctx, call{
		operation: "update_import_source", method: http.MethodPut, path: sourcePath(id), body: body,
		limit: maxOne, read: into(&s),
	})
	return s, err
}

const sourcesPath = "/ai/content_import_sources"

func sourcePath(id int64) string { return sourcesPath + "/" + strconv.FormatInt(id, 10) }

func (c *Client) encodeSource(r ImportSourceRequest) ([]byte, error) {
	switch {
	case r.URL == "":
		return nil, errors.New("no url")
	case (r.AudienceIDs != nil || r.ApplyAudience) && !c.version.audiences:
		return nil, fmt.Errorf("API version %s cannot set audiences: "+
			"leave them out, or use version 2.15 or later", c.version.name)
	}
	return encode(struct {
		SyncBehavior  string  `json:"sync_behavior"`
		URL           string  `json:"url"`
		Status        string  `json:"status,omitempty"`
		AudienceIDs   []int64 `json:"audience_ids,omitzero"` // nil is left out, empty is sent
		ApplyAudience bool    `json:"apply_audience_to_existing_content,omitempty"`
	}{"api", r.URL, r.Status, r.AudienceIDs, r.ApplyAudience})
}

// UnmarshalJSON reads an import source as the API writes it.
func (s *ImportSource) UnmarshalJSON(b []byte) error {
	var w struct {
		ID           integer   `json:"id"`
		URL          string    `json:"url"`
		SyncBehavior string    `json:"sync_behavior"`
		Status       string    `json:"status"`
		AudienceIDs  audiences `json:"audience_ids"`
		CreatedAt    instant   `json:"created_at"`
		UpdatedAt    instant   `json:"updated_at"`
		LastSyncedAt instant   `json:"last_synced_at"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	if w.ID <= 0 {
		return errors.New("an import source without id")
	}
	*s = ImportSource{
		ID: int64(w.ID), URL: w.URL, SyncBehavior: w.SyncBehavior, Status: w.Status, AudienceIDs: w.AudienceIDs,
		CreatedAt: w.CreatedAt.Time, UpdatedAt: w.UpdatedAt.Time, LastSyncedAt: w.LastSyncedAt.Time,
	}
	return nil
}

// audiences is a list of ids, or just one.
type audiences []int64

func (a *audiences) UnmarshalJSON(b []byte) error {
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		*a = audiences{n}
		return nil
	}
	return json.Unmarshal(b, (*[]int64)(a))
}
