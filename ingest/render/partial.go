package render

import (
	"path"
	"slices"
	"strings"
)

// partFolders are those in which documentation tools keep what documents include.
var partFolders = []string{"_partials", "_partial", "_includes", "_include", "_common", "_shared", "_snippets",
	"_components", "_fragments", "_reusables"}

// IsPartial tells whether a document is by its slash path one that others
// include, and no page of its own: documentation tools keep those in files whose
// names begin with an underscore, or in folders with certain names. Hugo's
// "_index.md" is the page of its folder, and Jekyll's "_posts" and "_docs" hold pages.
func IsPartial(docPath string) bool {
	folders, name := path.Split(docPath)
	if strings.HasPrefix(name, "_") && strings.TrimSuffix(name, path.Ext(name)) != "_index" {
		return true
	}
	for dir := range strings.SplitSeq(folders, "/") {
		if slices.Contains(partFolders, dir) {
			return true
		}
	}
	return false
}
