package web

import (
	"log/slog"
	"sync"
	"time"
)

// logLimitTime is how long refusals of one kind are only counted after one is
// logged.
const logLimitTime = time.Minute

// logLimiter keeps refused webhooks from filling the log: the first of each
// source and fault is logged at once, and the number of the others a minute
// later.
type logLimiter struct {
	mu      sync.Mutex
	counted map[refusal]int // that were not logged
}

// refusal is a kind of refused webhook.
type refusal struct{ source, fault string }

// warn logs a refused webhook, or counts it.
func (l *logLimiter) warn(log *slog.Logger, source, fault, from string) {
	kind := refusal{source, fault}
	if l.count(kind) {
		return
	}
	log.Warn("a webhook was refused: "+fault, "source", source, "from", from)
	time.AfterFunc(logLimitTime, func() {
		if n := l.reset(kind); n > 0 {
			log.Warn(count(n, "more webhook was", "more webhooks were")+" refused in the last minute: "+fault,
				"source", source, "more", n)
		}
	})
}

// count counts a refusal if one of its kind was logged within the last minute.
func (l *logLimiter) count(kind refusal) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, logged := l.counted[kind]
	if logged {
		l.counted[kind] = n + 1
		return true
	}
	if l.counted == nil {
		l.counted = map[refusal]int{}
	}
	l.counted[kind] = 0
	return false
}

// reset returns how many were counted, and lets the next one be logged.
func (l *logLimiter) reset(kind refusal) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.counted[kind]
	delete(l.counted, kind)
	return n
}
