package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	mebibyte   = 1 << 20
	leastState = 10_000 // pages: a file grows by a mebibyte at once
)

func mebibytes(n int64) string { return fmt.Sprintf("%d MiB", n/mebibyte) }

// memoryRow syncs folders that grow, and looks at memory, state and time.
func (b *bench) memoryRow() (lines []line, err error) {
	var perPage []time.Duration
	for _, pages := range b.scale.memory {
		root := filepath.Join(b.dir, fmt.Sprintf("pages-%d", pages))
		if err := writeFiles(root, pages, shortText); err != nil {
			return lines, err
		}
		w, err := b.newWorld(folderSource(root))
		if err != nil {
			return lines, err
		}
		first, err := w.watched(0)
		if err != nil {
			return lines, err
		}
		if pages <= 100_000 {
			work := fmt.Sprintf("first sync of %d pages", pages)
			lines = append(lines, line{Work: work + ", resident", Ours: mebibytes(first.resident),
				Reached: float64(first.resident) / mebibyte, Bound: 110, Unit: "MiB"}.judged(),
				memory(work+", without mapped files", first.own, 200, pages))
		}
		got, err := inTurn(b.scale.rounds, w.watched)
		if err != nil {
			return lines, err
		}
		lines = append(lines,
			memory(fmt.Sprintf("unchanged run of %d pages, without mapped files", pages), got[0].own, 64, pages))
		size, err := w.stateSize()
		if err != nil {
			return lines, err
		}
		if pages >= leastState {
			lines = append(lines, line{Work: fmt.Sprintf("state of %d pages", pages), Ours: mebibytes(size),
				Reached: float64(size) / float64(pages), Bound: 300, Unit: "bytes a page"}.judged())
		}
		perPage = append(perPage, got[0].wall/time.Duration(pages))
		if err := errors.Join(os.RemoveAll(w.dir), os.RemoveAll(root)); err != nil {
			return lines, err
		}
	}
	for i := range len(perPage) - 1 {
		work := fmt.Sprintf("unchanged run of %d pages, wall per page", b.scale.memory[i+1])
		against := fmt.Sprintf("that of %d pages", b.scale.memory[i])
		l := ratio(work, against, perPage[i+1], perPage[i], 1.1)
		l.Ours, l.Theirs = perPage[i+1].String(), perPage[i].String()
		lines = append(lines, l)
	}
	return lines, nil
}

// memory is bound to 40 MiB, and some bytes a page.
func memory(work string, bytes int64, perPage, pages int) line {
	return line{Work: work, Ours: mebibytes(bytes), Reached: float64(bytes) / mebibyte,
		Bound: 40 + float64(perPage*pages)/mebibyte, Unit: "MiB"}.judged()
}

// daemonRow watches a daemon that has nothing to do but to look.
func (b *bench) daemonRow() ([]line, error) {
	var sources []string
	for i := range daemonSources {
		root := filepath.Join(b.dir, "daemon", fmt.Sprint(i))
		if err := writeFiles(root, b.scale.daemonPages, shortText); err != nil {
			return nil, err
		}
		sources = append(sources, folderSource(root))
	}
	w, err := b.newWorld(sources...)
	if err != nil {
		return nil, err
	}
	if _, err := w.backfill(0); err != nil {
		return nil, err
	}
	share, err := w.watchDaemon()
	if err != nil {
		return nil, err
	}
	return []line{line{Work: fmt.Sprintf("daemon, %d sources of %d unchanged pages each, every minute", daemonSources,
		b.scale.daemonPages),
		Against: "one core", Ours: fmt.Sprintf("%.2f %%", share), Reached: share, Bound: 1, Unit: "%"}.judged()}, nil
}

// watchDaemon returns the share of one core that the daemon takes, in percent,
// once it has looked at everything for the first time.
func (w *world) watchDaemon() (float64, error) {
	cmd := exec.CommandContext(w.ctx, w.finpages, "--log-level", "error", "run")
	cmd.Dir = w.dir
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // it was interrupted
	}()
	if err := w.pause(20 * time.Second); err != nil {
		return 0, err
	}
	before, err := cpuOf(cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	if err := w.pause(w.scale.daemonTime); err != nil {
		return 0, err
	}
	after, err := cpuOf(cmd.Process.Pid)
	return 100 * float64(after-before) / float64(w.scale.daemonTime), err
}

func (b *bench) pause(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-b.ctx.Done():
		return b.ctx.Err()
	}
}
