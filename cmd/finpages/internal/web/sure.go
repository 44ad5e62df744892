package web

import (
	"net/http"
	"strconv"
)

// manyDeletes is how many deletes may be approved without being asked again.
const manyDeletes = 20

type sureView struct {
	frame
	card
	Sure int // deletes that the answer allows
}

// askAgain has an approval of many deletes confirmed, with their number.
func (s *server) askAgain(approve http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := s.card(r.PathValue("source"))
		if err != nil || c.Hold == nil || c.Hold.ID != r.PostFormValue("hold") {
			approve.ServeHTTP(w, r) // it says what is wrong
			return
		}
		n := len(c.Hold.Pages)
		if n <= manyDeletes || r.PostFormValue("sure") == strconv.Itoa(n) {
			approve.ServeHTTP(w, r)
			return
		}
		title := "Delete " + count(n, "page", "pages") + " from Fin?"
		s.render(w, http.StatusOK, "sure", sureView{s.frame(r, title), c, n})
	})
}
