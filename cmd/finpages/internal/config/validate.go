package config

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"finpages/ingest/address"
	"finpages/ingest/render"
	"finpages/ingest/transform"
	"finpages/intercomapi"
	"finpages/sources"
	"finpages/sources/convert/sandbox"
	regexp "finpages/sources/lazyregexp"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/robfig/cron/v3"
)

// versions are the API versions that can be spoken.
var versions = []string{"2.14", "2.15", "2.16", "2.17", "Preview"}

// validate checks what the types alone do not say.
func (d *decoder) validate(c *Config) {
	d.decoded = true
	d.intercom(&c.Intercom)
	d.server(&c.Server)
	if c.State == "" {
		d.at("state", "missing: set the path of the state file")
	}
	if c.Lease < Duration(time.Second) || c.Lease > Duration(time.Hour) {
		d.at("lease", "want a duration from 1s to 1h")
	}
	if c.Parallel < 1 || c.Parallel > 1000 {
		d.at("parallel", "want a number from 1 to 1000, not %d", c.Parallel)
	}
	if c.Sources == nil {
		d.at("sources", "missing: list the sources of documents; sources: [] starts without any")
	}
	d.strayDashes(c.Sources)
	names, urls := map[string]int{}, map[string]int{}
	for i := range c.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		d.source(at, &c.Sources[i])
		d.byVersion(at, &c.Sources[i], c.Intercom.Version)
		d.once(at+".name", names, c.Sources[i].Name, c.Sources[i].Name, "is already the name of",
			"use a different name")
		d.once(at+".import_source.url", urls, address.Normal(c.Sources[i].ImportSource.URL),
			c.Sources[i].ImportSource.URL, "is already the import source of",
			"each source needs its own, or one could delete the pages of the other")
	}
}

// strayDashes reports a dash in the middle of a source, which begins another one
// that is as incomplete as the one before.
func (d *decoder) strayDashes(list []Source) {
	for i := 1; i < len(list); i++ {
		at, before := fmt.Sprintf("sources[%d]", i), fmt.Sprintf("sources[%d]", i-1)
		if !d.has(at+".name") && d.has(before+".name") && !d.isUnsure(at) &&
			(list[i-1].Kind == "" || list[i-1].ImportSource.URL == "") {
			d.at(at, "it has no name: remove its dash if it belongs to the source above")
			d.unsure[at], d.unsure[before] = true, true
		}
	}
}

func (d *decoder) has(path string) bool { _, ok := d.places[path]; return ok }

// once reports a value whose key an earlier line has already.
func (d *decoder) once(path string, seen map[string]int, key, value, what, mend string) {
	if value == "" {
		return
	}
	if line, twice := seen[key]; twice {
		d.at(path, "%q %s the source on line %d: %s", value, what, line, mend)
		return
	}
	seen[key] = d.line(path)
}

