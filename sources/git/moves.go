package git

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxRenameArgs bounds the length in bytes of the paths for which git compares
// contents; above it only files that are byte for byte alike count as renamed.
const maxRenameArgs = 64 << 10

// Moves implements [sources.Mover], with git's own detection of renames
// (https://git-scm.com/docs/diff-options#Documentation/diff-options.txt--Mltngt):
// a file that is gone and one that is new, of which at least half is alike.
func (s *snapshot) Moves(ctx context.Context, since string) (map[string]string, error) {
	if !isCommitID(since) || since == s.target.commit || len(since) != len(s.target.commit) {
		return nil, nil
	}
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	if !slices.Contains(history(s.cache.repo), since) && s.fetchSince(ctx, since) != nil {
		return nil, s.timedOut(ctx, ctx.Err())
	}
	gone, added, err := s.changes(ctx, since)
	if err != nil {
		return nil, s.timedOut(ctx, ctx.Err()) // the folder was not there then, or the commit is gone
	}
	moves := map[string]string{}
	gone, added = exactMoves(moves, gone, added)
	if err := s.similarMoves(ctx, moves, since, gone, added); err != nil {
		return moves, s.timedOut(ctx, ctx.Err()) // the old contents are gone
	}
	return moves, nil
}

// fetchSince fetches the trees of an older commit, where the server still has it.
func (s *snapshot) fetchSince(ctx context.Context, since string) error {
	args := fetchArgs(s.layout, noBlobs, "--depth=1", "origin", "+"+since+":"+sinceRef)
	_, _, err := s.run.output(ctx, s.cache.repo, nil, args...)
	return err
}

func (s *snapshot) diffTree(ctx context.Context, since string, visit func(status string, ids, names []string),
	args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	trees := []string{since + ":" + s.opts.Path, s.target.commit + ":" + s.opts.Path}
	at := slices.Index(args, "--")
	if at < 0 {
		at = len(args)
	}
	all := slices.Concat([]string{"diff-tree", "-r", "-z", "--raw", "--no-ext-diff", "--no-textconv", "--full-index"},
		args[:at], trees, args[at:])
	p, err := s.run.start(ctx, s.cache.repo, false, all...)
	if err != nil {
		return err
	}
	if err := eachChange(p, visit); err != nil {
		cancel()
		p.drain()
		_ = p.wait() // stopped by us
		return err
	}
	return p.wait()
}

// eachChange reads the raw format of git diff-tree -z: ":modes ids status",
// then one name, or two for a rename.
func eachChange(p *running, visit func(status string, ids, names []string)) error {
	for {
		meta, err := readRecord(p, 0)
		if errors.Is(err, io.EOF) {
			return nil
		}
		fields := strings.Fields(meta)
		if err != nil || len(fields) != 5 {
			return io.ErrUnexpectedEOF
		}
		names := make([]string, 1, 2)
		if strings.ContainsAny(fields[4][:1], "RC") {
			names = names[:2]
		}
		for i := range names {
			if names[i], err = readRecord(p, 0); err != nil {
				return io.ErrUnexpectedEOF
			}
		}
		visit(fields[4], fields[2:4], names)
	}
}

// changed is a document that is gone or new.
type changed struct{ name, blob string }

// changes returns the documents that are gone and those that are new.
func (s *snapshot) changes(ctx context.Context, since string) (gone, added []changed, err error) {
	err = s.diffTree(ctx, since, func(status string, ids, names []string) {
		switch {
		case !utf8.ValidString(names[0]) || s.opts.Why(readable(names[0])) != "":
		case status == "D":
			gone = append(gone, changed{names[0], ids[0]})
		case status == "A":
			added = append(added, changed{names[0], ids[1]})
		}
	}, "--no-renames", "--diff-filter=AD")
	return gone, added, err
}

// exactMoves notes the documents whose bytes are found under another name, of
// several such names the one with the same last part, and returns the others.
func exactMoves(moves map[string]string, gone, added []changed) (goneLeft, addedLeft []changed) {
	byBlob := map[string][]changed{}
	for _, g := range gone {
		byBlob[g.blob] = append(byBlob[g.blob], g)
	}
	take := func(a changed, alike func(changed) bool) bool {
		i := slices.IndexFunc(byBlob[a.blob], alike)
		if i < 0 {
			return false
		}
		moves[readable(a.name)] = readable(byBlob[a.blob][i].name)
		byBlob[a.blob] = slices.Delete(byBlob[a.blob], i, i+1)
		return true
	}
	added = slices.DeleteFunc(added, func(a changed) bool {
		return take(a, func(g changed) bool { return path.Base(g.name) == path.Base(a.name) })
	})
	added = slices.DeleteFunc(added, func(a changed) bool { return take(a, func(changed) bool { return true }) })
	for _, left := range byBlob {
		goneLeft = append(goneLeft, left...)
	}
	return goneLeft, added
}

// fetchContents fetches what is to be compared, where the server still has it.
func (s *snapshot) fetchContents(ctx context.Context, documents []changed) error {
	if s.layout.blobs {
		return nil
	}
	ids := map[string]bool{}
	for _, d := range documents {
		ids[d.blob] = true
	}
	return s.fetchObjects(ctx, ids)
}

// similarMoves notes the documents that were renamed and edited. Only
// documents are compared, so that no other blob is fetched.
func (s *snapshot) similarMoves(ctx context.Context, moves map[string]string, since string,
	gone, added []changed) error {
	if len(gone) == 0 || len(added) == 0 {
		return nil
	}
	args := []string{"-M50%", "-l1000000", "--diff-filter=R", "--"}
	length := 0
	for _, c := range slices.Concat(gone, added) {
		args = append(args, c.name)
		length += len(c.name) + 1
	}
	if length > maxRenameArgs {
		return nil
	}
	if err := s.fetchContents(ctx, slices.Concat(gone, added)); err != nil {
		return err
	}
	return s.diffTree(ctx, since, func(_ string, _, names []string) {
		if len(names) == 2 {
			moves[readable(names[1])] = readable(names[0])
		}
	}, args...)
}
