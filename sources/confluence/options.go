package confluence

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"finpages/sources"
	"finpages/sources/confluence/internal/rest"
	regexp "finpages/sources/lazyregexp"
)

// Flavors of Confluence, which differ in their REST API.
const (
	Cloud      = "cloud"      // https://developer.atlassian.com/cloud/confluence/rest/v2/
	DataCenter = "datacenter" // https://developer.atlassian.com/server/confluence/rest/
)

// What becomes of pages that not everyone who sees the space may view.
const (
	Exclude = "exclude" // they are withheld
	Include = "include" // they are taken like any other
)

// Options configures a wiki as a source.
type Options struct {
	BaseURL    string   `yaml:"base_url"`   // with the context path: https://site.atlassian.net/wiki
	Flavor     string   `yaml:"flavor"`     // cloud or datacenter, where the address does not tell
	Spaces     []string `yaml:"spaces"`     // keys of the spaces to take
	Email      string   `yaml:"email"`      // with it, the token is sent as its password (Basic)
	Token      string   `yaml:"token"`      // API token or personal access token
	TokenFile  string   `yaml:"token_file"` // file with the token, read again when it changes
	Pages      bool     `yaml:"pages"`      // take pages
	Blogposts  bool     `yaml:"blogposts"`  // take blog posts
	Root       []string `yaml:"root"`       // ids: take only these pages and those below them
	Labels     Labels   `yaml:"labels"`     // which pages to take, by label
	Restricted string   `yaml:"restricted"` // exclude or include

	Attachments Attachments `yaml:"attachments"` // which files of the pages to take

	MaxRPS  float64       `yaml:"max_rps"` // requests a second, at most
	Timeout time.Duration `yaml:"timeout"` // of a single request
}

// Labels picks pages by their labels.
type Labels struct {
	Include []string `yaml:"include"` // a page needs one of them; none given: all pages
	Exclude []string `yaml:"exclude"` // a page must have none of them
}

// Attachments picks the files that are attached to pages. The config may say
// true for all of them.
type Attachments struct {
	On         bool     `yaml:"-"`
	MediaTypes []string `yaml:"media_types"` // such as "application/pdf" or "text/*"; none given: all
	MaxBytes   int64    `yaml:"max_bytes"`   // larger ones are left out
}

// Switch takes files, or not.
func (a *Attachments) Switch(on bool) { a.On = on }

// NewOptions returns the defaults: pages without blog posts, restricted pages
// withheld, at most 10 requests a second, each within a minute.
func NewOptions() *Options {
	return &Options{Pages: true, Restricted: Exclude, MaxRPS: 10, Timeout: time.Minute,
		Attachments: Attachments{MaxBytes: sources.MaxDocument}}
}

// Validate implements [sources.Options].
func (o *Options) Validate() []sources.Fault {
	f := &faults{}
	o.checkAddress(f)
	o.checkLogin(f)
	o.checkSpaces(f)
	o.checkSelection(f)
	o.checkAttachments(f)
	if o.MaxRPS < 0.01 || o.MaxRPS > 1000 {
		f.add("max_rps", "must be between 0.01 and 1000 requests a second")
	}
	if o.Timeout < time.Second || o.Timeout > time.Hour {
		f.add("timeout", "must be between 1s and 1h, such as 60s")
	}
	return f.all
}

type faults struct{ all []sources.Fault }

