package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// target is what the ref of the options means at the remote.
type target struct {
	name   string // as people write it: main, v1.2, a commit id
	ref    string // full name to fetch
	kind   string // branch, tag, commit; "" for other refs
	commit string
}

// resolve asks the remote which commit the ref means.
func (g *Git) resolve(ctx context.Context, run runner, repo string) (target, error) {
	name := g.opts.Ref
	switch {
	case isCommitID(name):
		name = strings.ToLower(name)
		return target{name: name, ref: name, kind: "commit", commit: name}, nil
	case name == "" || name == "HEAD":
		return g.resolveHEAD(ctx, run, repo)
	case strings.HasPrefix(name, "refs/"):
		refs, err := lsRemote(ctx, run, repo, "origin", name, name+"^{}")
		if err != nil {
			return target{}, err
		}
		return g.pick(refs, name)
	}
	refs, err := lsRemote(ctx, run, repo, "--heads", "--tags", "origin", name, name+"^{}")
	if err != nil {
		return target{}, err
	}
	return g.pick(refs, "refs/heads/"+name, "refs/tags/"+name)
}

func (g *Git) resolveHEAD(ctx context.Context, run runner, repo string) (target, error) {
	refs, err := lsRemote(ctx, run, repo, "--symref", "origin", "HEAD")
	if err != nil {
		return target{}, err
	}
	commit := refs["HEAD"]
	if commit == "" {
		return target{}, fmt.Errorf("%s has no default branch: it is empty, or its HEAD names a branch that is gone: "+
			"set git.ref", g.remote.url)
	}
	ref := refs["ref: HEAD"]
	if branch, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return target{name: branch, ref: ref, kind: "branch", commit: commit}, nil
	}
	return target{name: "HEAD", ref: "HEAD", commit: commit}, nil
}

// pick takes the first of the names that the remote has. An annotated tag is
// listed twice, the second time peeled to its commit.
func (g *Git) pick(refs map[string]string, names ...string) (target, error) {
	for _, ref := range names {
		commit := refs[ref]
		if peeled := refs[ref+"^{}"]; peeled != "" {
			commit = peeled
		}
		if commit == "" {
			continue
		}
		t := target{name: ref, ref: ref, commit: commit}
		if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
			t.name, t.kind = name, "branch"
		} else if name, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
			t.name, t.kind = name, "tag"
		}
		return t, nil
	}
	return target{}, fmt.Errorf("%s has no branch or tag %q: correct git.ref (a commit needs its full id)",
		g.remote.url, g.opts.Ref)
}

// lsRemote returns the remote's refs that match the arguments, by name, and
// as "ref: NAME" what a symbolic ref points to.
func lsRemote(ctx context.Context, run runner, repo string, args ...string) (map[string]string, error) {
	p, err := run.start(ctx, repo, false, append([]string{"ls-remote", "--quiet"}, args...)...)
	if err != nil {
		return nil, err
	}
	refs := map[string]string{}
	lines := bufio.NewScanner(io.LimitReader(p.stdout, maxOutput))
	for lines.Scan() {
		value, name, _ := strings.Cut(lines.Text(), "\t")
		if ref, ok := strings.CutPrefix(value, "ref: "); ok {
			refs["ref: "+name] = ref
		} else if isCommitID(value) {
			refs[name] = value
		}
	}
	p.drain()
	if err := p.wait(); err != nil {
		return nil, fmt.Errorf("look up refs: %w", err)
	}
	return refs, nil
}

// sync brings the clone to the remote's commit, and makes it anew if there is
// none or it is broken.
func (s *snapshot) sync(ctx context.Context) error {
	l, ok := s.cache.layout(s.remote.url, s.opts.Depth)
	repo := s.cache.repo
	if !ok {
		if _, err := s.ready.get(); err != nil { // else git has worked here
			return err
		}
		l = layout{url: s.remote.url, depth: s.opts.Depth}
		tmp, err := s.cache.create(l)
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		repo = tmp
	}
	t, err := s.resolve(ctx, s.run, repo)
	if err != nil {
		return err
	}
	if t.kind == "tag" && s.cache.wasBranch(s.remote.url, s.opts.Ref) {
		return fmt.Errorf("the branch %q of %s is gone, and a tag of that name is left: "+
			"set git.ref to %q to take the tag, or to another branch",
			s.opts.Ref, s.remote.url, t.ref)
	}
	s.target, s.layout = t, l
	if ok {
		err = s.update(ctx)
	}
	if !ok || err != nil && ctx.Err() == nil && !isDiskFull(err) {
		err = s.clone(ctx)
	}
	s.pinned = true
	if err == nil && t.kind == "branch" {
		err = s.cache.rememberBranch(s.remote.url, s.opts.Ref)
	}
	return err
}

// update fetches into the clone that is there, unless it has the commit.
func (s *snapshot) update(ctx context.Context) error {
	s.cache.unlock()
	if past := history(s.cache.repo); len(past) == 0 || past[len(past)-1] != s.target.commit {
		err := s.fetch(ctx, s.cache.repo, changedBlobs)
		if err != nil && ctx.Err() == nil && says(err, "filter") { // some servers allow only the other
			err = s.fetch(ctx, s.cache.repo, noBlobs)
		}
		if err != nil {
			return err
		}
	}
	return s.cache.compact(ctx, s.run, s.layout)
}

