package git

import "sync"

// lazy is a value that is made when it is first asked for, and again if that
// failed.
type lazy[T any] struct {
	mu    sync.Mutex
	made  bool
	value T
	make  func() (T, error)
}

func (l *lazy[T]) get() (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made {
		return l.value, nil
	}
	v, err := l.make()
	l.value, l.made = v, err == nil
	return v, err
}
