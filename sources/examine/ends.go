package examine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"finpages/sources"
)

func takerEnds(ctx context.Context, src sources.Source, first seen) (string, error) {
	if len(first.entries) == 0 {
		return "nothing is listed", nil
	}
	snap, err := src.Open(ctx)
	if err != nil {
		return "", wrap("open", err)
	}
	defer snap.Close()
	stop, calls := errors.New("stop"), 0
	if _, err = snap.List(ctx, func(sources.Entry) error { calls++; return stop }); !errors.Is(err, stop) ||
		calls != 1 {
		return "", fmt.Errorf(
			"the listing gave %d entries and ended with %v, want one, and the taker's error",
			calls,
			err,
		)
	}
	return "", nil
}

func cancelled(ctx context.Context, src sources.Source, first seen) (string, error) {
	if len(first.entries) == 0 {
		return "nothing is listed", nil
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	snap, err := src.Open(ctx)
	if err != nil {
		return "", nil // which says as much
	}
	defer snap.Close()
	n := 0
	l, err := snap.List(ctx, func(sources.Entry) error { n++; return nil })
	if err == nil && n < len(first.entries) && len(l.Incomplete) == 0 {
		return "", fmt.Errorf(
			"it gave %d of %d entries and claims to be complete: the others would be deleted",
			n,
			len(first.entries),
		)
	}
	return "", nil
}

func closed(ctx context.Context, src sources.Source, first seen) (string, error) {
	snap, err := src.Open(ctx)
	if err != nil {
		return "", wrap("open", err)
	}
	s, err := list(ctx, snap)
	if err := errors.Join(err, wrap("close", snap.Close())); err != nil {
		return "", err
	}
	readable := s.readable()
	if len(readable) == 0 {
		return "nothing can be loaded", nil
	}
	if _, err := s.entries[readable[0]].Load(ctx); err == nil {
		return "", fmt.Errorf("%q was loaded", readable[0])
	}
	return "", nil
}

func checks(ctx context.Context, src sources.Source, _ seen) (string, error) {
	c, ok := src.(sources.Checker)
	if !ok {
		return "cannot be asked", nil
	}
	lines, err := c.Check(ctx)
	return counted(len(lines), "line", "lines"), err
}

func explains(ctx context.Context, src sources.Source, first seen) (string, error) {
	x, ok := src.(sources.Explainer)
	if !ok || len(first.entries) == 0 {
		return "cannot be asked", nil
	}
	id := slices.Sorted(maps.Keys(first.entries))[0]
	why, err := x.Explain(ctx, id)
	if err == nil && why != "" {
		err = fmt.Errorf("%q is listed, and is said to be left out: %s", id, why)
	}
	return "", err
}
