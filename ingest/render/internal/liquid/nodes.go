package liquid

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// nodes evaluates a list, up to one that leaves the loop around it.
func (r *run) nodes(list []node) error {
	if r.depth++; r.depth > maxNesting {
		return ErrTooMuch
	}
	defer func() { r.depth-- }()
	for _, n := range list {
		if err := r.step(1); err != nil {
			return err
		}
		if err := n.render(r); err != nil {
			return err
		}
		if r.leave != "" {
			return nil
		}
	}
	return nil
}

func (n plain) render(r *run) error { return r.write(string(n)) }

func (n shown) render(r *run) error { return r.write(Guard(string(n))) }

// render keeps the markup, but where it would be a part of an address.
func (n left) render(r *run) error {
	if r.inAddress() {
		return nil
	}
	return r.write(string(n))
}

// render shows a value. One that is not known stays as it is written, so that it
// is warned of, or is code.
func (n output) render(r *run) error {
	if n.isSite && r.inAddress() {
		return nil // what follows is a path from the site's root
	}
	v, err := n.value(r)
	if err != nil {
		return err
	}
	root, _, _ := strings.Cut(n.name, ".")
	_, isLocal := r.lookup(root)
	switch v := v.(type) {
	case Unknown:
		if v.Name == "now" || v.Name == "today" {
			r.warn("value left out: " + v.Name)
			return nil
		}
		return left(n.raw).render(r)
	case missing:
		return left(n.raw).render(r)
	case nil:
		if n.name != "" && !isLocal {
			return left(n.raw).render(r)
		}
	case *Map:
	case Object:
		return left(n.raw).render(r)
	}
	if err := r.step(size(v) / perStep); err != nil {
		return err
	}
	return r.write(guardNames(Guard(text(v))))
}

var definition = regexp.MustCompile(`(?m)^ {0,3}\[[^\]\n]+\]:[ \t]*\S*$`)

// inAddress tells whether what is written next is part of a link's address, or of an
// attribute.
func (r *run) inAddress() bool {
	tail := r.out.String()
	tail = tail[max(0, len(tail)-300):]
	if at := strings.LastIndex(tail, "]("); at >= 0 && !strings.ContainsAny(tail[at+2:], " \n)") {
		return true
	}
	if at := strings.LastIndexByte(tail, '<'); at >= 0 && at+1 < len(tail) {
		c := tail[at+1] | 0x20
		if c >= 'a' && c <= 'z' && strings.Contains(tail[at:], "=") && !strings.ContainsAny(tail[at:], ">`") {
			return true
		}
	}
	line := tail[strings.LastIndexByte(tail, '\n')+1:]
	return strings.Contains(line, "]:") && definition.MatchString(line)
}

func (n assign) render(r *run) error {
	v, err := n.value(r)
	if err == nil {
		r.vars[n.name] = v
	}
	return err
}

func (n capture) render(r *run) error {
	text, err := r.capture(n.body)
	r.vars[n.name] = text
	return err
}

func (n wrap) render(r *run) error {
	if err := r.write(n.start); err != nil {
		return err
	}
	if err := r.nodes(n.body); err != nil {
		return err
	}
	return r.write(n.end)
}

// sample is a block in code. Where it hangs on a variable that nothing sets, it is an
// example of what the text is about, and stays.
type sample struct {
	node
	source string
}

func (n sample) render(r *run) error {
	if n.hangsOnNothing(r) {
		return r.write(Guard(n.source))
	}
	return n.node.render(r)
}

func (n sample) hangsOnNothing(r *run) bool {
	before := r.missed
	switch b := n.node.(type) {
	case loop:
		_, _ = b.list(r)
	case choice:
		if b.subject != nil {
			_, _ = b.subject(r)
		} else if b.branches[0].when != nil {
			_, _ = b.branches[0].when(r)
		}
	}
	return r.missed > before
}

type counter struct {
	name string
	up   bool
}

func (n counter) render(r *run) error {
	key := "\x00" + n.name
	at := r.cycles[key]
	if n.up {
		r.cycles[key]++
	} else {
		r.cycles[key]--
		at--
	}
	r.vars[n.name] = int64(r.cycles[key])
	return r.write(text(int64(at)))
}

