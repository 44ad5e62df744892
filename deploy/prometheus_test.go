package deploy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources/sourcestest"
)

type alert struct{ Alert, Expr string }

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	file := readYAML[struct{ Groups []struct{ Rules []alert } }](t, "prometheus/finpages.rules.yml")
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

func TestAlerts(t *testing.T) {
	promtool := need(t, "promtool")
	output(t, exec.Command(promtool, "check", "rules", "prometheus/finpages.rules.yml"))
	output(t, exec.Command(promtool, "test", "rules", "prometheus/finpages.rules.test.yml"))
	for _, config := range []string{"prometheus/scrape.yml", "docker/prometheus.yml"} {
		output(t, exec.Command(promtool, "check", "config", "--syntax-only", config))
	}
}

// Each alert is seen to fire and not to fire.
func TestEveryAlertIsTested(t *testing.T) {
	file := readYAML[struct {
		Tests []struct {
			Cases []struct {
				Alertname string `yaml:"alertname"`
				Want      []any  `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}](t, "prometheus/finpages.rules.test.yml")
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		for _, c := range test.Cases {
			fires[c.Alertname] = fires[c.Alertname] || len(c.Want) > 0
			silent[c.Alertname] = silent[c.Alertname] || len(c.Want) == 0
		}
	}
	for _, a := range alerts(t) {
		if !fires[a.Alert] {
			t.Errorf("no test sees %s fire", a.Alert)
		}
		if !silent[a.Alert] {
			t.Errorf("no test sees %s not fire", a.Alert)
		}
	}
}

// A real Prometheus, with the config of the compose stack, scrapes the daemon,
// loads the alerts, and understands each query of the dashboard.
func TestPrometheusScrapes(t *testing.T) {
	prometheus := need(t, "prometheus")
	d, dir := startDaemon(t), t.TempDir()
	config := strings.NewReplacer("finpages:9464", d.addr, "/run/secrets/server_token", d.tokenFile, "15s", "200ms").
		Replace(read(t, "docker/prometheus.yml"))
	write(t, filepath.Join(dir, "prometheus.yml"), config)
	write(t, filepath.Join(dir, "finpages.rules.yml"), read(t, "prometheus/finpages.rules.yml"))
	api := prometheusAPI("127.0.0.1:" + sourcestest.Port(t))
	background(t, exec.Command(prometheus, "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+string(api), "--log.level=warn"))
	eventually(t, func() error {
		got, err := api.query(`sum(finpages_pages{state="synced", source="docs"})`)
		if err == nil && got != "2" {
			err = fmt.Errorf("%q pages, want 2", got)
		}
		return err
	})
	for panel, query := range readDashboard(t).queries() {
		if _, err := api.query(query); err != nil {
			t.Errorf("%s: %v", panel, err)
		}
	}
	eventually(t, func() error { return api.loaded(len(alerts(t))) })
}

// prometheusAPI is the address of a Prometheus
// (https://prometheus.io/docs/prometheus/latest/querying/api/).
type prometheusAPI string

// query returns the first value of the result, "" if it is empty.
func (api prometheusAPI) query(query string) (string, error) {
	body, err := get("http://"+string(api)+"/api/v1/query?"+url.Values{"query": {query}}.Encode(), "")
	if err != nil {
		return "", err
	}
	var answer struct {
		Data struct{ Result []struct{ Value [2]any } }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Data.Result) == 0 {
		return "", err
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1]), nil
}

// loaded reports whether so many alerts are evaluated without an error, and
// none fires.
func (api prometheusAPI) loaded(want int) error {
	body, err := get("http://"+string(api)+"/api/v1/rules", "")
	if err != nil {
		return err
	}
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, State, LastError string }
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		return err
	}
	n := 0
	for _, g := range answer.Data.Groups {
		for _, r := range g.Rules {
			if r.Health != "ok" || r.State == "firing" {
				return fmt.Errorf("%s: %s, %s: %s", r.Name, r.Health, r.State, r.LastError)
			}
			n++
		}
	}
	if n != want {
		return errors.New(body)
	}
	return nil
}
