package sources

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Registry holds the adapters by the config key that selects them. Each makes
// a Source from options of its own type, which the caller decodes.
type Registry map[string]Adapter

// Adapter tells how a source of one kind is configured and made.
type Adapter struct {
	// Options returns a pointer to the adapter's options, set to their
	// defaults, for the config to be decoded into.
	Options func() Options
}

// Options is the configuration of one source: the value of its config key.
type Options interface {
	// Validate returns all faults, each naming the field and the mend.
	Validate() []Fault
	// Build makes the Source; it does no input or output.
	Build(env Env) (Source, error)
}

// Fault is something wrong with an option.
type Fault struct {
	Field   string // path of config keys below the adapter's: "root", "include[2]"
	Message string // what is wrong and how to mend it
}

// Env is what the program gives an adapter beside its options.
type Env struct {
	Name       string        // the source's name in the config
	Dir        string        // where relative paths in the options start: the config file's directory
	CacheDir   string        // a directory that the source may fill and must expect to be lost; created by the source
	Formats    Formats       // of documents that are converted
	RetryPause time.Duration // before a request is tried again for the first time; 0 for the adapter's own
}

// Path makes a path from the options absolute, or relative to the process's
// working directory where Dir is.
func (e Env) Path(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(e.Dir, path)
}

// Kinds returns the config keys of the registered adapters, sorted.
func (r Registry) Kinds() []string { return slices.Sorted(maps.Keys(r)) }

// Lookup returns the adapter for a config key.
func (r Registry) Lookup(kind string) (Adapter, error) {
	if a, ok := r[kind]; ok {
		return a, nil
	}
	return Adapter{}, fmt.Errorf("no source adapter %q: use one of %s", kind, strings.Join(r.Kinds(), ", "))
}
