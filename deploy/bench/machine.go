package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// machine describes where the figures were measured.
type machine struct {
	Time     time.Time         `json:"time"`
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	Memory   string            `json:"memory"`
	Kernel   string            `json:"kernel"`
	Load     string            `json:"load"` // averages before the first row
	Programs map[string]string `json:"programs"`
}

func (m machine) String() string {
	return fmt.Sprintf("%s · %s, %d cores, %s, %s · load %s · %s",
		m.Time.Format("2 January 2006"), m.CPU, m.Cores, m.Memory, m.Kernel, m.Load, m.Programs["finpages"])
}

func describeMachine(ctx context.Context, finpages string) machine {
	m := machine{
		Time: time.Now().UTC().Truncate(time.Second), Cores: runtime.NumCPU(),
		CPU:    field("/proc/cpuinfo", "model name"),
		Memory: field("/proc/meminfo", "MemTotal"),
		Kernel: runtime.GOOS + " " + firstLine("/proc/sys/kernel/osrelease"),
		Load:   firstLine("/proc/loadavg"), Programs: map[string]string{},
	}
	for name, args := range map[string][]string{
		"finpages": {finpages, "version"}, "git": {"git", "version"},
		"rclone": {"rclone", "version"}, "hugo": {"hugo", "version"},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).Output(); err == nil {
			m.Programs[name], _, _ = strings.Cut(string(out), "\n")
		}
	}
	return m
}

func firstLine(path string) string {
	text, _ := os.ReadFile(path) // absent on some systems
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
}

// field returns the value of a name in a file of "name: value" lines.
func field(path, name string) string {
	text, _ := os.ReadFile(path) // absent on some systems
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
