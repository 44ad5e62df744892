// Package config reads finpages.yaml: strict YAML, defaults, environment
// variables, and every fault with its line and mend, all in one go.
package config

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"finpages/ingest"
	"finpages/ingest/decide"
	"finpages/ingest/destination"
	"finpages/ingest/render"
	"finpages/ingest/transform"
	"finpages/sources"
	"finpages/sources/convert"
	"finpages/sources/convert/sandbox"
	"finpages/state"

	"github.com/robfig/cron/v3"
)

const defaultState = "/var/lib/finpages/state.db"

// Config is a valid configuration.
type Config struct {
	Path     string
	Sum      [sha256.Size]byte // of what [Load] read
	Intercom Intercom
	State    string   // path of the state file, or postgres:// with the address of a database
	Lease    Duration // how long a replica that is gone keeps a source
	Parallel int      // sources that a replica runs at once
	Cache    string   // directory for what adapters keep between runs
	Memory   Size     // that finpages may take; 0 leaves it to the system's limits
	Index    bool     // keep an index of the words of pages
	Server   Server
	Sources  []Source
	Warnings []Fault // what is probably not meant

	literalSecret string // the key of a secret that the file itself holds; "" if none
}

// Intercom says which workspace to write to, and how.
type Intercom struct {
	Token     Secret  `yaml:"token"`
	TokenFile string  `yaml:"token_file"`
	Region    string  `yaml:"region"`
	BaseURL   string  `yaml:"base_url"`
	Version   string  `yaml:"version"`
	Workspace string  `yaml:"workspace"`
	Reserve   Percent `yaml:"reserve"`
	InFlight  int     `yaml:"max_in_flight"`
}

// Settings are what defaults and each source may set.
type Settings struct {
	Schedule     string        `yaml:"schedule"`
	Timeout      Duration      `yaml:"timeout"`
	Availability *Availability `yaml:"availability"`
	FrontMatter  FrontMatter   `yaml:"front_matter"`
	Locale       string        `yaml:"locale"`
	Deletes      Deletes       `yaml:"deletes"`
	Updates      *Updates      `yaml:"updates"`
	Journal      Duration      `yaml:"journal"`
	Verify       string        `yaml:"verify"` // schedule of verify; empty: never by itself
	Leaks        string        `yaml:"leaks"`  // hold, redact or off

	CitationHosts []string `yaml:"citation_hosts"` // of urls in front matter, beside page_url's own

	Allow []transform.AllowedLeak `yaml:"allow"`

	Render Render `yaml:"render"`
	Split  *Split `yaml:"split"` // absent: pages stay whole

	Convert map[string]Words `yaml:"convert"` // by extension: a preset, or a program with its arguments
	Sandbox string           `yaml:"sandbox"` // required, best or off
}

// clone returns settings that a source can change for itself.
func (s Settings) clone() Settings {
	if s.Availability != nil {
		own := *s.Availability
		s.Availability = &own
	}
	if s.Updates != nil {
		own := *s.Updates
		s.Updates = &own
	}
	s.Split = s.Split.clone()
	if s.Render.MaxLoss != nil {
		s.Render.MaxLoss = new(*s.Render.MaxLoss)
	}
	return s
}

// Availability says who of Fin may answer from the pages.
type Availability struct {
	AIAgent      bool  `yaml:"ai_agent"`
	AICopilot    bool  `yaml:"ai_copilot"`
	AISalesAgent *bool `yaml:"ai_sales_agent"`
}

// FrontMatter bounds what front matter may set.
type FrontMatter struct {
	MayWiden bool `yaml:"may_widen"`
}

// Deletes bounds the deletes of one run.
type Deletes struct {
	MaxPercent  Percent `yaml:"max_percent"`
	MaxCount    int     `yaml:"max_count"`
	AlwaysAllow int     `yaml:"always_allow"`
}

// Updates bounds how much of what Fin has one run may change or empty.
type Updates struct {
	MaxPercent Percent `yaml:"max_percent"`
}

func (u *Updates) budget() decide.Updates {
	if u == nil {
		return decide.Updates{}
	}
	return decide.Updates{MaxPercent: float64(u.MaxPercent)}
}

