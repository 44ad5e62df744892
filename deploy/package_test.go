package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// debian is a root folder with dpkg's database, into which packages go.
type debian struct {
	t    *testing.T
	root string
}

func newDebian(t *testing.T) debian {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("dpkg installs as root only")
	}
	for _, tool := range []string{"dpkg", "systemd-sysusers", "userdel"} {
		need(t, tool)
	}
	d := debian{t, t.TempDir()}
	for _, dir := range []string{"etc", "var/lib/dpkg/info", "var/lib/dpkg/updates"} {
		d.mkdir(dir)
	}
	for _, file := range []string{"var/lib/dpkg/status", "var/lib/dpkg/available"} {
		d.write(file, "")
	}
	d.write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
	d.write("etc/group", "root:x:0:\n")
	return d
}

func (d debian) mkdir(name string) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Join(d.root, name), 0o755); err != nil {
		d.t.Fatal(err)
	}
}

func (d debian) write(name, text string) {
	d.t.Helper()
	d.mkdir(filepath.Dir(name))
	write(d.t, filepath.Join(d.root, name), text)
}

func (d debian) has(name string) bool {
	_, err := os.Lstat(filepath.Join(d.root, name))
	return err == nil
}

// dpkg runs without the packages that ours depends on, and runs scripts outside
// of the root, which has no shell.
func (d debian) dpkg(env string, args ...string) {
	d.t.Helper()
	cmd := exec.Command("dpkg", append([]string{"--root=" + d.root, "--force-script-chrootless", "--force-depends"}, args...)...)
	cmd.Env = append(cmd.Environ(), env)
	output(d.t, cmd)
}

// left are the files that tell of finpages.
func (d debian) left() (files []string) {
	d.t.Helper()
	err := filepath.WalkDir(d.root, func(path string, e os.DirEntry, err error) error {
		name, _ := filepath.Rel(d.root, path)
		if strings.Contains(name, "finpages") && !strings.HasPrefix(name, "var/lib/dpkg") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return files
}

func (d debian) hasUser() bool {
	return strings.Contains(read(d.t, filepath.Join(d.root, "etc/passwd")), "finpages:") ||
		strings.Contains(read(d.t, filepath.Join(d.root, "etc/group")), "finpages:")
}

// checkPackage installs a package, removes it, which leaves what is the
// operator's, and purges it, which leaves nothing but the state on request.
func checkPackage(t *testing.T, deb string) {
	d := newDebian(t)
	const link = "etc/systemd/system/multi-user.target.wants/finpages@test.service"
	mine := []string{"etc/finpages/finpages.yaml", "etc/finpages/test.yaml", "etc/finpages/test-token",
		"var/lib/finpages/state.db", "var/lib/finpages-test/state.db", "etc/systemd/system/finpages.service.d/own.conf"}
	install := func() {
		d.dpkg("A=b", "--install", deb)
		for _, name := range mine[1:] {
			d.write(name, "mine")
		}
		d.mkdir(filepath.Dir(link))
		if err := os.Symlink("/usr/lib/systemd/system/finpages@.service", filepath.Join(d.root, link)); err != nil {
			t.Fatal(err)
		}
	}
	install()
	for _, name := range []string{"usr/bin/finpages", "usr/lib/systemd/system/finpages.service", mine[0],
		"usr/lib/systemd/system/finpages@.service", "usr/share/man/man1/finpages.1.gz"} {
		if !d.has(name) {
			t.Errorf("no %s", name)
		}
	}
	if !d.hasUser() {
		t.Error("no user")
	}
	d.dpkg("A=b", "--remove", "finpages")
	for _, name := range mine {
		if !d.has(name) {
			t.Errorf("removed with the package: %s", name)
		}
	}
	if d.has(link) || d.has("usr/bin/finpages") || !d.hasUser() {
		t.Errorf("after the package was removed, user %v, and %q", d.hasUser(), d.left())
	}
	install()
	d.dpkg("FINPAGES_KEEP_STATE=1", "--purge", "finpages")
	if left := strings.Join(d.left(), " "); left != "var/lib/finpages var/lib/finpages/state.db "+
		"var/lib/finpages-test var/lib/finpages-test/state.db" || !d.hasUser() {
		t.Errorf("a purge that keeps the state: user %v, and %s", d.hasUser(), left)
	}
	install()
	d.dpkg("A=b", "--purge", "finpages")
	if left := d.left(); len(left) > 0 || d.hasUser() {
		t.Errorf("a purge leaves: user %v, and %q", d.hasUser(), left)
	}
}
