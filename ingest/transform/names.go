package transform

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"finpages/sources"

	"golang.org/x/text/unicode/norm"
)

// names finds documents by what links call them: "Note", "folder/Note". It is
// made by listing the source once more, when the first document asks.
type names struct {
	mu     sync.Mutex
	byName map[string][]string // IDs, by their last part without its extension; nil if not made
	ids    IDs                 // of them all
}

// find returns the ID of the document that one at the path from calls by the
// name; "" if there is none. Of several it is the one beside it, else the one
// that lies least deep. ids is a digest of all that there were.
func (n *names) find(ctx context.Context, snap sources.Snapshot, from, name string) (id string, ids IDs, err error) {
	name = strings.Trim(path.Clean("/"+norm.NFC.String(strings.TrimSpace(name))), "/")
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byName == nil {
		if n.byName, n.ids, err = listNames(ctx, snap); err != nil {
			n.byName = nil
			return "", ids, err
		}
	}
	dir, best := path.Dir(from), ""
	for _, key := range []string{nameKey(name), strings.ToLower(path.Base(name))} {
		for _, id := range n.byName[key] {
			if isCalled(id, name) && (best == "" || closer(id, best, dir)) {
				best = id
			}
		}
	}
	return best, n.ids, nil
}

func listNames(ctx context.Context, snap sources.Snapshot) (byName map[string][]string, ids IDs, err error) {
	byName = map[string][]string{}
	_, err = snap.List(ctx, func(e sources.Entry) error {
		if LeftOut(e) == "" {
			ids.Add(e.ID)
			byName[nameKey(e.ID)] = append(byName[nameKey(e.ID)], e.ID)
		}
		return nil
	})
	return byName, ids, err
}

func nameKey(id string) string { return strings.ToLower(withoutExtension(path.Base(id))) }

func withoutExtension(id string) string { return strings.TrimSuffix(id, path.Ext(id)) }

// isCalled tells whether a name, with or without extension, ends the ID.
func isCalled(id, name string) bool {
	for _, full := range []string{id, withoutExtension(id)} {
		rest, ok := cutSuffixFold(full, name)
		if ok && (rest == "" || strings.HasSuffix(rest, "/")) {
			return true
		}
	}
	return false
}

func cutSuffixFold(s, suffix string) (before string, ok bool) {
	at := len(s) - len(suffix)
	if at < 0 || !strings.EqualFold(s[at:], suffix) {
		return "", false
	}
	return s[:at], true
}

// closer tells whether a is a better match than b, for a document in a folder.
func closer(a, b, dir string) bool {
	rank := func(id string) []int {
		beside := 1
		if path.Dir(id) == dir {
			beside = 0
		}
		return []int{beside, strings.Count(id, "/")}
	}
	if order := slices.Compare(rank(a), rank(b)); order != 0 {
		return order < 0
	}
	return a < b
}
