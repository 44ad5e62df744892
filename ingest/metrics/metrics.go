// Package metrics counts for Prometheus what runs and requests do.
package metrics

import (
	"sync"
	"time"

	"finpages/intercomapi"
	"finpages/state"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are those of one process. A nil *Metrics
// counts nothing. The names are explained by their help texts.
type Metrics struct {
	runs, changes, pageFailures, requests, retries *prometheus.CounterVec
	lastRun, lastComplete, pages, foreign          *prometheus.GaugeVec
	heldUpdates, drift, unconfigured               *prometheus.GaugeVec
	leaks, rateLimit, lossy                        *prometheus.GaugeVec
	duration, freshness, requestDuration, loss     *prometheus.HistogramVec
	incomplete, waiting, unpushed                  *age
}

// New registers the metrics with reg.
func New(reg prometheus.Registerer) *Metrics {
	counter, gauge, histogram := makers(reg)
	m := &Metrics{
		runs: counter("runs_total",
			"Ended runs by their result: ok, held, partial, failed, interrupted.", "source", "result"),
		changes: counter("changes_total",
			"Pages written to Intercom: create, update, delete.", "source", "action"),
		pageFailures: counter("page_failures_total",
			"Pages that failed: unreadable in the source, refused, over the budget, a panic, or not deleted.",
			"source", "reason"),
		requests: counter("api_requests_total",
			"HTTP requests to Intercom by operation and status.", "operation", "code"),
		retries: counter("api_retries_total", "Requests sent again, by the reason.", "reason"),
		pages: gauge("pages",
			"Pages by state: synced, held, quarantined, retracted, and withheld by the source.", "source", "state"),
		foreign: gauge("foreign_pages",
			"Pages in the import source that were not pushed from this state; they wait for a person.",
			"source"),
		heldUpdates: gauge("held_updates",
			"Pages whose update waits for an approval, because one run would have changed too many.", "source"),
		drift: gauge("drift_pages",
			"Pages in Intercom that verify found to be other than they were pushed: missing, orphaned, duplicated, changed.",
			"source", "kind"),
		lossy: gauge("lossy_pages",
			"Documents whose pages lack more than 1 % of their words, or show syntax of a tool.", "source"),
		unconfigured: gauge("unconfigured_pages",
			"Pages in Fin of a source that is no longer configured.", "source"),
		leaks: gauge("leaks", "Secrets found in documents, by the rule that found them.", "source", "rule"),
		lastRun: gauge("last_run_timestamp_seconds",
			"When a run last ended with the result: ok, held, partial, failed, interrupted.", "source", "result"),
		lastComplete: gauge("last_complete_listing_timestamp_seconds",
			"When the source was last listed completely.", "source"),
		rateLimit: gauge("api_rate_limit", "Intercom's rate window as last reported: limit, remaining.", "kind"),
		duration: histogram("run_duration_seconds",
			"How long runs took.", prometheus.ExponentialBuckets(0.1, 3, 10), "source"),
		freshness: histogram("freshness_seconds",
			"From a change in the source to Intercom's acceptance of it.",
			prometheus.ExponentialBuckets(1, 3, 12), "source"),
		loss: histogram("render_loss_ratio",
			"Share of a document's words that its page lacks, each time that it is rendered.",
			[]float64{0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5}, "source"),
		requestDuration: histogram("api_request_duration_seconds",
			"How long requests to Intercom took.", prometheus.DefBuckets, "operation"),
		incomplete: register(reg, newAge("incomplete_listing_seconds",
			"For how long no listing of the source has been complete; 0 if the last one was.")),
		waiting: register(reg, newAge("deletes_waiting_seconds",
			"How long deletes have been waiting for a complete listing or an approval; 0 if none do.")),
		unpushed: register(reg, newAge("oldest_unpushed_change_seconds",
			"Age of the oldest change that could not be pushed; 0 if there is none.")),
	}
	for _, reason := range []string{"rate_limit", "server_error", "network", "bad_answer"} {
		m.retries.WithLabelValues(reason)
	}
	for _, operation := range []string{"get_me", "list_import_sources", "get_import_source", "create_import_source",
		"update_import_source", "list_pages", "get_page", "find_page", "upsert_page", "delete_page"} {
		m.requests.WithLabelValues(operation, "200")
		m.requestDuration.WithLabelValues(operation)
	}
	return m
}

// begin has the counters of a source there from the start, with 0: else the
// first of anything would be no increase.
func (m *Metrics) begin(source string) {
	for _, result := range []string{"ok", "held", "partial", "failed", "interrupted"} {
		m.runs.WithLabelValues(source, result)
	}
	for _, action := range []string{"create", "update", "delete"} {
		m.changes.WithLabelValues(source, action)
	}
	for _, reason := range []string{"unreadable", "refused", "budget", "panic", "delete"} {
		m.pageFailures.WithLabelValues(source, reason)
	}
	m.duration.WithLabelValues(source)
	m.freshness.WithLabelValues(source)
	m.loss.WithLabelValues(source)
}

// makers returns what makes and registers metrics of three kinds.
func makers(reg prometheus.Registerer) (
	counter func(name, help string, labels ...string) *prometheus.CounterVec,
	gauge func(name, help string, labels ...string) *prometheus.GaugeVec,
	histogram func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec,
) {
	counter = func(name, help string, labels ...string) *prometheus.CounterVec {
		opts := prometheus.CounterOpts{Name: "finpages_" + name, Help: help}
		return register(reg, prometheus.NewCounterVec(opts, labels))
	}
	gauge = func(name, help string, labels ...string) *prometheus.GaugeVec {
		return register(reg, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "finpages_" + name, Help: help}, labels))
	}
	histogram = func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		opts := prometheus.HistogramOpts{Name: "finpages_" + name, Help: help, Buckets: buckets}
		return register(reg, prometheus.NewHistogramVec(opts, labels))
	}
	return counter, gauge, histogram
}