// Render says how documents are read, and bounds what one takes.
type Render struct {
	Timeout Duration `yaml:"timeout"`
	Dialect string   `yaml:"dialect"`  // one of render.Dialects
	MaxLoss *Percent `yaml:"max_loss"` // nil: any
}

func (r Render) maxLoss() *float64 {
	if r.MaxLoss == nil {
		return nil
	}
	return new(float64(*r.MaxLoss) / 100)
}

// Split cuts documents into parts, each of which becomes a page.
type Split struct {
	Level    int  `yaml:"level"`
	MaxBytes *int `yaml:"max_bytes"` // nil: defaultPart
}

// defaultPart is how long a part may be, in bytes.
const defaultPart = 65536

func (s *Split) clone() *Split {
	if s == nil {
		return nil
	}
	own := Split{Level: s.Level}
	if s.MaxBytes != nil {
		own.MaxBytes = new(*s.MaxBytes)
	}
	return &own
}

func (s *Split) options() render.Split {
	switch {
	case s == nil:
		return render.Split{}
	case s.MaxBytes == nil:
		return render.Split{Level: s.Level, MaxBytes: defaultPart}
	}
	return render.Split{Level: s.Level, MaxBytes: *s.MaxBytes}
}

// Source is a configured source.
type Source struct {
	Name         string       `yaml:"name"`
	ImportSource ImportSource `yaml:"import_source"`
	PageURL      string       `yaml:"page_url"`
	Webhook      Webhook      `yaml:"webhook"`
	Settings     `yaml:",inline"`

	Kind    string          // the adapter's config key
	Options sources.Options // the adapter's own
	Cron    cron.Schedule   // Schedule, parsed
	Checks  cron.Schedule   // Verify, parsed; nil if it is empty

	pageURL render.URLTemplate
}

// ImportSource is the Content Import Source of a source's pages.
type ImportSource struct {
	URL           string  `yaml:"url"`
	AudienceIDs   []int64 `yaml:"audience_ids"`
	ApplyAudience bool    `yaml:"apply_audience_to_existing_content"`
}

// Webhook lets a Git host or a wiki ask for a sync at POST /hooks/SOURCE.
type Webhook struct {
	Secret     Secret `yaml:"secret"`
	SecretFile string `yaml:"secret_file"`
}

// file is the layout of the YAML document.
type file struct {
	Intercom Intercom `yaml:"intercom"`
	State    string   `yaml:"state"`
	Lease    Duration `yaml:"lease"`
	Parallel int      `yaml:"parallel"`
	Cache    string   `yaml:"cache"`
	Memory   Size     `yaml:"memory"`
	Index    bool     `yaml:"text_index"`
	Server   Server   `yaml:"server"`
	Defaults Settings `yaml:"defaults"`
	Sources  []Source `yaml:"sources"`
}

func defaults() file {
	return file{
		Intercom: Intercom{Version: "2.16", Reserve: 20, InFlight: 64},
		State:    defaultState,
		Lease:    Duration(state.DefaultLease),
		Parallel: 2,
		Index:    true,
		Server:   Server{Listen: "127.0.0.1:9464"},
		Defaults: Settings{
			Schedule: "@every 15m", Timeout: Duration(30 * time.Minute), Journal: Duration(30 * 24 * time.Hour),
			Deletes: Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 10}, Leaks: string(transform.HoldLeaks),
			Sandbox: string(sandbox.Best), Render: Render{Timeout: Duration(10 * time.Second), Dialect: render.AutoDialect},
		},
	}
}

