package intercomapi_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"finpages/intercomapi"
	"finpages/intercomapi/emulator"
)

// fullWorkspace is an emulator's state of so many pages in one source.
func fullWorkspace(t *testing.T, pages int) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `{"format":"finpages emulator state","version":1,"next_source":2,"next_page":%d,`+
		`"sources":[{"id":1,"status":"active","url":"https://h","sync_behavior":"api"}],"pages":%d}`+"\n", 100_001+pages, pages)
	for n := range pages {
		fmt.Fprintf(&b, `{"id":"%d","title":"T","html":"x","locale":"en","source_id":1,"external_id":"e%d"}`+"\n",
			100_001+n, n)
	}
	path := filepath.Join(t.TempDir(), "emulator.json")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A list that the API does not show to its end is an error that says how much
// came, never a shorter list. A single page can be looked up all the same.
func TestMorePagesThanTheAPILists(t *testing.T) {
	const pages = 10_120
	state := fullWorkspace(t, pages)
	for _, lists := range emulator.AllLists {
		t.Run(string(lists), func(t *testing.T) {
			bounded := lists == emulator.ListsBounded || lists == emulator.ListsEmpty
			_, c := newEmulator(t, emulator.Options{Lists: lists, StateFile: state, Limit: 100_000})
			listed, err := collect(c.ListPages(t.Context(), noHash))
			var limit *intercomapi.ListLimitError
			if errors.As(err, &limit) != bounded || !bounded && err != nil {
				t.Fatalf("after %d pages: %v", len(listed), err)
			}
			want := pages
			if bounded {
				want = 10_000
				checkEqual(t, *limit, intercomapi.ListLimitError{Operation: "list_pages", Listed: want, Total: pages})
			}
			checkEqual(t, len(listed), want)

			p, found, err := c.FindPage(t.Context(), 1, "e0", noHash)
			_, none, errNone := c.FindPage(t.Context(), 1, "no such page", noHash)
			if lists == emulator.ListsPlain {
				checkIs(t, err, intercomapi.ErrNoLookup)
				checkIs(t, errNone, intercomapi.ErrNoLookup)
				return
			}
			checkEqual(t, errors.Join(err, errNone), nil)
			checkEqual(t, []any{found, none, p.ID, p.HTMLHash}, []any{true, false, "100001", sha256.Sum256([]byte("x"))})
		})
	}
}

// Answers that are no part of a list of 120 pages, 100 at a time, are errors.
func TestListsThatLie(t *testing.T) {
	first := listOf(items(1, 100), "null", 2, 120)
	for name, second := range map[string]string{
		"the count falls to nothing":  listOf("[]", "null", 0, 0),
		"nothing more but a page":     listOf("[]", "null", 2, 120),
		"a count of nothing, and one": listOf(items(101, 120), "null", 2, 0),
	} {
		t.Run(name, func(t *testing.T) {
			var seen int
			c := newClient(t, script(&seen, answer(200, first), answer(200, second)), noRetry)
			_, err := collect(c.ListPages(t.Context(), noHash))
			var limit *intercomapi.ListLimitError
			if err == nil || errors.As(err, &limit) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Where the parameter is refused, the list is read without it.
func TestPerPageRefused(t *testing.T) {
	var queries []string
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		queries = append(queries, r.URL.RawQuery)
		if r.URL.Query().Has("per_page") {
			return reply(400, errorList("parameter_invalid", "unknown", "per_page")), nil
		}
		return reply(200, listOf(items(1, 2), "null", 1, 2)), nil
	}), noRetry)
	all, err := collect(c.ListPages(t.Context(), noHash))
	checkEqual(t, err, nil)
	checkEqual(t, len(all), 2)
	checkEqual(t, strings.Join(queries, " "), "per_page=100 ")
}

// A workspace of large pages is listed in smaller answers, and no more than
// one page's HTML is in memory at a time.
func TestLargePages(t *testing.T) {
	const (
		pages = 70
		size  = 1 << 20
	)
	var perPage []int
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		n, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		perPage = append(perPage, n)
		from := (max(page, 1) - 1) * n
		res := reply(200, "")
		res.Body = io.NopCloser(largeList(from, min(from+n, pages), size, pages, (pages+n-1)/n))
		return res, nil
	}))
	var most uint64
	listed := 0
	for _, err := range c.ListPages(t.Context(), func(p intercomapi.ExternalPage) [32]byte {
		if listed++; listed%16 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		return sha256.Sum256([]byte(p.HTML))
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	checkEqual(t, perPage, []int{100, 50, 50})
	if most > 10*size {
		t.Errorf("%d MiB in memory, pages are of %d MiB", most>>20, size>>20)
	}
}

// largeList writes a page of a list as it is read.
func largeList(from, to, size, count, pages int) io.Reader {
	parts := []io.Reader{strings.NewReader(`{"data":[`)}
	for id := from; id < to; id++ {
		comma := map[bool]string{true: ","}[id > from]
		parts = append(parts, strings.NewReader(fmt.Sprintf(`%s{"id":"%d","html":"`, comma, id)),
			io.LimitReader(letters{}, int64(size)), strings.NewReader(`"}`))
	}
	end := fmt.Sprintf(`],"total_count":%d,"pages":{"total_pages":%d}}`, count, pages)
	return io.MultiReader(append(parts, strings.NewReader(end))...)
}

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
