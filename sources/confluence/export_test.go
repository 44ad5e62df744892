package confluence

import (
	"net/http"

	"finpages/sources"
)

// SetTransport replaces the network.
func SetTransport(src sources.Source, rt http.RoundTripper) {
	src.(*Confluence).client.HTTP.Transport = rt
}
