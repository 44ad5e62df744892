package config

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	regexp "finpages/sources/lazyregexp"
	"finpages/sources/limits"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds of a config file: what is larger, or grows through aliases, is no
// config.
const (
	maxBytes   = 1 << 20
	maxAliases = 1000
	maxDepth   = 50
)

// parse parses the YAML document; nil where there is none or it has a fault.
func (d *decoder) parse(data []byte) ast.Node {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d.text = strings.Split(string(data), "\n")
	switch {
	case bytes.IndexByte(data, 0) >= 0:
		d.text = nil
		d.fault(position{line: 1}, "this is UTF-16, or no text: save the file as UTF-8")
		return nil
	case !utf8.Valid(data):
		line := slices.IndexFunc(d.text, func(s string) bool { return !utf8.ValidString(s) }) + 1
		d.text = nil
		d.fault(position{line: line}, "this line is not UTF-8: save the file as UTF-8")
		return nil
	case len(data) > maxBytes:
		d.fault(position{line: 1}, "the file is larger than %d KiB", maxBytes>>10)
		return nil
	case openBrackets(data) > maxDepth, limits.Limits{Depth: maxDepth}.YAML(string(data)) != nil:
		d.fault(position{line: 1}, "lists or mappings are nested too deeply")
		return nil
	}
	if d.oddSpaces() {
		return nil
	}
	doc, err := parseYAML(veil(data))
	if err != nil {
		d.syntax(err)
		return nil
	}
	docs := slices.DeleteFunc(doc.Docs, func(d *ast.DocumentNode) bool {
		return d.Body == nil || d.Body.Type() == ast.DirectiveType
	})
	switch {
	case len(docs) == 0:
		d.fault(position{line: 1}, "the file is empty: finpages init writes a first config, "+
			"finpages help quick-start says how to go on")
		return nil
	case len(docs) > 1:
		d.fault(positionOf(docs[1].Body), "more than one document: put everything into one")
		return nil
	}
	if d.strayMarks(docs[0].Body) {
		return nil
	}
	d.anchors = anchorsOf(docs[0].Body)
	return docs[0].Body
}

// strayMarks reports texts that begin with ! or &, which YAML takes for a tag
// or an anchor of whatever comes next.
func (d *decoder) strayMarks(root ast.Node) bool {
	found := false
	ast.Walk(visitor(func(node ast.Node) {
		var mark string
		switch n := node.(type) {
		case *ast.TagNode:
			if name := n.GetToken().Value; !strings.HasPrefix(name, "!!") {
				mark = "!"
			}
		case *ast.AnchorNode:
			if nothing(n.Value) {
				mark = "&"
			}
		}
		if mark != "" {
			found = true
			d.fault(positionOf(node), "%s", needsQuotes(mark))
		}
	}), root)
	return found
}

type visitor func(ast.Node)

// Visit implements [ast.Visitor].
func (v visitor) Visit(node ast.Node) ast.Visitor { v(node); return v }

// parseYAML guards the parser, which panics on some texts.
func parseYAML(data []byte) (doc *ast.File, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it cannot be parsed")
		}
	}()
	return parser.ParseBytes(data, 0)
}

// openBrackets returns how many brackets are open at most, whatever is quoted.
func openBrackets(data []byte) (most int) {
	open := 0
	for _, c := range data {
		switch c {
		case '[', '{':
			open++
			most = max(most, open)
		case ']', '}':
			open = max(open-1, 0)
		}
	}
	return most
}

// In YAML, the braces of an unquoted ${VAR} begin a mapping inside of another
// one. So they are taken out of the parser's sight, and put back into what it
// found.
var (
	variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	unveiler = strings.NewReplacer("\ue000", "{", "\ue001", "}")
)

func veil(data []byte) []byte { return variable.ReplaceAll(data, []byte("$$\ue000$1\ue001")) }

// anchorsOf returns the values that the document names with &NAME.
func anchorsOf(root ast.Node) map[string]ast.Node {
	anchors := map[string]ast.Node{}
	ast.Walk(anchorCollector(anchors), root)
	return anchors
}

