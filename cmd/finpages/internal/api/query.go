package api

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"finpages/ingest/documents"
)

// perPage is how many documents a part of an inventory has.
const perPage = 50

// InventoryQuery reads the query of an address.
func InventoryQuery(v url.Values) (documents.InventoryQuery, error) {
	limit, err := limitOf(v, perPage)
	q := documents.InventoryQuery{Text: v.Get("text"), Show: v.Get("show"), After: v.Get("after"), Limit: limit}
	if err != nil {
		return q, err
	}
	if shows := documents.Shows(); !slices.Contains(shows, q.Show) {
		return q, fmt.Errorf("show must be empty, or one of %s, not %q", strings.Join(shows[1:], ", "), q.Show)
	}
	return q, nil
}

// limitOf reads how many of something a query wants.
func limitOf(v url.Values, otherwise int) (int, error) {
	text := v.Get("limit")
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1000 {
		return 0, fmt.Errorf("limit must be a number from 1 to 1000, not %q", text)
	}
	return n, nil
}
