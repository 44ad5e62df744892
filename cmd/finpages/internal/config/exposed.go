package config

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"finpages/sources"
)

// Exposed lists the files that hold secrets, or decide who gets them, and that
// users beside their owner may read or write: what is wrong, and how to fix it.
// Files that are not there are left out.
func (c *Config) Exposed() (list []string) {
	if runtime.GOOS == "windows" {
		return nil // permissions are access control lists there
	}
	forbidden := fs.FileMode(mayWrite)
	if c.literalSecret != "" {
		forbidden |= mayRead
	}
	add := func(what, path string, forbidden fs.FileMode) {
		if fault := exposure(path, forbidden); fault != "" {
			list = append(list, what+" "+fault)
		}
	}
	add("the config", c.Path, forbidden)
	for _, f := range c.secretFiles() {
		add(f.key, f.path, mayRead|mayWrite)
	}
	return list
}

// What others must not be allowed to do with a file: read it as anybody, write
// it as anybody or as the group.
const (
	mayRead  fs.FileMode = 0o004
	mayWrite fs.FileMode = 0o022
)

// exposure says what others may do with a file, or "".
func exposure(path string, forbidden fs.FileMode) string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	switch mode := info.Mode().Perm() & forbidden; {
	case mode&mayWrite != 0:
		return fmt.Sprintf("(%s) can be changed by other users: chmod go-w %s", path, path)
	case mode&mayRead != 0:
		return fmt.Sprintf("(%s) holds a secret that other users can read: chmod o-rwx %s", path, path)
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0 {
		return fmt.Sprintf("(%s) can be replaced by other users: chmod o-w %s", path, dir)
	}
	return ""
}

type secretFile struct{ key, path string }

// secretFiles lists the files with secrets that the config names.
func (c *Config) secretFiles() (list []secretFile) {
	add := func(key, path string) {
		if path != "" {
			list = append(list, secretFile{key, path})
		}
	}
	add("intercom.token_file", c.Intercom.TokenFile)
	add("server.token_file", c.Server.TokenFile)
	for i, u := range c.Server.Users {
		add(fmt.Sprintf("server.users[%d].token_file", i), u.TokenFile)
	}
	add("server.tls.key_file", c.Server.TLS.KeyFile)
	env := sources.Env{Dir: dirOf(c.Path)}
	for i, s := range c.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		add(at+".webhook.secret_file", s.Webhook.SecretFile)
		for _, f := range filesNamed(join(at, s.Kind), reflect.ValueOf(s.Options)) {
			add(f.key, env.Path(f.path))
		}
	}
	return list
}

// filesNamed finds the secret files that an adapter's options name, by their
// keys.
func filesNamed(at string, v reflect.Value) (list []secretFile) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch f := v.Field(i); {
		case !v.Type().Field(i).IsExported():
		case f.Kind() == reflect.String && isSecretFile(key):
			if f.String() != "" {
				list = append(list, secretFile{join(at, key), f.String()})
			}
		default:
			list = append(list, filesNamed(join(at, key), f)...)
		}
	}
	return list
}

func isSecretFile(key string) bool {
	name, isFile := strings.CutSuffix(key, "_file")
	return isFile && (isSecret(name) || strings.HasSuffix(name, "key") || strings.HasSuffix(name, "cookie"))
}

// isSecret reports whether a key is that of a secret.
func isSecret(key string) bool {
	for _, s := range []string{"token", "password", "secret"} {
		if strings.HasSuffix(key, s) {
			return true
		}
	}
	return false
}
