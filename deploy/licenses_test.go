package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// permissive are the licenses that finpages may build on, by SPDX identifier
// (https://spdx.org/licenses/), each with words that no other license has.
var permissive = []struct{ id, words string }{
	{"Apache-2.0", `Apache License,? Version 2\.0`},
	{"MIT", `Permission is hereby granted, free of charge, to any person obtaining a copy`},
	{"MIT-0", `Permission is hereby granted, free of charge, .* without restriction, .* sell copies of the Software\. THE`},
	{"BSD-3-Clause", `Redistribution and use in source and binary forms,.* Neither the name`},
	{"BSD-2-Clause", `Redistribution and use in source and binary forms,`},
	{"ISC", `Permission to use, copy, modify, and(/or)? distribute this software for any purpose`},
	{"Unlicense", `This is free and unencumbered software released into the public domain`},
	{"CC0-1.0", `CC0 1\.0 Universal`},
	{"Zlib", `This software is provided 'as-is', without any express or implied warranty`},
}

// weak are dependencies whose licenses ask for something, and why that is met.
var weak = map[string]string{
	"github.com/hashicorp/go-version":               "MPL-2.0: binds its own files, which are built in as they are; used by gitleaks",
	"kernel.org/pub/linux/libs/security/libcap/psx": "BSD-3-Clause or GPL-2.0, as one likes; used by go-landlock",
}

// copyleft is in the licenses that bind whoever hands on a program.
var copyleft = regexp.MustCompile(`GNU (AFFERO |LESSER |LIBRARY )?GENERAL PUBLIC LICENSE|Mozilla Public License|` +
	`European Union Public Licence|Business Source License|Server Side Public License|Commons Clause`)

var licenseFile = regexp.MustCompile(`(?i)^(un)?licen[cs]e(\.(md|txt))?$|^copying(\.(md|txt))?$|^licen[cs]e[-.](mit|apache|bsd).*$`)

// Everything that is built into finpages, or that its tests use, may be used in
// any program. With -v the test prints the list.
func TestLicensesArePermissive(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-test",
		"-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", "./...")
	cmd.Dir = ".."
	modules := slices.Compact(slices.Sorted(strings.Lines(output(t, cmd))))
	found := 0
	for _, line := range modules {
		module := strings.Split(strings.TrimSpace(line), "\t")
		if len(module) != 3 {
			continue
		}
		found++
		licenses := licensesIn(t, module[2])
		if len(licenses) == 0 {
			t.Errorf("%s %s: no license is found in %s", module[0], module[1], module[2])
		}
		for file, id := range licenses {
			if why := weak[module[0]]; id == "" && why != "" {
				id = why
			}
			if id == "" {
				t.Errorf("%s %s: the license in %s is none that is known to be permissive", module[0], module[1], file)
			}
			t.Logf("%s %s: %s", module[0], module[1], id)
		}
	}
	if found < 10 {
		t.Errorf("only %d dependencies are found", found)
	}
}

// licensesIn returns the licenses of a module by the names of their files; "" for
// one that is not known to be permissive.
func licensesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	licenses := map[string]string{}
	for _, f := range files {
		if !f.IsDir() && licenseFile.MatchString(f.Name()) {
			licenses[f.Name()] = licenseOf(read(t, filepath.Join(dir, f.Name())))
		}
	}
	return licenses
}

var comment = regexp.MustCompile(`(?m)^\s*(//|#|\*)+`)

func licenseOf(text string) string {
	text = strings.Join(strings.Fields(comment.ReplaceAllString(text, "")), " ")
	if copyleft.MatchString(text) && !strings.Contains(text, "Apache License Version 2.0") {
		return ""
	}
	for _, l := range permissive {
		if regexp.MustCompile(`(?i)` + l.words).MatchString(text) {
			return l.id
		}
	}
	return ""
}

func TestLicensesThatBindAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"GNU GENERAL PUBLIC LICENSE\n   Version 3": "", "Mozilla Public License Version 2.0": "", "All rights reserved.": "",
		"GNU LESSER GENERAL PUBLIC LICENSE": "", "Apache License\n  Version 2.0, January 2004": "Apache-2.0",
		"// Permission is hereby granted, free of\n// charge, to any person obtaining a copy": "MIT",
	} {
		if got := licenseOf(text); got != want {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
}
