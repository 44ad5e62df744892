package confluence

import (
	"net/http"
	"time"

	"finpages/sources"
)

// Hurry makes the pauses between tries short.
func Hurry(src sources.Source) sources.Source {
	src.(*Confluence).client.Pause = time.Millisecond
	return src
}

// ScanStorage is what a page takes from others: their titles or ids, and
// whether it may take more.
func ScanStorage(storage, home string) (pages []string, open bool) {
	found := scanStorage(storage, home)
	for _, r := range found.pages {
		pages = append(pages, r.ID+r.Space+":"+r.Title)
	}
	return pages, found.other != ""
}

// SetTransport replaces the network.
func SetTransport(src sources.Source, rt http.RoundTripper) {
	src.(*Confluence).client.HTTP.Transport = rt
}
