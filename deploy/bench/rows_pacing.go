package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"finpages/intercomapi/emulator"
)

const usualLimit = 1666

// pacingRow measures how much of the rate limit a first sync uses.
func (b *bench) pacingRow() (lines []line, err error) {
	if !b.paced {
		return nil, errors.New("the API is not the emulator")
	}
	one := func(limit, pages int, shared bool) error {
		l, err := b.pace(limit, pages, shared)
		lines = append(lines, l)
		return err
	}
	if err := one(usualLimit, b.scale.pacedPages, false); err != nil {
		return lines, err
	}
	for _, limit := range b.scale.limits {
		if err := one(limit, min(4*limit+limit/2, b.scale.pacedPages), false); err != nil {
			return lines, err
		}
	}
	if len(b.scale.limits) > 0 {
		return lines, one(usualLimit, b.scale.pacedPages/2, true)
	}
	return lines, nil
}

// pace pushes pages to an API that answers after 200 to 400 ms. If the limit is
// shared, another client takes half of it.
func (b *bench) pace(limit, pages int, shared bool) (l line, err error) {
	root := filepath.Join(b.dir, fmt.Sprintf("paced-%d-%t", limit, shared))
	if err := writeFiles(root, pages, shortText); err != nil {
		return l, err
	}
	w, err := b.newWorld(folderSource(root))
	if err != nil {
		return l, err
	}
	slow := &slowAPI{used: map[string]int{}}
	if w.api, err = b.serve(emulator.Options{Limit: limit}, slow.through); err != nil {
		return l, err
	}
	if err := w.startOver(); err != nil {
		return l, err
	}
	ctx, stop := context.WithCancel(b.ctx)
	defer stop()
	if shared {
		go slow.take(ctx, w.api, limit/2)
	}
	if _, err := w.backfill(0); err != nil {
		return l, err
	}
	stop()
	work := fmt.Sprintf("first sync of %d pages at 300 ms ± 100 ms, %d requests per 10 s", pages, limit)
	if shared {
		work += ", half of them another client's"
	}
	share, refused := slow.sustained(limit)
	l = line{Work: work, Against: "the limit", Ours: fmt.Sprintf("%d × 429", refused), Reached: share, Bound: 98.5,
		AtLeast: true, Unit: "%"}.judged()
	l.Met = l.Met && refused == 0
	return l, nil
}

// slowAPI is an API far away, which counts what it answers.
type slowAPI struct {
	mu      sync.Mutex
	used    map[string]int // requests by the reset of their window
	refused int            // of them all, those over the limit
}

func (s *slowAPI) through(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		way := 100*time.Millisecond + rand.N(100*time.Millisecond)
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body) // what is cut off is refused
		r.Body = http.NoBody
		if body.Len() > 0 {
			r.Body = nopCloser{&body}
		}
		time.Sleep(way)
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		s.note(answer.Code, answer.Header())
		time.Sleep(way)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // the client may have gone
	})
}

type nopCloser struct{ *bytes.Buffer }

func (nopCloser) Close() error { return nil }

func (s *slowAPI) note(status int, h http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if status == http.StatusTooManyRequests {
		s.refused++
	} else {
		s.used[h.Get("X-RateLimit-Reset")]++
	}
}

// take is another client, which takes so many requests of each window.
func (s *slowAPI) take(ctx context.Context, api string, perWindow int) {
	tick := time.NewTicker(10 * time.Second / time.Duration(perWindow))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		go func() {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, api+"/me", nil)
			if err != nil {
				return
			}
			req.Header.Set("Authorization", "Bearer other")
			if resp, err := http.DefaultClient.Do(req); err == nil {
				resp.Body.Close()
			}
		}()
	}
}

// sustained returns what was used of the windows from the second to the last but
// one, in percent.
func (s *slowAPI) sustained(limit int) (share float64, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	windows := slices.SortedFunc(maps.Keys(s.used), func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
	if len(windows) < 3 {
		return 0, s.refused
	}
	windows = windows[1 : len(windows)-1]
	used := 0
	for _, w := range windows {
		used += s.used[w]
	}
	return 100 * float64(used) / float64(limit*len(windows)), s.refused
}
