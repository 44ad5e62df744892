//go:build !race

package costtest

// perByte is how many bytes may be allocated for one of the input.
const perByte = 4 << 10
