package filesystem

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

// followLinks lists what the symbolic links lead to, as far as it lies inside
// the root and is not listed yet.
func (w *walk) followLinks() error {
	for len(w.links) > 0 {
		name := w.links[0]
		w.links = w.links[1:]
		if err := w.link(name); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) link(name string) error {
	before := time.Now()
	real, info, err := w.target(name)
	switch {
	case leadsNowhere(err):
		if _, isDoc := w.selection.FormatOf(name); isDoc {
			w.listing.Excluded++
		}
		return nil
	case err != nil && w.selection.Why(nfc(name)) == "":
		return w.linkedFile(name, real, item{err: err})
	case err != nil:
		w.incomplete(name, err)
		return nil
	case info.IsDir():
		return w.folder(w.read(name, real, func() (*dir, error) { return openDir(w.root, real) }))
	case !info.Mode().IsRegular():
		return nil
	}
	switch why, byPattern := w.decide(nfc(name), name, real); {
	case byPattern:
		return w.exclude(ruledOut{name, why})
	case why != "":
		if _, isDoc := w.selection.FormatOf(name); isDoc {
			w.listing.Excluded++
		}
		return nil
	case !w.first(statOf(info)):
		return nil
	}
	st := statOf(info)
	return w.linkedFile(name, real, item{stat: st, revision: st.revision(before)})
}

func (w *walk) linkedFile(name, real string, i item) error {
	i.path, i.id = name, nfc(name)
	return w.file(&i, scope(i.id), real)
}

// leadsNowhere tells whether the error is that of a link that dangles, leads in
// circles or out of the root. After any other, what it leads to may be there.
func leadsNowhere(err error) bool {
	return err != nil && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, errOutside) ||
		errors.Is(err, syscall.ENOTDIR) ||
		errors.Is(err, syscall.ELOOP) || strings.Contains(err.Error(), "too many links")) // [filepath.EvalSymlinks]
}

// maxSwitches is how often a link may lead elsewhere while it is looked at.
const maxSwitches = 3

// target returns where a link leads, as a path below the root on which there
// are no links, and what lies there. What publishes by links exchanges one and
// removes what it led to: such a link is looked at again.
func (w *walk) target(name string) (real string, info fs.FileInfo, err error) {
	for range maxSwitches {
		if real, err = w.realPath(name); err == nil {
			info, err = rootfile.Lstat(w.root, real)
		}
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return real, info, err
}

var errOutside = errors.New("leads out of the folder")

// realPath returns where a path leads, as a slash path below the root.
func (f *Filesystem) realPath(name string) (string, error) {
	base, err := filepath.EvalSymlinks(f.dir)
	if err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(filepath.Join(f.dir, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(base, target)
	if err != nil || !filepath.IsLocal(rel) {
		return "", errOutside
	}
	return filepath.ToSlash(rel), nil
}

// decideTarget is [sources.Selection.Decide] for what a link leads to.
func (f *Filesystem) decideTarget(real string) (why string, byPattern bool) {
	rules := sources.Selection{Exclude: f.selection.Exclude, Formats: f.selection.Formats}
	return rules.Decide(nfc(f.published(real)))
}

// published leaves out of a path the folders in which Kubernetes keeps the
// files of a ConfigMap or a Secret. What is mounted are links by way of a link
// "..data" to the folder with the newest ones
// (https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically).
func (f *Filesystem) published(real string) string {
	var shown []string
	parts := strings.Split(real, "/")
	for i, part := range parts {
		if !strings.HasPrefix(part, "..") || !f.isMount(path.Join(parts[:i]...)) {
			shown = append(shown, part)
		}
	}
	return path.Join(shown...)
}

// mountLink is the link that is exchanged when a ConfigMap or Secret changes.
const mountLink = "..data"

func (f *Filesystem) isMount(dir string) bool {
	_, err := os.Readlink(filepath.Join(f.dir, filepath.FromSlash(dir), mountLink))
	return err == nil
}

// first reports whether the file or directory is met for the first time.
func (w *walk) first(st stat) bool {
	if !st.hasID {
		return true
	}
	before := w.seen[st.id]
	w.seen[st.id] = true
	return !before
}
