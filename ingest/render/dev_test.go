package render_test

import (
	"fmt"
	"os"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

func TestDev(t *testing.T) {
	p := os.Getenv("DEV")
	if p == "" {
		t.Skip()
	}
	b, _ := os.ReadFile(p)
	f := sources.Format(os.Getenv("FMT"))
	page, err := render.Render(render.Input{Document: sources.Document{Format: f, Body: b, Path: os.Getenv("DPATH")}, URL: os.Getenv("DURL")})
	fmt.Println("TITLE:", page.Title, "ERR:", err, "WITHHELD", page.Withheld())
	fmt.Println(page.HTML)
	fmt.Println("WARN:", page.Warnings)
}
