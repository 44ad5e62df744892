package git

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"finpages/sources"
)

const (
	maxLinkText = 4096 // bytes of a link's target, as in Linux
	maxHops     = 40   // links on the way of one path, as in Linux
	// maxLinked bounds the entries looked at in linked folders, which may
	// hold each other many times over.
	maxLinked = 1 << 20
)

// link is a symbolic link.
type link struct {
	name string // in the folder of documents, as the links that lead here have it
	at   string // path in the repository
}

// linked is the second part of a listing: what symbolic links lead to.
type linked struct {
	*listing
	blobs   map[string]string // of all links in the repository, by path
	texts   map[string]string // where they point, by blob
	folders map[string]bool   // expanded already
	files   map[string]bool   // listed by a link already
	visited int
}

// followLinks lists what the symbolic links lead to, as far as it lies in the
// repository and is not listed yet.
func (l *listing) followLinks(ctx context.Context) error {
	if len(l.links) == 0 {
		return nil
	}
	f := &linked{listing: l, blobs: map[string]string{}, texts: map[string]string{}, folders: map[string]bool{},
		files: map[string]bool{}}
	if err := f.read(ctx); err != nil {
		return fmt.Errorf("follow symbolic links: %w", err)
	}
	for len(l.links) > 0 {
		links := l.links
		l.links = nil
		if err := f.follow(ctx, links); err != nil {
			return err
		}
	}
	return nil
}

// read learns of all links in the repository where they point.
func (f *linked) read(ctx context.Context) error {
	wanted := map[string]bool{}
	err := lsTree(ctx, f.run, f.cache.repo, []string{"-r", f.target.commit}, func(e treeEntry) error {
		if e.mode == modeLink {
			f.blobs[e.name] = e.id
			wanted[e.id] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(wanted))
	fetch, cancel := f.deadline(ctx)
	defer cancel()
	if err := f.fetchBlobs(fetch, wanted); err != nil {
		return f.timedOut(fetch, err)
	}
	for _, id := range ids {
		obj, err := f.objects.get(fetch, id, maxLinkText)
		if err != nil {
			return f.timedOut(fetch, err)
		}
		f.texts[id] = string(obj.body) // empty if too long: it leads nowhere
	}
	return nil
}

// resolve returns the path in the repository that the path leads to when all
// links are followed; false if it leads out of the repository or in circles.
func (f *linked) resolve(p string) (string, bool) {
	var done []string
	rest := strings.Split(p, "/")
	for hops := 0; len(rest) > 0; {
		part := rest[0]
		rest = rest[1:]
		if part == "" || part == "." {
			continue
		}
		if part == ".." {
			if len(done) == 0 {
				return "", false
			}
			done = done[:len(done)-1]
			continue
		}
		done = append(done, part)
		blob, isLink := f.blobs[strings.Join(done, "/")]
		if !isLink {
			continue
		}
		text := f.texts[blob]
		if hops++; hops > maxHops || text == "" || text[0] == '/' || strings.ContainsRune(text, 0) {
			return "", false
		}
		done = done[:len(done)-1]
		rest = append(strings.Split(text, "/"), rest...)
	}
	return strings.Join(done, "/"), true
}

// follow lists what the links lead to. Links found on the way are left in
// f.links.
func (f *linked) follow(ctx context.Context, links []link) error {
	found := map[string]treeEntry{"": {mode: modeTree, id: f.target.commit}}
	dests := make(map[link]string, len(links))
	for _, l := range links {
		dest, ok := f.resolve(l.at)
		if !ok {
			f.dead(l)
			continue
		}
		dests[l] = dest
		if dest != "" {
			found[dest] = treeEntry{}
		}
	}
	err := lsTree(ctx, f.run, f.cache.repo, []string{"-r", "-t", f.target.commit}, func(e treeEntry) error {
		if _, wanted := found[e.name]; wanted {
			found[e.name] = e
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("follow symbolic links: %w", err)
	}
	for _, l := range links {
		if dest, ok := dests[l]; ok {
			if err := f.one(ctx, l, dest, found[dest]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *linked) one(ctx context.Context, l link, dest string, e treeEntry) error {
	switch e.mode {
	case "", modeLink:
		f.dead(l)
		return nil
	case modeSubmodule:
		f.Excluded++
		return nil
	case modeTree:
		return f.folder(ctx, l, dest, e.id)
	}
	return f.linkedFile(l.name, dest, e)
}

// dead counts a link that leads nowhere, if it looks like a document.
func (f *linked) dead(l link) {
	if _, isDoc := f.opts.FormatOf(l.name); isDoc {
		f.Excluded++
	}
}

// folder lists what lies in the tree under the link's name.
func (f *linked) folder(ctx context.Context, l link, dest, tree string) error {
	if f.folders[dest] {
		return nil
	}
	f.folders[dest] = true
	return lsTree(ctx, f.run, f.cache.repo, []string{"-r", tree}, func(e treeEntry) error {
		if f.visited++; f.visited > maxLinked {
			return fmt.Errorf("symbolic links show more than %d files: exclude some, or name a folder in git.path",
				maxLinked)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name, at := l.name+"/"+e.name, below(dest, e.name)
		switch e.mode {
		case modeSubmodule:
			f.Excluded++
		case modeLink:
			if _, own := f.inside(at); !own {
				f.links = append(f.links, link{name: name, at: at})
			}
		default:
			return f.linkedFile(name, at, e)
		}
		return nil
	})
}

// linkedFile yields a file under the link's name, unless it is listed already
// or shut under its own path.
func (f *linked) linkedFile(name, at string, e treeEntry) error {
	own, inside := f.inside(at)
	if f.files[at] || inside && f.opts.Why(readable(own)) == "" {
		return nil
	}
	if selected, err := f.selected(name); err != nil || !selected {
		return err
	}
	if dotted(own) {
		f.Excluded++
		return nil
	}
	if inside {
		if why := f.whyExcluded(readable(own)); why != "" {
			return f.exclude(name, why)
		}
	}
	f.files[at] = true
	return f.file(name, at, e.mode, e.id)
}

// whyExcluded says which exclude pattern names the file, of whatever kind it is:
// a link must not bring out what is excluded.
func (f *linked) whyExcluded(own string) string {
	return sources.Selection{Exclude: f.opts.Exclude}.WhyPattern(own)
}

// inside returns the name in the folder of documents of what lies at the path
// in the repository; the path and false if it lies elsewhere.
func (f *linked) inside(at string) (string, bool) {
	if f.opts.Path == "" {
		return at, true
	}
	return strings.CutPrefix(at, f.opts.Path+"/")
}

func below(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}
