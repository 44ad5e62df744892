package emulator

import (
	"crypto/subtle"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

type handler func(*call) answer

// methods are the methods of one path.
type methods map[string]handler

const (
	pathSources = "/ai/content_import_sources"
	pathPages   = "/ai/external_pages"
)

func (s *Server) endpoints() map[string]methods {
	return map[string]methods{
		"/me":                 {"GET": s.me},
		pathSources:           {"GET": s.listSources, "POST": s.createSource},
		pathSources + "/{id}": {"GET": s.getSource, "PUT": s.updateSource, "DELETE": s.deleteSource},
		pathPages:             {"GET": s.listPages, "POST": s.upsertPage},
		pathPages + "/{id}":   {"GET": s.getPage, "PUT": s.updatePage, "DELETE": s.deletePage},
	}
}

// serve answers as the API: who is it, is there room in the window, is it
// understood, and only then what does it want.
func (s *Server) serve(c *call) answer {
	if !s.authorized(c.Request) {
		return errUnauthorized.answer()
	}
	use := s.window.count(time.Now())
	a := s.admitted(c, use)
	a.addHeader(use.header())
	return a
}

func (s *Server) admitted(c *call, use usage) answer {
	if use.exceeded {
		return errRateLimit.answer()
	}
	if err := c.checkHeaders(); err != nil {
		return err.answer()
	}
	return s.route(c)
}

func (s *Server) authorized(r *http.Request) bool {
	token := bearer(r)
	if s.opts.Token == "" {
		return token != ""
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.opts.Token)) == 1
}

func (s *Server) route(c *call) answer {
	byMethod, known := s.routes[c.URL.Path]
	if !known {
		collection, id := splitPath(c.URL.Path)
		c.SetPathValue("id", id)
		byMethod, known = s.routes[collection+"/{id}"]
	}
	if !known {
		return errNoPath.answer()
	}
	handle, allowed := byMethod[c.Method]
	if !allowed {
		a := errMethod.answer()
		a.header.Set("Allow", strings.Join(slices.Sorted(maps.Keys(byMethod)), ", "))
		return a
	}
	return handle(c)
}

// splitPath cuts a path before its last name.
func splitPath(path string) (collection, id string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 || i == len(path)-1 {
		return "", ""
	}
	return path[:i], path[i+1:]
}

// me answers the token check.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/admins/identifyadmin
func (s *Server) me(*call) answer {
	return jsonAnswer(http.StatusOK, map[string]any{
		"type":           "admin",
		"id":             "1",
		"email":          "admin@example.com",
		"name":           "Emulated admin",
		"email_verified": true,
		"has_inbox_seat": true,
		"app": map[string]any{
			"type":                  "app",
			"id_code":               s.opts.Workspace.IDCode,
			"name":                  s.opts.Workspace.Name,
			"region":                s.opts.Workspace.Region,
			"timezone":              "Etc/UTC",
			"created_at":            s.started.Unix(),
			"secure":                false,
			"identity_verification": false,
		},
	})
}
