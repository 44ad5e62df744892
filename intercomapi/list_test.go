package intercomapi_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"finpages/intercomapi"
)

// item is the JSON of a page with an id.
func item(id int) string {
	return fmt.Sprintf(`{"id":"%d","source_id":1,"external_id":"e%d","title":"T","html":"","locale":"en"}`, id, id)
}

// items are pages from one id to another.
func items(from, to int) string {
	var all []string
	for id := from; id <= to; id++ {
		all = append(all, item(id))
	}
	return "[" + strings.Join(all, ",") + "]"
}

func listOf(data, next string, pages, count int) string {
	return fmt.Sprintf(`{"type":"list","data":%s,"total_count":%d,
"pages":{"type":"pages","next":%s,"per_page":50,"total_pages":%d}}`, data, count, next, pages)
}

func abbreviate(query string) string {
	if query == "per_page=100" {
		return "-"
	}
	return strings.Replace(query, "&per_page=100", "+", 1)
}

func TestPages(t *testing.T) {
	const host = "https://api.example.com/base/ai/external_pages"
	tests := []struct {
		name    string
		answers []string // by the order of the requests; the last is repeated
		want    string   // ids
		queries string   // of the requests: - is per_page=100, + the same beside others
		err     string   // part of the error
	}{
		{"empty", []string{listOf("[]", "null", 0, 0)}, "", "-", ""},
		{"one page", []string{listOf(items(1, 3), "null", 1, 3)}, "1 2 3", "-", ""},
		{"links", []string{
			listOf(items(1, 2), `"`+host+`?page=2&per_page=2"`, 3, 5),
			listOf(items(3, 4), `"`+host+`?cursor=abc"`, 3, 5),
			listOf(items(5, 5), "null", 3, 5),
		}, "1 2 3 4 5", "- page=2&per_page=2 cursor=abc", ""},
		{"links with a port and other letters", []string{
			listOf(items(1, 2), `"https://API.example.com:443/base/ai/external_pages?page=2"`, 2, 3),
			listOf(items(3, 3), "null", 2, 3),
		}, "1 2 3", "- page=2+", ""},
		{"relative link", []string{
			listOf(items(1, 2), `"/base/ai/external_pages?page=2"`, 2, 3), listOf(items(3, 3), "null", 2, 3),
		}, "1 2 3", "- page=2+", ""},
		{"no links but a number of pages", []string{
			listOf(items(1, 2), "null", 3, 5), listOf(items(3, 4), "null", 3, 5), listOf(items(5, 5), "null", 3, 5),
		}, "1 2 3 4 5", "- page=2+ page=3+", ""},
		{"links past a proxy", []string{
			listOf(items(1, 2), `"https://api.intercom.io/ai/external_pages?page=7"`, 2, 3), listOf(items(3, 3), "null", 2, 3),
		}, "1 2 3", "- page=2+", ""},
		{"links to another host", []string{
			listOf(items(1, 2), `"https://evil.example.com/base/ai/external_pages?page=7"`, 2, 3),
			listOf(items(3, 3), "null", 2, 3),
		}, "1 2 3", "- page=2+", ""},
		{"links to another port", []string{
			listOf(items(1, 2), `"https://api.example.com:8443/base/ai/external_pages?page=7"`, 2, 3),
			listOf(items(3, 3), "null", 2, 3),
		}, "1 2 3", "- page=2+", ""},
		{"links to another place", []string{
			listOf(items(1, 2), `"https://api.example.com/base/ai/content_import_sources?page=9"`, 2, 3),
			listOf(items(3, 3), "null", 2, 3),
		}, "1 2 3", "- page=2+", ""},
		{"links that are none", []string{
			listOf(items(1, 2), `{"page":2,"starting_after":"x"}`, 2, 3), listOf(items(3, 3), "null", 2, 3),
		}, "1 2 3", "- page=2+", ""},
		{"no pages but a count", []string{
			`{"type":"list","data":` + items(1, 2) + `,"total_count":3}`, `{"type":"list","data":` + items(3, 3) + `,"total_count":3}`,
		}, "1 2 3", "- page=2+", ""},
		{"no count", []string{
			`{"type":"list","data":` + items(1, 2) + `,"pages":{"total_pages":2}}`, `{"type":"list","data":` + items(3, 3) + `,"pages":{"total_pages":2}}`,
		}, "1 2 3", "- page=2+", ""},
		{"pages added meanwhile", []string{
			listOf(items(3, 4), "null", 2, 4), listOf("["+item(4)+","+item(5)+","+item(6)+"]", "null", 2, 5),
		}, "3 4 5 6", "- page=2+", ""},
		{"pages deleted meanwhile", []string{
			listOf(items(1, 2), "null", 2, 4), listOf(items(4, 4), "null", 2, 3),
		}, "1 2 4", "- page=2+", ""},
		{"ends too early", []string{listOf(items(1, 2), "null", 1, 120)}, "1 2", "-", "ends after 2 of 120"},
		{"empty although it counts", []string{listOf("[]", "null", 0, 3)}, "", "- page=2+ page=3+ page=4+ page=5+", "repeats"},
		{"repeats by number", []string{listOf(items(1, 2), "null", 50, 100)}, "1 2", "- page=2+ page=3+ page=4+ page=5+ page=6+", "repeats"},
		{"repeats by link", []string{listOf(items(1, 2), `"`+host+`?page=1"`, 50, 100)}, "1 2", "- page=1 page=1 page=1 page=1 page=1", "repeats"},
		{"links to itself", []string{listOf(items(1, 2), `"`+host+`"`, 50, 100)}, "1 2", "- page=2+ page=3+ page=4+ page=5+ page=6+", "repeats"},
		{"a page without id", []string{listOf(`[{"title":"x"}]`, "null", 1, 1)}, "", "-", "without id"},
		{"a null", []string{listOf(`[`+item(1)+`,null]`, "null", 1, 2)}, "", "-", "without id"},
		{"no data", []string{`{"type":"list","total_count":0,"pages":{"total_pages":0}}`}, "", "-", "not a list"},
		{"data is null", []string{listOf("null", "null", 0, 0)}, "", "-", "not a list"},
		{"neither pages nor count", []string{`{"type":"list","data":[]}`}, "", "-", "not a list"},
		{"nothing", []string{`{}`}, "", "-", "not a list"},
		{"breaks in the middle", []string{listOf(items(1, 2), "null", 3, 5), "<html>"}, "1 2", "- page=2+", "page 2 of the list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var queries []string
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				if r.URL.Host != "api.example.com" || r.URL.Path != "/base/ai/external_pages" {
					t.Errorf("request to %s", r.URL)
				}
				queries = append(queries, abbreviate(r.URL.RawQuery))
				return reply(200, tt.answers[min(len(queries), len(tt.answers))-1]), nil
			}), noRetry, func(o *intercomapi.Options) { o.BaseURL = "https://api.example.com/base" })
			pages, err := collect(c.ListPages(t.Context(), noHash))
			var ids []string
			for _, p := range pages {
				ids = append(ids, p.ID)
			}
			checkEqual(t, strings.Join(ids, " "), tt.want)
			checkEqual(t, strings.Join(queries, " "), tt.queries)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want one of %q", err, tt.err)
			}
			if err != nil {
				asError(t, err)
			}
		})
	}
}

func TestEndlessListEnds(t *testing.T) {
	n := 0
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		n++
		return reply(200, listOf(items(n, n), `"https://api.example.com/ai/external_pages?page=`+strconv.Itoa(n+1)+`"`, 3,
			3)), nil
	}))
	pages, err := collect(c.ListPages(t.Context(), noHash))
	if err == nil || !strings.Contains(err.Error(), "goes on after page") || len(pages) > 20 {
		t.Errorf("%d pages and error %v", len(pages), err)
	}
}

func TestListStopsWhenAsked(t *testing.T) {
	requests := 0
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		requests++
		return reply(200, listOf(items(1, 2), "null", 9, 18)), nil
	}))
	for range c.ListPages(t.Context(), noHash) {
		break
	}
	if requests != 1 {
		t.Errorf("%d requests, want 1", requests)
	}
}
