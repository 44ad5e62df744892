package transform

import (
	"context"
	"log/slog"
)

// Shown is an id, a path or an error as people may see it: with the name of a
// rule in place of each secret.
func (l Leaks) Shown(text string) string {
	if !l.on() {
		return text
	}
	return l.Detector.Quoted(context.Background(), text, "")
}

// ShownError is an error as people may see it. It wraps the error.
func (l Leaks) ShownError(err error) error {
	if err == nil || !l.on() {
		return err
	}
	return &shownError{err, l.Shown(err.Error())}
}

type shownError struct {
	error
	text string
}

func (e *shownError) Error() string { return e.text }
func (e *shownError) Unwrap() error { return e.error }

// Logger returns a logger that shows values as people may see them.
func (l Leaks) Logger(log *slog.Logger) *slog.Logger {
	if !l.on() {
		return log
	}
	return slog.New(shownHandler{log.Handler(), l})
}

// shownHandler logs strings and errors as people may see them.
type shownHandler struct {
	slog.Handler
	leaks Leaks
}

func (h shownHandler) Handle(ctx context.Context, r slog.Record) error {
	shown := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		shown.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, shown)
}

func (h shownHandler) attr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	if a.Value.Kind() == slog.KindString {
		return slog.String(a.Key, h.leaks.Shown(a.Value.String()))
	}
	if err, ok := a.Value.Any().(error); ok && err != nil {
		return slog.Any(a.Key, h.leaks.ShownError(err))
	}
	return a
}

// WithAttrs implements [slog.Handler].
func (h shownHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	shown := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		shown[i] = h.attr(a)
	}
	return shownHandler{h.Handler.WithAttrs(shown), h.leaks}
}

// WithGroup implements [slog.Handler].
func (h shownHandler) WithGroup(name string) slog.Handler {
	return shownHandler{h.Handler.WithGroup(name), h.leaks}
}
