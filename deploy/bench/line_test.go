package main

import (
	"strings"
	"testing"
	"time"
)

func TestLine(t *testing.T) {
	for _, c := range []struct {
		line
		want string
		met  bool
	}{
		{ratio("work", "peer", 12*time.Millisecond, 10*time.Millisecond, 1.2), "| 12 ms | 10 ms | 1.2 × | ≤ 1.2 × | yes |", true},
		{ratio("work", "peer", 2*time.Second, time.Second, 1.2), "| 2 s | 1 s | 2 × | ≤ 1.2 × | **no** |", false},
		{surplus("work", "peer", 50*time.Millisecond, 9*time.Millisecond, 40*time.Millisecond), "| 41 ms more | ≤ 40 ms more | **no** |", false},
		{line{Reached: 99.12, Bound: 98.5, AtLeast: true, Unit: "%"}.judged(), "| 99.1 % | ≥ 98.5 % | yes |", true},
		{memory("work", 60<<20, 64, 1<<20), "| 60 MiB |  | 60 MiB | ≤ 104 MiB | yes |", true},
		{line{Work: "work", Against: "peer", Skipped: "hugo is not installed"}, "skipped: hugo is not installed", false},
	} {
		if got := c.String(); c.Met != c.met || !strings.Contains(got, c.want) {
			t.Errorf("%s; met: %t; want %s", got, c.Met, c.want)
		}
	}
}

// A round is measured once every piece of work has had its turn to warm up.
func TestInTurn(t *testing.T) {
	var turns []int
	took := func(who int) work {
		return func(round int) (usage, error) {
			turns = append(turns, who)
			return usage{wall: time.Duration(who*10 + round)}, nil
		}
	}
	got, err := inTurn(3, took(1), took(2))
	if err != nil || got[0].wall != 12 || got[1].wall != 22 || len(turns) != 8 || turns[0] != 1 || turns[1] != 2 {
		t.Errorf("%v, %v, turns %v", got, err, turns)
	}
}

func TestResultsFallShort(t *testing.T) {
	missing := line{Skipped: (&missingError{"hugo"}).Error()}
	if err := (results{Lines: []line{missing, {Met: true}}}).short(); err != nil {
		t.Error("a missing peer is no shortfall")
	}
	for _, l := range []line{{}, {Skipped: "broken", failed: true}} {
		if (results{Lines: []line{{Met: true}, l}}).short() == nil {
			t.Errorf("%+v is no shortfall", l)
		}
	}
}
