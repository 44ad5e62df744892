package main

import (
	"fmt"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
	"finpages/cmd/finpages/internal/web"
)

// served says what to serve by a config: to those who log in, or on the Unix
// socket to all who may open it.
func (d *daemon) served(cfg *config.Config, login bool) web.Options {
	o := web.Options{Service: d.service, Trigger: d.jobs.Trigger, Gatherer: d.registry, State: stateID(d.cfg),
		InPlace: d.state.CheckInPlace, ConfigFault: d.refused.Load, Waiting: d.waits, Reload: d.ask,
		HookSecret: d.hookSecret, Help: helpPages(),
		BasePath: cfg.Server.BasePath, Version: version(), Log: d.log}
	if login {
		o.Token, o.Users, o.Proxy = serverToken(cfg), users(cfg), trustedProxy(cfg)
	}
	return o
}

// serverToken reads the token of the server; nil if there is none.
func serverToken(cfg *config.Config) func() (string, error) { return tokenIn(cfg.Server.TokenFile) }

func tokenIn(file string) func() (string, error) {
	if file == "" {
		return nil
	}
	return secret("", file)
}

func users(cfg *config.Config) (list []web.User) {
	for _, u := range cfg.Server.Users {
		list = append(list, web.User{Name: u.Name, Role: api.Role(u.Role), Token: tokenIn(u.TokenFile)})
	}
	return list
}

func trustedProxy(cfg *config.Config) *web.TrustedProxy {
	h := cfg.Server.TrustedHeader
	if h == nil {
		return nil
	}
	p := &web.TrustedProxy{Header: h.Header, From: h.Networks, Role: api.Role(h.Role)}
	if h.Role == "none" {
		p.Role = api.None
	}
	return p
}

// warnOfLogins logs which tokens cannot be used, or are too short.
func (a *app) warnOfLogins() {
	type login struct{ name, file string }
	list, whose := []login{{"", a.cfg.Server.TokenFile}}, map[string]string{}
	for _, u := range a.cfg.Server.Users {
		list = append(list, login{u.Name, u.TokenFile})
	}
	for _, l := range list {
		read := tokenIn(l.file)
		if read == nil {
			continue
		}
		who, what := "user "+l.name, "user "+l.name+" cannot log in: the token file cannot be used"
		if l.name == "" {
			who, what = "the server token", "nobody can log in with the server token: server.token_file cannot be read"
		}
		token, err := read()
		switch {
		case err != nil:
			a.log.Error(what, "error", err)
		case whose[token] != "":
			a.log.Error("two tokens are the same, so neither of them can be used: create a new one for one of the two",
				"one", whose[token], "other", who)
		case len(token) < web.LongToken:
			a.log.Warn(fmt.Sprintf("the token in %s has fewer than %d characters, so wrong tokens can lock out the right one "+
				"for a while: create a longer one, for example with: openssl rand -hex 32", l.file, web.LongToken))
		}
		if err == nil {
			whose[token] = who
		}
	}
}
