package deploy_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Two runs at different times, in different places, under different file
// modes make the same bytes. A small program stands in the place of finpages: what
// makes its bytes differ is what makes those of any other differ.
func TestDistIsReproducible(t *testing.T) {
	need(t, "zip")
	if out, _ := exec.Command("tar", "--version").Output(); !strings.Contains(string(out), "GNU tar") {
		t.Skip("tar is not GNU tar")
	}
	first, second := t.TempDir(), t.TempDir()
	for _, file := range append([]string{"go.mod", "go.sum"}, "deploy/dist.sh", "deploy/nfpm.yaml",
		"deploy/internal/sbom/main.go",
		"README.md", "LICENSE", "config.example.yaml", "deploy/systemd", "deploy/packages", "deploy/prometheus", "deploy/grafana") {
		copyTree(t, filepath.Join("..", file), filepath.Join(first, file), 0o644)
	}
	program := filepath.Join(first, "cmd", "finpages")
	if err := os.MkdirAll(program, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(program, "main.go"), standIn)
	copyTree(t, first, second, 0o600)
	one, two := dist(t, first), dist(t, second)
	if diff := cmp.Diff(read(t, filepath.Join(one, "checksums.txt")),
		read(t, filepath.Join(two, "checksums.txt"))); diff != "" {
		t.Error(diff)
	}
	checkArchive(t, one, "finpages_1.2.3_linux_amd64.tar.gz", "tar", "-tzf")
	checkArchive(t, one, "finpages_1.2.3_windows_amd64.zip", "unzip", "-Z1")
	checkSBOM(t, filepath.Join(one, "finpages_1.2.3_linux_amd64.cdx.json"))
	t.Run("package", func(t *testing.T) {
		need(t, "nfpm")
		checkPackage(t, filepath.Join(one, "finpages_1.2.3_amd64.deb"))
	})
	cmd := exec.Command("sha256sum", "--check", "--strict", "checksums.txt")
	cmd.Dir = one
	output(t, cmd)
}

// What dist.sh asks the program for, it makes.
func TestManualsAndCompletions(t *testing.T) {
	dir := t.TempDir()
	output(t, exec.Command(program(t), "man", dir))
	for name, want := range map[string]string{"finpages.1": ".TH", "finpages-run.1": ".TH",
		"finpages-quick-start.7": ".TH", "finpages-config.7": ".TH"} {
		if !strings.Contains(read(t, filepath.Join(dir, name)), want) {
			t.Errorf("%s is no manual", name)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if !strings.Contains(output(t, exec.Command(program(t), "completion", shell)), "finpages") {
			t.Errorf("no completion for %s", shell)
		}
	}
}

// standIn answers the commands that dist.sh gives finpages, and holds its parts.
const standIn = `package main

import (
	"fmt"
	"os"
	"path/filepath"

	_ "github.com/yuin/goldmark"
	_ "go.etcd.io/bbolt"
)

var release, revision string

func main() {
	switch os.Args[1] {
	case "man":
		for _, name := range []string{"finpages.1", "finpages-run.1", "finpages-quick-start.7", "finpages-config.7"} {
			if err := os.WriteFile(filepath.Join(os.Args[2], name), []byte(release), 0o644); err != nil {
				panic(err)
			}
		}
	case "completion":
		fmt.Println(os.Args[2], revision)
	}
}
`

// dist returns the folder that a run in a copy of the repository fills.
func dist(t *testing.T, root string) string {
	t.Helper()
	nfpm, err := exec.LookPath("nfpm")
	if err != nil {
		t.Log("nfpm is not installed: no packages are made")
		nfpm = "true"
	}
	cmd := exec.Command("sh", "deploy/dist.sh", "linux/amd64", "windows/amd64")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "VERSION=v1.2.3", "REVISION=abc", "SOURCE_DATE_EPOCH=1750000000", "NFPM="+nfpm)
	output(t, cmd)
	return filepath.Join(root, "dist")
}

// copyTree copies a file, or a folder with all below it.
func copyTree(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	if entries, err := os.ReadDir(from); err == nil {
		for _, e := range entries {
			copyTree(t, filepath.Join(from, e.Name()), filepath.Join(to, e.Name()), mode)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, to, read(t, from))
	if err := os.Chmod(to, mode); err != nil {
		t.Fatal(err)
	}
	// The age of a file depends on its mode here, so that it differs, too.
	stamp := time.Unix(1600000000+int64(mode), 0)
	if err := os.Chtimes(to, stamp, stamp); err != nil {
		t.Fatal(err)
	}
}

func checkArchive(t *testing.T, dir, name, tool, list string) {
	t.Helper()
	files := strings.Fields(output(t, exec.Command(need(t, tool), list, filepath.Join(dir, name))))
	folder, _, _ := strings.Cut(strings.TrimSuffix(name, ".tar.gz"), ".zip")
	program := "finpages"
	if strings.Contains(name, "windows") {
		program = "finpages.exe"
	}
	for _, want := range []string{program, "README.md", "LICENSE", "config.example.yaml", "man/finpages.1",
		"man/finpages-run.1", "man/finpages-quick-start.7", "man/finpages-config.7", "finpages.schema.json",
		"completions/finpages.bash", "completions/finpages.zsh", "completions/finpages.fish", "completions/finpages.ps1"} {
		if !slices.Contains(files, folder+"/"+want) {
			t.Errorf("%s lacks %s", name, want)
		}
	}
}

func checkSBOM(t *testing.T, name string) {
	t.Helper()
	type component struct{ Name, Version, PURL string }
	var sbom struct {
		BOMFormat  string
		Metadata   struct{ Component struct{ Version string } }
		Components []component
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, 1<<20)).Decode(&sbom); err != nil {
		t.Fatal(err)
	}
	if sbom.BOMFormat != "CycloneDX" || sbom.Metadata.Component.Version != "1.2.3" {
		t.Errorf("%+v", sbom.Metadata)
	}
	for _, want := range []string{"std", "go.etcd.io/bbolt", "github.com/yuin/goldmark"} {
		i := slices.IndexFunc(sbom.Components, func(c component) bool { return c.Name == want })
		if i < 0 || sbom.Components[i].Version == "" ||
			!strings.HasPrefix(sbom.Components[i].PURL, "pkg:golang/"+want+"@") {
			t.Errorf("no %s", want)
		}
	}
}
