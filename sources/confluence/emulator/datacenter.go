package emulator

import (
	"net/http"
	"slices"
	"strings"
)

func (s *Server) serveDataCenter(w http.ResponseWriter, r *http.Request, path string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	t := s.config.Traps
	switch {
	case len(parts) == 4 && parts[0] == "download" && parts[1] == "attachments":
		s.download(w, r, s.fileNamed(parts[2], parts[3]))
	case len(parts) < 3 || parts[0] != "rest" || parts[1] != "api":
		fail(w, http.StatusNotFound, "no such resource")
	case path == "/rest/api/user/current":
		answer(w, object{"type": "known", "username": "reader", "userKey": "8a7f", "displayName": "Reader",
			"profilePicture": object{"path": "/images/icons/profilepics/default.svg", "width": 48, "height": 48,
				"isDefault": true}})
	case path == "/rest/api/space":
		s.dcSpaces(w, r)
	case len(parts) == 4 && parts[2] == "space":
		s.dcSpace(w, parts[3])
	case path == "/rest/api/content/scan" && !t.NoScan:
		s.dcScan(w, r)
	case path == "/rest/api/search" && !t.NoSearch:
		s.dcCount(w, r)
	case path == "/rest/api/content":
		s.dcList(w, r)
	case len(parts) == 4 && parts[2] == "content" && strings.HasPrefix(parts[3], "att"):
		s.dcFile(w, r, parts[3])
	case len(parts) == 6 && parts[4] == "child" && parts[5] == "attachment":
		s.dcFiles(w, r, parts[3])
	case len(parts) == 5 && strings.HasPrefix(parts[3], "att") && parts[4] == "label":
		s.dcFileLabels(w, parts[3])
	case len(parts) == 4 && parts[2] == "content":
		s.dcPage(w, r, parts[3])
	case len(parts) == 5 && parts[2] == "content" && parts[4] == "label":
		s.dcLabels(w, parts[3])
	case len(parts) >= 6 && parts[2] == "content" && strings.Contains(path, "/restriction/byOperation"):
		s.restriction(w, r, parts)
	default:
		fail(w, http.StatusNotFound, "no such resource")
	}
}

// dcSpaces answers for the spaces with the keys that are asked for.
func (s *Server) dcSpaces(w http.ResponseWriter, r *http.Request) {
	results := []object{}
	for _, key := range s.keys() {
		if sp := s.spaces[key]; !sp.hidden && slices.Contains(r.URL.Query()["spaceKey"], key) {
			results = append(results, s.v1Space(sp))
		}
	}
	answer(w, object{"results": results, "start": 0, "limit": 25, "size": len(results),
		"_links": object{"base": s.base(r)}})
}

func (s *Server) dcSpace(w http.ResponseWriter, key string) {
	sp := s.spaces[key]
	if sp == nil || sp.hidden {
		fail(w, http.StatusNotFound, "No space found with key : "+key)
		return
	}
	answer(w, s.v1Space(sp))
}

func (s *Server) v1Space(sp *space) object {
	status := "current"
	if sp.archived {
		status = "archived"
	}
	return object{
		"id": number(sp.id), "key": sp.key, "name": sp.name, "type": "global", "status": status,
		"_expandable": object{}, "_links": object{"webui": "/display/" + sp.key}}
}

func (s *Server) dcStatuses(r *http.Request) []string {
	switch status := r.URL.Query().Get("status"); status {
	case "":
		return []string{"current"}
	case "any":
		return []string{"current", "trashed"}
	default:
		return strings.Split(status, ",")
	}
}

func (s *Server) dcScan(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	_, limit := s.limit(r)
	after := q.Get("cursor")
	after = after[strings.LastIndexByte(after, ':')+1:]
	pages, more := behind(s.listed(q.Get("spaceKey"), or(q.Get("type"), "page"), s.dcStatuses(r)), after, limit)
	if s.broken(w, pages) {
		return
	}
	links := object{"base": s.base(r), "context": s.config.Prefix, "self": s.base(r) + "/rest/api/content/scan"}
	o := object{"results": s.v1List(pages, q.Get("expand"), r), "limit": limit, "size": len(pages),
		"cursor": or(q.Get("cursor"), "content:false:null"), "_links": links}
	if more {
		next := copied(q)
		next.Set("cursor", "content:false:"+pages[len(pages)-1].ID)
		o["nextCursor"] = next.Get("cursor")
		s.next(w, r, links, "/rest/api/content/scan", next)
	} else if s.config.Traps.CursorLoop {
		next := copied(q)
		next.Set("cursor", or(q.Get("cursor"), "content:false:0"))
		s.next(w, r, links, "/rest/api/content/scan", next)
	}
	answer(w, o)
}