func register[C prometheus.Collector](reg prometheus.Registerer, c C) C {
	reg.MustRegister(c)
	return c
}

// RegisterBuild exposes the version of the program.
func RegisterBuild(reg prometheus.Registerer, version, commit string) {
	register(reg, prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "finpages_build_info", Help: "The running program; always 1."}, []string{"version", "commit"})).
		WithLabelValues(version, commit).Set(1)
}

// RegisterState exposes the size of the state file.
func RegisterState(reg prometheus.Registerer, db *state.DB) {
	register(reg, prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: "finpages_state_bytes", Help: "Size of the state file."},
		func() float64 { return float64(db.Size()) }))
}

// leases exposes who has which source.
type leases struct {
	desc *prometheus.Desc
	held func() []state.Held
}

// RegisterLeases exposes who has which source, as held says.
func RegisterLeases(reg prometheus.Registerer, held func() []state.Held) {
	register(reg, &leases{held: held, desc: prometheus.NewDesc("finpages_lease",
		"Which replica runs the source now; always 1.", []string{"source", "holder"}, nil)})
}

// Describe implements [prometheus.Collector].
func (l *leases) Describe(ch chan<- *prometheus.Desc) { ch <- l.desc }

// Collect implements [prometheus.Collector].
func (l *leases) Collect(ch chan<- prometheus.Metric) {
	for _, h := range l.held() {
		ch <- prometheus.MustNewConstMetric(l.desc, prometheus.GaugeValue, 1, h.Source, h.Name())
	}
}

// RanElsewhere notes the last run of another replica.
func (m *Metrics) RanElsewhere(source, result string, at time.Time) {
	if m != nil {
		m.lastRun.WithLabelValues(source, result).Set(float64(at.UnixMilli()) / 1000)
	}
}

// Request counts a request of the client; pass it as intercomapi.Options.Observe.
func (m *Metrics) Request(e intercomapi.Event) {
	if m == nil {
		return
	}
	m.requests.WithLabelValues(e.Operation, e.Code).Inc()
	m.requestDuration.WithLabelValues(e.Operation).Observe(e.Duration.Seconds())
	if e.Retry != "" {
		m.retries.WithLabelValues(e.Retry).Inc()
	}
	if e.Limit >= 0 {
		m.rateLimit.WithLabelValues("limit").Set(float64(e.Limit))
	}
	if e.Remaining >= 0 {
		m.rateLimit.WithLabelValues("remaining").Set(float64(e.Remaining))
	}
}

// Changed counts pages written to Intercom: create, update, delete.
func (m *Metrics) Changed(source, action string, n int) {
	if m != nil {
		m.changes.WithLabelValues(source, action).Add(float64(n))
	}
}

// FailedPage counts a page that failed, by the reason in a word.
func (m *Metrics) FailedPage(source, reason string) {
	if m != nil {
		m.pageFailures.WithLabelValues(source, reason).Inc()
	}
}

// Fresh counts how long a change took from the source to Intercom.
func (m *Metrics) Fresh(source string, lag time.Duration) {
	if m != nil {
		m.freshness.WithLabelValues(source).Observe(max(lag.Seconds(), 0))
	}
}

// Loss counts what the page of a rendered document lacks of its words, from 0 to 1.
func (m *Metrics) Loss(source string, share float64) {
	if m != nil {
		m.loss.WithLabelValues(source).Observe(share)
	}
}

// Lossy sets how many documents have pages that are worth a look.
func (m *Metrics) Lossy(source string, documents int) {
	if m != nil {
		m.lossy.WithLabelValues(source).Set(float64(documents))
	}
}

