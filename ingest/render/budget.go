package render

import (
	"context"
	"errors"
	"fmt"

	"finpages/ingest/render/internal/dom"
)

// ErrBudget is wrapped by the errors of documents that take more time or
// memory to render than one page is given. They will not do better the next
// time, until they or the settings change.
var ErrBudget = errors.New("the document takes too much to render")

// PanicError says that a document has made the renderer fail. It is a fault of
// ours that costs this one page.
type PanicError struct {
	Fault any    // what the renderer panicked with
	Stack []byte // where, as [runtime/debug.Stack] writes it
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("the document makes the renderer fail (%v): please report it with the document", e.Fault)
}

// inTime is an error where ctx is done.
func inTime(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrBudget, context.Cause(ctx))
	}
	return nil
}

// budgetError marks the error of a document that is too large for a parser.
func budgetError(err error) error {
	if errors.Is(err, dom.ErrTooLarge) {
		return fmt.Errorf("%w: %w", ErrBudget, err)
	}
	return err
}
