package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Invalid is a config file with faults.
type Invalid struct {
	Path   string
	Faults []Fault
}

// Fault is one thing wrong with a config file, and how to mend it.
type Fault struct {
	Line    int // 1 is the first
	Message string
}

// Error lists all faults, a line each.
func (e *Invalid) Error() string {
	var b strings.Builder
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d: %s", e.Path, f.Line, f.Message)
	}
	return b.String()
}

func (d *decoder) invalid() error {
	slices.SortStableFunc(d.faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return &Invalid{d.path, slices.Compact(d.faults)}
}

func (d *decoder) fault(line int, format string, args ...any) {
	d.faults = append(d.faults, Fault{max(line, 1), fmt.Sprintf(format, args...)})
}

// at reports a fault of the value at a path of keys, or of the nearest key
// above it that the file has.
func (d *decoder) at(path, format string, args ...any) {
	if d.decoded && d.faulty[path] {
		return // what could not be read cannot be judged
	}
	d.faulty[path] = true
	d.fault(d.line(path), "%s: %s", path, fmt.Sprintf(format, args...))
}

func (d *decoder) line(path string) int {
	for p := path; p != ""; {
		if line, ok := d.lines[p]; ok {
			return line
		}
		p = p[:max(strings.LastIndexAny(p, ".["), 0)]
	}
	return d.lines[""]
}

// nearest returns the known key that was most likely meant; "" if none is near.
func nearest(key string, known []string) string {
	best, distance := "", len(key)/2+1
	for _, k := range known {
		if n := editDistance(strings.ToLower(key), k); n < distance {
			best, distance = k, n
		}
	}
	return best
}

// editDistance is the Levenshtein distance.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
