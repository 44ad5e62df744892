package git_test

import (
	"testing"

	"finpages/sources/sourcestest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture { return newRepository(t) })
}
