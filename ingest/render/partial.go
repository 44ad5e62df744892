package render

import (
	"path"
	"strings"
)

// IsPartial tells whether a document is by its slash path one that others
// include, and no page of its own: documentation tools keep those in files and
// folders whose names begin with an underscore. Hugo's "_index.md" is the page
// of its folder.
func IsPartial(docPath string) bool {
	name := path.Base(docPath)
	if strings.HasPrefix(name, "_") && strings.TrimSuffix(name, path.Ext(name)) != "_index" {
		return true
	}
	for dir := range strings.SplitSeq(path.Dir(docPath), "/") {
		if strings.HasPrefix(dir, "_") {
			return true
		}
	}
	return false
}
