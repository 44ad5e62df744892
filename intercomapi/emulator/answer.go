package emulator

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
)

// answer is what goes back. body writes it piece by piece, so that a list of
// large pages is never in memory as a whole; nil is no body.
type answer struct {
	status int
	header http.Header
	body   func(io.Writer) error
}

func jsonAnswer(status int, v any) answer {
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		body:   func(w io.Writer) error { return writeJSON(w, v) },
	}
}

func noContent() answer {
	return answer{status: http.StatusNoContent, header: http.Header{}}
}

func (a answer) addHeader(h http.Header) { maps.Copy(a.header, h) }

// send writes the header to w and the body to out, which leads to w. After an
// error the client has not got everything.
func (a answer) send(w http.ResponseWriter, out io.Writer) error {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	if a.body == nil || a.status == http.StatusNoContent || a.status == http.StatusNotModified {
		return nil
	}
	return a.body(out)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