// jump leaves a loop, or its turn.
type jump string

func (n jump) render(r *run) error {
	r.leave = string(n)
	return nil
}

type cycle struct {
	group  string
	values []expr
}

func parseCycle(s string) (node, bool) {
	group, rest, named := strings.Cut(s, ":")
	if !named || strings.ContainsAny(group, `,`) {
		group, rest = s, s
	}
	values, err := parseValues(rest)
	return cycle{group, values}, err == nil && len(values) > 0
}

func (n cycle) render(r *run) error {
	at := r.cycles[n.group]
	r.cycles[n.group]++
	v, err := n.values[at%len(n.values)](r)
	if err != nil {
		return err
	}
	if err := r.step(size(v) / perStep); err != nil {
		return err
	}
	return r.write(Guard(text(v)))
}

// link is the tag that names a document of the site.
type link struct{ raw, tag, ref string }

// expand writes out the values within the arguments of a tag.
func (r *run) expand(s string) (string, error) {
	if !strings.Contains(s, "{{") {
		return s, nil
	}
	if err := r.step(len(s) / perParse); err != nil {
		return "", err
	}
	return r.capture(parse(s))
}

func (n link) render(r *run) error {
	ref, err := r.expand(n.ref)
	if err != nil || r.Link == nil || ref == "" {
		return left(n.raw).render(r)
	}
	return r.write(Guard(r.Link(n.tag, ref)))
}

// include is the tag that puts another file in its place.
type include struct {
	raw, file  string
	isCode     bool
	isRelative bool
	params     []param
}

type param struct {
	name  string
	value expr
}

var (
	includeFile = regexp.MustCompile(`(?s)^("[^"]*"|'[^']*'|(?:[^\s{}"']|\{\{.*?\}\})+)\s*(.*)$`)
	paramStart  = regexp.MustCompile(`(?s)^([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\w.\-\[\]"']+)\s*`)
)

func parseInclude(t *token) (node, bool) {
	m := includeFile.FindStringSubmatch(t.args)
	if m == nil {
		return nil, false
	}
	n := include{raw: t.raw, file: strings.Trim(m[1], `"'`), isRelative: t.name == "include_relative", isCode: t.isCode}
	for rest := m[2]; rest != ""; {
		p := paramStart.FindStringSubmatch(rest)
		if p == nil {
			return nil, false
		}
		value := constant(unquote(p[2]))
		if strings.IndexByte(`"'`, p[2][0]) < 0 {
			var err error
			if value, _, err = parseExpr(p[2]); err != nil {
				return nil, false
			}
		}
		n.params, rest = append(n.params, param{p[1], value}), rest[len(p[0]):]
	}
	return n, true
}

var unescape = strings.NewReplacer(`\"`, `"`, `\'`, `'`)

func unquote(s string) string { return unescape.Replace(s[1:max(1, len(s)-1)]) }

func (n include) render(r *run) error {
	file, err := r.expand(n.file)
	if err != nil {
		return err
	}
	if r.files++; r.files > maxFiles {
		return ErrTooMuch
	}
	var content, path string
	if file != "" && !strings.ContainsAny(file, "{}") && r.Include != nil && r.inside < maxIncludes {
		content, path = r.Include(r.path, file, n.isRelative)
	}
	if path == "" && n.isCode {
		return r.write(Guard(n.raw))
	}
	if path == "" {
		r.warn("included file left out: " + file)
		return nil
	}
	params := &Map{}
	for _, p := range n.params {
		v, err := p.value(r)
		if err != nil {
			return err
		}
		params.Set(p.name, v)
	}
	return r.includeText(content, path, params)
}

func (r *run) includeText(content, path string, params *Map) error {
	if err := r.text(content); err != nil {
		return err
	}
	list, known := r.parsed[path]
	if !known {
		list = parse(content)
		r.parsed[path] = list
	}
	outer, depth := r.path, r.depth
	r.path, r.depth = path, 0
	r.inside++
	r.push(map[string]any{"include": params})
	err := r.nodes(list)
	r.pop()
	r.inside--
	r.path, r.depth = outer, depth
	return err
}
