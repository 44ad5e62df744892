package confluence_test

import (
	"testing"

	"finpages/ingest/render/internal/confluence"

	"golang.org/x/net/html"
)

func view(t testing.TB, root *html.Node) []string {
	t.Helper()
	warnings, err := confluence.View(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	return warnings
}
