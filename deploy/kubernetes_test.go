package deploy_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// object is what matters here of a Kubernetes object.
type object struct {
	Kind     string
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Data       map[string]string
	StringData map[string]string `yaml:"stringData"`
	Spec       struct {
		Replicas int
		Strategy struct{ Type string }
		Selector map[string]any
		Ports    []struct {
			Name       string
			TargetPort string `yaml:"targetPort"`
		}
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     pod
		}
		Endpoints []struct {
			Port, Scheme  string
			Authorization struct {
				Credentials struct{ Name, Key string }
			}
		}
	}
}

type pod struct {
	ServiceAccountName string         `yaml:"serviceAccountName"`
	SecurityContext    map[string]any `yaml:"securityContext"`
	Containers         []struct {
		Image           string
		Args            []string
		Ports           []struct{ Name string }
		LivenessProbe   probe          `yaml:"livenessProbe"`
		ReadinessProbe  probe          `yaml:"readinessProbe"`
		StartupProbe    probe          `yaml:"startupProbe"`
		SecurityContext map[string]any `yaml:"securityContext"`
		VolumeMounts    []struct {
			Name      string
			MountPath string `yaml:"mountPath"`
		} `yaml:"volumeMounts"`
	}
	Volumes []struct {
		Name      string
		ConfigMap struct{ Name string } `yaml:"configMap"`
		Secret    struct {
			Name string `yaml:"secretName"`
		}
		Claim struct {
			Name string `yaml:"claimName"`
		} `yaml:"persistentVolumeClaim"`
	}
}

type probe struct {
	HTTPGet struct{ Path, Port, Scheme string } `yaml:"httpGet"`
}

// manifests are objects by kind; a bundle has one of each.
type manifests map[string]object

func (m manifests) add(t *testing.T, text string) {
	t.Helper()
	for d := yaml.NewDecoder(strings.NewReader(text)); ; {
		var o object
		if err := d.Decode(&o); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if o.Kind == "ConfigMap" && o.Data["finpages.yaml"] == "" {
			o.Kind = "Dashboard"
		}
		if o.Kind != "" {
			m[o.Kind] = o
		}
	}
}

func TestManifests(t *testing.T) {
	m := manifests{}
	for _, name := range readYAML[struct{ Resources []string }](t, "kubernetes/kustomization.yaml").Resources {
		m.add(t, read(t, "kubernetes/"+name))
	}
	m.add(t, read(t, "kubernetes/servicemonitor.yaml"))
	m.check(t)
}

// check tries whether the objects fit together.
func (m manifests) check(t *testing.T) {
	t.Helper()
	deployment := m["Deployment"].Spec
	shared := m.shared()
	if !shared && (deployment.Replicas != 1 || deployment.Strategy.Type != "Recreate") {
		t.Error("two finpages would meet in one state file")
	}
	if _, bounded := m["PodDisruptionBudget"]; shared && (deployment.Strategy.Type != "RollingUpdate" || !bounded) {
		t.Error("replicas leave a gap")
	}
	m.checkSelectors(t)
	m.checkPod(t, deployment.Template.Spec)
	m.checkVolumes(t, deployment.Template.Spec)
	config := regexp.MustCompile(`state: postgres\S*`).ReplaceAllString(m["ConfigMap"].Data["finpages.yaml"],
		"state: /var/lib/finpages/state.db") // there is no database here
	if strings.Contains(config, "\n  availability:") {
		checkConfig(t, config)
	} else {
		checkUnchosen(t, config)
	}
}

// shared reports whether the state is in a database.
func (m manifests) shared() bool {
	return strings.Contains(m["ConfigMap"].Data["finpages.yaml"], "state: postgres")
}

func (m manifests) checkSelectors(t *testing.T) {
	t.Helper()
	labels := m["Deployment"].Spec.Template.Metadata.Labels
	selects := func(name string, selector any, labels map[string]string) {
		wanted, ok := selector.(map[string]any)
		if !ok || len(wanted) == 0 {
			t.Errorf("%s selects by %v", name, selector)
		}
		for k, v := range wanted {
			if labels[k] != v {
				t.Errorf("%s wants %s: %v, which is %q", name, k, v, labels[k])
			}
		}
	}
	selects("Deployment", m["Deployment"].Spec.Selector["matchLabels"], labels)
	selects("Service", m["Service"].Spec.Selector, labels)
	monitor, watched := m["ServiceMonitor"]
	if !watched {
		return
	}
	selects("ServiceMonitor", monitor.Spec.Selector["matchLabels"], m["Service"].Metadata.Labels)
	endpoint := monitor.Spec.Endpoints[0]
	if endpoint.Port != m["Service"].Spec.Ports[0].Name {
		t.Errorf("ServiceMonitor wants the port %q", endpoint.Port)
	}
	if secret := m["Secret"]; secret.StringData != nil &&
		(secret.Metadata.Name != endpoint.Authorization.Credentials.Name ||
			secret.StringData[endpoint.Authorization.Credentials.Key] == "") {
		t.Errorf("ServiceMonitor wants %v", endpoint.Authorization)
	}
}

