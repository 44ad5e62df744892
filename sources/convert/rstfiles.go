package convert

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"finpages/sources/charset"
)

// find returns a file that a document names. A path that begins with a slash
// starts from the root of the documentation, which may be any folder above.
func (r *rst) find(at, target string) (data []byte, from string, ok bool) {
	if data, from, ok = r.look(at, target); !ok {
		r.note(target + ", which is to be included, is left out: it is not in the source, or too much")
	}
	return data, from, ok
}

func (r *rst) look(at, target string) (data []byte, from string, ok bool) {
	target = strings.TrimSpace(target)
	if r.looks++; r.looks > maxIncludes || target == "" || strings.Contains(target, "://") {
		return nil, "", false
	}
	tries := []string{path.Join(path.Dir(at), target)}
	if rest, absolute := strings.CutPrefix(target, "/"); absolute {
		tries = nil
		for dir := path.Dir(at); len(tries) < 6; dir = path.Dir(dir) {
			tries = append(tries, path.Join(dir, rest))
			if dir == "." {
				break
			}
		}
		slices.Reverse(tries)
	}
	for _, from = range tries {
		if data, ok = r.get(from); ok {
			return charset.Markup(data), from, true
		}
	}
	return nil, "", false
}

// includeText puts a file in the place of an include directive.
func (r *rst) includeText(d directive) []string {
	_, options, _ := d.parts()
	if strings.HasPrefix(d.argument, "<") { // of Docutils itself
		return []string{""}
	}
	data, from, ok := r.find(d.at, d.argument)
	if !ok {
		return []string{""}
	}
	if slices.Contains(r.open, from) || len(r.open) > maxIncludeDepth {
		r.note(d.argument + " includes itself, and is left out there")
		return []string{""}
	}
	lines := picked(rstLines(string(data)), options)
	if _, literal := options["literal"]; literal {
		return slices.Concat(pad(d.indent, "", "::", ""), pad(d.indent+3, lines...), []string{""})
	}
	if language, code := options["code"]; code {
		return slices.Concat(pad(d.indent, "", ".. code:: "+language, ""), pad(d.indent+3, lines...), []string{""})
	}
	r.open = append(r.open, from)
	lines = r.rewrite(from, lines)
	r.open = r.open[:len(r.open)-1]
	return append(pad(d.indent, lines...), "")
}

// includeCode puts a file of code in the place of Sphinx's directive.
func (r *rst) includeCode(d directive) []string {
	_, options, _ := d.parts()
	data, _, ok := r.find(d.at, d.argument)
	if !ok {
		return []string{""}
	}
	lines := rstLines(string(data))
	if object := options["pyobject"]; object != "" {
		lines = pythonObject(lines, object)
	}
	lines = picked(lines, options)
	if ranges := options["lines"]; ranges != "" {
		lines = lineRanges(lines, ranges)
	}
	if _, dedent := options["dedent"]; dedent {
		lines = dedented(lines)
	}
	for _, name := range []string{"prepend", "append"} {
		if text := options[name]; text != "" && name == "prepend" {
			lines = append([]string{text}, lines...)
		} else if text != "" {
			lines = append(slices.Clone(lines), text)
		}
	}
	if strings.TrimSpace(strings.Join(lines, "")) == "" {
		return []string{""}
	}
	if text, ok := options["caption"]; ok && text == "" {
		options["caption"] = escaped(strings.TrimSpace(d.argument))
	}
	code := directive{indent: d.indent, name: "code", argument: options["language"]}
	out := []string{""}
	if caption := options["caption"]; caption != "" {
		out = append(out, append(pad(d.indent, caption), "")...)
	}
	// A line that is indented first would set the indentation of the rest.
	return slices.Concat(out, code.asIs(nil), []string{""}, pad(d.indent+3, untilText(lines)...), []string{""})
}

// untilText drops empty lines at the beginning.
func untilText(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

// picked returns the lines that start-line, end-line, start-after, start-at,
// end-before and end-at leave.
func picked(lines []string, options map[string]string) []string {
	if n, err := strconv.Atoi(strings.TrimSpace(options["start-line"])); err == nil && n > 0 {
		lines = lines[min(n, len(lines)):]
		if end, err := strconv.Atoi(strings.TrimSpace(options["end-line"])); err == nil && end >= n {
			lines = lines[:min(end-n, len(lines))]
		}
	} else if end, err := strconv.Atoi(strings.TrimSpace(options["end-line"])); err == nil && end >= 0 {
		lines = lines[:min(end, len(lines))]
	}
	has := func(name string) func(string) bool {
		return func(line string) bool { return strings.Contains(line, strings.TrimSpace(options[name])) }
	}
	if options["start-after"] != "" {
		if i := slices.IndexFunc(lines, has("start-after")); i >= 0 {
			lines = lines[i+1:]
		}
	} else if options["start-at"] != "" {
		if i := slices.IndexFunc(lines, has("start-at")); i >= 0 {
			lines = lines[i:]
		}
	}
	if options["end-before"] != "" {
		if i := slices.IndexFunc(lines, has("end-before")); i >= 0 {
			lines = lines[:i]
		}
	} else if options["end-at"] != "" {
		if i := slices.IndexFunc(lines, has("end-at")); i >= 0 {
			lines = lines[:i+1]
		}
	}
	return lines
}

// lineRanges picks lines by numbers from 1: "1,3,5-10,20-".
func lineRanges(lines []string, ranges string) (out []string) {
	for part := range strings.SplitSeq(ranges, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		first, err := strconv.Atoi(strings.TrimSpace(from))
		if err != nil {
			first = 1
		}
		last := first
		if isRange {
			if last, err = strconv.Atoi(strings.TrimSpace(to)); err != nil {
				last = len(lines)
			}
		}
		if first = max(first, 1); first <= min(last, len(lines)) {
			out = append(out, lines[first-1:min(last, len(lines))]...)
		}
		if len(out) > 100_000 {
			break
		}
	}
	return out
}

func dedented(lines []string) []string {
	least := -1
	for _, line := range lines {
		if line != "" && (least < 0 || indentOf(line) < least) {
			least = indentOf(line)
		}
	}
	out := slices.Clone(lines)
	for i, line := range out {
		if line != "" {
			out[i] = line[least:]
		}
	}
	return out
}

// pythonObject returns the lines of a class or function: "Timer.start".
func pythonObject(lines []string, object string) []string {
	for name := range strings.SplitSeq(strings.TrimSpace(object), ".") {
		begin := regexp.MustCompile(`^ *(?:class|(?:async +)?def) +` + regexp.QuoteMeta(name) + `\b`)
		i := slices.IndexFunc(lines, begin.MatchString)
		if i < 0 {
			return nil
		}
		end := blockEnd(lines, i+1, indentOf(lines[i]))
		for i > 0 && strings.HasPrefix(strings.TrimSpace(lines[i-1]), "@") {
			i--
		}
		lines = lines[i:end]
	}
	return lines
}
