package web

import (
	"net/url"

	"finpages/ingest/inspect"
)

func sourceURL(source string) string { return "/sources/" + url.PathEscape(source) }

func documentURL(source, id string) string {
	return sourceURL(source) + "/page?" + url.Values{"id": {id}}.Encode()
}

func previewURL(source, id string) string {
	return sourceURL(source) + "/page/html?" + url.Values{"id": {id}}.Encode()
}

func textURL(source, id string) string {
	return sourceURL(source) + "/page/text?" + url.Values{"id": {id}}.Encode()
}

// askURL leads to a document's page, with what the source has of it.
func askURL(source, id string) string { return documentURL(source, id) + "&ask=source#what" }

func inventoryURL(source, show string) string {
	return sourceURL(source) + "?" + url.Values{"show": {show}}.Encode() + "#pages"
}

// nextURL leads to the part of an inventory after an ID.
func nextURL(source string, q inspect.InventoryQuery, after string) string {
	return sourceURL(source) + "?" + url.Values{
		"text":  {q.Text},
		"show":  {q.Show},
		"after": {after},
	}.Encode() + "#pages"
}
