package web

import (
	"log/slog"
	"sync"
	"time"
)

// floodTime is how long refusals of a kind are only counted after one is told.
const floodTime = time.Minute

// floods keeps refused webhooks from filling the log: of each source and fault
// the first is told at once, and how many came after it a minute later.
type floods struct {
	mu   sync.Mutex
	more map[flood]int // that were not told
}

type flood struct{ source, fault string }

// tell logs a refused webhook, or counts it.
func (f *floods) tell(log *slog.Logger, source, fault, from string) {
	k := flood{source, fault}
	if f.counted(k) {
		return
	}
	log.Warn("a webhook was refused: "+fault, "source", source, "from", from)
	time.AfterFunc(floodTime, func() {
		if n := f.over(k); n > 0 {
			log.Warn(count(n, "more webhook was", "more webhooks were")+" refused in the last minute: "+fault, "source", source, "more", n)
		}
	})
}

// counted counts a refusal, if one of its kind was told a moment ago.
func (f *floods) counted(k flood) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, told := f.more[k]
	if told {
		f.more[k] = n + 1
		return true
	}
	if f.more == nil {
		f.more = map[flood]int{}
	}
	f.more[k] = 0
	return false
}

// over returns how many were counted, and has the next one told.
func (f *floods) over(k flood) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.more[k]
	delete(f.more, k)
	return n
}
