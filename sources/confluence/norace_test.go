//go:build !race

package confluence_test

const raceEnabled = false
