package rclone_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/sourcestest"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"golang.org/x/text/unicode/norm"
)

// bucket is an S3 bucket in memory.
type bucket struct {
	*storage
	objects *s3mem.Backend
	http    *httptest.Server
}

func newBucket(t *testing.T) *bucket {
	t.Helper()
	b := &bucket{storage: newStorage(t), objects: s3mem.New()}
	if err := b.objects.CreateBucket("docs"); err != nil {
		t.Fatal(err)
	}
	b.http = httptest.NewServer(gofakes3.New(b.objects).Server())
	t.Cleanup(b.http.Close)
	b.config("[s3]\ntype = s3\nprovider = Other\naccess_key_id = AKIDEXAMPLE\nsecret_access_key = secret-of-the-key\n" +
		"force_path_style = true\nendpoint = " + b.http.URL + "\n")
	b.opts.Remote = "s3:docs/handbook"
	return b
}

func (b *bucket) Put(name, body string) string {
	b.t.Helper()
	if _, err := b.objects.PutObject("docs", "handbook/"+name, map[string]string{}, strings.NewReader(body),
		int64(len(body)), nil); err != nil {
		b.t.Fatal(err)
	}
	return norm.NFC.String(name)
}

func (b *bucket) Remove(name string) {
	b.t.Helper()
	if _, err := b.objects.DeleteObject("docs", "handbook/"+name); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bucket) Break() { b.http.Close() }

func TestS3(t *testing.T) {
	t.Parallel()
	sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture {
		t.Parallel() // rclone waits a while before it takes a storage for broken
		return newBucket(t)
	})
	t.Run("its hash is the revision", func(t *testing.T) {
		b := newBucket(t)
		id := b.Put("a.md", "# A")
		entries, _ := sourcestest.List(t, b.Source())
		if got := entries[id].Revision; !strings.HasPrefix(got, "md5 ") {
			t.Errorf("revision %q", got)
		}
		if lines, err := b.Source().(sources.Checker).Check(t.Context()); err != nil ||
			lines[1] != fmt.Sprintf("%s: 1 documents, 0 left out by rule", b.opts.Remote) {
			t.Errorf("check: %q, %v", lines, err)
		}
	})
}
