package deploy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const values = `
serviceMonitor: {enabled: true, labels: {release: prometheus}}
prometheusRule: {enabled: true}
dashboard: {enabled: true}
env: [{name: X, value: "1"}]
config:
  intercom: {region: eu}
  defaults: {availability: {ai_agent: true, ai_copilot: false}}
  sources:
    - name: docs
      import_source: {url: https://docs.example.com, audience_ids: [12345678901]}
      filesystem: {root: /docs}
volumes: [{name: docs, emptyDir: {}}]
volumeMounts: [{name: docs, mountPath: /docs, readOnly: true}]
`

var buildChartTool = sync.OnceValues(func() (string, error) {
	tool := filepath.Join(programDir, "chart")
	out, err := exec.Command("go", "build", "-C", "internal/chart", "-o", tool, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return tool, nil
})

// chartTool returns a program that lints and renders charts as Helm does. Where
// Helm's packages cannot be had, it skips the test.
func chartTool(t *testing.T) string {
	t.Helper()
	tool, err := buildChartTool()
	if err != nil {
		t.Skipf("Helm's packages do not build here: %v", err)
	}
	return tool
}

func TestHelmChart(t *testing.T) {
	chart := chartTool(t)
	file := filepath.Join(t.TempDir(), "values.yaml")
	write(t, file, values)
	output(t, exec.Command(chart, "-values", file, "-set", "existingSecret=mine", "lint", "helm/finpages"))
	for name, args := range map[string][]string{
		"own secret":       {"-set", "intercomToken=a,serverToken=b"},
		"existing secret":  {"-set", "existingSecret=mine"},
		"existing claim":   {"-set", "existingSecret=mine,persistence.existingClaim=disk"},
		"replicas":         {"-set", "existingSecret=mine,replicas=2,database=postgres://finpages@db/finpages"},
		"kept nowhere":     {"-set", "existingSecret=mine,persistence.enabled=false"},
		"scheduled apart":  {"-set", "existingSecret=mine,nodeSelector.disk=ssd,podLabels.team=docs,podAnnotations.a=b"},
		"release finpages": {"-set", "existingSecret=mine", "-name", "finpages"},
	} {
		t.Run(name, func(t *testing.T) {
			all := slices.Concat([]string{"-values", file}, args, []string{"template", "helm/finpages"})
			m := manifests{}
			m.add(t, output(t, exec.Command(chart, all...)))
			m.check(t)
		})
	}
}

func TestHelmChartRefuses(t *testing.T) {
	chart := chartTool(t)
	for args, want := range map[string]string{
		"":                                 "set existingSecret, or intercomToken and serverToken",
		"existingSecret=x,replicas=2":      "more than one of replicas needs a database",
		"existingSecret=x,replicas=0":      "/replicas",
		"existingSecret=x,database=mysql:": "/database",
		"existingSecret=x,config.state=/x": "/config/state",
		"existingSecret=x,config.intercom.token=secret":   "/config/intercom/token",
		"existingSecret=x,service.port=0":                 "/service/port",
		"existingSecret=x,config.server.listen=:1":        "/config/server",
		"existingSecret=x,config.server.tls.cert_file=/c": "key_file",
		"existingSecret=x,image.digest=latest":            "/image/digest",
		"existingSecret=x,secrets={a/b}":                  "/secrets/0",
		"existingSecret=x,ingress.enabled=true":           "set ingress.hosts",
		"existingSecret=x,ingress.host=a":                 "/ingress",
		// Kubernetes, not the schema, knows what a volume has.
		"existingSecret=x,volumes[0].name=a,volumes[0].hostpath.path=/a": "hostpath",
	} {
		out, err := exec.Command(chart, "-set", args, "template", "helm/finpages").CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, want %q in\n%s", args, err, want, out)
		}
	}
}

// What the chart sets by itself must not get in the way of what is set.
func TestHelmChartWithAnAddressOfIntercom(t *testing.T) {
	chart := chartTool(t)
	for set, want := range map[string]string{"base_url=http://emulator:8089": "base_url: http://emulator:8089",
		"region=au": "region: au"} {
		m := manifests{}
		m.add(t, output(t, exec.Command(chart, "-set", "existingSecret=mine,config.intercom."+set, "template",
			"helm/finpages")))
		config := m["ConfigMap"].Data["finpages.yaml"]
		if !strings.Contains(config, want) {
			t.Errorf("no %s in\n%s", want, config)
		}
		checkConfig(t, config)
	}
}

