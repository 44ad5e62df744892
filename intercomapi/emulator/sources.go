package emulator

import (
	"net"
	"net/http"
	"strings"
	"time"
)

// sourceBody is a source as an answer holds it. Before 2.15 sources have no
// audiences.
type sourceBody struct {
	Type string `json:"type"`
	*Source
	AudienceIDs *[]int64 `json:"audience_ids,omitempty"`
}

func (c *call) sourceBody(src *Source) any {
	body := sourceBody{Type: "content_import_source", Source: src}
	if c.version.hasAudiences() {
		body.AudienceIDs = &src.AudienceIDs
	}
	return body
}

func (s *Server) listSources(c *call) answer {
	return list(c, listBounds{perPage: defaultPerPage}, s.store.listSources, c.sourceBody)
}

func (s *Server) getSource(c *call) answer {
	src := s.store.source(c.PathValue("id"))
	if src == nil {
		return errNoSource.answer()
	}
	return jsonAnswer(http.StatusOK, c.sourceBody(src))
}

func (s *Server) createSource(c *call) answer {
	change, err := c.readSource("api")
	if err != nil {
		return err.answer()
	}
	at := time.Now().Unix()
	src := Source{Status: "active", AudienceIDs: []int64{}, CreatedAt: at, LastSyncedAt: at}
	change(&src)
	return jsonAnswer(http.StatusOK, c.sourceBody(s.store.addSource(src)))
}

// updateSource takes "automated", as requests call it, and "automatic", as
// answers do, for what they are, and refuses both: every source here is of the
// kind api, and that cannot change.
func (s *Server) updateSource(c *call) answer {
	id := c.PathValue("id")
	if s.store.source(id) == nil {
		return errNoSource.answer()
	}
	change, err := c.readSource("api", "automated", "automatic", "manual")
	if err != nil {
		return err.answer()
	}
	src := s.store.updateSource(id, change)
	if src == nil {
		return errNoSource.answer()
	}
	return jsonAnswer(http.StatusOK, c.sourceBody(src))
}

// readSource turns the body into a change of a source.
func (c *call) readSource(behaviors ...string) (func(*Source), *apiError) {
	p := &c.params
	behavior := required[string](p, "sync_behavior")
	p.oneOf("sync_behavior", behaviors...)
	if behavior != "api" {
		p.fail(invalid("sync_behavior", "cannot be changed"))
	}
	address := required[string](p, "url")
	host := p.checkURL("url", address).Hostname()
	if c.version.isNew() && !isPublicName(host) {
		p.fail(invalid("url", "must have a public domain name as its host"))
	}
	status := p.oneOf("status", "active", "deactivated")
	audiences, change := c.readAudiences()
	at := time.Now().Unix()
	return func(src *Source) {
		src.SyncBehavior, src.URL, src.UpdatedAt = behavior, address, at
		set(&src.Status, status)
		if change {
			src.AudienceIDs = audiences
		}
	}, p.err
}

// readAudiences reads what 2.15 added. What pages inherit is not visible in
// the API, so apply_audience_to_existing_content only has to be a boolean.
func (c *call) readAudiences() (ids []int64, said bool) {
	if !c.version.hasAudiences() {
		return nil, false
	}
	optional[bool](&c.params, "apply_audience_to_existing_content")
	return c.params.audiences()
}

// isPublicName is false for addresses and for names that only a private
// network knows.
func isPublicName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return false
	}
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "local", "localhost", "internal", "lan", "home", "corp", "intranet":
		return false
	}
	return true
}

func (s *Server) deleteSource(c *call) answer {
	if !s.store.deleteSource(c.PathValue("id")) {
		return errNoSource.answer()
	}
	return noContent()
}
