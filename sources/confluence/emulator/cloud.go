package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	regexp "finpages/sources/lazyregexp"
)

var collections = map[string]string{"pages": "page", "blogposts": "blogpost", "folders": "folder"}

func (s *Server) serveCloud(w http.ResponseWriter, r *http.Request, path string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case path == "/rest/api/user/current":
		answer(w, object{
			"type": "known", "accountId": "5b10a2844c20165700ede21g", "accountType": "atlassian",
			"email":      s.config.Email,
			"publicName": "Reader", "displayName": "Reader", "timeZone": nil, "isExternalCollaborator": false,
			"profilePicture": object{"path": "/wiki/aa-avatar/reader", "width": 48, "height": 48, "isDefault": true},
			"_expandable":    object{"operations": "", "personalSpace": ""}, "_links": object{"self": s.base(r) +
				"/rest/api/user"},
		})
	case path == "/rest/api/content/search":
		s.cloudSearch(w, r)
	case path == "/rest/api/content" && s.config.Traps.V1Content:
		s.dcList(w, r)
	case path == "/rest/api/content":
		fail(w, http.StatusGone, "This deprecated endpoint has been removed.")
	case len(parts) == 8 && parts[4] == "child" && parts[5] == "attachment" && parts[7] == "download":
		s.download(w, r, s.visibleFile(parts[6]))
	case strings.HasPrefix(path, "/rest/api/content/") && strings.Contains(path, "/restriction/byOperation"):
		s.restriction(w, r, parts)
	case len(parts) < 3 || parts[0] != "api" || parts[1] != "v2":
		fail(w, http.StatusNotFound, "no such resource")
	case parts[2] == "attachments":
		s.serveV2Files(w, r, parts[2:])
	default:
		s.serveV2(w, r, parts[2:])
	}
}

func (s *Server) serveV2(w http.ResponseWriter, r *http.Request, parts []string) {
	switch {
	case len(parts) == 1 && parts[0] == "spaces":
		s.v2Spaces(w, r)
	case len(parts) == 2 && parts[0] == "spaces":
		if sp := s.spaceByID(parts[1]); sp != nil {
			answer(w, v2Space(sp))
			return
		}
		fail(w, http.StatusNotFound, "no such space")
	case len(parts) == 3 && parts[0] == "spaces" && collections[parts[2]] != "":
		s.v2Pages(w, r, parts[1], collections[parts[2]])
	case len(parts) == 1 && collections[parts[0]] != "" && r.URL.Query().Has("space-id"):
		s.v2Spread(w, r, collections[parts[0]])
	case len(parts) == 1 && collections[parts[0]] != "":
		s.v2Bodies(w, r, collections[parts[0]])
	case len(parts) >= 2 && collections[parts[0]] != "":
		p := s.visible(parts[1])
		switch {
		case p == nil || p.Kind != collections[parts[0]]:
			fail(w, http.StatusNotFound, "no such content")
		case len(parts) == 3 && parts[2] == "labels":
			s.v2Labels(w, r, p)
		default:
			s.v2Page(w, r, p)
		}
	default:
		fail(w, http.StatusNotFound, "no such resource")
	}
}

func v2Space(sp *space) object {
	status := "current"
	if sp.archived {
		status = "archived"
	}
	return object{
		"id": sp.id, "key": sp.key, "name": sp.name, "type": "global", "status": status,
		"currentActiveAlias": sp.key, "createdAt": "2024-01-01T09:00:00.000Z",
		"_links": object{"webui": "/spaces/" + sp.key},
	}
}

func (s *Server) v2Spaces(w http.ResponseWriter, r *http.Request) {
	keys := r.URL.Query()["keys"]
	if len(keys) == 1 {
		keys = strings.Split(keys[0], ",")
	}
	results := []object{}
	for _, key := range s.keys() {
		if sp := s.spaces[key]; !sp.hidden && (len(keys) == 0 || slices.Contains(keys, key)) {
			results = append(results, v2Space(sp))
		}
	}
	answer(w, object{"results": results, "_links": object{"base": s.base(r)}})
}

func (s *Server) v2Pages(w http.ResponseWriter, r *http.Request, spaceID, kind string) {
	sp := s.spaceByID(spaceID)
	if sp == nil {
		fail(w, http.StatusNotFound, "no such space")
		return
	}
	// v2's link is relative to the host and knows nothing of a gateway.
	s.v2List(w, r, "/wiki/api/v2/spaces/"+spaceID+"/"+kind+"s", kind, sp)
}

