package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"

	"finpages/cmd/finpages/internal/api"
)

// flashes say what has just been done, by the verb of what did it: an address
// can pick one of these, and not put words into the page's mouth.
var flashes = map[string]string{
	"sync":      "A sync is starting.",
	"approve":   "Approved. The pages are being deleted from Fin.",
	"retract":   "The page is out of Fin. It stays out until you allow it again.",
	"unretract": "The page is allowed again. The next sync sends it to Fin.",
	"undo":      "Restored in Fin.",
}

// action does what a form asks for, and returns where to go from there.
type action func(r *http.Request, source string) (back string, err error)

func (s *server) actions() map[string]action {
	return map[string]action{
		"sync": func(r *http.Request, source string) (string, error) {
			_, err := s.Service.Select([]string{source})
			if err == nil {
				s.syncSoon(r, source)
			}
			return s.backTo(r, s.site.source(source)), err
		},
		"approve": func(r *http.Request, source string) (string, error) {
			hold := r.PostFormValue("hold")
			if hold == "" {
				return s.site.source(source), fmt.Errorf("the form does not name the hold to approve")
			}
			err := s.Service.Release(r.Context(), source, hold)
			if err == nil {
				s.syncSoon(r, source)
			}
			return s.site.source(source), err
		},
		"retract": func(r *http.Request, source string) (string, error) {
			id, err := s.Service.Retract(r.Context(), source, r.PostFormValue("id"))
			return s.site.document(source, cmp.Or(id, r.PostFormValue("id"))), err
		},
		"unretract": func(r *http.Request, source string) (string, error) {
			id := r.PostFormValue("id")
			err := s.Service.Unretract(r.Context(), source, id)
			if err == nil {
				s.syncSoon(r, source)
			}
			return s.site.document(source, id), err
		},
		"undo": func(r *http.Request, source string) (string, error) {
			_, err := s.Service.Undo(r.Context(), source, r.PostFormValue("id"))
			return s.backTo(r, s.site.source(source)+"/deleted"), err
		},
	}
}

// act has a form do its action, and the browser show a page after it.
func (s *server) act(verb string, do action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		back, err := do(r, r.PathValue("source"))
		if err != nil {
			s.problem(w, api.StatusOf(err), err.Error(), back)
			return
		}
		http.Redirect(w, r, s.withQuery(back, "done", verb), http.StatusSeeOther)
	})
}

// backTo is where a form wants to go, if it says so.
func (s *server) backTo(r *http.Request, otherwise string) string {
	if back := r.PostFormValue("back"); back != "" {
		return s.site.local(back)
	}
	return otherwise
}

func (s *server) withQuery(address, key, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return s.site.home()
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}
