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

// SetTransport replaces the network.
func SetTransport(src sources.Source, rt http.RoundTripper) {
	src.(*Confluence).client.HTTP.Transport = rt
}
