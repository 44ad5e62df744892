package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"finpages/intercomapi/emulator"
)

func TestListPages(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	var ids []string
	for n := range 101 {
		ids = append(ids, a.post(source, fmt.Sprint(n)).id())
	}
	a.post(source, "5") // an update keeps its place
	a.ok("DELETE", "/ai/external_pages/"+ids[100], "")

	next := "/ai/external_pages"
	var got []string
	for page := 1; next != ""; page++ {
		r := a.ok("GET", next, "")
		r.want(t, map[string]any{"type": "list", "total_count": 100.0})
		for _, item := range r.fields["data"].([]any) {
			got = append(got, item.(map[string]any)["external_id"].(string))
		}
		next = a.next(r, map[string]any{"type": "pages", "page": float64(page), "per_page": 50.0, "total_pages": 2.0})
	}
	for i, id := range got {
		if id != fmt.Sprint(99-i) {
			t.Fatalf("place %d holds %s", i, id)
		}
	}
	if len(got) != 100 {
		t.Errorf("%d pages listed", len(got))
	}
}

// next checks the paging of a list and returns the path of its next page.
func (a *api) next(r reply, want map[string]any) string {
	a.t.Helper()
	pages := r.fields["pages"].(map[string]any)
	for name, value := range want {
		if pages[name] != value {
			a.t.Errorf("%s is %v, want %v", name, pages[name], value)
		}
	}
	next, there := pages["next"]
	if !there {
		return ""
	}
	path, ours := strings.CutPrefix(next.(string), a.url)
	if !ours {
		a.t.Fatalf("next is %v", next)
	}
	return path
}

func TestListEdges(t *testing.T) {
	a := listen(t, emulator.Options{})
	const path = "/ai/content_import_sources"
	empty := a.ok("GET", path, "")
	empty.want(t, map[string]any{"total_count": 0.0})
	if len(empty.fields["data"].([]any)) != 0 {
		t.Error("an empty list is not []")
	}
	for range 51 {
		a.source()
	}
	tests := []struct {
		query string
		items int
		next  string
	}{
		{"", 50, path + "?page=2"},
		{"?per_page=1000", 50, path + "?page=2"},
		{"?per_page=51&page=2", 1, ""},
		{"?per_page=20", 20, path + "?page=2&per_page=20"},
		{"?per_page=20&page=3", 11, ""},
		{"?page=3", 0, ""},
		{"?page=2147483647", 0, ""},
	}
	for _, tt := range tests {
		r := a.ok("GET", path+tt.query, "")
		r.want(t, map[string]any{"total_count": 51.0})
		if n := len(r.fields["data"].([]any)); n != tt.items {
			t.Errorf("%s: %d items, want %d", tt.query, n, tt.items)
		}
		if next := a.next(r, nil); next != tt.next {
			t.Errorf("%s: next is %q, want %q", tt.query, next, tt.next)
		}
	}
}

// A transport that calls the handler gets the address that it asked.
func TestNextKeepsTheScheme(t *testing.T) {
	a := direct(t, emulator.Options{})
	a.source()
	a.source()
	if next := a.next(a.ok("GET", "/ai/content_import_sources?per_page=1", ""), nil); next == "" {
		t.Error("no next")
	}
}

// The description of Preview: at most 150 a page, and page times per_page at
// most 10,000. What comes beyond is an error, or an empty list.
func TestListBounds(t *testing.T) {
	const path = "/ai/external_pages"
	tests := []struct {
		lists emulator.Lists
		query string
		items int // -1: 400
		total float64
	}{
		{"", "", 50, 160},
		{"", "?per_page=150", 150, 160},
		{"", "?per_page=151", 150, 160},
		{"", "?per_page=150&page=2", 10, 160},
		{"", "?page=200", 0, 160},
		{"", "?page=201", -1, 0},
		{"", "?per_page=150&page=67", -1, 0},
		{emulator.ListsEmpty, "?page=201", 0, 0},
		{emulator.ListsEmpty, "?per_page=150", 150, 160},
		{emulator.ListsUnbounded, "?page=201", 0, 160},
		{emulator.ListsUnbounded, "?per_page=150", 150, 160},
		{emulator.ListsPlain, "?page=201", 0, 160},
		{emulator.ListsPlain, "?per_page=150&page=4", 10, 160},
		{emulator.ListsPlain, "?source_id=1&external_id=7", 50, 160},
		{"", "?source_id=1&external_id=7", 1, 1},
		{"", "?source_id=1&external_id=7&page=2", 0, 1},
		{"", "?source_id=2&external_id=7", 0, 0},
		{"", "?source_id=1&external_id=no", 0, 0},
		{"", "?source_id=1", -1, 0},
		{"", "?external_id=7", -1, 0},
	}
	apis := map[emulator.Lists]*api{}
	for _, lists := range append(emulator.AllLists, "") {
		apis[lists] = direct(t, emulator.Options{Lists: lists})
		source := apis[lists].source()
		for n := range 160 {
			apis[lists].post(source, fmt.Sprint(n))
		}
	}
	for _, tt := range tests {
		r := apis[tt.lists].do("GET", path+tt.query, "")
		if tt.items < 0 {
			if r.status != 400 {
				t.Errorf("%s %s: status %d, want 400", tt.lists, tt.query, r.status)
			}
			continue
		}
		r.want(t, map[string]any{"total_count": tt.total})
		if n := len(r.fields["data"].([]any)); n != tt.items {
			t.Errorf("%s %s: %d items, want %d", tt.lists, tt.query, n, tt.items)
		}
	}
	if _, err := emulator.New(emulator.Options{Lists: "odd"}); err == nil {
		t.Error("odd lists are accepted")
	}
}
