package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"finpages/ingest/documents"
)

// site is the path that all pages are below, such as /finpages; "" for none. It
// makes every address that the pages, their forms and their redirects lead to.
type site string

// at returns the address of a path that begins with a slash.
func (s site) at(path string) string { return string(s) + path }

func (s site) home() string { return s.at("/") }

func (s site) source(name string) string { return s.at("/sources/" + url.PathEscape(name)) }

func (s site) document(source, id string) string {
	return s.source(source) + "/page?" + url.Values{"id": {id}}.Encode()
}

func (s site) preview(source, id string) string {
	return s.source(source) + "/page/html?" + url.Values{"id": {id}}.Encode()
}

func (s site) text(source, id string) string {
	return s.source(source) + "/page/text?" + url.Values{"id": {id}}.Encode()
}

// ask leads to a document's page, with what the source has of it.
func (s site) ask(source, id string) string { return s.document(source, id) + "&ask=source#what" }

func (s site) inventory(source, show string) string {
	return s.source(source) + "?" + url.Values{"show": {show}}.Encode() + "#pages"
}

// next leads to the part of an inventory after an ID.
func (s site) next(source string, q documents.InventoryQuery, after string, from int) string {
	return s.source(source) + "?" + url.Values{
		"text":  {q.Text},
		"show":  {q.Show},
		"after": {after},
		"from":  {strconv.Itoa(from)},
	}.Encode() + "#pages"
}

// first leads to the beginning of an inventory.
func (s site) first(source string, q documents.InventoryQuery) string {
	return s.source(source) + "?" + url.Values{"text": {q.Text}, "show": {q.Show}}.Encode() + "#pages"
}

// exportOf leads to the documents of an inventory as a file.
func (s site) exportOf(source string, q documents.InventoryQuery, format string) string {
	return s.source(source) + "?" + url.Values{"text": {q.Text}, "show": {q.Show}, "format": {format}}.Encode()
}

// search leads to a search through all sources, as a page or a file.
func (s site) search(text, format string) string {
	v := url.Values{"text": {text}}
	if format != "" {
		v.Set("format", format)
	}
	return s.at("/search?") + v.Encode()
}

func (s site) sync(source string, run uint64) string {
	return s.source(source) + "/syncs/" + strconv.FormatUint(run, 10)
}

// funcs are the addresses as templates call them.
func (s site) funcs() template.FuncMap {
	return template.FuncMap{
		"at":           s.at,
		"sourceURL":    s.source,
		"documentURL":  s.document,
		"previewURL":   s.preview,
		"textURL":      s.text,
		"askURL":       s.ask,
		"inventoryURL": s.inventory,
		"firstURL":     s.first,
		"exportURL":    s.exportOf,
		"searchURL":    s.search,
		"syncURL":      s.sync,
		"auditedRun":   auditedRun,
	}
}

// local returns an address if it is one of the pages here, else the first one.
// Browsers read two slashes, and a backslash for one of them, as another host.
func (s site) local(next string) string {
	below, ok := strings.CutPrefix(next, string(s))
	if !ok || !strings.HasPrefix(below, "/") || strings.HasPrefix(below, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return s.home()
	}
	return next
}

// mount serves what is below the path. The same is there without the path, too:
// for proxies that take it away, and for commands and probes, which come without
// a proxy.
func (s site) mount(h http.Handler) http.Handler {
	if s == "" {
		return h
	}
	mux := http.NewServeMux()
	mux.Handle(s.home(), http.StripPrefix(string(s), h))
	mux.Handle("/", h)
	return mux
}
