package emulator

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// saveDelay gathers changes, so that a burst costs one rewrite.
	saveDelay = 250 * time.Millisecond
	// saveRest, times the length of a rewrite, is the pause after it: a large
	// state spends a fifth of the time on being written.
	saveRest = 4
	// saveRetry is the pause after a rewrite that went wrong.
	saveRetry = 5 * time.Second
)

// saver keeps the state file in step with the store.
type saver struct {
	path  string
	store *store
	log   *slog.Logger

	quit, done chan struct{}
	once       sync.Once
	closeErr   error
	saved      uint64 // the store's changes that the file holds; only for save
}

// openState reads the file into the store, or creates it, and keeps it up from
// then on.
func openState(path string, st *store, log *slog.Logger) (*saver, error) {
	s := &saver{path: path, store: st, log: log, quit: make(chan struct{}), done: make(chan struct{})}
	err := s.load()
	if errors.Is(err, fs.ErrNotExist) {
		err = s.save()
	}
	if err != nil {
		return nil, err
	}
	go s.run()
	return s, nil
}

func (s *saver) load() error {
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("open state file: %w", err)
	}
	defer f.Close()
	if err := s.store.restore(f); err != nil {
		return fmt.Errorf("load state file %s (move it away to start empty): %w", s.path, err)
	}
	return nil
}

func (s *saver) run() {
	defer close(s.done)
	pause := saveDelay
	for s.wait(pause) {
		start := time.Now()
		err := s.save()
		pause = max(saveDelay, saveRest*time.Since(start))
		if err != nil {
			s.log.Error("state is not saved", "error", err)
			pause = saveRetry
			s.store.wakeSaver()
		}
	}
}

// wait returns a pause after a change; false when it is time to quit.
func (s *saver) wait(pause time.Duration) bool {
	select {
	case <-s.store.changed:
	case <-s.quit:
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.quit:
		return false
	}
}

func (s *saver) close() error {
	s.once.Do(func() {
		close(s.quit)
		<-s.done
		s.closeErr = s.save()
	})
	return s.closeErr
}

// save replaces the file as a whole: a crash leaves the old one or the new one.
func (s *saver) save() error {
	state := s.store.snapshot()
	if state.changes == s.saved && s.exists() {
		return nil
	}
	if err := replaceFile(s.path, state); err != nil {
		return fmt.Errorf("save state file: %w", err)
	}
	s.saved = state.changes
	return nil
}

func (s *saver) exists() bool {
	_, err := os.Lstat(s.path)
	return err == nil
}

func replaceFile(path string, state snapshot) (err error) {
	dir, name := filepath.Split(path)
	tmp, err := os.CreateTemp(filepath.Clean(dir), name+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	if err := fill(tmp, state); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Clean(dir))
}

// fill writes the state, makes it durable, and closes the file.
func fill(f *os.File, state snapshot) error {
	buffered := bufio.NewWriterSize(f, 1<<20)
	err := state.write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes a rename durable, where the system can do that to a directory.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return err
	}
	return nil
}
