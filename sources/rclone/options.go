package rclone

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"unicode"

	"finpages/sources"
)

// Options configures a storage as a source.
type Options struct {
	Remote            string `yaml:"remote"` // as rclone writes it: "drive:Handbook", "s3:bucket/docs"
	Config            string `yaml:"config"` // rclone's config file; empty: the one that rclone takes by itself
	sources.Selection `yaml:",inline"`
}

// NewOptions returns the defaults: every document of the remote.
func NewOptions() *Options { return &Options{} }

// Validate implements [sources.Options].
func (o *Options) Validate() []sources.Fault {
	faults := o.Faults()
	add := func(format string, args ...any) {
		faults = append(faults, sources.Fault{Field: "remote", Message: fmt.Sprintf(format, args...)})
	}
	switch {
	case o.Remote == "":
		add(
			"missing: name a remote of rclone and a folder in it, such as \"drive:Handbook\" (rclone listremotes has the names)",
		)
	case strings.HasPrefix(o.Remote, "-"):
		add("%q begins with a dash, as an option does", o.Remote)
	case strings.ContainsFunc(o.Remote, unicode.IsControl):
		add("holds a line break or control character: remove it")
	}
	return faults
}

// MarshalJSON implements [json.Marshaler] with the settings that decide which
// documents there are. What a connection string holds beside the path may be a
// login, and is left to rclone.
func (o *Options) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Remote string
		sources.Selection
	}{nameOf(o.Remote), o.Selection})
}

// nameOf returns a remote without the parameters of a connection string.
// https://rclone.org/docs/#connection-strings
func nameOf(remote string) string {
	name := strings.IndexAny(
		strings.TrimPrefix(remote, ":"),
		":,",
	) + len(
		remote,
	) - len(
		strings.TrimPrefix(remote, ":"),
	)
	if name < 0 || remote[name] != ',' {
		return remote
	}
	inQuotes := rune(0)
	for i, r := range remote[name:] {
		switch {
		case r == inQuotes:
			inQuotes = 0
		case inQuotes == 0 && (r == '"' || r == '\''):
			inQuotes = r
		case inQuotes == 0 && r == ':':
			return remote[:name] + remote[name+i:]
		}
	}
	return remote[:name]
}

// Build implements [sources.Options].
func (o *Options) Build(env sources.Env) (sources.Source, error) {
	if env.CacheDir == "" {
		return nil, fmt.Errorf("rclone needs a cache directory")
	}
	opts := *o
	if !strings.Contains(o.Remote, ":") {
		opts.Remote = env.Path(o.Remote)
	}
	opts.Config, opts.Formats = env.Path(o.Config), env.Formats
	return &Rclone{options: opts, env: env, find: exec.LookPath}, nil
}
