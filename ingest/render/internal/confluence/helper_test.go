package confluence_test

import (
	"testing"

	"golang.org/x/net/html"

	"finpages/ingest/render/internal/confluence"
)

func view(t testing.TB, root *html.Node) []string {
	t.Helper()
	warnings, err := confluence.View(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	return warnings
}
