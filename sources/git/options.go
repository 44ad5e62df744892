package git

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// Options configures a Git repository as a source.
type Options struct {
	URL               string `yaml:"url"`  // https, http, ssh, git or file URL, user@host:path, or a local path
	Ref               string `yaml:"ref"`  // branch, tag, full ref name or full commit id; empty: the remote's HEAD
	Path              string `yaml:"path"` // the folder that holds the documents; empty: the whole repository
	sources.Selection `yaml:",inline"`
	Depth             int           `yaml:"depth"` // commits of history to keep; 0 keeps all
	Auth              Auth          `yaml:"auth"`
	Timeout           time.Duration `yaml:"timeout"` // for one fetch
}

// Auth is how finpages logs in where the user's own git and ssh configuration
// does not do it.
type Auth struct {
	Token          string `yaml:"token"`            // password or access token for http and https
	TokenFile      string `yaml:"token_file"`       // file that holds it; read at each run
	User           string `yaml:"user"`             // user name beside the token; most hosts accept any
	SSHKeyFile     string `yaml:"ssh_key_file"`     // private key without a passphrase
	KnownHostsFile string `yaml:"known_hosts_file"` // host keys to trust; empty: the user's own
}

// NewOptions returns the defaults: one commit of the remote's default branch.
func NewOptions() *Options { return &Options{Depth: 1, Timeout: 10 * time.Minute} }

// Validate implements [sources.Options].
func (o *Options) Validate() []sources.Fault {
	faults := o.Faults()
	add := func(field, format string, args ...any) {
		faults = append(faults, sources.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	r, err := parseRemote(o.URL)
	if err != nil {
		add("url", "%v", err)
	}
	if why := refFault(o.Ref); why != "" {
		add("ref", "%s", why)
	}
	if why := pathFault(o.Path); why != "" {
		add("path", "%s", why)
	}
	if o.Depth < 0 {
		add("depth", "%d is negative: give the number of commits to keep, 0 for all", o.Depth)
	}
	if o.Timeout <= 0 {
		add("timeout", "%s is not positive: give a duration such as 10m", o.Timeout)
	}
	if err == nil {
		o.Auth.faults(r, add)
	}
	return faults
}

func (a Auth) faults(r remote, add func(field, format string, args ...any)) {
	if a.Token != "" && a.TokenFile != "" {
		add("auth.token", "given together with auth.token_file: keep one")
	}
	if (a.Token != "" || a.TokenFile != "") && r.password != "" {
		add("url", "holds a password beside auth.token: keep one, best auth.token_file")
	}
	if (a.Token != "" || a.TokenFile != "" || a.User != "") && !r.isHTTP() {
		add("auth", "token and user are for http and https, the url is %s: remove them, or change the url", r.scheme)
	}
	if a.User != "" && a.Token == "" && a.TokenFile == "" && r.password == "" && r.isHTTP() {
		add("auth.user", "given without a token: add auth.token or auth.token_file")
	}
	if (a.SSHKeyFile != "" || a.KnownHostsFile != "") && r.scheme != "ssh" {
		add("auth", "ssh_key_file and known_hosts_file are for ssh, the url is %s: remove them, or change the url",
			r.scheme)
	}
	if hasControl(a.Token) {
		add("auth.token", "holds a line break or control character: remove it")
	}
	if hasControl(a.User) {
		add("auth.user", "holds a line break or control character: remove it")
	}
}

// Placeholders are those of page_url that only a repository knows.
func (o *Options) Placeholders() []string { return []string{"ref", "commit"} }

// MarshalJSON implements [json.Marshaler] with the settings that decide which
// documents there are, and no login.
func (o *Options) MarshalJSON() ([]byte, error) {
	address := o.URL
	if r, err := parseRemote(o.URL); err == nil && r.url != "" {
		address = r.url
	}
	return json.Marshal(struct {
		URL, Ref, Path string
		sources.Selection
	}{address, o.Ref, o.Path, o.Selection})
}

// Build implements [sources.Options].
func (o *Options) Build(env sources.Env) (sources.Source, error) {
	r, err := parseRemote(o.URL)
	if err != nil {
		return nil, fmt.Errorf("git.url: %w", err)
	}
	if env.CacheDir == "" {
		return nil, fmt.Errorf("git needs a cache directory")
	}
	opts := *o
	opts.Path, opts.Formats = strings.Trim(path.Clean("/"+o.Path), "/"), env.Formats
	return newGit(opts, env, r.below(env)), nil
}

// badRef finds what git-check-ref-format forbids
// (https://git-scm.com/docs/git-check-ref-format).
var badRef = regexp.MustCompile(`[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|^[-/.]|[/.]$`)

func refFault(ref string) string {
	if badRef.MatchString(ref) {
		return fmt.Sprintf("%q is not the name of a ref: give a branch, a tag or a full commit id", ref)
	}
	return ""
}

func pathFault(p string) string {
	if hasControl(p) {
		return fmt.Sprintf("%q holds a control character: give a folder of the repository", p)
	}
	for part := range strings.SplitSeq(p, "/") {
		if part == ".." {
			return fmt.Sprintf("%q leads out of the repository: give a folder inside it, without ..", p)
		}
	}
	return ""
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
