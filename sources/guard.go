package sources

import (
	"fmt"
	"runtime/debug"
)

// PanicError says that an adapter has failed by a fault of its own. It costs the
// source this run.
type PanicError struct {
	Fault any    // what the adapter panicked with
	Stack []byte // where, as [runtime/debug.Stack] writes it
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("a fault of finpages (%v): please report it with the log at level debug", e.Fault)
}

// Guarded calls f, which asks an adapter. A panic is an error, a [*PanicError].
func Guarded[T any](f func() (T, error)) (value T, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = &PanicError{Fault: fault, Stack: debug.Stack()}
		}
	}()
	return f()
}