func (m manifests) checkPod(t *testing.T, p pod) {
	t.Helper()
	c := p.Containers[0]
	for path, probe := range map[string]probe{"/healthz": c.LivenessProbe, "/readyz": c.ReadinessProbe} {
		if probe.HTTPGet.Path != path || probe.HTTPGet.Port != c.Ports[0].Name {
			t.Errorf("probe %+v, want %s on %s", probe, path, c.Ports[0].Name)
		}
	}
	if c.StartupProbe.HTTPGet != c.LivenessProbe.HTTPGet {
		t.Error("the startup probe asks for something else")
	}
	if m["Service"].Spec.Ports[0].TargetPort != c.Ports[0].Name {
		t.Error("the service leads to another port")
	}
	if m["ServiceAccount"].Metadata.Name != p.ServiceAccountName {
		t.Errorf("no ServiceAccount %s", p.ServiceAccountName)
	}
	// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
	for key, want := range map[string]string{"runAsNonRoot": `true`, "seccompProfile": `{"type":"RuntimeDefault"}`} {
		checkJSON(t, key, p.SecurityContext[key], want)
	}
	for key, want := range map[string]string{"allowPrivilegeEscalation": `false`, "readOnlyRootFilesystem": `true`,
		"capabilities": `{"drop":["ALL"]}`} {
		checkJSON(t, key, c.SecurityContext[key], want)
	}
}

func checkJSON(t *testing.T, what string, v any, want string) {
	t.Helper()
	if got, err := json.Marshal(v); err != nil || string(got) != want {
		t.Errorf("%s is %s, want %s (%v)", what, got, want, err)
	}
}

func (m manifests) checkVolumes(t *testing.T, p pod) {
	t.Helper()
	volumes := map[string]bool{}
	for _, v := range p.Volumes {
		volumes[v.Name] = true
		for kind, name := range map[string]string{"ConfigMap": v.ConfigMap.Name, "Secret": v.Secret.Name,
			"PersistentVolumeClaim": v.Claim.Name} {
			if o, made := m[kind]; name != "" && v.Name != "authorities" && made && o.Metadata.Name != name {
				t.Errorf("volume %s wants %s %s, which is called %s", v.Name, kind, name, o.Metadata.Name)
			}
		}
	}
	var paths []string
	for _, mount := range p.Containers[0].VolumeMounts {
		if !volumes[mount.Name] {
			t.Errorf("no volume %s", mount.Name)
		}
		paths = append(paths, mount.MountPath)
	}
	config := m["ConfigMap"].Data["finpages.yaml"]
	for _, path := range []string{"/etc/finpages", "/etc/finpages-secrets", "/var/lib/finpages", "/tmp"} {
		if !slices.Contains(paths, path) {
			t.Errorf("nothing is mounted at %s", path)
		}
	}
	for _, file := range []string{"/etc/finpages-secrets/intercom-token", "/etc/finpages-secrets/server-token",
		"/var/lib/finpages/state.db"} {
		if !strings.Contains(config, file) && !(strings.HasSuffix(file, "state.db") && m.shared()) {
			t.Errorf("the config does not name %s", file)
		}
	}
	for key := range maps.Keys(m["Secret"].StringData) {
		if !strings.Contains(config, "/etc/finpages-secrets/"+key) {
			t.Errorf("the config does not use %s", key)
		}
	}
}

// checkUnchosen has finpages refuse a config, since nobody has chosen who may
// answer, and accept it with the choice made.
func checkUnchosen(t *testing.T, config string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "finpages.yaml")
	write(t, path, config)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of a daemon that starts all the same
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t), "--config", path, "run")
	cmd.Env = append(cmd.Environ(), "CREDENTIALS_DIRECTORY="+dir)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "choose who may answer from these pages") {
		t.Errorf("%v\n%s", err, out)
	}
	const unchosen = "#  availability: {ai_agent: , ai_copilot: }"
	if !strings.Contains(config, unchosen) {
		t.Errorf("the config does not show how to choose:\n%s", config)
	}
	checkConfig(t, strings.Replace(config, unchosen, "  availability: {ai_agent: false, ai_copilot: true}", 1))
}

// checkConfig has finpages read a config. A status without a state file takes
// nothing but a config without faults.
func checkConfig(t *testing.T, config string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "finpages.yaml")
	write(t, path, strings.ReplaceAll(config, "/var/lib/finpages", dir))
	cmd := exec.Command(program(t), "--config", path, "status", "--json")
	cmd.Env = append(cmd.Environ(), "CREDENTIALS_DIRECTORY="+dir)
	output(t, cmd)
}

func TestShippedConfigs(t *testing.T) {
	checkUnchosen(t, read(t, "docker/config/finpages.yaml"))
	// The package's names no sources; its example shows how.
	example := regexp.MustCompile(`(?m)^#  ([ -])`).ReplaceAllString(read(t, "packages/finpages.yaml"), "  $1")
	checkUnchosen(t, strings.Replace(example, "sources: []", "sources:", 1))
}
