package deploy_test

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/metrics"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metric is what a program says of one of its metrics.
type metric struct {
	help   string
	labels []string
}

// catalogue notes what is registered with it. It is a prometheus.Registerer,
// so that a metric is known before it has a value.
type catalogue map[string]metric

var descPattern = regexp.MustCompile(`^Desc\{fqName: "([^"]*)", help: "(.*)", constLabels: \{.*\}, variableLabels: \{(.*)\}\}$`)

func (c catalogue) Register(collector prometheus.Collector) error {
	descs := make(chan *prometheus.Desc)
	go func() {
		defer close(descs)
		collector.Describe(descs)
	}()
	for d := range descs {
		m := descPattern.FindStringSubmatch(d.String())
		if m == nil {
			return fmt.Errorf("cannot read %s", d)
		}
		labels := strings.FieldsFunc(m[3], func(r rune) bool { return r == ',' || r == ' ' })
		c[m[1]] = metric{m[2], append(labels, "job", "instance")}
	}
	return nil
}

func (c catalogue) MustRegister(collectors ...prometheus.Collector) {
	for _, x := range collectors {
		if err := c.Register(x); err != nil {
			panic(err)
		}
	}
}

func (catalogue) Unregister(prometheus.Collector) bool { return false }

// exposed are the metrics of the daemon, and the one that Prometheus adds.
func exposed() catalogue {
	c := catalogue{"up": {"", []string{"job", "instance"}}}
	metrics.New(c)
	metrics.RegisterBuild(c, "", "")
	metrics.RegisterState(c, nil)
	metrics.RegisterLeases(c, nil)
	// The command's own; a script of its tests sees it exposed.
	c.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: "finpages_config_last_reload_successful"}))
	c.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return c
}

// find returns a metric by the name of one of its series.
func (c catalogue) find(series string) (metric, bool) {
	if m, ok := c[series]; ok {
		return m, true
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		name, cut := strings.CutSuffix(series, suffix)
		if m, ok := c[name]; cut && ok {
			if suffix == "_bucket" {
				m.labels = append(slices.Clone(m.labels), "le")
			}
			return m, true
		}
	}
	return metric{}, false
}

// faults says what a query asks for that is not there.
func (c catalogue) faults(query string) (faults []string) {
	selectors, grouped := scan(query)
	var all []string
	for _, s := range selectors {
		m, ok := c.find(s.metric)
		if !ok {
			faults = append(faults, "no metric "+s.metric)
			continue
		}
		all = append(all, m.labels...)
		for _, match := range s.matchers {
			if !slices.Contains(m.labels, match.label) {
				faults = append(faults, s.metric+" has no label "+match.label)
			}
			fixed := slices.Contains([]string{"state", "result", "action", "kind"}, match.label)
			if fixed && !c.explains(match) {
				faults = append(faults, fmt.Sprintf("%s has no %s %q", s.metric, match.label, match.value))
			}
		}
	}
	for _, label := range grouped {
		if !slices.Contains(all, label) {
			faults = append(faults, "nothing has the label "+label)
		}
	}
	return faults
}

// explains reports whether a metric with the label names the value in its help
// text.
func (c catalogue) explains(match matcher) bool {
	value := regexp.MustCompile(`\b` + regexp.QuoteMeta(match.value) + `\b`)
	for _, m := range c {
		if slices.Contains(m.labels, match.label) && value.MatchString(m.help) {
			return true
		}
	}
	return false
}

func TestQueryFaults(t *testing.T) {
	for query, want := range map[string]int{
		`finpages_pages{state="held"} > 0`:                                                      0,
		`sum by (source) (rate(finpages_run_duration_seconds_sum{source=~"a|b{"}[5m]))`:         0,
		`time() - finpages_pages offset 1h and on (source) up or finpages_state_bytes`:          0,
		`histogram_quantile(0.9, sum by (le) (rate(finpages_run_duration_seconds_bucket[5m])))`: 0,
		`finpages_page{state="held"}`:                                                           1,
		`finpages_pages{stat="synced"}`:                                                         1,
		`finpages_pages{state="hold"}`:                                                          1,
		`finpages_last_run_timestamp_seconds{result!="failed", source!~"x"}`:                    0,
		`sum by (sources) (finpages_pages)`:                                                     1,
		`sum by (le) (finpages_run_duration_seconds_sum)`:                                       1,
		`sum(finpages_pages) without(x, source) / nonsense`:                                     2,
	} {
		if got := exposed().faults(query); len(got) != want {
			t.Errorf("%s: %q, want %d faults", query, got, want)
		}
	}
}

func TestAlertsAskForWhatIsThere(t *testing.T) {
	for _, rule := range alerts(t) {
		for _, fault := range exposed().faults(rule.Expr) {
			t.Errorf("%s: %s", rule.Alert, fault)
		}
	}
}

func TestPromtoolCheckMetrics(t *testing.T) {
	promtool := need(t, "promtool")
	metrics, err := startDaemon(t).metrics()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(metrics)
	if out := output(t, cmd); strings.TrimSpace(out) != "" {
		t.Error(out)
	}
}