type anchorCollector map[string]ast.Node

// Visit implements [ast.Visitor].
func (c anchorCollector) Visit(node ast.Node) ast.Visitor {
	if n, ok := node.(*ast.AnchorNode); ok {
		c[n.Name.GetToken().Value] = n.Value
	}
	return c
}

// resolve returns what an anchor, alias or tag stands for; nil where it stands
// for nothing.
func (d *decoder) resolve(path string, node ast.Node) ast.Node {
	for {
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.TagNode:
			node = n.Value
		case *ast.AliasNode:
			name := n.Value.GetToken().Value
			target, ok := d.anchors[name]
			if !ok && !anchorName.MatchString(name) {
				d.at(path, "%s", needsQuotes("*"))
				return nil
			}
			if !ok {
				d.at(path, "there is no anchor &%[1]s; for the text *%[1]s, put it in quotes", name)
				return nil
			}
			if d.aliases++; d.aliases > maxAliases {
				d.at(path, "too many aliases")
				return nil
			}
			node = target
		default:
			return node
		}
	}
}

// pair is a key of a mapping and its value.
type pair struct {
	key   string
	node  ast.Node // of the key
	value ast.Node
}

// pairs returns the keys and values of a mapping, merged ones (<<) behind its
// own; false if the node is no mapping.
func (d *decoder) pairs(path string, node ast.Node) (list []pair, ok bool) {
	var values []*ast.MappingValueNode
	switch n := d.resolve(path, node).(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, false
	}
	var merged []ast.Node
	for _, v := range values {
		if _, merges := v.Key.(*ast.MergeKeyNode); merges {
			merged = append(merged, v.Value)
			continue
		}
		list = append(list, pair{keyOf(v), v.Key, v.Value})
	}
	for _, m := range merged {
		list = d.merge(path, list, m)
	}
	return list, true
}

// merge appends what a merge key brings and the mapping does not have.
func (d *decoder) merge(path string, list []pair, from ast.Node) []pair {
	from = d.resolve(path, from)
	if seq, ok := from.(*ast.SequenceNode); ok {
		for _, one := range seq.Values {
			list = d.merge(path, list, one)
		}
		return list
	}
	more, ok := d.pairs(path, from)
	if !ok && from != nil {
		d.at(path, "<< merges mappings, not %s", describe(from))
	}
	for _, m := range more {
		if !slices.ContainsFunc(list, func(p pair) bool { return p.key == m.key }) {
			list = append(list, m)
		}
	}
	return list
}

func keyOf(v *ast.MappingValueNode) string {
	if k, ok := v.Key.(*ast.MappingKeyNode); ok {
		return text(k.Value)
	}
	if k, ok := v.Key.(ast.Node); ok {
		return text(k)
	}
	return unveiler.Replace(v.Key.String())
}

// lastly puts the value of a key behind the others: sources start from the
// defaults, wherever these stand.
func lastly(key string, list []pair) []pair {
	rank := func(p pair) int {
		if p.key == key {
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(list), func(a, b pair) int { return cmp.Compare(rank(a), rank(b)) })
}

// describe says what a value is, for a message.
func describe(node ast.Node) string {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys with values"
	case *ast.SequenceNode:
		return "a list"
	}
	return shown(text(node))
}

// text is a scalar as it is written, without quotes.
func text(node ast.Node) string {
	switch n := node.(type) {
	case *ast.StringNode:
		return unveiler.Replace(n.Value)
	case *ast.LiteralNode:
		return unveiler.Replace(n.Value.Value)
	}
	return unveiler.Replace(node.GetToken().Value)
}

// position is where something stands in the file. Lines and columns begin at
// 1; 0 is unknown.
type position struct{ line, column, width int }

func positionOf(node ast.Node) position {
	switch n := node.(type) {
	case *ast.MappingValueNode:
		return positionOf(n.Key)
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return positionOf(n.Values[0].Key)
		}
	}
	t := node.GetToken()
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{t.Position.Line, t.Position.Column, utf8.RuneCountInString(strings.TrimSpace(t.Origin))}
}