// clone makes the clone anew, with as much thrift as the server knows.
func (s *snapshot) clone(ctx context.Context) error {
	l := layout{url: s.remote.url, sha256: len(s.target.commit) == 64, blobs: s.layout.blobs, depth: s.opts.Depth}
	for {
		s.layout = l
		err := s.cloneAs(ctx, l)
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case !l.blobs && says(err, "filter", "unadvertised object", "not our ref", "promisor"):
			l.blobs = true
		case l.depth != 0 && says(err, "shallow", "depth"):
			l.blobs, l.depth = true, 0
		default:
			return err
		}
	}
}

func (s *snapshot) cloneAs(ctx context.Context, l layout) error {
	dir, err := s.cache.create(l)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := s.fetch(ctx, dir, noBlobs); err != nil {
		return err
	}
	s.objects.restart()
	return s.cache.install(dir)
}

// What a fetch leaves out: see --filter in https://git-scm.com/docs/git-rev-list.
const (
	noBlobs = "blob:none"
	// changedBlobs has documents that changed come with their commit, beside
	// the other small files that did: one call of the server less.
	changedBlobs = "blob:limit=64k"
)

// fetchArgs fetch what is named and nothing else.
func fetchArgs(l layout, filter string, args ...string) []string {
	all := []string{"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
		"--no-auto-maintenance", "--no-prune", "--refmap=", "--force"}
	if !l.blobs {
		all = append(all, "--filter="+filter)
	}
	return append(all, args...)
}

// fetch fetches the target into the repository. The ref may have moved on
// since it was resolved: the target then becomes the commit that came. Once
// the snapshot is open, it stays with its commit.
func (s *snapshot) fetch(ctx context.Context, repo, filter string) error {
	var depth []string
	if s.layout.depth > 0 {
		depth = []string{"--depth=" + strconv.Itoa(s.layout.depth)}
	}
	what := s.target.ref
	if s.pinned {
		what = s.target.commit
	}
	args := fetchArgs(s.layout, filter, append(depth, "origin", "+"+what+":"+currentRef)...)
	_, stderr, err := s.run.output(ctx, repo, nil, args...)
	if err != nil {
		return fmt.Errorf("fetch %s of %s: %w", s.target.name, s.remote.url, err)
	}
	if !s.layout.blobs && strings.Contains(stderr, "filtering not recognized") {
		if repo == s.cache.repo { // which lacks blobs that the server no longer sends alone
			return errors.New("the server no longer knows partial clones")
		}
		s.layout.blobs = true
		if err := writeConfig(repo, s.layout); err != nil {
			return err
		}
	}
	commit, err := s.fetched(ctx, repo)
	if err != nil {
		return fmt.Errorf("read ref %s of %s: it leads to no commit: correct git.ref: %w", s.target.name,
			s.remote.url, err)
	}
	s.target.commit = commit
	return remember(repo, commit)
}

// fetched returns the commit that came. Only where that is another than the one
// that was asked for is git asked to which one a tag leads.
func (s *snapshot) fetched(ctx context.Context, repo string) (string, error) {
	if ref, err := os.ReadFile(filepath.Join(repo, filepath.FromSlash(currentRef))); err == nil &&
		s.target.kind == "branch" && strings.TrimSpace(string(ref)) == s.target.commit {
		return s.target.commit, nil
	}
	out, _, err := s.run.output(ctx, repo, nil, "rev-parse", "--verify", "--quiet", currentRef+"^{commit}")
	commit := strings.TrimSpace(out)
	if err == nil && !isCommitID(commit) {
		err = errors.New("not a commit")
	}
	return commit, err
}

// fetchBlobs fetches those of the blobs that are not in the clone, all at once.
func (s *snapshot) fetchBlobs(ctx context.Context, ids map[string]bool) error {
	if s.layout.blobs || len(ids) == 0 {
		return nil
	}
	err := s.fetchObjects(ctx, ids)
	if err != nil && ctx.Err() == nil && says(err, "unadvertised object", "not our ref", "filter") {
		s.layout.blobs = true
		return s.clone(ctx)
	}
	return err
}

// fetchObjects fetches those of the objects that are not in the clone.
func (s *snapshot) fetchObjects(ctx context.Context, ids map[string]bool) error {
	if err := s.dropPresent(ctx, ids); err != nil || len(ids) == 0 {
		return err
	}
	var list strings.Builder
	for id := range ids {
		list.WriteString(id + "\n")
	}
	// The objects at hand tell the server nothing about the blobs asked for.
	args := append([]string{"-c", "fetch.negotiationAlgorithm=noop"},
		fetchArgs(s.layout, noBlobs, "--stdin", "origin")...)
	_, _, err := s.run.output(ctx, s.cache.repo, strings.NewReader(list.String()), args...)
	return err
}

// fewObjects are looked for one by one, in the process that is there for
// reading; more than these in a list of all that the clone has.
const fewObjects = 32

func (s *snapshot) dropPresent(ctx context.Context, ids map[string]bool) error {
	if len(ids) > fewObjects {
		return dropPresent(ctx, s.run, s.cache.repo, ids)
	}
	for id := range ids {
		_, err := s.objects.get(ctx, id, 0)
		switch {
		case err == nil:
			delete(ids, id)
		case !errors.Is(err, errMissing):
			return err
		}
	}
	return nil
}

// dropPresent removes the objects that are in the repository from the set.
func dropPresent(ctx context.Context, run runner, repo string, ids map[string]bool) error {
	p, err := run.start(ctx, repo, false, "cat-file", "--batch-all-objects", "--unordered",
		"--batch-check=%(objectname)")
	if err != nil {
		return err
	}
	for {
		line, err := p.stdout.ReadSlice('\n')
		if err != nil {
			break
		}
		delete(ids, string(line[:len(line)-1]))
	}
	p.drain()
	return p.wait()
}
