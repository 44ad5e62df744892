// Package api is the JSON API of the daemon, which is behind its pages and the
// commands, and the client of it.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/inspect"
	"finpages/ingest/operate"
	"finpages/ingest/registry"
	"finpages/ingest/replicas"
	"finpages/ingest/verify"
	"finpages/state"
)

// SyncRequest asks for a run of sources, now.
type SyncRequest struct {
	Sources []string `json:"sources"` // none means all
	Full    bool     `json:"full"`
	Plan    bool     `json:"plan"` // write nothing, return what would be done
	Diff    bool     `json:"diff"`
}

// Reports answers a SyncRequest.
type Reports struct {
	Sources []ingest.Report `json:"sources"`
}

// Statuses answers a request for the status of sources.
type Statuses struct {
	Sources     []inspect.Status `json:"sources"`
	ConfigFault *ConfigFault     `json:"config_fault,omitempty"`
	Waiting     []Waiting        `json:"config_waiting,omitempty"`

	*replicas.Status // where a database is shared
}

// Leaks answers a request for the secrets in documents.
type Leaks struct {
	Leaks []inspect.Leak `json:"leaks"`
}

// Losses answers a request for what pages lack of their documents.
type Losses struct {
	Loss []inspect.Loss `json:"loss"`
}

// ConfigFault is why a config was refused while the one before it goes on.
type ConfigFault struct {
	Error string    `json:"error"`
	Since time.Time `json:"since"`
}

// Waiting is a part of an accepted config that is not in use yet.
type Waiting struct {
	Part string `json:"part"` // a key, such as state
	Why  string `json:"why"`  // and what to do about it
}

// ConfigState answers whether the config file was accepted when it was last
// read, and which parts of it are not in use yet.
type ConfigState struct {
	Fault   *ConfigFault `json:"fault"`
	Waiting []Waiting    `json:"waiting"`
}

// PageRequest names a page of a source, and what to do about it.
type PageRequest struct {
	Page string `json:"page"`
	Undo bool   `json:"undo"`
}

// ApproveRequest names a hold; "" for whichever there is.
type ApproveRequest struct {
	Hold string `json:"hold"`
}

// ForgetRequest says whether pages are taken out of Fin first.
type ForgetRequest struct {
	DeletePages bool `json:"delete_pages"`
}

// Triggered answers with the source that will run soon.
type Triggered struct {
	Source string `json:"triggered"`
}

// Pages answers with external_ids.
type Pages struct {
	Pages []string `json:"pages"`
}

// failure is the answer to a request that cannot be met.
type failure struct {
	Error   string                       `json:"error"`
	Unknown *registry.UnknownSourceError `json:"unknown,omitempty"` // the source that the request names
}

// Options says what the API answers from.
type Options struct {
	Service *operate.Service
	Trigger func(source string) // makes a source run soon; triggers that come before it does are one
	// ConfigFault returns why the config was refused while the one before it goes
	// on; nil if the last one was taken.
	ConfigFault func() *ConfigFault
	Waiting     func() []Waiting            // parts of the config that are not in use yet
	Reload      func(context.Context) error // reads the config again; an error if that cannot be waited for
	BasePath    string                      // that clients see the API below, such as /finpages; "" for none
}

type handlers struct{ Options }

// route is a method and path of the API, and what answers there.
type route struct {
	pattern string
	handler http.Handler
}

// routes lists the API. Each is described in openapi.json.
func (s handlers) routes() []route {
	return []route{
		{"GET /api/v1/openapi.json", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(describedAt(s.BasePath)) // a client that has left needs no answer
		})},
		{"GET /api/v1/status", answer(s.status)},
		{"GET /api/v1/leaks", answer(s.leaks)},
		{"GET /api/v1/loss", answer(s.loss)},
		{"GET /api/v1/audit", answer(s.audit)},
		{"GET /api/v1/config", answer(s.config)},
		{"POST /api/v1/reload", answer(operators(s.reload))},
		{"POST /api/v1/sync", answer(s.sync)},
		{"POST /api/v1/sources/{source}/sync", answer(operators(s.trigger))},
		{"GET /api/v1/sources/{source}/history", answer(s.history)},
		{"GET /api/v1/sources/{source}/inventory", answer(s.inventory)},
		{"GET /api/v1/search", answer(s.search)},
		{"GET /api/v1/sources/{source}/history/{run}", answer(s.run)},
		{"GET /api/v1/sources/{source}/deleted", answer(s.deleted)},
		{"GET /api/v1/sources/{source}/explain", answer(s.explain)},
		{"GET /api/v1/sources/{source}/preview", answer(s.preview)},
		{"POST /api/v1/sources/{source}/approve", answer(operators(s.approve))},
		{"POST /api/v1/sources/{source}/retract", answer(operators(s.retract))},
		{"POST /api/v1/sources/{source}/undo", answer(operators(s.undo))},
		{"POST /api/v1/sources/{source}/verify", answer(operators(s.verify))},
		{"POST /api/v1/sources/{source}/forget", answer(operators(s.forget))},
	}
}

