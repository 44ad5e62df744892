package git

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"finpages/sources"
)

// maxPointer is the size that a Git LFS pointer stays below
// (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
const maxPointer = 1024

// isPointer reports whether the blob stands for a file kept by Git LFS.
func isPointer(body []byte) bool {
	return len(body) < maxPointer &&
		(bytes.HasPrefix(body, []byte("version https://git-lfs.github.com/spec/")) ||
			bytes.HasPrefix(body, []byte("version https://hawser.github.com/spec/")))
}

// pointer reads the digest and size of the file that the pointer stands for.
func pointer(body []byte) (digest string, size int64, err error) {
	size = -1
	for line := range strings.Lines(string(body)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "oid":
			digest = strings.TrimPrefix(value, "sha256:")
		case "size":
			if size, err = strconv.ParseInt(value, 10, 64); err != nil {
				return "", 0, errors.New("a Git LFS pointer with a bad size")
			}
		}
	}
	if len(digest) != 2*sha256.Size || size < 0 {
		return "", 0, errors.New("a Git LFS pointer without digest or size")
	}
	return digest, size, nil
}

// smudge fetches the file that a Git LFS pointer stands for. The pointer
// itself is never a document.
func (s *snapshot) smudge(ctx context.Context, body []byte) ([]byte, error) {
	digest, size, err := pointer(body)
	if err != nil {
		return nil, err
	}
	if size > sources.MaxDocument {
		return nil, tooLarge(size)
	}
	p, err := s.run.start(ctx, s.cache.repo, true, "lfs", "smudge", "--", "document")
	if err != nil {
		return nil, err
	}
	_, _ = p.stdin.Write(body) // less than a pipe holds; a command that ends early says why itself
	p.stdin.Close()
	content, err := io.ReadAll(io.LimitReader(p.stdout, size+1))
	p.drain()
	err = errors.Join(err, p.wait())
	os.RemoveAll(filepath.Join(s.cache.repo, "lfs"))
	switch {
	case says(err, "'lfs' is not a git command"):
		return nil, errors.New("kept by Git LFS: install git-lfs beside git")
	case err != nil:
		return nil, fmt.Errorf("fetch from Git LFS: %w", err)
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != digest {
		return nil, errors.New("fetch from Git LFS: what came is not what the pointer names")
	}
	return content, nil
}