// Finished counts a run by its result, and how long it took.
func (m *Metrics) Finished(source, result string, seconds float64) {
	if m == nil {
		return
	}
	m.runs.WithLabelValues(source, result).Inc()
	m.lastRun.WithLabelValues(source, result).SetToCurrentTime()
	m.duration.WithLabelValues(source).Observe(seconds)
}

// PageCounts counts a source's pages by what they are.
type PageCounts struct {
	Synced      int // in Fin
	Held        int // of these, those whose delete waits for an approval
	HeldUpdates int // and those whose update does
	Foreign     int // of the held, those that were not pushed from this state
	Quarantined int // documents
}

// Known sets what the state says of a source: after a run, and when the daemon
// starts.
func (m *Metrics) Known(source string, info state.Info, pages PageCounts) {
	if m == nil {
		return
	}
	m.begin(source)
	m.pages.WithLabelValues(source, "synced").Set(float64(pages.Synced))
	m.pages.WithLabelValues(source, "held").Set(float64(pages.Held))
	m.pages.WithLabelValues(source, "quarantined").Set(float64(pages.Quarantined))
	withheld := 0
	for _, w := range info.Withheld {
		withheld += w.Count
	}
	m.pages.WithLabelValues(source, "withheld").Set(float64(withheld))
	m.foreign.WithLabelValues(source).Set(float64(pages.Foreign))
	m.heldUpdates.WithLabelValues(source).Set(float64(pages.HeldUpdates))
	if !info.LastComplete.IsZero() {
		m.lastComplete.WithLabelValues(source).Set(float64(info.LastComplete.UnixMilli()) / 1000)
	}
	m.incomplete.set(source, info.IncompleteFrom)
	m.waiting.set(source, info.DeletesWaiting)
	m.unpushed.set(source, info.OldestUnpushed)
}

// Retracted sets how many pages of a source are kept out of Fin by a retraction.
func (m *Metrics) Retracted(source string, pages int) {
	if m != nil {
		m.pages.WithLabelValues(source, "retracted").Set(float64(pages))
	}
}

// Leaks sets how many secrets the documents of a source hold, by rule.
func (m *Metrics) Leaks(source string, counts map[string]int) {
	if m == nil {
		return
	}
	m.leaks.DeletePartialMatch(prometheus.Labels{"source": source})
	for rule, n := range counts {
		m.leaks.WithLabelValues(source, rule).Set(float64(n))
	}
}

// Drift sets how many pages of a source are not as they were pushed, by the last
// verification, as far as they were not mended since.
func (m *Metrics) Drift(source string, counts map[state.DriftKind]int) {
	if m == nil {
		return
	}
	for _, kind := range state.DriftKinds() {
		m.drift.WithLabelValues(source, string(kind)).Set(float64(counts[kind]))
	}
}

// Unconfigured sets how many pages Fin has of a source that is no longer
// configured; 0 if it is.
func (m *Metrics) Unconfigured(source string, pages int) {
	if m != nil {
		m.unconfigured.WithLabelValues(source).Set(float64(pages))
	}
}

// Drop forgets the metrics of a source that is no longer configured.
func (m *Metrics) Drop(source string) {
	if m == nil {
		return
	}
	labels := prometheus.Labels{"source": source}
	for _, v := range []interface{ DeletePartialMatch(prometheus.Labels) int }{
		m.runs, m.changes, m.pageFailures, m.pages, m.foreign, m.heldUpdates, m.drift, m.unconfigured, m.leaks,
		m.lastRun, m.lastComplete, m.duration, m.freshness, m.loss, m.lossy} {
		v.DeletePartialMatch(labels)
	}
	m.incomplete.drop(source)
	m.waiting.drop(source)
	m.unpushed.drop(source)
}

// age is a gauge of how long ago something began, by source, that goes on
// while nobody sets it.
type age struct {
	desc  *prometheus.Desc
	mu    sync.Mutex
	since map[string]time.Time
}

func newAge(name, help string) *age {
	desc := prometheus.NewDesc("finpages_"+name, help, []string{"source"}, nil)
	return &age{desc: desc, since: map[string]time.Time{}}
}

func (a *age) set(source string, since time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.since[source] = since
}

func (a *age) drop(source string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.since, source)
}

// Describe implements [prometheus.Collector].
func (a *age) Describe(ch chan<- *prometheus.Desc) { ch <- a.desc }

// Collect implements [prometheus.Collector].
func (a *age) Collect(ch chan<- prometheus.Metric) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for source, since := range a.since {
		seconds := 0.0
		if !since.IsZero() {
			seconds = max(time.Since(since).Seconds(), 0)
		}
		ch <- prometheus.MustNewConstMetric(a.desc, prometheus.GaugeValue, seconds, source)
	}
}