// Register adds the routes of the API to a mux. Who calls them must have been
// let in, and their body read.
func Register(mux *http.ServeMux, o Options) {
	for _, r := range (handlers{o}).routes() {
		mux.Handle(r.pattern, r.handler)
	}
	mux.Handle("/api/", answer(func(r *http.Request) (any, error) {
		return nil, &notFound{fmt.Errorf("the API has no %s %s: finpages help api lists what it has", r.Method, r.URL.Path)}
	}))
}

// answer writes what f returns as JSON.
func answer[T any](f func(*http.Request) (T, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r)
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			f := failure{Error: err.Error()}
			errors.As(err, &f.Unknown)
			w.WriteHeader(StatusOf(err))
			_ = json.NewEncoder(w).Encode(f)
			return
		}
		_ = json.NewEncoder(w).Encode(v) // a client that has left needs no answer
	})
}

// StatusOf returns the HTTP status that says what kind of error it is.
func StatusOf(err error) int {
	var unknown *registry.UnknownSourceError
	var syntax *badRequest
	switch {
	case errors.Is(err, ErrReadOnly):
		return http.StatusForbidden
	case errors.As(err, &unknown):
		return http.StatusNotFound
	case errors.As(err, new(*notFound)):
		return http.StatusNotFound
	case errors.As(err, &syntax):
		return http.StatusBadRequest
	}
	return http.StatusConflict
}

type badRequest struct{ error }

type notFound struct{ error }

func body[T any](r *http.Request) (v T, err error) {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, &badRequest{fmt.Errorf("the body must be a JSON object as in /api/v1/openapi.json: %w", err)}
	}
	return v, nil
}

func (s handlers) status(r *http.Request) (Statuses, error) {
	all, err := s.Service.StatusAll(r.Context(), r.URL.Query()["source"])
	return Statuses{all, s.ConfigFault(), s.Waiting(), s.Service.ReplicasStatus()}, err
}

func (s handlers) config(*http.Request) (ConfigState, error) {
	return ConfigState{s.ConfigFault(), s.Waiting()}, nil
}

// reload has the config read again, and waits for what comes of it.
func (s handlers) reload(r *http.Request) (ConfigState, error) {
	if s.Reload == nil {
		return ConfigState{}, errors.New("there is no config file to read again")
	}
	if err := s.Reload(r.Context()); err != nil {
		return ConfigState{}, err
	}
	return s.config(r)
}

func (s handlers) loss(r *http.Request) (Losses, error) {
	list, err := s.Service.LossAll(r.Context(), r.URL.Query()["source"])
	return Losses{list}, err
}

func (s handlers) leaks(r *http.Request) (Leaks, error) {
	list, err := s.Service.LeaksAll(r.Context(), r.URL.Query()["source"])
	return Leaks{list}, err
}

func (s handlers) sync(r *http.Request) (Reports, error) {
	req, err := body[SyncRequest](r)
	if err != nil {
		return Reports{}, err
	}
	if err := MayOperate(r.Context()); err != nil && !req.Plan {
		return Reports{}, err
	}
	reports, err := s.Service.RunAll(r.Context(), req.Sources,
		ingest.RunOptions{Full: req.Full, Plan: req.Plan, Diff: req.Diff})
	return Reports{reports}, err
}

// trigger has the scheduler run a source soon, and does not wait for it.
func (s handlers) trigger(r *http.Request) (Triggered, error) {
	name := r.PathValue("source")
	if _, err := s.Service.Select([]string{name}); err != nil {
		return Triggered{}, err
	}
	s.Service.Asked(r.Context(), name)
	s.Trigger(name)
	return Triggered{name}, nil
}

// history answers with the reports of the last runs, the newest first: 100, or
// as many as the query's limit says.
func (s handlers) history(r *http.Request) (Reports, error) {
	n, err := limitOf(r.URL.Query(), 100)
	if err != nil {
		return Reports{}, &badRequest{err}
	}
	reports, err := s.Service.History(r.PathValue("source"), n)
	return Reports{reports}, err
}

