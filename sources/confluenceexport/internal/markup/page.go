package markup

import (
	"path"
	"strings"
)

// Page is what a page's file tells before the content begins.
type Page struct {
	Found   bool   // the file has the markup of a page
	Content bool   // the file has the element that holds a page's content
	ID      string // the page id that a page saved from a wiki tells, "" if not told
	Title   string // as shown: exports put the space's name before it, "Space : Title"
	Space   string // the space's name, "" if not told
	Version string // of Confluence, "" if not told
	Above   int    // pages above it that the breadcrumbs name
}

// ReadPage reads a page's file up to its content.
//
// Confluence 4 and newer: <ol id="breadcrumbs">, <h1 id="title-heading">, <div
// id="main-content" class="wiki-content">. Older: <div class="pageheader"><span
// class="pagetitle">. Apache's exporter: <div class="pagetitle">, <div
// id="ConfluenceContent">. Pages saved from a wiki: <meta name="ajs-…">.
func ReadPage(body []byte) Page {
	var r pageReader
	return r.read(body)
}

// ReadHead reads a page's file, or the beginning of it, up to its heading:
// which page it is stands before.
func ReadHead(head []byte) Page {
	r := pageReader{headOnly: true}
	return r.read(head)
}

func (r *pageReader) read(body []byte) Page {
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
	headOnly bool

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
	case e.Data == "input" && (e.attr("name") == "pageId" || e.attr("title") == "pageId"):
		r.pageID(e.attr("value"))
	case id == "breadcrumbs":
		r.crumbs = e.Data
	case id == "main-content" || id == "ConfluenceContent" || e.hasClass("wiki-content"):
		isIndex := e.hasClass("pageSection") && !e.hasClass("wiki-content")
		r.Found, r.Content = !isIndex, !isIndex
		return false
	case id == "title-text" || id == "title-heading" || e.hasClass("pagetitle"):
		r.Found = true
		if text := s.text(e.Data); r.Title == "" {
			r.Title = text
		}
		return !r.headOnly
	}
	return true
}

func (r *pageReader) meta(name, content string) {
	if strings.HasPrefix(name, "ajs-") {
		r.Found = true
	}
	switch name {
	case "ajs-version-number":
		r.Version = content
	case "ajs-page-id":
		r.pageID(content)
	}
}

// pageID takes the first page id that the file tells; wikis of version 3 and
// older have it in a hidden input.
func (r *pageReader) pageID(id string) {
	if r.ID == "" && IsPageID(id) {
		r.ID = id
	}
}

// maxPageID is the number of digits in the largest id, an int64.
const maxPageID = 19

// IsPageID tells whether the text is a page id of Confluence.
func IsPageID(s string) bool {
	return s != "" && len(s) <= maxPageID && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

func (r *pageReader) crumb(href, text string) {
	if isIndex(href) {
		r.Space = text
	} else if r.Above < maxDepth {
		r.Above++
	}
}

func isIndex(href string) bool {
	return strings.HasPrefix(strings.ToLower(path.Base(href)), "index.htm")
}
