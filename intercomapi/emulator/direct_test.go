package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"finpages/intercomapi/emulator"
)

// direct asks the handler without a listener, as a synctest bubble needs it.
func direct(t testing.TB, opts emulator.Options) *api {
	srv := newServer(t, opts)
	client := &http.Client{Transport: transport{srv}}
	return &api{t: t, srv: srv, url: "https://api.example.com", http: client, version: "2.16"}
}

type transport struct{ handler http.Handler }

func (tr transport) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			err = http.ErrAbortHandler
		default:
			panic(p)
		}
	}()
	w := httptest.NewRecorder()
	tr.handler.ServeHTTP(w, req)
	return w.Result(), nil
}
