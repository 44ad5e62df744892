package deploy_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
)

// buildFiles are the files of ours that the program is built from, by their
// paths in the repository.
func buildFiles(t *testing.T) (files []string) {
	t.Helper()
	root := strings.TrimSpace(output(t, exec.Command("go", "list", "-m", "-f", "{{.Dir}}")))
	cmd := exec.Command("go", "list", "-deps", "-json=Dir,Module,GoFiles,IgnoredGoFiles,EmbedFiles",
		"finpages/cmd/finpages")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Dir                 string
			Module              struct{ Main bool }
			GoFiles, EmbedFiles []string
			IgnoredGoFiles      []string // of other systems
		}
		if err := d.Decode(&p); err == io.EOF {
			return append(files, "go.mod", "go.sum")
		} else if err != nil {
			t.Fatal(err)
		}
		dir, err := filepath.Rel(root, p.Dir)
		if err != nil || !p.Module.Main {
			continue
		}
		for _, f := range slices.Concat(p.GoFiles, p.IgnoredGoFiles, p.EmbedFiles) {
			if !strings.HasSuffix(f, "_test.go") {
				files = append(files, path.Join(filepath.ToSlash(dir), f))
			}
		}
	}
}

// ignored reports whether Docker leaves a file out: the last pattern that
// matches it or a folder above it decides
// (https://docs.docker.com/build/concepts/context/#dockerignore-files).
func ignored(patterns []string, file string) (out bool) {
	for _, p := range patterns {
		pattern, in := strings.CutPrefix(p, "!")
		for f := file; f != "."; f = path.Dir(f) {
			if ok, _ := doublestar.Match(pattern, f); ok {
				out = !in
			}
		}
	}
	return out
}

func TestImageGetsWhatItIsBuiltFrom(t *testing.T) {
	var patterns []string
	for line := range strings.Lines(read(t, "docker/Dockerfile.dockerignore")) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			patterns = append(patterns, line)
		}
	}
	for _, file := range buildFiles(t) {
		if ignored(patterns, file) {
			t.Errorf("%s is ignored", file)
		}
	}
	for _, file := range []string{".git/config", "deploy/docker/secrets/intercom_token", "ingest/engine_test.go",
		"sources/git/testdata/x"} {
		if !ignored(patterns, file) {
			t.Errorf("%s is not ignored", file)
		}
	}
}

func TestDockerfile(t *testing.T) {
	text := read(t, "docker/Dockerfile")
	for _, want := range []string{"CGO_ENABLED=0", "-trimpath", "USER 10001:10001\n", `["finpages", "health"]`,
		"VOLUME /var/lib/finpages\n", `"--", "finpages"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, from := range regexp.MustCompile(`(?m)^FROM .*`).FindAllString(text, -1) {
		_, name, _ := strings.Cut(from, " ${")
		name, _, _ = strings.Cut(name, "}")
		if !regexp.MustCompile(`(?m)^ARG ` + name + `=[a-z]+:\d\S*$`).MatchString(text) {
			t.Errorf("%s names no version", from)
		}
	}
	// https://github.com/opencontainers/image-spec/blob/main/annotations.md
	for _, label := range []string{"title", "description", "licenses", "version", "revision", "created", "source", "base.name"} {
		if n := strings.Count(text, "org.opencontainers.image."+label+"="); n != 2 {
			t.Errorf("%d of 2 images have the label %s", n, label)
		}
	}
	settings := regexp.MustCompile(`(?ms)^ENV HOME.*?^ARG RELEASE`).FindAllString(strings.ReplaceAll(text,
		"/usr/bin/tini", "/sbin/tini"), -1)
	if len(settings) != 2 || settings[0] != settings[1] {
		t.Errorf("the images differ in how they run: %q", settings)
	}
	goVersion := strings.TrimSpace(output(t, exec.Command("go", "list", "-m", "-f", "{{.GoVersion}}")))
	if minor := regexp.MustCompile(`^\d+\.\d+`).FindString(goVersion); !strings.Contains(text,
		"ARG GO_IMAGE=golang:"+minor+"-") {
		t.Errorf("go.mod wants Go %s", goVersion)
	}
}

// The second replica of the stack with a database is like the first one, but for what
// only one may have.
func TestComposeWithADatabase(t *testing.T) {
	type service struct {
		Extends     map[string]string
		Secrets     []string
		Environment map[string]string
	}
	stack := readYAML[struct {
		Services map[string]service
		Secrets  map[string]map[string]string
	}](t, "docker/compose.postgres.yaml")
	first, second := stack.Services["finpages"], stack.Services["second"]
	if second.Extends["service"] != "finpages" || second.Extends["file"] != "compose.yaml" ||
		!slices.Equal(first.Secrets, second.Secrets) || first.Environment["PGPASSFILE"] != second.Environment["PGPASSFILE"] {
		t.Errorf("%+v and %+v differ", first, second)
	}
	for name, s := range stack.Services {
		for _, secret := range s.Secrets {
			if stack.Secrets[secret]["file"] == "" {
				t.Errorf("%s: no secret %s", name, secret)
			}
		}
	}
}

// What the compose stack mounts is there, and so are its secrets and volumes.
func TestCompose(t *testing.T) {
	type service struct {
		Secrets, Volumes []string
		ReadOnly         bool `yaml:"read_only"`
	}
	stack := readYAML[struct {
		Services         map[string]service
		Secrets, Volumes map[string]any
	}](t, "docker/compose.yaml")
	if !stack.Services["finpages"].ReadOnly {
		t.Error("the root of finpages is writable")
	}
	// The config's folder, so that a file that an editor put in place is seen.
	if !slices.Contains(stack.Services["finpages"].Volumes, "./config:/etc/finpages:ro") {
		t.Error("the folder of the config is not mounted")
	}
	read(t, "docker/config/finpages.yaml")
	for name, s := range stack.Services {
		for _, secret := range s.Secrets {
			if _, ok := stack.Secrets[secret]; !ok {
				t.Errorf("%s: no secret %s", name, secret)
			}
		}
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			_, named := stack.Volumes[source]
			switch {
			case strings.HasPrefix(source, "."):
				if _, err := os.Stat(filepath.Join("docker", source)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			case !named && source != "${DOCS": // ${DOCS:-./docs} is the user's
				t.Errorf("%s: no volume %s", name, source)
			}
		}
	}
}