// v2Spread lists several spaces together. Those that the login may not see are
// passed over in silence.
func (s *Server) v2Spread(w http.ResponseWriter, r *http.Request, kind string) {
	var spaces []*space
	for _, id := range strings.Split(r.URL.Query().Get("space-id"), ",") {
		if sp := s.spaceByID(id); sp != nil {
			spaces = append(spaces, sp)
		}
	}
	s.v2List(w, r, "/wiki/api/v2/"+kind+"s", kind, spaces...)
}

func (s *Server) v2List(w http.ResponseWriter, r *http.Request, path, kind string, spaces ...*space) {
	q := r.URL.Query()
	statuses := []string{"current", "archived"}
	if q.Has("status") {
		statuses = strings.Split(strings.Join(q["status"], ","), ",")
	}
	_, limit := s.limit(r)
	after := ""
	if c := q.Get("cursor"); c != "" {
		var ok bool
		if after, ok = decodeCursor(c); !ok {
			fail(w, http.StatusBadRequest, "INVALID_REQUEST_PARAMETER: cursor")
			return
		}
	}
	var all []*Page
	for _, sp := range spaces {
		all = append(all, s.listed(sp.key, kind, statuses)...)
	}
	pages, more := behind(byID(all), after, limit)
	if s.broken(w, pages) {
		return
	}
	results, links := []object{}, object{"base": s.base(r)}
	for _, p := range pages {
		results = append(results, s.v2(p))
	}
	if more {
		next := copied(q)
		next.Set("cursor", encodeCursor(pages[len(pages)-1].ID))
		s.next(w, r, links, path, next)
	} else if s.config.Traps.CursorLoop {
		next := copied(q)
		next.Set("cursor", or(q.Get("cursor"), encodeCursor("0")))
		s.next(w, r, links, path, next)
	}
	answer(w, object{"results": results, "_links": links})
}

func (s *Server) v2(p *Page) object {
	version := object{
		"number": p.Version, "createdAt": p.Modified.Format("2006-01-02T15:04:05.000Z"),
		"message": "", "minorEdit": false, "authorId": "5b10a2844c20165700ede21g",
	}
	o := object{
		"id": p.ID, "status": p.Status, "title": p.Title, "spaceId": s.spaces[p.Space].id,
		"authorId": "5b10a2844c20165700ede21g", "createdAt": "2024-01-01T09:00:00.000Z",
		"version": version, "_links": s.webLinks(p),
	}
	if p.Kind == "blogpost" {
		return o
	}
	o["parentId"], o["parentType"], o["position"] = nil, nil, 0
	if parent := s.pages[p.Parent]; parent != nil {
		o["parentId"], o["parentType"] = p.Parent, parent.Kind
	}
	return o
}

func (s *Server) webLinks(p *Page) object {
	if !s.config.Cloud {
		return object{"webui": "/pages/viewpage.action?pageId=" + p.ID, "tinyui": "/x/" + p.ID}
	}
	title := url.PathEscape(strings.ReplaceAll(p.Title, " ", "+"))
	return object{
		"webui":  "/spaces/" + p.Space + "/pages/" + p.ID + "/" + title,
		"editui": "/pages/resumedraft.action?draftId=" + p.ID, "tinyui": "/x/" + p.ID,
	}
}

func (s *Server) v2Page(w http.ResponseWriter, r *http.Request, p *Page) {
	o := s.v2(p)
	links := s.webLinks(p)
	links["base"] = s.base(r)
	o["_links"], o["body"] = links, object{}
	switch format := r.URL.Query().Get("body-format"); format {
	case "storage":
		o["body"] = object{"storage": object{"representation": "storage", "value": p.Storage}}
	case "view", "export_view":
		o["body"] = object{format: object{"representation": format, "value": s.render(p)}}
	}
	answer(w, o)
}

// v2Bodies answers for pages named by their ids, with their stored form.
func (s *Server) v2Bodies(w http.ResponseWriter, r *http.Request, kind string) {
	q := r.URL.Query()
	var pages []*Page
	for _, id := range strings.Split(q.Get("id"), ",") {
		if p := s.visible(id); p != nil && p.Kind == kind && p.Status == "current" {
			pages = append(pages, p)
		}
	}
	byID(pages)
	_, limit := s.limit(r)
	after, _ := decodeCursor(q.Get("cursor"))
	pages, more := behind(pages, after, limit)
	results, links := []object{}, object{"base": s.base(r)}
	for _, p := range pages {
		o := s.v2(p)
		o["body"] = object{}
		if q.Get("body-format") == "storage" {
			o["body"] = object{"storage": object{"representation": "storage", "value": p.Storage}}
		}
		results = append(results, o)
	}
	if more {
		next := copied(q)
		next.Set("cursor", encodeCursor(pages[len(pages)-1].ID))
		s.next(w, r, links, "/wiki/api/v2/"+kind+"s", next)
	}
	answer(w, object{"results": results, "_links": links})
}