// Load reads a config file. An error that is a [*Invalid] lists all faults.
func Load(path string, adapters sources.Registry) (*Config, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("config file %s not found: set --config or FINPAGES_CONFIG, or let finpages init write one", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read config: %w", err)
	}
	c, err := Parse(path, data, adapters, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	c.Sum = sha256.Sum256(data)
	return c, nil
}

// Parse reads the text of a config file. Relative paths in it start from the
// file's directory.
func Parse(path string, data []byte, adapters sources.Registry, env func(string) (string, bool)) (*Config, error) {
	d := &decoder{path: path, adapters: adapters, env: env}
	f := defaults()
	d.defaults = &f.Defaults
	if !d.document(data, &f) {
		return nil, d.invalid()
	}
	c := &Config{
		Path:     path,
		Intercom: f.Intercom,
		State:    f.State,
		Lease:    f.Lease,
		Parallel: f.Parallel,
		Cache:    f.Cache,
		Memory:   f.Memory,
		Index:    f.Index,
		Server:   f.Server,
		Sources:  f.Sources,
	}
	c.Server.BasePath = strings.TrimRight(c.Server.BasePath, "/")
	c.literalSecret = d.literalSecret
	d.validate(c)
	c.Warnings = d.warnings
	if len(d.faults) > 0 {
		return nil, d.invalid()
	}
	c.resolvePaths(dirOf(path))
	return c, nil
}

// dirOf returns the folder that relative paths of a config start from, in full:
// programs such as ssh run elsewhere.
func dirOf(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	return filepath.Dir(path)
}

func (c *Config) resolvePaths(dir string) {
	env := sources.Env{Dir: dir}
	switch {
	case c.Cache != "":
	case state.IsPostgres(c.State):
		c.Cache = defaultState + ".cache"
	default:
		c.Cache = c.State + ".cache"
	}
	if !state.IsPostgres(c.State) {
		c.State = env.Path(c.State)
	}
	for _, p := range []*string{
		&c.Cache, &c.Intercom.TokenFile, &c.Server.TokenFile, &c.Server.Socket,
		&c.Server.TLS.CertFile, &c.Server.TLS.KeyFile,
	} {
		*p = env.Path(*p)
	}
	for i := range c.Server.Users {
		c.Server.Users[i].TokenFile = env.Path(c.Server.Users[i].TokenFile)
	}
	for i := range c.Sources {
		c.Sources[i].Webhook.SecretFile = env.Path(c.Sources[i].Webhook.SecretFile)
	}
}

// conversion says how the source's documents of other formats are converted.
func (s *Source) conversion(c *Config) convert.Options {
	o := convert.Options{Convert: map[string][]string{}, Sandbox: sandbox.Mode(s.Sandbox),
		CacheDir: filepath.Join(c.Cache, ".converted"), Apart: true, LongTables: s.Split.options().MaxBytes > 0}
	for extension, command := range s.Convert {
		o.Convert[extension] = command
	}
	return o
}

// Ingest returns the source as the engine takes it.
func (s *Source) Ingest(c *Config) (*ingest.Source, error) {
	converter, err := convert.New(s.conversion(c))
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", s.Name, err)
	}
	formats := converter.Formats()
	adapter, err := s.Options.Build(sources.Env{Name: s.Name, Dir: dirOf(c.Path),
		CacheDir: filepath.Join(c.Cache, s.Name), Formats: formats})
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", s.Name, err)
	}
	settings, err := json.Marshal([]any{s.Options, formats})
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", s.Name, err)
	}
	locale := s.Locale
	if locale == "" {
		locale = "en"
	}
	return &ingest.Source{
		Name: s.Name, Kind: s.Kind, Adapter: adapter, Settings: string(settings),
		ImportSource: destination.ImportSource(s.ImportSource),
		Options: transform.Options{
			PageURL: s.pageURL, PageURLText: s.PageURL, Locale: locale,
			Availability: transform.Availability(*s.Availability),
			FrontMatter:  transform.FrontMatter{MayWiden: s.FrontMatter.MayWiden, CitationHosts: s.CitationHosts},
			Leaks:        transform.Leaks{Mode: transform.LeakMode(s.Leaks), Allow: s.Allow},
			Converter:    converter, RenderTimeout: time.Duration(s.Render.Timeout), Dialect: s.Render.Dialect,
			Split: s.Split.options(), MaxLoss: s.Render.maxLoss(),
		},
		Deletes: decide.Deletes{MaxPercent: float64(s.Deletes.MaxPercent), MaxCount: s.Deletes.MaxCount,
			AlwaysAllow: s.Deletes.AlwaysAllow},
		Updates: s.Updates.budget(),
		Journal: time.Duration(s.Journal), Timeout: time.Duration(s.Timeout),
	}, nil
}