func (s *Server) dcList(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	asked, limit := s.limit(r)
	start := number(q.Get("start"))
	all := s.listed(q.Get("spaceKey"), or(q.Get("type"), "page"), s.dcStatuses(r))
	if s.config.Traps.EndlessNext {
		start = max(0, min(start, len(all)-limit))
	}
	pages, more := from(all, start, limit)
	if s.broken(w, pages) {
		return
	}
	links := object{"base": s.base(r), "context": s.config.Prefix, "self": s.base(r) + "/rest/api/content"}
	if more || s.config.Traps.EndlessNext {
		next := copied(q)
		if s.config.Traps.NextByLimit {
			limit = asked
		}
		next.Set("start", itoa(number(q.Get("start"))+limit))
		s.next(w, r, links, "/rest/api/content", next)
	}
	answer(w, object{"results": s.v1List(pages, q.Get("expand"), r), "start": start, "limit": limit,
		"size": len(pages), "_links": links})
}

// dcCount answers a search with the number of pages that it finds.
func (s *Server) dcCount(w http.ResponseWriter, r *http.Request) {
	m := cql.FindStringSubmatch(r.URL.Query().Get("cql"))
	if m == nil {
		fail(w, http.StatusBadRequest, "Could not parse cql")
		return
	}
	found := slices.DeleteFunc(s.listed(m[1], m[3], []string{"current"}), func(p *Page) bool { return p.unfound })
	answer(w, object{"results": []object{}, "start": 0, "limit": 1, "size": 0, "totalSize": len(found),
		"_links": object{"base": s.base(r)}})
}

func (s *Server) dcPage(w http.ResponseWriter, r *http.Request, id string) {
	p := s.visible(id)
	if p == nil || p.Kind == "folder" || !slices.Contains(s.dcStatuses(r), p.Status) {
		fail(w, http.StatusNotFound, "No content found with id: ContentId{id="+id+"}")
		return
	}
	o := s.v1(p, r.URL.Query().Get("expand"), r)
	links := o["_links"].(object)
	links["base"], links["context"], links["collection"] = s.base(r), s.config.Prefix, "/rest/api/content"
	answer(w, o)
}

func (s *Server) dcLabels(w http.ResponseWriter, id string) {
	p := s.visible(id)
	if p == nil {
		fail(w, http.StatusNotFound, "No content found with id: ContentId{id="+id+"}")
		return
	}
	answer(w, v1Labels(p))
}

func v1Labels(p *Page) object {
	results := []object{}
	for _, l := range p.Labels {
		results = append(results, object{"prefix": "global", "name": l, "id": "1", "label": l})
	}
	return object{"results": results, "start": 0, "limit": 200, "size": len(results), "_links": object{}}
}

func (s *Server) v1List(pages []*Page, expand string, r *http.Request) []object {
	results := []object{}
	for _, p := range pages {
		results = append(results, s.v1(p, expand, r))
	}
	return results
}

// v1 returns a page with what was asked to be expanded. The rest is named
// among what could be.
func (s *Server) v1(p *Page, expand string, r *http.Request) object {
	links := s.webLinks(p)
	links["self"] = s.base(r) + "/rest/api/content/" + p.ID
	missing := object{"history": "/rest/api/content/" + p.ID + "/history"}
	o := object{"id": p.ID, "type": p.Kind, "status": p.Status, "title": p.Title,
		"extensions": object{"position": 1}, "_links": links, "_expandable": missing}
	for _, part := range []string{"version", "space", "ancestors", "metadata", "restrictions", "children", "body"} {
		wanted := slices.DeleteFunc(strings.Split(expand, ","),
			func(e string) bool { return e != part && !strings.HasPrefix(e, part+".") })
		if v := s.expand(p, part, wanted, r); len(wanted) > 0 && v != nil {
			o[part] = v
		} else {
			missing[part] = ""
		}
	}
	return o
}

func (s *Server) expand(p *Page, part string, wanted []string, r *http.Request) any {
	switch part {
	case "version":
		return object{"number": p.Version, "when": stamp(p.Modified), "message": "", "minorEdit": false,
			"by": object{"type": "known", "displayName": "Reader"}}
	case "space":
		return s.v1Space(s.spaces[p.Space])
	case "ancestors":
		return s.ancestors(p, r)
	case "children":
		return s.children(p, r)
	case "metadata":
		return object{"labels": v1Labels(p)}
	case "restrictions":
		if s.config.Traps.NoRestriction != 0 {
			return nil
		}
		return object{"read": s.readRestriction(p, r)}
	}
	body := object{}
	for _, w := range wanted {
		switch w {
		case "body.storage":
			body["storage"] = object{"value": p.Storage, "representation": "storage"}
		case "body.view", "body.export_view":
			form := strings.TrimPrefix(w, "body.")
			body[form] = object{"value": s.render(p), "representation": form}
		}
	}
	return body
}

func (s *Server) ancestors(p *Page, r *http.Request) []object {
	list := []object{}
	seen := map[string]bool{p.ID: true}
	for q := s.pages[p.Parent]; q != nil && !seen[q.ID]; q = s.pages[q.Parent] {
		seen[q.ID] = true
		list = append(list, s.v1(q, "", r))
	}
	slices.Reverse(list)
	return list
}
