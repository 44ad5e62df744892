package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"finpages/ingest"
	"finpages/ingest/operate"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how runs go: a bar on a terminal, a line now and then
// elsewhere.
type progress struct {
	w      io.Writer
	redraw bool // the writer is a terminal that can
	bars   *mpb.Progress

	mu sync.Mutex
}

func newProgress(w io.Writer) *progress {
	return &progress{w: raw(w), redraw: isTerminal(w) && !dumb()}
}

// note says something that cannot wait for the end.
func (p *progress) note(text string) {
	text = escapeUnsafe(text)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars != nil {
		fmt.Fprintln(p.bars, "finpages:", text)
		return
	}
	fmt.Fprintln(p.w, "finpages:", text)
}

// runSources runs the sources one by one and shows how far they are.
func runSources(
	ctx context.Context,
	ctl control,
	names []string,
	opts ingest.RunOptions,
	show *progress,
) ([]ingest.Report, error) {
	local, ok := ctl.(*operate.Service)
	if !ok {
		show.note("the finpages daemon runs this command")
		reports, err := ctl.RunAll(ctx, names, opts)
		return reports, asUsage(err)
	}
	names, err := local.Select(names)
	if err != nil {
		return []ingest.Report{}, asUsage(err)
	}
	reports := []ingest.Report{}
	for _, name := range names {
		opts.Progress = &ingest.Progress{}
		stop := show.watch(name, opts.Progress)
		report, err := local.Run(ctx, name, opts)
		stop()
		if err != nil {
			return reports, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

// watch shows the progress of a run until the function that it returns is
// called.
func (p *progress) watch(name string, run *ingest.Progress) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		if p.redraw {
			p.bar(name, run, done)
		} else {
			p.lines(name, run, done)
		}
	}()
	return func() { close(done); <-ended }
}

// lines prints a line every few seconds.
func (p *progress) lines(name string, run *ingest.Progress, done <-chan struct{}) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	began := time.Now()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			total, n := run.Total.Load(), run.Done.Load()
			if listed := run.Listed.Load(); total == 0 {
				if listed > 0 {
					p.note(fmt.Sprintf("%s: documents listed: %d", name, listed))
				}
				continue
			}
			rate := float64(n) / time.Since(began).Seconds()
			left := "?"
			if rate > 0 {
				left = short(time.Duration(float64(total-n) / rate * float64(time.Second)))
			}
			p.note(fmt.Sprintf("%s: %d of %d documents, %.0f/s, %s left", name, n, total, rate, left))
		}
	}
}

// bar draws a bar with counts, rate and the time left.
func (p *progress) bar(name string, run *ingest.Progress, done <-chan struct{}) {
	bars := mpb.New(mpb.WithOutput(p.w), mpb.WithWidth(48), mpb.WithRefreshRate(150*time.Millisecond))
	bar := bars.AddBar(0, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(name+" "), decor.Any(func(decor.Statistics) string {
			if run.Total.Load() == 0 {
				return fmt.Sprintf("%d listed", run.Listed.Load())
			}
			return fmt.Sprintf("%d / %d", run.Done.Load(), run.Total.Load())
		})),
		mpb.AppendDecorators(decor.AverageSpeed(0, "%.0f/s "), decor.AverageETA(decor.ET_STYLE_GO)))
	p.setBars(bars)
	defer p.setBars(nil)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			bar.SetTotal(-1, true)
			bars.Wait()
			return
		case <-tick.C:
			bar.SetTotal(run.Total.Load()+1, false) // never full before the run is done
			bar.SetCurrent(run.Done.Load())
		}
	}
}

func (p *progress) setBars(bars *mpb.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bars = bars
}
