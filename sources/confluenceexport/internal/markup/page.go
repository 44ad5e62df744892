package markup

import (
	"path"
	"strings"
)

// Page is what a page's file tells before the content begins.
type Page struct {
	Found   bool   // the file has the markup of a page
	Title   string // as shown: exports put the space's name before it, "Space : Title"
	Space   string // the space's name, "" if not told
	Version string // of Confluence, "" if not told
}

// ReadPage reads a page's file up to its content.
//
// Confluence 4 and newer: <ol id="breadcrumbs">, <h1 id="title-heading">, <div
// id="main-content" class="wiki-content">. Older: <div class="pageheader"><span
// class="pagetitle">. Apache's exporter: <div class="pagetitle">, <div
// id="ConfluenceContent">. Pages saved from a wiki: <meta name="ajs-…">.
func ReadPage(body []byte) Page {
	var r pageReader
	scan(body, r.visit)
	if r.Title == "" {
		r.Title = r.title
	}
	if r.Space == "" && r.home != "" && strings.HasPrefix(r.Title, r.home+" : ") {
		r.Space = r.home
	}
	return r.Page
}

type pageReader struct {
	Page
	title  string // of the <title> element
	crumbs string // the element that holds the breadcrumbs, while it is open
	home   string // text of the first link to the index: older pages have no other breadcrumb
}

func (r *pageReader) visit(s scanner, e element) bool {
	id := e.attr("id")
	switch {
	case e.end:
		if e.Data == r.crumbs {
			r.crumbs = ""
		}
	case e.Data == "a" && r.crumbs != "":
		r.crumb(e.attr("href"), s.text("a"))
	case e.Data == "a" && r.home == "" && isIndex(e.attr("href")):
		r.home = s.text("a")
	case e.Data == "title" && r.title == "":
		r.title = s.text("title")
	case e.Data == "meta":
		r.meta(e.attr("name"), e.attr("content"))
	case id == "breadcrumbs":
		r.crumbs = e.Data
	case id == "main-content" || id == "ConfluenceContent" || e.hasClass("wiki-content"):
		isIndex := e.hasClass("pageSection") && !e.hasClass("wiki-content")
		r.Found = !isIndex
		return false
	case id == "title-text" || id == "title-heading" || e.hasClass("pagetitle"):
		r.Found = true
		if text := s.text(e.Data); r.Title == "" {
			r.Title = text
		}
	}
	return true
}

func (r *pageReader) meta(name, content string) {
	if strings.HasPrefix(name, "ajs-") {
		r.Found = true
	}
	if name == "ajs-version-number" {
		r.Version = content
	}
}

func (r *pageReader) crumb(href, text string) {
	if isIndex(href) {
		r.Space = text
	}
}

func isIndex(href string) bool { return strings.HasPrefix(path.Base(href), "index.htm") }
