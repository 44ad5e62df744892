// Command bench measures finpages from outside, each piece of work beside a
// program that does the like, and compares the ratio with what it should be. It
// prints a table, and exits with 1 if a row falls short. Peers that are not
// installed are named and skipped.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
)

func main() { os.Exit(run()) }

func run() int {
	if len(os.Args) == 3 && stages[os.Args[1]] != nil {
		return report(stages[os.Args[1]](os.Args[2]))
	}
	o := options{}
	flag.StringVar(&o.finpages, "finpages", "bin/finpages", "the binary to measure")
	flag.StringVar(&o.corpus, "corpus", "../shared/corpora",
		"a folder with Markdown files whose text is used; generated text if there is none")
	flag.StringVar(&o.api, "api", "",
		"base URL of another API than the emulator; the rows about the rate limit are skipped")
	flag.StringVar(&o.json, "json", "", "also write the results to this file")
	flag.StringVar(&o.rows, "rows", "", "regular expression of the rows to measure (default: all)")
	flag.BoolVar(&o.quick, "quick", false, "fewer pages and rounds: under three minutes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return report(measure(ctx, o))
}

func report(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}

type options struct {
	finpages, corpus, api, json, rows string
	quick                             bool
}

// errShort is that a row falls short.
var errShort = errors.New("not all rows are met")

// measure runs the rows, prints the table, and writes the JSON.
func measure(ctx context.Context, o options) error {
	wanted, err := regexp.Compile(o.rows)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "finpages-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := newBench(ctx, o, dir)
	if err != nil {
		return err
	}
	defer b.close()
	res := results{Machine: describeMachine(ctx, o.finpages), Quick: o.quick}
	fmt.Printf("%s\n\n%s", res.Machine, tableHead)
	for _, row := range rows {
		if !wanted.MatchString(row.name) {
			continue
		}
		lines, err := row.measure(b)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			lines = append(lines, line{Work: row.name, Skipped: err.Error(), failed: !errors.As(err, new(*missingError))})
		}
		for _, l := range lines {
			fmt.Println(l)
		}
		res.Lines = append(res.Lines, lines...)
	}
	return errors.Join(res.write(o.json), res.short())
}

type results struct {
	Machine machine `json:"machine"`
	Quick   bool    `json:"quick"`
	Lines   []line  `json:"rows"`
}

func (r results) write(path string) error {
	if path == "" {
		return nil
	}
	enc, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(enc, '\n'), 0o644)
}

func (r results) short() error {
	for _, l := range r.Lines {
		if l.failed || l.Skipped == "" && !l.Met {
			return errShort
		}
	}
	return nil
}