func (d *decoder) intercom(c *Intercom) {
	const at = "intercom"
	switch {
	case c.Token == "" && c.TokenFile == "":
		d.at(at+".token", "missing: set token: ${INTERCOM_TOKEN}, or token_file")
	case c.Token != "" && c.TokenFile != "":
		d.at(at+".token_file", "token is also set: keep only one")
	}
	switch {
	case c.BaseURL != "" && c.Region != "":
		d.at(at+".base_url", "region is also set: keep only one")
	case c.BaseURL != "":
		d.webAddress(at+".base_url", c.BaseURL)
	default:
		if c.Region == "" {
			c.Region = "us"
		}
		base, err := intercomapi.RegionURL(c.Region)
		if err != nil {
			d.at(at+".region", "%s is not one of us, eu, au", shown(c.Region))
		}
		c.BaseURL = base
	}
	if !slices.Contains(versions, c.Version) {
		d.at(at+".version", "%s is not one of %s", shown(c.Version), strings.Join(versions, ", "))
	}
	if c.InFlight < 1 || c.InFlight > 1000 {
		d.at(at+".max_in_flight", "want a number from 1 to 1000, not %d", c.InFlight)
	}
	if c.Reserve >= 100 {
		d.at(at+".reserve", "a reserve of 100%% leaves nothing for finpages: set less")
	}
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func (d *decoder) source(at string, s *Source) {
	switch {
	case s.Name == "" && !d.has(at+".name"):
		d.at(at+".name", "missing: give the source a name")
	case !namePattern.MatchString(s.Name):
		d.at(at+".name", "want 1 to 64 letters, digits, dots, dashes or underscores, not %q", s.Name)
	}
	switch {
	case s.ImportSource.URL == "" && !d.has(at+".import_source.url"):
		d.at(
			at+".import_source.url",
			"missing: set the root address of the source, such as https://handbook.example.com",
		)
	default:
		d.webAddress(at+".import_source.url", s.ImportSource.URL)
	}
	d.schedule(at, s)
	d.availability(at, s)
	d.limits(at, s)
	d.leaks(at, s)
	d.conversion(at, s)
	d.render(at, s)
	if s.Webhook.Secret != "" && s.Webhook.SecretFile != "" {
		d.at(at+".webhook.secret_file", "secret is also set: keep only one")
	}
	d.pageURL(at, s)
	if s.Kind == "" {
		d.at(at, "no documents: add one of %s", strings.Join(d.adapters.Kinds(), ", "))
		return
	}
	for _, f := range s.Options.Validate() {
		d.at(join(join(at, s.Kind), f.Field), "%s", f.Message)
	}
}

func (d *decoder) schedule(at string, s *Source) {
	s.Cron = d.cron(at, "schedule", s.Schedule)
	if s.Verify != "" {
		s.Checks = d.cron(at, "verify", s.Verify)
	}
}

// cron parses a schedule that the source may have from the defaults.
func (d *decoder) cron(at, key, spec string) cron.Schedule {
	schedule, err := parseSchedule(spec)
	if err != nil {
		path := at + "." + key
		if !d.has(path) {
			path = "defaults." + key
		}
		d.at(path, "bad schedule %q: %v", spec, err)
	}
	return schedule
}

// availability wants both flags to be said: who may answer is the user's choice.
func (d *decoder) availability(at string, s *Source) {
	const key = ".availability"
	if s.Availability == nil {
		if !d.isBroken("defaults"+key) && !d.isUnsure("defaults"+key) {
			d.at(at+key, "missing here and in defaults: choose who may answer from these pages: availability: "+
				"{ai_agent: true or false (Fin, for customers), ai_copilot: true or false (Copilot, for teammates)}")
		}
		return
	}
	for _, flag := range []string{"ai_agent", "ai_copilot"} {
		path := key + "." + flag
		if !d.said(at, flag) && !d.isBroken("defaults"+path) && !d.isBroken(at+path) && !d.isUnsure(at+path) &&
			!d.isUnsure("defaults"+path) {
			d.at(at+key, "%s is missing here and in defaults: set true or false", flag)
			return
		}
	}
}

// said reports whether the source or the defaults set a flag of availability.
func (d *decoder) said(at, flag string) bool {
	for _, path := range []string{at + ".availability." + flag, "defaults.availability." + flag} {
		if d.has(path) && !d.empty[path] {
			return true
		}
	}
	return false
}

// byVersion checks what only newer versions of the API can do.
func (d *decoder) byVersion(at string, s *Source, version string) {
	if version == "2.17" || version == "Preview" {
		return
	}
	if version == "2.14" && len(s.ImportSource.AudienceIDs) > 0 {
		d.at(at+".import_source.audience_ids",
			"API version 2.14 does not support it: remove it, or set intercom.version: \"2.16\"")
	}
	if s.Locale != "" && s.Locale != "en" {
		d.inherited(at, "locale", "API version %s supports only the locale en: remove it, or set intercom.version: \"2.17\"",
			version)
	}
	if s.Availability != nil && s.Availability.AISalesAgent != nil {
		d.inherited(at, "availability.ai_sales_agent",
			"API version %s does not support it: remove it, or set intercom.version: \"2.17\"", version)
	}
}

func (d *decoder) limits(at string, s *Source) {
	if s.Deletes.MaxCount < 0 || s.Deletes.AlwaysAllow < 0 {
		d.at(at+".deletes", "max_count and always_allow cannot be negative")
	}
	if s.Updates != nil && s.Updates.MaxPercent == 0 {
		d.inherited(at, "updates", "max_percent must be more than 0: remove updates, or set 100, for no limit")
	}
	if split := s.Split; split != nil {
		switch {
		case split.Level < 0 || split.Level > 6:
			d.inherited(at, "split", "level must be that of a heading, from 1 to 6, or 0 to cut only what is too long")
		case split.MaxBytes != nil && *split.MaxBytes < 0:
			d.inherited(at, "split", "max_bytes must not be negative")
		}
	}
	for _, host := range s.CitationHosts {
		if u, err := url.Parse("https://" + host); err != nil || u.Host != host || host == "" {
			d.inherited(at, "citation_hosts", "want host names such as docs.example.com, not %s", shown(host))
		}
	}
	if s.Locale != "" && !regexp.MustCompile(`^[a-zA-Z]{2,3}([-_][A-Za-z0-9]{2,8})*$`).MatchString(s.Locale) {
		d.inherited(at, "locale", "want a language code such as en, not %q", s.Locale)
	}
}

func (d *decoder) leaks(at string, s *Source) {
	modes := []string{string(transform.HoldLeaks), string(transform.RedactLeaks), string(transform.LeaksOff)}
	if !slices.Contains(modes, s.Leaks) {
		d.inherited(at, "leaks", "%s is not one of %s", shown(s.Leaks), strings.Join(modes, ", "))
	}
	for _, a := range s.Allow {
		switch {
		case a == transform.AllowedLeak{}:
			d.inherited(at, "allow",
				"an item allows every secret: name its page, rule or fingerprint, as finpages leaks shows them")
		case !doublestar.ValidatePattern(a.Page):
			d.inherited(at, "allow", "bad glob pattern %q: close every [ and {, or escape them with \\", a.Page)
		}
	}
}

func (d *decoder) render(at string, s *Source) {
	if names := render.Dialects(); !slices.Contains(names, s.Render.Dialect) {
		d.inherited(at, "render.dialect", "%s is not one of %s", shown(s.Render.Dialect), strings.Join(names, ", "))
	}
}

func (d *decoder) conversion(at string, s *Source) {
	faults := s.conversion(&Config{}).Faults()
	for _, extension := range slices.Sorted(maps.Keys(faults)) {
		d.inherited(at, "convert", "%s", faults[extension])
	}
	modes := []string{string(sandbox.Required), string(sandbox.Best), string(sandbox.Off)}
	if !slices.Contains(modes, s.Sandbox) {
		d.inherited(at, "sandbox", "%s is not one of %s", shown(s.Sandbox), strings.Join(modes, ", "))
	}
}

// inherited reports a fault of a setting that the source may have from the
// defaults.
func (d *decoder) inherited(at, key, format string, args ...any) {
	path := at + "." + key
	if !d.has(path) {
		path = "defaults." + key
	}
	d.at(path, format, args...)
}

func (d *decoder) pageURL(at string, s *Source) {
	if s.PageURL == "" {
		return
	}
	var err error
	if s.pageURL, err = render.ParseURLTemplate(s.PageURL, placeholders(s.Options)...); err != nil {
		d.at(at+".page_url", "%s", strings.TrimPrefix(err.Error(), "page_url "))
	} else if !strings.Contains(s.PageURL, "{") {
		d.warnings = append(d.warnings, d.newFault(d.position(at+".page_url"), at+".page_url: there is no placeholder, "+
			"so all pages of the source get the same address: add {path}, {stem} or {id}"))
	}
}

// placeholders are those that an adapter knows beyond {path} {stem} {dir} {id}.
func placeholders(options sources.Options) []string {
	if p, ok := options.(sources.URLPlaceholders); ok {
		return p.Placeholders()
	}
	return nil
}

func (d *decoder) webAddress(path, s string) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		d.at(path, "want an address such as https://docs.example.com, not %q", redact(s))
	case u.User != nil:
		d.at(path, "remove the login from the address")
	}
}

// redact keeps a login out of a message.
func redact(s string) string {
	if _, host, ok := strings.Cut(s, "@"); ok {
		return "...@" + host
	}
	return s
}
