package state

import "context"

// Seal lets a test write a value that the checksum covers.
var Seal = seal

// OpenStepping opens a state and calls step after each step of a migration.
func OpenStepping(path string, step func() error) (*DB, error) {
	return Open(path, Options{migrating: step})
}

// CopyStepping copies a state and calls step after each part.
func CopyStepping(ctx context.Context, from, to string, step func()) (int, error) {
	return copyState(ctx, from, to, step)
}

// CompactStepping compacts the file of a state, and calls step before it is replaced.
func CompactStepping(ctx context.Context, db *DB, step func()) error {
	db.home.(*boltHome).step = step
	return db.Compact(ctx)
}
