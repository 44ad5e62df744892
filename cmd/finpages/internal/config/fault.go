package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// Invalid is a config file with faults.
type Invalid struct {
	Path   string
	Faults []Fault
}

// Fault is one thing wrong with a config file, and how to fix it.
type Fault struct {
	Line    int    `json:"line"`             // 1 is the first
	Column  int    `json:"column,omitempty"` // of the first character; 0 if unknown
	Message string `json:"message"`
	Excerpt string `json:"-"` // the line with a caret below it, secrets masked; "" if there is none
}

// Error lists all faults, a line each.
func (e *Invalid) Error() string { return e.list(false) }

// Detailed lists all faults, each with the line that it is in.
func (e *Invalid) Detailed() string { return e.list(true) }

func (e *Invalid) list(excerpts bool) string {
	var b strings.Builder
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d: %s", e.Path, f.Line, f.Message)
		if excerpts && f.Excerpt != "" {
			b.WriteString("\n" + f.Excerpt)
		}
	}
	return b.String()
}

func (d *decoder) invalid() error {
	slices.SortStableFunc(d.faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return &Invalid{d.path, slices.Compact(d.faults)}
}

func (d *decoder) fault(at position, format string, args ...any) {
	d.faults = append(d.faults, d.newFault(at, fmt.Sprintf(format, args...)))
}

func (d *decoder) newFault(at position, message string) Fault {
	return Fault{Line: max(at.line, 1), Column: at.column, Message: message, Excerpt: d.excerpt(at)}
}

// excerpt shows a line of the file with a caret below the position.
func (d *decoder) excerpt(at position) string {
	line := []rune(maskSecrets(strings.ReplaceAll(d.lineText(at.line), "\t", " ")))
	if at.column < 1 || at.column > len(line)+1 || strings.Trim(d.lineText(at.line), " \r") == "" {
		return ""
	}
	const most = 100 // characters that are shown
	from := max(min(at.column-most/2, len(line)-most), 0)
	shown := line[from:min(from+most, len(line))]
	column := at.column - 1 - from
	width := max(min(at.width, len(shown)-column), 1)
	caret := strings.Repeat(" ", column) + strings.Repeat("^", width)
	return fmt.Sprintf("%5d | %s\n      | %s", at.line, string(shown), caret)
}

// What may be a secret in a line: the value of such a key, a login in an
// address, and long words.
var secretLike = []*regexp.Regexp{
	regexp.MustCompile(`(?:token|password|secret)["']?\s*:\s*["']?([^\s"'$,}#][^\s"',}]*)`),
	regexp.MustCompile(`://([^/\s@]+)@`),
	regexp.MustCompile(`([A-Za-z0-9+/=_-]{20,})`),
}

// maskSecrets puts stars in the place of what may be a secret.
func maskSecrets(line string) string {
	for _, like := range secretLike {
		b := []byte(line)
		for _, m := range like.FindAllSubmatchIndex(b, -1) {
			if strings.HasSuffix(line[:m[2]], "${") || strings.HasPrefix(line[m[2]:], "CRON_TZ=") {
				continue // the name of a variable or of a time zone
			}
			for i := m[2]; i < m[3]; i++ {
				b[i] = '*'
			}
		}
		line = string(b)
	}
	return line
}

// at reports a fault of the value at a path of keys, or of the nearest key
// above it that the file has. A fault that only follows from another one is
// not reported.
func (d *decoder) at(path, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if d.decoded && (d.faulty[path] || d.isBroken(path)) ||
		d.decoded && isMissing(message) && (d.isUnsure(path) || d.isBroken(path+"_file")) {
		return
	}
	if place, ok := d.places[path]; ok && isMissing(message) && commented.MatchString(d.lineText(place.line)) {
		message += "; what follows # is a comment, unless it is in quotes"
	}
	d.faulty[path] = true
	if !d.decoded {
		d.broken[path] = true
	}
	d.faults = append(d.faults, d.newFault(d.position(path), strings.TrimPrefix(path+": ", ": ")+message))
}

// isBroken reports whether what stands at a path, or above it, could not be
// read.
func (d *decoder) isBroken(path string) bool {
	for p := path; p != ""; p = parent(p) {
		if d.broken[p] {
			return true
		}
	}
	return false
}

var commented = regexp.MustCompile(`:\s+#`)

func isMissing(message string) bool {
	return strings.HasPrefix(message, "missing") || strings.HasPrefix(message, "no documents")
}

// isUnsure reports whether the nearest section around a path that is there has
// a key that nobody knows, which may be meant for what is missing.
func (d *decoder) isUnsure(path string) bool {
	for p := path; ; p = parent(p) {
		if d.unsure[p] || p == "" || d.has(p) && p != path {
			return d.unsure[p]
		}
	}
}

func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// position returns where the value at a path stands, or its key where they are
// on different lines.
func (d *decoder) position(path string) position {
	for p := path; p != ""; p = parent(p) {
		key, ok := d.places[p]
		if !ok {
			continue
		}
		if value := d.values[p]; p == path && value.line == key.line && value.column > 0 && value.width > 0 {
			return value
		}
		return key
	}
	return d.places[""]
}

func (d *decoder) line(path string) int { return d.position(path).line }

// Nearest returns the known name that was most likely meant; "" if none is near.
func Nearest(key string, known []string) string {
	best, distance := "", max(len(key)/3, 1)+1
	for _, k := range known {
		if n := editDistance(strings.ToLower(key), strings.ToLower(k)); n < distance {
			best, distance = k, n
		}
	}
	return best
}

// editDistance is the Levenshtein distance, with two letters that are swapped
// as one fault.
func editDistance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, above, row = above, row, before
		row[0] = i + 1
		for j := range len(b) {
			substitute := above[j]
			if a[i] != b[j] {
				substitute++
			}
			row[j+1] = min(substitute, row[j]+1, above[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
