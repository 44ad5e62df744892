package destination_test

import (
	"testing"

	"finpages/ingest/ingesttest"
)

// world is that of the tests here, with what they do in it.
type world struct{ *ingesttest.World }

func newWorld(t *testing.T) *world { return &world{ingesttest.New(t)} }
