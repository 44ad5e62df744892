package main

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"finpages/ingest/render"
	"finpages/sources"

	"github.com/PuerkitoBio/goquery"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/sync/errgroup"
)

// stages are what this program runs in a process of its own, on the files of a folder.
var stages = map[string]func(dir string) error{"stage-render": renderStage, "stage-loop": loopStage}

// renderStage renders as finpages does.
func renderStage(dir string) error {
	return eachFile(dir, func(path string, body []byte) error {
		page, err := render.Render(render.Input{
			Document: sources.Document{Format: sources.Markdown, Body: body, Path: path},
			Link:     func(p string) string { return "https://docs.example.com/" + p },
		})
		_ = sha256.Sum256([]byte(page.HTML))
		return err
	})
}

// loopStage is the least that rendering can be: goldmark, and a parser that makes
// sure of the HTML.
func loopStage(dir string) error {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	return eachFile(dir, func(_ string, body []byte) error {
		var out bytes.Buffer
		if err := md.Convert(body, &out); err != nil {
			return err
		}
		doc, err := goquery.NewDocumentFromReader(&out)
		if err != nil {
			return err
		}
		html, err := doc.Html()
		_ = sha256.Sum256([]byte(html))
		return err
	})
}

func eachFile(dir string, do func(path string, body []byte) error) error {
	group := errgroup.Group{}
	group.SetLimit(runtime.GOMAXPROCS(0))
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		group.Go(func() error {
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return do(path, body)
		})
		return nil
	})
	if err != nil {
		return err
	}
	return group.Wait()
}
