package emulator

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// controlPrefix is where the emulator itself is spoken to: see Server. Who
// comes from another machine needs the API's token.
const controlPrefix = "/_emulator/"

// maxControlBody is the largest fault that is taken, in bytes.
const maxControlBody = 1 << 20

func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	if !isLocal(r) && !s.authorized(r) {
		s.reply(w, errUnauthorized.answer())
		return
	}
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, controlPrefix) {
	case "GET requests":
		s.reply(w, jsonAnswer(http.StatusOK, s.Requests()))
	case "DELETE requests":
		s.ClearRequests()
		s.reply(w, noContent())
	case "GET pages":
		s.reply(w, s.exportPages())
	case "POST faults":
		s.reply(w, s.addFault(r))
	case "DELETE faults":
		s.rules.clear()
		s.reply(w, noContent())
	default:
		s.reply(w, errNoPath.answer())
	}
}

func (s *Server) reply(w http.ResponseWriter, a answer) {
	if err := a.send(w, w); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) exportPages() answer {
	pages := s.store.allPages()
	return answer{
		status: http.StatusOK,
		header: http.Header{"Content-Type": {"application/x-ndjson"}},
		body: func(w io.Writer) error {
			for _, p := range pages {
				if err := writeJSON(w, p); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (s *Server) addFault(r *http.Request) answer {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	rule, err := parseFaultRule(http.MaxBytesReader(nil, r.Body, maxControlBody))
	if err != nil {
		return (&apiError{http.StatusBadRequest, "parameter_invalid", err.Error(), ""}).answer()
	}
	s.rules.add(rule)
	return noContent()
}

// isLocal asks for a local name as well as a local peer: a web page can bring
// a browser on this machine to ask, but under its own name.
func isLocal(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}
