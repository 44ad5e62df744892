package deploy_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// dashboard is what matters here of Grafana's format.
type dashboard struct {
	Templating struct {
		List []struct {
			Name, Type string
			Definition string
		}
	}
	Panels []struct {
		ID      int
		Title   string
		Type    string
		GridPos struct{ H, W, X, Y int }
		Targets []struct{ Expr string }
	}
}

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, "grafana/finpages.json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// queries are those of the dashboard, by the title of the panel.
func (d dashboard) queries() map[string]string {
	queries := map[string]string{}
	variables := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*", "$source", ".*")
	for _, p := range d.Panels {
		for i, target := range p.Targets {
			queries[fmt.Sprintf("%s %d", p.Title, i)] = variables.Replace(target.Expr)
		}
	}
	return queries
}

func TestDashboardAsksForWhatIsThere(t *testing.T) {
	d, known := readDashboard(t), exposed()
	for panel, query := range d.queries() {
		for _, fault := range known.faults(query) {
			t.Errorf("%s: %s: %s", panel, fault, query)
		}
		if strings.Contains(query, "$") {
			t.Errorf("%s: unknown variable: %s", panel, query)
		}
	}
	variable := regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`)
	for _, v := range d.Templating.List {
		if v.Type != "query" {
			continue
		}
		if m := variable.FindStringSubmatch(v.Definition); m == nil || known.faults(m[1]+"{"+m[2]+`=""}`) != nil {
			t.Errorf("variable %s: %s", v.Name, v.Definition)
		}
	}
}

// Each metric of ours is on the dashboard: what nobody looks at need not be
// counted.
func TestDashboardShowsEveryMetric(t *testing.T) {
	shown := map[string]bool{}
	for _, query := range readDashboard(t).queries() {
		selectors, _ := scan(query)
		for _, s := range selectors {
			shown[regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(s.metric, "")] = true
		}
	}
	for name := range exposed() {
		if strings.HasPrefix(name, "finpages_") && !shown[name] {
			t.Errorf("%s is on no panel", name)
		}
	}
}

func TestDashboardLayout(t *testing.T) {
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range readDashboard(t).Panels {
		if ids[p.ID] {
			t.Errorf("%s: id %d is taken", p.Title, p.ID)
		}
		ids[p.ID] = true
		if p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("%s is wider than the dashboard", p.Title)
		}
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				cell := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if taken[cell] != "" {
					t.Fatalf("%s lies on %s", p.Title, taken[cell])
				}
				taken[cell] = p.Title
			}
		}
	}
}
