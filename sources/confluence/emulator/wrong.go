package emulator

import (
	"net/http"
	"strings"
)

// Wrong is a way in which servers have been seen to answer a single request
// wrongly, but as if all were well: none of these tells a client to try again.
type Wrong struct {
	Name   string
	answer func(*Server, http.ResponseWriter, *http.Request)
}

// Wrongs are all ways to answer wrongly.
func Wrongs() []Wrong {
	status := func(code int) func(*Server, http.ResponseWriter, *http.Request) {
		return func(_ *Server, w http.ResponseWriter, _ *http.Request) { fail(w, code, http.StatusText(code)) }
	}
	body := func(text string) func(*Server, http.ResponseWriter, *http.Request) {
		return func(_ *Server, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(text))
		}
	}
	return []Wrong{
		{"as to an anonymous", (*Server).asAnonymous},
		{"403", status(http.StatusForbidden)},
		{"404", status(http.StatusNotFound)},
		{"410", status(http.StatusGone)},
		{"200 with an empty object", body("{}")},
		{"200 with an empty list", body(`{"results":[],"start":0,"limit":25,"size":0,"_links":{}}`)},
	}
}

// AnswerWrong answers the request after so many more ones wrongly, and all others
// as ever.
func (s *Server) AnswerWrong(after int, how Wrong) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrongAt, s.wrong = after, how.answer
}

// wrongNow returns what answers this request, where it is to be answered wrongly.
func (s *Server) wrongNow() func(*Server, http.ResponseWriter, *http.Request) {
	wrong := s.wrong
	if wrong == nil {
		return nil
	}
	if s.wrongAt > 0 {
		s.wrongAt--
		return nil
	}
	s.wrong = nil
	return wrong
}

// asAnonymous answers as a wiki that is not public does to a visitor without a
// login, whom it does not tell so: lists are empty, and nothing else is there.
func (s *Server) asAnonymous(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, s.config.Prefix)
	parts := strings.Split(strings.Trim(path, "/"), "/")
	last := parts[len(parts)-1]
	switch {
	case strings.HasSuffix(path, "/user/current"):
		answer(w, object{"type": "anonymous", "displayName": "Anonymous"})
	case last == "space" || last == "spaces" || last == "content" || last == "scan" || last == "search" ||
		last == "attachment" || last == "attachments" || collections[last] != "":
		answer(w, object{"results": []any{}, "start": 0, "limit": 25, "size": 0, "totalSize": 0, "_links": object{}})
	default:
		fail(w, http.StatusNotFound, "No content found")
	}
}
