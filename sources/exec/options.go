package exec

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// Options configures a program as a source.
type Options struct {
	Command     []string          `yaml:"command"`      // program and arguments; ./NAME starts from the config's directory
	Env         map[string]string `yaml:"env"`          // variables for the program: the place for secrets
	Options     map[string]any    `yaml:"options"`      // handed on as they are; no secrets
	IdleTimeout time.Duration     `yaml:"idle_timeout"` // how long the program may be silent while it owes an answer
}

// NewOptions returns the defaults: a minute of silence.
func NewOptions() *Options { return &Options{IdleTimeout: time.Minute} }

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Validate implements [sources.Options].
func (o *Options) Validate() (faults []sources.Fault) {
	add := func(field, format string, args ...any) {
		faults = append(faults, sources.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	if len(o.Command) == 0 || o.Command[0] == "" {
		add("command", "missing: name the program and its arguments, such as [./kb-adapter, --verbose]")
	}
	for _, name := range slices.Sorted(maps.Keys(o.Env)) {
		if !variableName.MatchString(name) {
			add("env", "%q is no name of a variable: use letters, digits and underscores", name)
		} else if strings.ContainsRune(o.Env[name], 0) {
			add("env."+name, "holds a NUL character: remove it")
		}
	}
	if o.IdleTimeout < time.Second || o.IdleTimeout > 24*time.Hour {
		add("idle_timeout", "must be between 1s and 24h, such as 1m")
	}
	return faults
}

// MarshalJSON implements [json.Marshaler] with the settings that decide which
// documents there are; of the variables only a hash.
func (o *Options) MarshalJSON() ([]byte, error) {
	env, err := json.Marshal(o.Env)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Command []string
		Env     [sha256.Size]byte
		Options map[string]any
	}{o.Command, sha256.Sum256(env), o.Options})
}

// Build implements [sources.Options].
func (o *Options) Build(env sources.Env) (sources.Source, error) {
	if env.CacheDir == "" {
		return nil, fmt.Errorf("exec needs a cache directory")
	}
	command := slices.Clone(o.Command)
	if strings.ContainsRune(command[0], '/') {
		program, err := filepath.Abs(env.Path(command[0]))
		if err != nil {
			return nil, fmt.Errorf("exec.command: %w", err)
		}
		command[0] = program
	}
	return &Exec{
		options:    *o,
		command:    command,
		env:        env,
		closeGrace: 5 * time.Second,
		killGrace:  2 * time.Second,
		exitGrace:  2 * time.Second,
	}, nil
}
