// Package rclone reads the documents of any storage that the rclone program
// reaches (https://rclone.org/overview/).
//
// As the git program is for repositories, rclone is the transport: its config,
// its logins and its retries are used as they are. A run takes one listing, and
// a few copies of many documents each into a folder of its own.
package rclone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"finpages/sources"
	"finpages/sources/internal/scratch"
	regexp "finpages/sources/lazyregexp"
)

// Rclone is a folder of a storage.
type Rclone struct {
	options Options
	env     sources.Env
	find    func(program string) (string, error)
}

var (
	_ sources.Source    = (*Rclone)(nil)
	_ sources.Explainer = (*Rclone)(nil)
	_ sources.Checker   = (*Rclone)(nil)
)

// Open implements [sources.Source]: it asks rclone what the storage can do.
func (r *Rclone) Open(ctx context.Context) (sources.Snapshot, error) {
	s, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (r *Rclone) open(ctx context.Context) (*snapshot, error) {
	run, err := r.runner()
	if err != nil {
		return nil, err
	}
	s := &snapshot{Rclone: r, run: run, seed: maphash.MakeSeed()}
	if s.version, err = run.version(ctx); err != nil {
		return nil, err
	}
	if s.features, err = run.features(ctx, r.options.Remote); err != nil {
		return nil, err
	}
	if s.tmp, err = scratch.New(r.env.CacheDir); err != nil {
		return nil, err
	}
	s.life, s.end = context.WithCancel(ctx)
	return s, nil
}

// The oldest rclone that has all that is asked of it.
const (
	leastMajor = 1
	leastMinor = 58
)

var versionLine = regexp.MustCompile(`^rclone v(\d+)\.(\d+)\S*`)

// version returns that of the program, which must be new enough.
func (r runner) version(ctx context.Context) (string, error) {
	out, err := r.output(ctx, "version")
	if err != nil {
		return "", err
	}
	m := versionLine.FindStringSubmatch(string(out))
	if m == nil {
		return "", fmt.Errorf("%s does not tell its version: see whether that is rclone", r.program)
	}
	major, err1 := strconv.Atoi(m[1])
	minor, err2 := strconv.Atoi(m[2])
	if err := errors.Join(err1, err2); err != nil || major < leastMajor || major == leastMajor && minor < leastMinor {
		return "", fmt.Errorf("%s is too old: install rclone %d.%d or newer", m[0], leastMajor, leastMinor)
	}
	return strings.TrimPrefix(m[0], "rclone "), nil
}

// features is what a storage can do, as rclone tells it.
type features struct {
	Name     string
	Hashes   []string
	Features struct {
		SlowHash    bool // a hash is as dear as the document
		SlowModTime bool // a time is a request for each document

		CanHaveEmptyDirectories bool // it tells a folder that is empty from one that is not there
	}
}

func (r runner) features(ctx context.Context, remote string) (f features, err error) {
	out, err := r.output(ctx, "backend", "features", "--", remote)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(out, &f); err != nil {
		return f, fmt.Errorf("rclone backend features: the answer is not what rclone sends: %w", err)
	}
	return f, nil
}

// hash returns the kind of hash that costs nothing; "" if there is none.
func (f features) hash() string {
	if f.Features.SlowHash || len(f.Hashes) == 0 {
		return ""
	}
	for _, known := range []string{"sha256", "sha1", "md5"} {
		if slices.Contains(f.Hashes, known) {
			return known
		}
	}
	return f.Hashes[0]
}

// Explain implements [sources.Explainer] for paths; the ID that a storage gives
// tells nothing to the rules.
func (r *Rclone) Explain(_ context.Context, id string) (string, error) {
	if !strings.ContainsAny(id, "./") {
		return "", nil
	}
	return r.options.Why(id), nil
}

// Check implements [sources.Checker].
func (r *Rclone) Check(ctx context.Context) ([]string, error) {
	s, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	found := []string{"rclone " + s.version}
	tally, err := sources.Count(ctx, s)
	if err != nil {
		return found, err
	}
	name := nameOf(r.options.Remote)
	found = append(found, fmt.Sprintf("%s: %v", name, tally))
	if tally.Documents == 0 {
		err = fmt.Errorf("%w: see whether %s is the folder that holds them", sources.ErrNothingFound, name)
	}
	return found, err
}
