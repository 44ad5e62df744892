package emulator

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// File is an attachment of a page.
type File struct {
	ID     string // number; "" lets the server choose
	Page   string // id
	Name   string
	Media  string // type; "" means application/octet-stream
	Body   []byte
	Labels []string

	Version  int       // set by the server
	Modified time.Time // set by the server
	trashed  bool
	unfound  bool // by the search
}

// PutFile attaches a file, or saves a new version of it, and returns its id.
// Labels of a file that exists stay.
func (s *Server) PutFile(f File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ID == "" {
		f.ID = s.nextID()
	}
	f.Version = 1
	if old := s.files[f.ID]; old != nil {
		f.Version, f.Labels, f.unfound = old.Version+1, old.Labels, old.unfound
	}
	s.clock = s.clock.Add(time.Minute)
	f.Modified, f.Media = s.clock, cmp.Or(f.Media, "application/octet-stream")
	s.files[f.ID] = &f
	return f.ID
}

// DeleteFile removes a file for good.
func (s *Server) DeleteFile(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, id)
}

// TrashFile puts a file into the trash.
func (s *Server) TrashFile(id string) { s.editFile(id, func(f *File) { f.trashed = true }) }

// LabelFile sets the labels of a file.
func (s *Server) LabelFile(id string, labels ...string) {
	s.editFile(id, func(f *File) { f.Labels = labels })
}

// MoveFile attaches a file to another page.
func (s *Server) MoveFile(id, page string) { s.editFile(id, func(f *File) { f.Page = page }) }

// UnindexFile makes the search miss a file.
func (s *Server) UnindexFile(id string) { s.editFile(id, func(f *File) { f.unfound = true }) }

func (s *Server) editFile(id string, edit func(*File)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[id]; f != nil {
		edit(f)
	}
}

// attached returns the files that the login sees on pages for which that is
// true, by id.
func (s *Server) attached(of func(*Page) bool) (files []*File) {
	for _, f := range s.files {
		if p := s.visible(f.Page); p != nil && !f.trashed && of(p) {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b *File) int { return number(a.ID) - number(b.ID) })
	return files
}

func (s *Server) visibleFile(id string) *File {
	f := s.files[strings.TrimPrefix(id, "att")]
	if f == nil || s.visible(f.Page) == nil {
		return nil
	}
	return f
}

// pageOfFiles returns those of a page of a listing by start.
func (s *Server) pageOfFiles(r *http.Request, all []*File) (files []*File, start, limit int, more bool) {
	_, limit = s.limit(r)
	start = min(number(r.URL.Query().Get("start")), len(all))
	end := min(start+limit, len(all))
	return all[start:end], start, limit, end < len(all)
}

func (f *File) status() string {
	if f.trashed {
		return "trashed"
	}
	return "current"
}

// v1File returns a file as v1's content.
func (s *Server) v1File(f *File, r *http.Request) object {
	p := s.pages[f.Page]
	return object{
		"id": "att" + f.ID, "type": "attachment", "status": f.status(), "title": f.Name,
		"version": object{"number": f.Version, "when": stamp(f.Modified), "message": "", "minorEdit": false,
			"by": object{"type": "known", "displayName": "Reader"}},
		"container":  object{"id": p.ID, "type": p.Kind, "status": p.Status, "title": p.Title, "_links": s.webLinks(p)},
		"metadata":   object{"mediaType": f.Media, "labels": v1Labels(&Page{Labels: f.Labels})},
		"extensions": object{"mediaType": f.Media, "fileSize": len(f.Body), "comment": ""},
		"_links": object{"webui": "/display/x", "self": s.base(r) + "/rest/api/content/att" + f.ID,
			"download": "/download/attachments/" + p.ID + "/" + url.PathEscape(f.Name)},
		"_expandable": object{},
	}
}

// children are the attachments of a page as they come with it.
func (s *Server) children(p *Page, r *http.Request) object {
	const most = 25
	all := s.attached(func(q *Page) bool { return q == p })
	results := []object{}
	for _, f := range all[:min(most, len(all))] {
		results = append(results, s.v1File(f, r))
	}
	links := object{"self": s.base(r) + "/rest/api/content/" + p.ID + "/child/attachment"}
	if len(all) > most {
		links["next"] = "/rest/api/content/" + p.ID + "/child/attachment?limit=25&start=25"
	}
	return object{"attachment": object{"results": results, "start": 0, "limit": most, "size": len(results), "_links": links},
		"_expandable": object{}}
}

func (s *Server) dcFiles(w http.ResponseWriter, r *http.Request, id string) {
	p := s.visible(id)
	if p == nil {
		fail(w, http.StatusNotFound, "No content found with id: ContentId{id="+id+"}")
		return
	}
	files, start, limit, more := s.pageOfFiles(r, s.attached(func(q *Page) bool { return q == p }))
	results, links := []object{}, object{"base": s.base(r), "context": s.config.Prefix}
	for _, f := range files {
		results = append(results, s.v1File(f, r))
	}
	if more {
		next := copied(r.URL.Query())
		next.Set("start", itoa(start+limit))
		s.next(w, r, links, "/rest/api/content/"+id+"/child/attachment", next)
	}
	answer(w, object{"results": results, "start": start, "limit": limit, "size": len(results), "_links": links})
}