// With a certificate, whoever asks the daemon does so by TLS.
func TestHelmChartWithTLS(t *testing.T) {
	chart := chartTool(t)
	file := filepath.Join(t.TempDir(), "values.yaml")
	write(t, file, values)
	tls := "config.server.tls.cert_file=/tls/tls.crt,config.server.tls.key_file=/tls/tls.key,serviceMonitor.tlsConfig.serverName=docs"
	for scheme, set := range map[string]string{"HTTP": "logLevel=info", "HTTPS": tls} {
		out := output(t, exec.Command(chart, "-values", file, "-set", "existingSecret=mine,"+set, "template",
			"helm/finpages"))
		m := manifests{}
		m.add(t, out)
		m.check(t)
		c := m["Deployment"].Spec.Template.Spec.Containers[0]
		for _, p := range []probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
			if p.HTTPGet.Scheme != scheme {
				t.Errorf("%s: a probe asks by %q", scheme, p.HTTPGet.Scheme)
			}
		}
		if got := m["ServiceMonitor"].Spec.Endpoints[0].Scheme; got != strings.ToLower(scheme) {
			t.Errorf("%s: Prometheus asks by %q", scheme, got)
		}
		config := m["ConfigMap"].Data["finpages.yaml"]
		for _, want := range []string{"listen: :9464", "token_file: /etc/finpages-secrets/server-token"} {
			if !strings.Contains(config, want) {
				t.Errorf("%s: the config lacks %s:\n%s", scheme, want, config)
			}
		}
		if strings.Contains(config, "cert_file: /tls/tls.crt") != (scheme == "HTTPS") ||
			strings.Contains(out, "serverName: docs") != (scheme == "HTTPS") {
			t.Errorf("%s: wrong TLS:\n%s", scheme, out)
		}
	}
}

// What reaches the pod, and what it may reach: an ingress, a policy, Secrets,
// authorities, variables, an image that cannot change.
func TestHelmChartInACluster(t *testing.T) {
	chart := chartTool(t)
	digest := "sha256:" + strings.Repeat("0a", 32)
	file := filepath.Join(t.TempDir(), "values.yaml")
	write(t, file, strings.Replace(values, "config:\n", "config:\n  server: {base_path: /finpages, users: [{name: ana, "+
		"token_file: /run/secrets/users/ana}]}\n", 1)+`
image: {digest: "`+digest+`"}
existingSecret: mine
secrets: [users, deploy-key]
certificateAuthorities: {configMap: company-ca}
envFrom: [{secretRef: {name: more}}]
ingress: {enabled: true, className: nginx, hosts: [a.example.com], tls: [{secretName: tls, hosts: [a.example.com]}]}
networkPolicy: {enabled: true, from: [{podSelector: {}}]}
`)
	render := func(set string) (string, manifests) {
		m := manifests{}
		out := output(t, exec.Command(chart, "-values", file, "-set", set, "template", "helm/finpages"))
		m.add(t, out)
		m.check(t)
		return out, m
	}
	out, m := render("logLevel=info")
	c := m["Deployment"].Spec.Template.Spec.Containers[0]
	if want := "ghcr.io/example/finpages@" + digest; c.Image != want {
		t.Errorf("image %s, want %s", c.Image, want)
	}
	for _, want := range []string{`{name: SSL_CERT_FILE, value: "/etc/finpages-ca/ca.crt"}`, "- name: X\n",
		"mountPath: /etc/finpages-ca,", "secretRef:\n                name: more\n", `mountPath: "/run/secrets/deploy-key"`,
		"ingressClassName: nginx\n", "path: /finpages\n", "host: \"a.example.com\"\n", "secretName: tls\n",
		"policyTypes: [Ingress, Egress]", "- podSelector: {}\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out, _ = render("ingress.path=/hooks,networkPolicy.enabled=false")
	if !strings.Contains(out, "path: /hooks\n") || strings.Contains(out, "NetworkPolicy") {
		t.Errorf("no ingress for webhooks alone, or a policy:\n%s", out)
	}
	out, _ = render("ingress.enabled=false,networkPolicy.egress=null")
	if strings.Contains(out, "kind: Ingress") || strings.Contains(out, "port: 443") {
		t.Errorf("an ingress, or more than DNS is let out:\n%s", out)
	}
}

// What helm install says without sources is what happens: the daemon waits.
func TestHelmNotes(t *testing.T) {
	chart := chartTool(t)
	for sources, want := range map[string]string{"[]": "It waits for some",
		`[{"name":"a","import_source":{"url":"https://a.example.com"}}]`: "syncs 1 source(s)"} {
		notes := output(t, exec.Command(chart, "-set", "existingSecret=mine", "-set-json", "config.sources="+sources,
			"notes", "helm/finpages"))
		if !strings.Contains(notes, want) || strings.Contains(notes, "waits") != (sources == "[]") ||
			!strings.Contains(notes, "http://127.0.0.1:9464") {
			t.Errorf("%s: want %q in:\n%s", sources, want, notes)
		}
	}
}

// A chart holds no files from outside its folder, so these are copies.
func TestChartFilesAreCurrent(t *testing.T) {
	for _, name := range []string{"prometheus/finpages.rules.yml", "grafana/finpages.json"} {
		if read(t, name) != read(t, "helm/finpages/files/"+filepath.Base(name)) {
			t.Errorf("copy deploy/%s to deploy/helm/finpages/files", name)
		}
	}
}

// The schema knows the values, and no others, so that a typing error is one.
func TestChartSchemaKnowsTheValues(t *testing.T) {
	type schema struct{ Properties map[string]any }
	var s schema
	if err := json.Unmarshal([]byte(read(t, "helm/finpages/values.schema.json")), &s); err != nil {
		t.Fatal(err)
	}
	delete(s.Properties, "global") // Helm's own
	known := readYAML[map[string]any](t, "helm/finpages/values.yaml")
	if got, want := slices.Sorted(maps.Keys(s.Properties)), slices.Sorted(maps.Keys(known)); !slices.Equal(got, want) {
		t.Errorf("schema has %v, values.yaml %v", got, want)
	}
}
