package render

import (
	"path"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dialect"
)

// templates are where tools keep what pages are made with, below the top of what they
// make a site of.
var templates = map[string]string{
	"archetypes": dialect.Hugo, "layouts": dialect.Hugo,
	"_layouts": dialect.Jekyll, "_includes": dialect.Jekyll, "_drafts": dialect.Jekyll, "_sass": dialect.Jekyll,
	"_plugins": dialect.Jekyll, "_templates": dialect.MyST, // Sphinx
}

// Template says why a file is a template and no document, by its slash path and what
// lies beside it; "" if it may be one. exists tells whether a file or folder lies at a
// slash path; nil knows nothing. tool is the name of the tool, if the config gives one.
func Template(docPath, tool string, exists func(path string) bool) string {
	folders := strings.Split(docPath, "/")
	name := folders[len(folders)-1]
	folders = folders[:len(folders)-1]
	if strings.Contains(docPath, "{{") && strings.Contains(docPath, "}}") || strings.Contains(docPath, "{%") {
		return "a template: its path holds a placeholder"
	}
	if isOfForge(folders, name) {
		return "a template for issues or pull requests"
	}
	for i, folder := range folders {
		if of := templates[folder]; of != "" && isOfSite(of, folders[:i], tool, exists) {
			return "a template of " + siteTools[of] + ": it lies in " + folder
		}
	}
	return ""
}

var siteTools = map[string]string{dialect.Hugo: "Hugo", dialect.Jekyll: "Jekyll", dialect.MyST: "Sphinx"}

// isOfSite tells whether the folders lead to the top of a tool's site, or to a theme of
// Hugo's.
func isOfSite(tool string, folders []string, named string, exists func(string) bool) bool {
	if named != "" && named != AutoDialect && named != tool || exists == nil {
		return false
	}
	dir := path.Join(append([]string{"."}, folders...)...)
	if ToolAt(dir, exists) == tool {
		return true
	}
	if tool != dialect.Hugo {
		return false
	}
	if n := len(folders); n > 1 && folders[n-2] == "themes" {
		return ToolAt(path.Join(append([]string{"."}, folders[:n-2]...)...), exists) == tool
	}
	return exists(path.Join(dir, "theme.toml"))
}

// isOfForge tells templates for issues and pull requests, as GitHub finds them, also
// where the folder is not hidden.
// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests
func isOfForge(folders []string, name string) bool {
	if len(folders) > 0 && folders[0] == "docs" {
		folders = folders[1:]
	}
	names := []string{"issue_template", "pull_request_template"}
	switch len(folders) {
	case 0:
		return slices.Contains(names, strings.ToLower(strings.TrimSuffix(name, path.Ext(name))))
	case 1:
		return slices.Contains(names, strings.ToLower(folders[0]))
	}
	return false
}
