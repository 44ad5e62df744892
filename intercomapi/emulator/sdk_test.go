package emulator_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"finpages/intercomapi/emulator"
)

// The official SDK is not ours to bend: what it cannot live with, is wrong here.
func TestNodeSDK(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat("testdata/sdk/node_modules/intercom-client"); err != nil {
		t.Skip("the SDK is not installed: npm ci --prefix intercomapi/emulator/testdata/sdk")
	}
	srv := newServer(t, emulator.Options{Token: "sdk-token"})
	web := httptest.NewServer(srv)
	defer web.Close()
	cmd := exec.CommandContext(t.Context(), node, "lifecycle.mjs", web.URL, "sdk-token")
	cmd.Dir = "testdata/sdk"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("node lifecycle.mjs: %v\n%s", err, out)
	}
}
