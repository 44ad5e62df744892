package website

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"finpages/sources"

	"github.com/bmatcuk/doublestar/v4"
)

// Options configures a website as a source.
type Options struct {
	URL     string   `yaml:"url"`     // where the site begins; what lies below it is the site
	Sitemap string   `yaml:"sitemap"` // its address; "off" follows links; empty: robots.txt or sitemap.xml, else links
	Include []string `yaml:"include"` // patterns of paths below url; at least one must match, if there are any
	Exclude []string `yaml:"exclude"` // none may match

	Headers   map[string]string `yaml:"headers"`    // sent with every request
	Basic     Basic             `yaml:"basic"`      // HTTP basic authentication
	Token     string            `yaml:"token"`      // sent as Authorization: Bearer
	TokenFile string            `yaml:"token_file"` // file that holds it
	// CookieFile holds cookies: a line as in the Cookie header, or a browser's
	// cookies.txt. It is read at each run.
	CookieFile string `yaml:"cookie_file"`
	CertFile   string `yaml:"client_cert_file"` // certificate and key that a server may ask for, PEM
	KeyFile    string `yaml:"client_key_file"`
	CAFile     string `yaml:"ca_file"` // PEM of authorities to trust beside the system's

	// Render would run the pages' scripts. Only false is taken: no browser is
	// started on what a site sends.
	Render bool `yaml:"render"`

	Robots          string   `yaml:"robots"`           // respect, or ignore where the site is your own
	PrivateNetworks []string `yaml:"private_networks"` // such as 10.0.0.0/8: private addresses that the site may have
	MaxRPS          float64  `yaml:"max_rps"`          // requests a second, at most
	MaxPages        int      `yaml:"max_pages"`        // of the site; more are not looked for
}

// Basic is a login by name and password.
type Basic struct {
	User         string `yaml:"user"`
	Password     string `yaml:"password"`
	PasswordFile string `yaml:"password_file"`
}

// NewOptions returns the defaults: robots.txt is respected, 5 requests a second,
// 10,000 pages.
func NewOptions() *Options { return &Options{Robots: respect, MaxRPS: 5, MaxPages: 10_000} }

const (
	respect   = "respect"
	ignore    = "ignore"
	noSitemap = "off"
)

// Validate implements [sources.Options].
func (o *Options) Validate() (faults []sources.Fault) {
	add := func(field, format string, args ...any) {
		faults = append(faults, sources.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	u, wrong := webAddress(o.URL)
	if wrong != "" {
		add("url", "%s: write it as https://intranet.example.com/docs/", wrong)
	}
	if m, wrong := webAddress(o.Sitemap); o.Sitemap != "" && o.Sitemap != noSitemap {
		if wrong != "" {
			add("sitemap", "%s: give its whole address, or off", wrong)
		} else if u != nil && !sameOrigin(u, m) {
			add("sitemap", "lies on another host than url, which is the only one that is asked")
		}
	}
	patternFaults("include", o.Include, add)
	patternFaults("exclude", o.Exclude, add)
	o.loginFaults(add)
	if o.Render {
		add("render", "pages are read as the site sends them, without running their scripts: remove it; "+
			"an exec adapter with a browser can read a site that needs them")
	}
	if o.Robots != respect && o.Robots != ignore {
		add("robots", "unknown value %q: use respect, or ignore where the site is your own", o.Robots)
	}
	for i, n := range o.PrivateNetworks {
		if _, err := netip.ParsePrefix(n); err != nil {
			add(fmt.Sprintf("private_networks[%d]", i), "%q is no network: write it as 10.0.0.0/8", n)
		}
	}
	if o.MaxRPS < 0.01 || o.MaxRPS > 1000 {
		add("max_rps", "must be between 0.01 and 1000 requests a second")
	}
	if o.MaxPages < 1 || o.MaxPages > 1_000_000 {
		add("max_pages", "must be between 1 and 1000000")
	}
	return faults
}

func webAddress(text string) (*url.URL, string) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return nil, "missing"
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, "is no web address"
	case u.User != nil:
		return nil, "holds a login, which belongs to basic"
	case u.RawQuery != "" || u.Fragment != "":
		return nil, "ends in a query or fragment"
	}
	return u, ""
}

func patternFaults(field string, patterns []string, add func(field, format string, args ...any)) {
	for i, p := range patterns {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case p == "":
			add(at, "the pattern is empty: remove it, or write \"**\" for all")
		case strings.HasPrefix(p, "/") || strings.Contains(p, "://"):
			add(at, "pattern %q is an address: patterns are of paths below url, such as \"guide/**\"", p)
		case !doublestar.ValidatePattern(p):
			add(at, "bad glob pattern %q: close every [ and {, or escape them with \\", p)
		}
	}
}

func (o *Options) loginFaults(add func(field, format string, args ...any)) {
	if o.Basic.User == "" && (o.Basic.Password != "" || o.Basic.PasswordFile != "") {
		add("basic.user", "missing beside the password")
	}
	if o.Basic.Password != "" && o.Basic.PasswordFile != "" {
		add("basic.password_file", "stands beside password: keep one of them")
	}
	if o.Token != "" && o.TokenFile != "" {
		add("token_file", "stands beside token: keep one of them")
	}
	if (o.Token != "" || o.TokenFile != "") && o.Basic.User != "" {
		add("token", "stands beside basic: keep one of them")
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		add("client_key_file", "client_cert_file and client_key_file belong together: set both")
	}
	for name, value := range o.Headers {
		_, known := http.Header{}[http.CanonicalHeaderKey(name)]
		if known || name == "" || strings.ContainsAny(name, " :\r\n") || strings.ContainsAny(value, "\r\n\x00") {
			add("headers", "%q is no header with a value of one line", name)
		}
		if slices.Contains(
			[]string{"Host", "Content-Length", "Range", "Accept-Encoding"},
			http.CanonicalHeaderKey(name),
		) {
			add("headers", "%s is set by finpages: remove it", name)
		}
	}
}

// MarshalJSON implements [json.Marshaler] with the settings that decide which
// documents there are, and no login.
func (o *Options) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		URL, Sitemap, Robots string
		Include, Exclude     []string
		MaxPages             int
	}{o.URL, o.Sitemap, o.Robots, o.Include, o.Exclude, o.MaxPages})
}

// Build implements [sources.Options].
func (o *Options) Build(env sources.Env) (sources.Source, error) {
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("parse website.url: is no web address")
	}
	if env.CacheDir == "" {
		return nil, fmt.Errorf("website needs a cache directory")
	}
	return &Website{options: *o, env: env, base: base, pause: cmp.Or(env.RetryPause, firstPause)}, nil
}
