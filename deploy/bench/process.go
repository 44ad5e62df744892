package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration
	resident  int64 // bytes at its peak
	own       int64 // of these, those that are not a file's
}

// missingError is that a program is not installed.
type missingError struct{ program string }

func (e *missingError) Error() string { return e.program + " is not installed" }

func installed(program string) error {
	if _, err := exec.LookPath(program); err != nil {
		return &missingError{program}
	}
	return nil
}

// command is a program with its arguments.
type command struct {
	dir  string
	args []string
}

// run runs a program to its end.
func (c command) run(ctx context.Context) (usage, error) { return c.runLooking(ctx, nil) }

// runLooking calls look with the process's id now and then while it runs.
func (c command) runLooking(ctx context.Context, look func(pid int)) (u usage, err error) {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = c.dir, &stderr
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C")
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return u, err
	}
	done := make(chan struct{})
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		for look != nil {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
				look(cmd.Process.Pid)
			}
		}
	}()
	err = cmd.Wait()
	u.wall = time.Since(start)
	close(done)
	<-looked
	if err != nil {
		return u, fmt.Errorf("%s: %w: %s", strings.Join(c.args, " "), err, lastLine(stderr.String()))
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return u, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// runWatched is run with the memory. What the system says of a process that has
// ended counts the memory of the one that started it, so it is asked before.
func (c command) runWatched(ctx context.Context) (usage, error) {
	var peak usage
	u, err := c.runLooking(ctx, func(pid int) {
		status := fmt.Sprintf("/proc/%d/status", pid)
		peak.resident = max(peak.resident, kilobytes(field(status, "VmHWM")))
		peak.own = max(peak.own, kilobytes(field(status, "RssAnon")))
	})
	if err == nil && peak.resident == 0 {
		err = errors.New("the memory of a process cannot be told on this system")
	}
	u.resident, u.own = peak.resident, peak.own
	return u, err
}

func kilobytes(text string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(text, " kB"), 10, 64) // gone already
	return n << 10
}

// cpuOf returns the processor time of a process so far.
func cpuOf(pid int) (time.Duration, error) {
	text := firstLine(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, ok := strings.Cut(text, ") ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 13 {
		return 0, errors.New("the processor time of a process cannot be told on this system")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * (time.Second / 100), errors.Join(err1, err2) // in ticks of a hundredth
}

// work prepares a round where that is needed, and runs it.
type work func(round int) (usage, error)

// inTurn returns the medians of several rounds after a warm-up, in each of which
// every piece of work has its turn.
func inTurn(rounds int, all ...work) ([]usage, error) {
	measured := make([][]usage, len(all))
	for round := range rounds + 1 {
		for i, do := range all {
			u, err := do(round)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				measured[i] = append(measured[i], u)
			}
		}
	}
	medians := make([]usage, len(all))
	for i, of := range measured {
		medians[i] = usage{
			wall:     median(of, func(u usage) time.Duration { return u.wall }),
			cpu:      median(of, func(u usage) time.Duration { return u.cpu }),
			resident: median(of, func(u usage) int64 { return u.resident }),
			own:      median(of, func(u usage) int64 { return u.own }),
		}
	}
	return medians, nil
}

func median[T int64 | time.Duration](of []usage, value func(usage) T) T {
	values := make([]T, len(of))
	for i, u := range of {
		values[i] = value(u)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