// inventory answers with a part of the source's documents; the query's keys
// are text, show, after and limit.
func (s handlers) inventory(r *http.Request) (documents.Inventory, error) {
	q, err := InventoryQuery(r.URL.Query())
	if err != nil {
		return documents.Inventory{}, &badRequest{err}
	}
	return s.Service.Inventory(r.Context(), r.PathValue("source"), q)
}

// Found answers a search through all sources.
type Found struct {
	Sources []documents.Matches `json:"sources"`
}

// search looks through sources; the query's keys are source, text and limit, which is
// of each source.
func (s handlers) search(r *http.Request) (Found, error) {
	limit, err := limitOf(r.URL.Query(), 10)
	if err != nil {
		return Found{}, &badRequest{err}
	}
	found, err := s.Service.Search(r.Context(), r.URL.Query()["source"], r.URL.Query().Get("text"), limit)
	return Found{found}, err
}

// run answers with the report of one run, with the pages that it changed.
func (s handlers) run(r *http.Request) (ingest.Report, error) {
	id, err := strconv.ParseUint(r.PathValue("run"), 10, 64)
	if err != nil {
		return ingest.Report{}, &badRequest{fmt.Errorf("a run is a number, not %q", r.PathValue("run"))}
	}
	report, found, err := s.Service.RunReport(r.PathValue("source"), id)
	if err == nil && !found {
		err = &notFound{fmt.Errorf("the history has no run %d, or no longer", id)}
	}
	return report, err
}

// Audit answers with the audit trail, the newest records first.
type Audit struct {
	Records []state.Audited `json:"records"`
}

// audit answers with the last 100 records, or as many as the query's limit says.
func (s handlers) audit(r *http.Request) (Audit, error) {
	n, err := limitOf(r.URL.Query(), 100)
	if err != nil {
		return Audit{}, &badRequest{err}
	}
	list, err := s.Service.Audit(r.Context(), n)
	return Audit{list}, err
}

// MaxDeleted is how many deleted pages are shown.
const MaxDeleted = 200

// Deleted answers with the deleted pages that are not back.
type Deleted struct {
	Pages []inspect.DeletedPage `json:"pages"`
}

func (s handlers) deleted(r *http.Request) (Deleted, error) {
	pages, err := s.Service.Deleted(r.PathValue("source"), MaxDeleted)
	return Deleted{pages}, err
}

func (s handlers) explain(r *http.Request) (documents.Explanation, error) {
	return s.Service.Explain(r.Context(), r.PathValue("source"), r.URL.Query().Get("ref"))
}

func (s handlers) preview(r *http.Request) (documents.Preview, error) {
	return s.Service.Preview(r.Context(), r.PathValue("source"), r.URL.Query().Get("ref"))
}

func (s handlers) approve(r *http.Request) (ingest.Report, error) {
	req, err := body[ApproveRequest](r)
	if err != nil {
		return ingest.Report{}, err
	}
	return s.Service.Approve(r.Context(), r.PathValue("source"), req.Hold)
}

func (s handlers) retract(r *http.Request) (Pages, error) {
	req, err := body[PageRequest](r)
	if err != nil {
		return Pages{}, err
	}
	if req.Undo {
		return Pages{[]string{req.Page}}, s.Service.Unretract(r.Context(), r.PathValue("source"), req.Page)
	}
	id, err := s.Service.Retract(r.Context(), r.PathValue("source"), req.Page)
	return Pages{[]string{id}}, err
}

func (s handlers) undo(r *http.Request) (Pages, error) {
	req, err := body[PageRequest](r)
	if err != nil {
		return Pages{}, err
	}
	ids, err := s.Service.Undo(r.Context(), r.PathValue("source"), req.Page)
	return Pages{ids}, err
}

func (s handlers) verify(r *http.Request) (verify.Verification, error) {
	opts, err := body[verify.Options](r)
	if err != nil {
		return verify.Verification{}, err
	}
	return s.Service.Verify(r.Context(), r.PathValue("source"), opts)
}

func (s handlers) forget(r *http.Request) (operate.Forgotten, error) {
	req, err := body[ForgetRequest](r)
	if err != nil {
		return operate.Forgotten{}, err
	}
	return s.Service.Forget(r.Context(), r.PathValue("source"), req.DeletePages)
}
