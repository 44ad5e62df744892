package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// logger returns the logger that the flags ask for; without --log-level, one
// of the default level, "" being silence.
func (g *globals) logger(defaultLevel string) (*slog.Logger, error) {
	name := g.logLevel
	if name == "" {
		name = defaultLevel
	}
	if name == "" {
		return slog.New(slog.DiscardHandler), nil
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(name)); err != nil {
		return nil, usageError("--log-level is none of debug, info, warn, error: %q", name)
	}
	switch g.logFormat {
	case "json":
		return jsonLogger(g.stderr, level), nil
	case "text":
		return textLogger(g.stderr, level), nil
	case "auto":
		if isTerminal(g.stderr) {
			return textLogger(g.stderr, level), nil
		}
		return jsonLogger(g.stderr, level), nil
	}
	return nil, usageError("--log-format is none of auto, text, json: %q", g.logFormat)
}

func jsonLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

func textLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, TimeFormat: time.TimeOnly, NoColor: !colours(w)}))
}

func isTerminal(w io.Writer) bool {
	f, ok := fileOf(w)
	return ok && term.IsTerminal(int(f.Fd()))
}

func fileOf(w io.Writer) (*os.File, bool) {
	if o, ok := w.(*output); ok {
		w = o.w
	}
	f, ok := w.(*os.File)
	return f, ok
}

// colours reports whether the writer is a terminal that can do more than print,
// and whose user has not asked for no colours (https://no-color.org).
func colours(w io.Writer) bool { return isTerminal(w) && !dumb() && os.Getenv("NO_COLOR") == "" }

// dumb reports whether the terminal, such as an editor's shell window, knows
// no control sequences (https://www.gnu.org/software/gettext/manual/html_node/The-TERM-variable.html).
func dumb() bool { return os.Getenv("TERM") == "dumb" }
