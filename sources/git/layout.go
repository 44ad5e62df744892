package git

import (
	"fmt"
	"strings"
)

// layout is what a clone holds: it is written as the clone's whole
// configuration, so that nobody else's settings take effect there, and a clone
// with another is not ours.
type layout struct {
	url    string
	sha256 bool
	blobs  bool // all blobs are fetched with their commit: the server cannot leave them out
	depth  int
}

// config is the clone's configuration: no hooks, no helpers, no maintenance in
// the background (https://git-scm.com/docs/git-config).
func (l layout) config() string {
	var b strings.Builder
	b.WriteString("# Written by finpages, which clones anew if it is changed.\n" +
		"[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tlogAllRefUpdates = false\n" +
		"\thooksPath = /dev/null\n\tfsmonitor = false\n\taskPass =\n\tattributesFile = /dev/null\n" +
		"\tbigFileThreshold = 17m\n\tcompression = 1\n" +
		"[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n" +
		"[fetch]\n\tunpackLimit = 1\n\twriteCommitGraph = false\n\trecurseSubmodules = false\n" +
		"\tshowForcedUpdates = false\n" +
		"\tbundleURI =\n[transfer]\n\tunpackLimit = 1\n\tbundleURI = false\n" +
		"[submodule]\n\trecurse = false\n[credential]\n\tinteractive = false\n" +
		"[diff]\n\texternal =\n\trenames = true\n\torderFile = /dev/null\n" +
		"[lfs]\n\tstorage = lfs\n[extensions]\n")
	if l.sha256 {
		b.WriteString("\tobjectFormat = sha256\n")
	}
	if !l.blobs {
		b.WriteString("\tpartialClone = origin\n")
	}
	fmt.Fprintf(&b, "[remote \"origin\"]\n\turl = %s\n", configQuote(l.url))
	if !l.blobs {
		b.WriteString("\tpromisor = true\n\tpartialCloneFilter = blob:none\n")
	}
	fmt.Fprintf(&b, "[finpages]\n\tdepth = %d\n", l.depth)
	return b.String()
}

func configQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// variants are the layouts that a clone of the URL may have.
func variants(url string, depth int) (all []layout) {
	for _, sha := range []bool{false, true} {
		for _, blobs := range []bool{false, true} {
			all = append(all, layout{url, sha, blobs, depth})
			if blobs && depth != 0 {
				all = append(all, layout{url, sha, true, 0}) // a server that knows no depth
			}
		}
	}
	return all
}
