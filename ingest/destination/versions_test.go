package destination_test

import (
	"encoding/json"
	"strings"
	"testing"

	"finpages/ingest/destination"
	"finpages/intercomapi"

	"github.com/google/go-cmp/cmp"
)

// What the journal keeps is small, and what it kept as it was is still read.
func TestKeptRequests(t *testing.T) {
	want := intercomapi.PageRequest{ExternalID: "a.md", Title: "{A}", HTML: strings.Repeat("<p>The same text.</p>\n", 100)}
	packed, err := destination.Pack(want)
	if err != nil || len(packed) > len(want.HTML)/10 {
		t.Errorf("%d bytes, %v", len(packed), err)
	}
	plain, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range [][]byte{packed, plain} {
		got, err := destination.Unpack(kept)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
	if _, err := destination.Unpack([]byte("a.md")); err == nil {
		t.Error("no error of what is no request")
	}
}