func (f *faults) add(field, format string, args ...any) {
	f.all = append(f.all, sources.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (o *Options) checkAddress(f *faults) {
	if !slices.Contains([]string{"", Cloud, DataCenter}, o.Flavor) {
		f.add("flavor", "unknown flavor %q: use cloud or datacenter", o.Flavor)
	}
	if o.BaseURL == "" {
		f.add("base_url", "missing: give the wiki's address with its context path, such as "+
			"https://site.atlassian.net/wiki")
		return
	}
	u, err := url.Parse(o.BaseURL)
	host := ""
	if err == nil {
		host = strings.ToLower(u.Hostname())
	}
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || host == "":
		f.add("base_url", "is no web address: write it as https://site.atlassian.net/wiki or https://host/confluence")
	case u.User != nil:
		f.add("base_url", "holds a login: move it to email and token")
	case apiPath.MatchString(u.Path):
		f.add("base_url", "ends in the path of the API: write "+
			"%s", u.Scheme+"://"+u.Host+apiPath.ReplaceAllString(u.Path, ""))
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		f.add("base_url", "ends in a query or fragment: leave out everything from ? or # on")
	case host == gateway && !gatewayPath(u.Path):
		f.add("base_url", "must be https://%s/ex/confluence/{cloudId}/wiki", gateway)
	case strings.HasSuffix(host, siteSuffix) && strings.TrimRight(u.Path, "/") != "/wiki":
		f.add("base_url", "must be %s://%s/wiki", u.Scheme, u.Host)
	case atlassianHost(host) && o.Flavor == DataCenter:
		f.add("flavor", "%s is Confluence Cloud: leave flavor out", host)
	case atlassianHost(host) && u.Scheme != "https":
		f.add("base_url", "must begin with https://, or the token would travel in the clear")
	}
}

// apiPath is what people copy along from a request.
var apiPath = regexp.MustCompile(`/(rest(/api)?|api/v2|rest/api/.*|api/v2/.*)/*$`)

const (
	gateway    = "api.atlassian.com"
	siteSuffix = ".atlassian.net"
)

func atlassianHost(host string) bool {
	host = strings.ToLower(host)
	return host == gateway || strings.HasSuffix(host, siteSuffix)
}

func gatewayPath(path string) bool {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	return len(parts) == 4 && parts[0] == "ex" && parts[1] == "confluence" && parts[2] != "" && parts[3] == "wiki"
}

func (o *Options) checkLogin(f *faults) {
	switch {
	case o.Token == "" && o.TokenFile == "":
		f.add("token", "missing: give an API token with email (Cloud), a personal access token alone (Data "+
			"Center), or token_file")
	case o.Token != "" && o.TokenFile != "":
		f.add("token_file", "stands beside token: keep one of them")
	case strings.ContainsFunc(o.Token, unicode.IsControl) || strings.TrimSpace(o.Token) != o.Token:
		f.add("token", "has spaces or line breaks in or around it: paste the token alone")
	}
	if strings.ContainsAny(o.Email, ":") || strings.ContainsFunc(o.Email, unicode.IsControl) {
		f.add("email", "must not contain colons or control characters")
	}
}

func (o *Options) checkSpaces(f *faults) {
	if len(o.Spaces) == 0 {
		f.add("spaces", "missing: name at least one space by its key, such as [OPS]")
	}
	seen := map[string]bool{}
	for i, key := range o.Spaces {
		at, folded := fmt.Sprintf("spaces[%d]", i), strings.ToLower(key)
		switch {
		case key == "" || strings.ContainsAny(key, `/\"',`) || strings.ContainsFunc(key, isSpaceOrControl):
			f.add(at, "%q is no space key: it is the part after /spaces/ or /display/ in the space's address", key)
		case seen[folded]:
			f.add(at, "%q is listed twice: remove one", key)
		}
		seen[folded] = true
	}
}

func isSpaceOrControl(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func (o *Options) checkSelection(f *faults) {
	if !o.Pages && !o.Blogposts {
		f.add("pages", "pages and blogposts are both off: turn one on")
	}
	if !slices.Contains([]string{Exclude, Include}, o.Restricted) {
		f.add("restricted", "unknown value %q: use exclude or include", o.Restricted)
	}
	for i, id := range o.Root {
		if !isNumber(id) {
			f.add(fmt.Sprintf("root[%d]", i), "%q is no page id: it is the number in the page's address", id)
		}
	}
	for _, l := range []struct {
		field  string
		labels []string
	}{{"labels.include", o.Labels.Include}, {"labels.exclude", o.Labels.Exclude}} {
		for i, label := range l.labels {
			if label == "" || strings.ContainsFunc(label, isSpaceOrControl) {
				f.add(fmt.Sprintf("%s[%d]", l.field, i), "%q is no label: labels are not empty and hold no "+
					"spaces", label)
			}
		}
	}
}

var mediaType = regexp.MustCompile(`^[a-z0-9.+-]+/([a-z0-9.+-]+|\*)$`)

func (o *Options) checkAttachments(f *faults) {
	for i, t := range o.Attachments.MediaTypes {
		if !mediaType.MatchString(t) {
			f.add(fmt.Sprintf("attachments.media_types[%d]", i), "%q is no media type: write it as application/pdf or "+
				"text/*", t)
		}
	}
	if n := o.Attachments.MaxBytes; n < 1 || n > sources.MaxDocument {
		f.add("attachments.max_bytes", "must be between 1 and %d", sources.MaxDocument)
	}
}

func isNumber(s string) bool {
	return s != "" && len(s) <= 20 && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// Build implements [sources.Options].
func (o *Options) Build(env sources.Env) (sources.Source, error) {
	base, err := url.Parse(strings.TrimRight(o.BaseURL, "/"))
	if err != nil {
		return nil, fmt.Errorf("parse base_url: is no web address")
	}
	login := &rest.Login{Email: o.Email, Token: o.Token, File: env.Path(o.TokenFile)}
	c := rest.New(base, login, o.MaxRPS, o.Timeout)
	c.Pause = cmp.Or(env.RetryPause, c.Pause)
	w := &Confluence{options: *o, client: c, cacheDir: env.CacheDir, formats: env.Formats}
	if w.isCloud(base) {
		w.api = &cloud{client: c}
	} else {
		w.api = &dataCenter{client: c, withFiles: o.Attachments.On, isDocument: w.isDocument}
	}
	return w, nil
}

func (w *Confluence) isCloud(base *url.URL) bool {
	return w.options.Flavor == Cloud || w.options.Flavor == "" && atlassianHost(base.Hostname())
}
