package intercomapi_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi"
	"finpages/intercomapi/emulator"
)

// newEmulator serves an emulator over HTTP, and a client of it.
func newEmulator(
	t *testing.T, o emulator.Options, change ...func(*intercomapi.Options),
) (*emulator.Server, *intercomapi.Client) {
	t.Helper()
	o.Token = testToken
	api, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(api)
	t.Cleanup(func() { srv.Close(); _ = api.Close() })
	base := func(o *intercomapi.Options) { o.BaseURL = srv.URL }
	return api, newClient(t, nil, append([]func(*intercomapi.Options){base}, change...)...)
}

func TestLifeOfAPage(t *testing.T) {
	ctx := t.Context()
	for _, v := range []string{"2.14", "2.15", "2.16", "2.17", "Preview"} {
		t.Run(v, func(t *testing.T) {
			api, c := newEmulator(t, emulator.Options{Workspace: emulator.Workspace{IDCode: "abc"}}, version(v))
			me, err := c.Me(ctx)
			if err != nil || me.App == nil || me.App.IDCode != "abc" {
				t.Fatalf("me: %+v, %v", me, err)
			}
			source, err := c.CreateImportSource(ctx, intercomapi.ImportSourceRequest{URL: "https://docs.example.com"})
			if err != nil || source.SyncBehavior != "api" || source.Status != "active" {
				t.Fatalf("create: %+v, %v", source, err)
			}
			moved := intercomapi.ImportSourceRequest{URL: "https://new.example.com", Status: "active"}
			source, err = c.UpdateImportSource(ctx, source.ID, moved)
			if err != nil || source.URL != "https://new.example.com" {
				t.Fatalf("update: %+v, %v", source, err)
			}
			all, err := collect(c.ImportSources(ctx))
			checkEqual(t, err, nil)
			checkEqual(t, all, []intercomapi.ImportSource{source})

			r := somePage
			r.SourceID = source.ID
			first, err := c.UpsertPage(ctx, r)
			checkEqual(t, err, nil)
			r.Title = "new"
			second, err := c.UpsertPage(ctx, r)
			if err != nil || second.ID != first.ID || second.Title != "new" || !second.AIAgent || second.AICopilot {
				t.Errorf("upsert: %+v, %v", second, err)
			}
			for range 2 { // the second time it is gone already
				checkEqual(t, c.DeletePage(ctx, first.ID), nil)
			}
			if _, err := c.Page(ctx, first.ID); !asError(t, err).NotFound() {
				t.Errorf("page after delete: %v", err)
			}
			checkEqual(t, len(api.Pages()), 0)
		})
	}
}

// Over a connection that fails in all ways, everything arrives once, and the
// list is whole.
func TestTroubledConnection(t *testing.T) {
	const pages = 120
	api, c := newEmulator(t, emulator.Options{Limit: 100_000})
	source, err := c.CreateImportSource(t.Context(), intercomapi.ImportSourceRequest{URL: "https://docs.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	faults := []*emulator.Fault{
		{Cut: true},
		{Cut: true, Effect: true},
		{Status: http.StatusBadGateway, Body: "<html>Bad Gateway</html>", Effect: true},
		{Status: http.StatusOK, Body: "<html>Please log in</html>"},
		{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}},
		{Truncate: 40},
	}
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(1, 2))
	api.Fail(func(*http.Request) *emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		if chance.IntN(12) > 0 {
			return nil
		}
		return faults[chance.IntN(len(faults))]
	})
	var wg sync.WaitGroup
	for i := range pages {
		wg.Go(func() {
			r := somePage
			r.SourceID, r.ExternalID = source.ID, fmt.Sprint("page-", i)
			if _, err := c.UpsertPage(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all, err := collect(c.ListPages(t.Context(), noHash))
	checkEqual(t, err, nil)
	checkEqual(t, len(all), pages)
	for i, p := range all {
		if i%10 == 0 {
			checkEqual(t, c.DeletePage(t.Context(), p.ID), nil)
		}
	}
	checkEqual(t, len(api.Pages()), pages-pages/10)
}

// Requests in flight beyond the emulator's window wait for the next one, and none is
// refused.
func TestWindowsOfTheEmulator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, err := emulator.New(emulator.Options{Limit: 30, Latency: 20 * time.Millisecond, Token: testToken})
		if err != nil {
			t.Fatal(err)
		}
		defer api.Close()
		direct := transport(func(r *http.Request) (*http.Response, error) {
			answer := httptest.NewRecorder()
			api.ServeHTTP(answer, r)
			return answer.Result(), nil
		})
		c := newClient(t, direct, func(o *intercomapi.Options) { o.Reserve = .2 })
		start := time.Now()
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if _, err := c.Me(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, r := range api.Requests() {
			if r.Status != http.StatusOK {
				t.Errorf("%s %s was answered %d", r.Method, r.Path, r.Status)
			}
		}
		if took := time.Since(start); took < 5*time.Second || took > 15*time.Second {
			t.Errorf("40 requests of 30 in 10 seconds took %v", took)
		}
	})
}
