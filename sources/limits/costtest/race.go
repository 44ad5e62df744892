//go:build race

package costtest

// perByte is how many bytes may be allocated for one of the input. The race
// detector drops part of what is put back into pools, such as those of regexp.
const perByte = 64 << 10