func (s *Server) v2Labels(w http.ResponseWriter, r *http.Request, p *Page) {
	results := []object{}
	for _, l := range p.Labels {
		results = append(results, object{"id": "1", "name": l, "prefix": "global"})
	}
	answer(w, object{"results": results, "_links": object{"base": s.base(r)}})
}

var cql = regexp.MustCompile(`^space\s*(?:=\s*"([^"]+)"|in\s*\("([^)]+)"\)) and type\s*=\s*(\w+)$`)

var cqlID = regexp.MustCompile(`^id\s*(?:=\s*"?(\d+)"?|in\s*\(([\d,]+)\))$`)

func (s *Server) cloudSearch(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	m := cql.FindStringSubmatch(q.Get("cql"))
	one := cqlID.FindStringSubmatch(q.Get("cql"))
	switch {
	case s.config.Traps.NoSearch:
		fail(w, http.StatusGone, "This deprecated endpoint has been removed.")
		return
	case one != nil:
		found := []*Page{}
		for id := range strings.SplitSeq(one[1]+one[2], ",") {
			if p := s.visible(id); p != nil && p.Status == "current" && !p.unfound {
				found = append(found, p)
			}
		}
		results := s.v1List(found, q.Get("expand"), r)
		answer(w, object{"results": results, "start": 0, "limit": 25, "size": len(found),
			"totalSize": len(found), "_links": object{"base": s.base(r)}})
		return
	case m == nil:
		fail(w, http.StatusBadRequest, "Could not parse cql")
		return
	}
	if m[3] == "attachment" {
		s.searchFiles(w, r, strings.Split(m[1]+m[2], `","`))
		return
	}
	var found []*Page
	for _, key := range strings.Split(m[1]+m[2], `","`) {
		if s.spaces[key] == nil || s.spaces[key].hidden { // one such space spoils the search of all
			fail(w, http.StatusBadRequest, "The value '"+key+"' does not exist for the field 'space'.")
			return
		}
		found = append(found, s.listed(key, m[3], []string{"current"})...)
	}
	found = slices.DeleteFunc(byID(found), func(p *Page) bool { return p.unfound })
	_, limit := s.limit(r)
	after, _ := decodeCursor(q.Get("cursor"))
	pages, more := behind(found, after, limit)
	links := object{"base": s.base(r), "context": "/wiki", "self": s.base(r) + r.URL.RequestURI()}
	if more {
		next := copied(q)
		next.Set("next", "true")
		next.Set("cursor", encodeCursor(pages[len(pages)-1].ID))
		s.next(w, r, links, "/rest/api/content/search", next)
	}
	results := s.v1List(pages, q.Get("expand"), r)
	answer(w, object{"results": results, "start": 0, "limit": limit, "size": len(pages), "totalSize": len(found),
		"_links": links})
}

// restriction answers for who may view one page, alike for both flavors, to
// rest/api/content/ID/restriction/byOperation and to the same with /read.
func (s *Server) restriction(w http.ResponseWriter, r *http.Request, parts []string) {
	p := s.visible(parts[3])
	switch status := s.config.Traps.NoRestriction; {
	case status != 0:
		fail(w, status, "Not permitted to read restrictions")
	case p == nil || p.Status == "trashed" || len(parts) == 7 && s.config.Traps.NoOperation:
		fail(w, http.StatusNotFound, "No content found with id "+parts[3])
	case len(parts) == 7:
		answer(w, s.readRestriction(p, r))
	default:
		answer(w, object{"read": s.readRestriction(p, r), "_links": object{}})
	}
}

func (s *Server) readRestriction(p *Page, r *http.Request) object {
	groups := []object{}
	for _, g := range p.Groups {
		groups = append(groups, object{"type": "group", "name": g, "id": g,
			"_links": object{"self": s.base(r) + "/rest/api/group/by-id?id=" + g}})
	}
	return object{
		"operation": "read",
		"restrictions": object{
			"user":        object{"results": []any{}, "start": 0, "limit": 200, "size": 0},
			"group":       object{"results": groups, "start": 0, "limit": 200, "size": len(groups)},
			"_expandable": object{},
		},
		"_expandable": object{"content": "/rest/api/content/" + p.ID},
		"_links":      object{"self": s.base(r) + "/rest/api/content/" + p.ID + "/restriction/byOperation/read"},
	}
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }
