package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"

	"github.com/goccy/go-yaml/ast"
)

// meant are keys that people bring from other programs, and those that they
// stand for, the likeliest first.
var meant = map[string][]string{
	"folder": {"filesystem", "root", "path"}, "directory": {"filesystem", "root", "path"},
	"dir":   {"filesystem", "root", "path"},
	"files": {"filesystem", "include"}, "local": {"filesystem"}, "path": {"root", "url", "base_url"}, "paths": {"include"},
	"glob": {"include"}, "globs": {"include"}, "patterns": {"include"}, "ignore": {"exclude"},
	"gitlab": {"git"}, "github": {"git"}, "bitbucket": {"git"}, "gitea": {"git"}, "repo": {"url", "git"},
	"repository": {"url", "git"}, "remote": {"url"}, "branch": {"ref"}, "tag": {"ref"}, "revision": {"ref"},
	"wiki": {"confluence"}, "atlassian": {"confluence"}, "space": {"spaces"}, "host": {"base_url", "url", "listen"},
	"url": {"base_url", "remote"}, "base_url": {"url"}, "address": {"base_url", "url", "listen"}, "site": {"website"},
	"web": {"website"}, "crawl": {"website"}, "s3": {"rclone"}, "drive": {"rclone"}, "gdrive": {"rclone"},
	"sharepoint": {"rclone"}, "script": {"exec", "command"}, "program": {"exec", "command"},
	"access_token": {"token"}, "api_key": {"token"}, "apikey": {"token"}, "key": {"token", "ssh_key_file"},
	"password": {"token"}, "username": {"user", "email"}, "login": {"user", "email"}, "ssh_key": {"ssh_key_file"},
	"identity_file": {"ssh_key_file"}, "known_hosts": {"known_hosts_file"},
	"interval": {"schedule"}, "cron": {"schedule"}, "every": {"schedule"}, "frequency": {"schedule"},
	"fin": {"ai_agent"}, "customers": {"ai_agent"}, "copilot": {"ai_copilot"}, "teammates": {"ai_copilot"},
	"audience": {"availability"}, "database": {"state"}, "state_file": {"state"}, "db": {"state"}, "port": {"listen"},
	"bind": {"listen"}, "http": {"server"}, "api_version": {"version"}, "id": {"name"}, "title": {"name"},
	"language": {"locale"}, "lang": {"locale"}, "ca": {"ca_file"}, "cert": {"cert_file"},
}

// likely returns the known key that an unknown one stands for; "" for none.
func likely(key string, known []string) string {
	key = strings.ToLower(key)
	for _, k := range meant[key] {
		if slices.Contains(known, k) {
			return k
		}
	}
	if len(key) >= 4 {
		for _, k := range known {
			if strings.Contains(k, key) {
				return k
			}
		}
	}
	return Nearest(key, known)
}

// unknown reports a key that is not known at a path. What it was meant to set
// is not reported as missing later.
func (d *decoder) unknown(path string, p pair, fields map[string]reflect.Value) {
	at, known := join(path, p.key), d.sections[path]
	if strings.HasPrefix(p.key, "//") {
		d.unsure[path] = true
		d.at(at, "a comment begins with #, not with //")
		return
	}
	key := strings.Replace(p.key, "=", " ", 1)
	if first, rest, more := strings.Cut(key, " "); more && slices.Contains(known, first) && nothing(p.value) {
		rest = strings.TrimLeft(rest, "= ")
		d.broken[join(path, first)] = true
		d.at(at, "there is no colon after %[1]s: write %[1]s: %[2]s", first, shown(rest))
		return
	}
	if section := d.sectionOf(path, p.key, fields); section != "" {
		d.broken[join(join(path, section), p.key)] = true
		d.at(at, "unknown key here: it belongs under %s; indent it below that line", section)
		return
	}
	if outer, ok := d.outer(path, p.key); ok {
		d.broken[join(outer, p.key)] = true
		d.at(at, "unknown key here: it belongs beside %s; indent it like that line",
			strings.TrimPrefix(path[len(outer):], "."))
		return
	}
	if kind := d.kindNamed(p, known); kind != "" {
		d.unsure[path] = true
		d.at(at, "unknown key: the kind of a source is a key with its settings below; write %s: instead", kind)
		return
	}
	if near := likely(p.key, known); near != "" {
		d.broken[join(path, near)] = true
		d.broken[join(path, strings.TrimSuffix(near, "_file"))] = true // one of the two is needed
		if d.isAdapter(near) {
			d.unsure[path] = true
		}
		d.at(at, "unknown key; did you mean %q?", near)
		return
	}
	d.unsure[path] = true
	d.at(at, "unknown key; known keys here: %s", strings.Join(known, ", "))
}

// kindNamed returns the kind of source that a value names, as in "type: git"; ""
// for none.
func (d *decoder) kindNamed(p pair, known []string) string {
	if !slices.Contains([]string{"type", "kind", "adapter", "connector", "source"}, strings.ToLower(p.key)) {
		return ""
	}
	kind := strings.ToLower(describeText(p.value))
	if kind == "" || !slices.Contains(known, "import_source") {
		return ""
	}
	if kind = likely(kind, known); d.isAdapter(kind) {
		return kind
	}
	return ""
}

// keysOf lists the keys of a section.
func (d *decoder) keysOf(fields map[string]reflect.Value, isSource bool) []string {
	known := slices.Collect(maps.Keys(fields))
	if isSource {
		known = append(known, d.adapters.Kinds()...)
	}
	slices.Sort(known)
	return known
}

// outer returns the section around one that knows a key, which is then indented
// too far.
func (d *decoder) outer(path, key string) (string, bool) {
	if path == "" || !slices.Contains(d.sections[parent(path)], key) {
		return "", false
	}
	return parent(path), true
}

func nothing(node ast.Node) bool {
	_, null := node.(*ast.NullNode)
	return null || node == nil
}

// shorthands are the keys for which people write their value alone: git: ADDRESS.
var shorthands = []string{"url", "root", "base_url", "path", "remote", "command", "max_percent", "level", "header",
	"name", "secret_file", "dialect"}

var keyAndText = regexp.MustCompile(`^([a-z_]+)(:)?\s*(\S.*)$`)

// notMapping reports a value in the place of keys.
func (d *decoder) notMapping(path string, node ast.Node, fields map[string]reflect.Value) {
	text := describeText(node)
	if m := keyAndText.FindStringSubmatch(text); m != nil {
		_, known := fields[m[1]]
		switch {
		case known && m[2] == ":":
			d.at(path, "%s", noSpaceAfter(m[1]))
			return
		case known:
			d.at(path, "%s", noColonAfter(m[1]))
			return
		}
	}
	if seq, ok := node.(*ast.SequenceNode); ok {
		if seq.IsFlowStyle {
			d.at(path, "want keys with values in braces, not a list: write {KEY: VALUE}")
		} else {
			d.at(path, "want keys with values, not a list: remove the dashes")
		}
		return
	}
	for _, key := range shorthands {
		if _, known := fields[key]; known && text != "" {
			d.at(path, "want keys with values, not %s: write {%s: %s}", describe(node), key, short(text))
			return
		}
	}
	d.at(path, "want keys with values, not %s", describe(node))
}

// short is a text as it is written, in a mend; a long one may be a secret.
func short(text string) string {
	if len([]rune(text)) > 20 {
		return "..."
	}
	return text
}

func describeText(node ast.Node) string {
	switch n := node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, *ast.NullNode:
		return ""
	case ast.Node:
		return text(n)
	}
	return ""
}

// notSequence reports a value in the place of a list.
func (d *decoder) notSequence(path string, node ast.Node) {
	switch text := describeText(node); {
	case strings.HasPrefix(text, "-"):
		d.at(path, "there is no space after the dash: write - and a space before each item")
	case text != "":
		d.at(path, "want a list, not %s: write [%s]", describe(node), item(text))
	default:
		d.at(path, "want a list, not %s: begin each item with a dash and a space", describe(node))
	}
}

// item writes an item of a list, in quotes where it needs them.
func item(text string) string {
	if text = short(text); strings.ContainsAny(text, "*[]{},:#&!|>@%`") {
		return `"` + text + `"`
	}
	return text
}
