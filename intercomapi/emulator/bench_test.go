package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"finpages/intercomapi/emulator"
)

const benchPages = 40_000

var benchHTML = `"html":"` + strings.Repeat("<p>A paragraph of text.</p>", 150) + `"` // 4 KB

// BenchmarkUpsert goes over HTTP, with a state file, from many clients.
func BenchmarkUpsert(b *testing.B) {
	a := listen(b, emulator.Options{Limit: 1e9, StateFile: filepath.Join(b.TempDir(), "state.json")})
	a.http.Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	source := a.source()
	var n atomic.Int64
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			a.post(source, fmt.Sprint(n.Add(1)%benchPages), benchHTML)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "upserts/s")
}

// BenchmarkHandler is the emulator's own part of an upsert.
func BenchmarkHandler(b *testing.B) {
	a := direct(b, emulator.Options{Limit: 1e9})
	source := a.source()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		req := a.request("POST", "/ai/external_pages", pageJSON(source, fmt.Sprint(n%benchPages), benchHTML))
		a.srv.ServeHTTP(httptest.NewRecorder(), req)
	}
}

func BenchmarkListPages(b *testing.B) {
	a := direct(b, emulator.Options{Limit: 1e9})
	source := a.source()
	for n := range benchPages {
		a.post(source, fmt.Sprint(n))
	}
	for _, page := range []int{1, 400, 800} {
		b.Run(fmt.Sprintf("page=%d", page), func(b *testing.B) {
			b.ReportAllocs()
			req := a.request("GET", fmt.Sprintf("/ai/external_pages?page=%d", page), "")
			for b.Loop() {
				a.srv.ServeHTTP(httptest.NewRecorder(), req)
			}
		})
	}
}
