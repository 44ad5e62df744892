package state

// Seal lets a test write a value that the checksum covers.
var Seal = seal