func (s *Server) dcFile(w http.ResponseWriter, r *http.Request, id string) {
	f := s.visibleFile(id)
	if f == nil || !slices.Contains(s.dcStatuses(r), f.status()) {
		fail(w, http.StatusNotFound, "No content found with id: ContentId{id="+id+"}")
		return
	}
	answer(w, s.v1File(f, r))
}

func (s *Server) dcFileLabels(w http.ResponseWriter, id string) {
	if f := s.visibleFile(id); f != nil {
		answer(w, v1Labels(&Page{Labels: f.Labels}))
		return
	}
	fail(w, http.StatusNotFound, "No content found")
}

// searchFiles answers a search for the attachments of spaces.
func (s *Server) searchFiles(w http.ResponseWriter, r *http.Request, keys []string) {
	all := s.attached(func(p *Page) bool { return slices.Contains(keys, p.Space) })
	all = slices.DeleteFunc(all, func(f *File) bool { return f.unfound })
	files, limit, more := s.filesBehind(r, all)
	results, links := []object{}, object{"base": s.base(r), "context": "/wiki"}
	for _, f := range files {
		results = append(results, s.v1File(f, r))
	}
	if more {
		next := copied(r.URL.Query())
		next.Set("cursor", encodeCursor(files[limit-1].ID))
		s.next(w, r, links, "/rest/api/content/search", next)
	}
	answer(w, object{"results": results, "start": 0, "limit": limit, "size": len(files), "totalSize": len(all),
		"_links": links})
}

// filesBehind returns those of a page of a listing by cursor.
func (s *Server) filesBehind(r *http.Request, all []*File) (files []*File, limit int, more bool) {
	_, limit = s.limit(r)
	after, _ := decodeCursor(r.URL.Query().Get("cursor"))
	all = slices.DeleteFunc(slices.Clone(all), func(f *File) bool { return number(f.ID) <= number(after) })
	return all[:min(limit, len(all))], limit, len(all) > limit
}

func (s *Server) v2File(f *File) object {
	p := s.pages[f.Page]
	o := object{
		"id": "att" + f.ID, "status": f.status(), "title": f.Name, "createdAt": stamp(f.Modified), "mediaType": f.Media,
		"mediaTypeDescription": "File", "comment": "", "fileId": "b0f4-" + f.ID, "fileSize": len(f.Body),
		"webuiLink": "/pages/viewpageattachments.action?pageId=" + p.ID, "downloadLink": "/download/attachments/" + p.ID,
		"version": object{"number": f.Version, "createdAt": f.Modified.Format("2006-01-02T15:04:05.000Z"), "message": "",
			"minorEdit": false, "authorId": "5b10a2844c20165700ede21g"},
		"_links": object{"webui": "/pages/viewpageattachments.action?pageId=" + p.ID, "download": "/download"},
	}
	if p.Kind == "blogpost" {
		o["blogPostId"] = p.ID
	} else {
		o["pageId"] = p.ID
	}
	return o
}

// serveV2Files answers to api/v2/attachments and below.
func (s *Server) serveV2Files(w http.ResponseWriter, r *http.Request, parts []string) {
	if len(parts) == 1 {
		s.v2Files(w, r)
		return
	}
	f := s.visibleFile(parts[1])
	switch {
	case f == nil:
		fail(w, http.StatusNotFound, "no such attachment")
	case len(parts) == 3 && parts[2] == "labels":
		s.v2Labels(w, r, &Page{Labels: f.Labels})
	default:
		answer(w, s.v2File(f))
	}
}

func (s *Server) v2Files(w http.ResponseWriter, r *http.Request) {
	files, limit, more := s.filesBehind(r, s.attached(func(*Page) bool { return true }))
	results, links := []object{}, object{"base": s.base(r)}
	for _, f := range files {
		results = append(results, s.v2File(f))
	}
	if more {
		next := copied(r.URL.Query())
		next.Set("cursor", encodeCursor(files[limit-1].ID))
		s.next(w, r, links, "/wiki/api/v2/attachments", next)
	}
	answer(w, object{"results": results, "_links": links})
}

// download gives a file away, or on Cloud the address where it is.
func (s *Server) download(w http.ResponseWriter, r *http.Request, f *File) {
	switch {
	case f == nil || f.trashed:
		fail(w, http.StatusNotFound, "no such attachment")
	case s.config.Cloud && s.config.Media != "":
		http.Redirect(w, r, s.config.Media+mediaPath+f.ID+"?token=s1gned", http.StatusFound)
	default:
		s.give(w, f)
	}
}

// mediaPath is where files are on the server that Cloud redirects to.
const mediaPath = "/media/file/"

// Media serves the files that a Cloud redirects to, to all who have the address,
// and to nobody who sends a login along.
func (s *Server) Media(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[strings.TrimPrefix(r.URL.Path, mediaPath)]
	if f == nil || r.URL.Query().Get("token") != "s1gned" || r.Header.Get("Authorization") != "" {
		fail(w, http.StatusForbidden, "no such file")
		return
	}
	s.give(w, f)
}

func (s *Server) give(w http.ResponseWriter, f *File) {
	w.Header().Set("Content-Type", f.Media)
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	_, _ = w.Write(f.Body)
}

func (s *Server) fileNamed(page, name string) *File {
	for _, f := range s.attached(func(p *Page) bool { return p.ID == page }) {
		if f.Name == name {
			return f
		}
	}
	return nil
}
