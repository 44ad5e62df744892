package main

import (
	"cmp"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// logger returns the logger that the flags ask for; without --log-level, one
// of the default level, "" being silence.
func (g *globals) logger(defaultLevel string) (*slog.Logger, error) {
	var level slog.Level
	if name := cmp.Or(g.logLevel, defaultLevel); name == "" {
		return slog.New(slog.DiscardHandler), nil
	} else if err := level.UnmarshalText([]byte(name)); err != nil {
		return nil, err
	}
	if g.logFormat == "text" || g.logFormat == "auto" && isTerminal(g.stderr) {
		return textLogger(g.stderr, level), nil
	}
	return jsonLogger(g.stderr, level), nil
}

// checkLogFlags refuses what no logger can be made of, also for commands that
// need none.
func (g *globals) checkLogFlags() error {
	if err := new(slog.Level).UnmarshalText([]byte(g.logLevel)); g.logLevel != "" && err != nil {
		return usageError("--log-level is none of debug, info, warn, error: %q", g.logLevel)
	}
	if !slices.Contains([]string{"auto", "text", "json"}, g.logFormat) {
		return usageError("--log-format is none of auto, text, json: %q", g.logFormat)
	}
	return nil
}

func jsonLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

func textLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(tint.NewTextHandler(raw(w), &tint.Options{
		Level: level, TimeFormat: time.TimeOnly, NoColor: !colours(w),
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.MessageKey { // the handler quotes values by itself
				a.Value = slog.StringValue(escapeUnsafe(a.Value.String()))
			}
			return a
		},
	}))
}

// raw returns the writer below a [printable].
func raw(w io.Writer) io.Writer {
	if p, ok := w.(printable); ok {
		return p.w
	}
	return w
}

func isTerminal(stream any) bool {
	f, ok := fileOf(stream)
	return ok && term.IsTerminal(int(f.Fd()))
}

func fileOf(stream any) (*os.File, bool) {
	if w, ok := stream.(io.Writer); ok {
		stream = raw(w)
	}
	if o, ok := stream.(*output); ok {
		stream = o.w
	}
	f, ok := stream.(*os.File)
	return f, ok
}

// colours reports whether the writer is a terminal that can do more than print,
// and whose user has not asked for no colours (https://no-color.org).
func colours(w io.Writer) bool { return isTerminal(w) && !dumb() && os.Getenv("NO_COLOR") == "" }

// dumb reports whether the terminal, such as an editor's shell window, knows
// no control sequences (https://www.gnu.org/software/gettext/manual/html_node/The-TERM-variable.html).
func dumb() bool { return os.Getenv("TERM") == "dumb" }
