//go:build linux && !amd64 && !arm64

package sandbox

const seccompKnown = false

func filterCalls(bool) error { return nil }
