package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// otherTasks finds a task whose mark is another than "x".
var otherTasks = regexp.MustCompile(`^([ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[)[^\s\[\]()^xX](\][ \t])`)

// otherTask is the line of a task with a mark that all tools know: to Obsidian, each but a
// space says that something became of it.
func (r *rewriter) otherTask(line string) string {
	if !strings.Contains(line, "[") || r.Tool() != Obsidian {
		return line
	}
	return otherTasks.ReplaceAllString(line, "${1}x${2}")
}
