package render

import (
	"path"

	"finpages/ingest/render/internal/dialect"
)

// AutoDialect has the dialect of a document found out.
const AutoDialect = "auto"

// Dialects are the names that a config knows documentation tools by, in the
// order of the alphabet, and before them AutoDialect.
func Dialects() []string { return append([]string{AutoDialect}, dialect.Tools()...) }

// settings are the files and folders in which tools keep their settings, at the
// top of what they make a site of.
var settings = []struct{ name, tool string }{
	{"mkdocs.yml", dialect.MkDocs}, {"mkdocs.yaml", dialect.MkDocs},
	{"docusaurus.config.js", dialect.Docusaurus}, {"docusaurus.config.ts", dialect.Docusaurus}, {"docusaurus.config.mjs", dialect.Docusaurus},
	{".obsidian", dialect.Obsidian}, {".vitepress", dialect.VitePress}, {".vuepress", dialect.VitePress}, {"book.toml", dialect.MdBook},
	{"hugo.toml", dialect.Hugo}, {"hugo.yaml", dialect.Hugo}, {"hugo.yml", dialect.Hugo}, {"hugo.json", dialect.Hugo},
	{"docfx.json", dialect.DocFX}, {".openpublishing.publish.config.json", dialect.DocFX},
	{"docs.json", dialect.Mintlify}, {"mint.json", dialect.Mintlify},
	{".gitbook.yaml", dialect.GitBook}, {".gitbook", dialect.GitBook}, {"book.json", dialect.GitBook},
	{"myst.yml", dialect.MyST}, {"_toc.yml", dialect.MyST}, {"conf.py", dialect.MyST}, {"_config.yml", dialect.Jekyll},
	{"nuxt.config.ts", dialect.Nuxt}, {"nuxt.config.js", dialect.Nuxt},
	{"_order.yaml", dialect.ReadMe}, {".order", dialect.Azure}, {".attachments", dialect.Azure},
}

// ToolAt tells of a folder which tool's settings lie in it, as exists sees them;
// "" if none do.
func ToolAt(dir string, exists func(path string) bool) string {
	for _, s := range settings {
		if exists(path.Join(dir, s.name)) {
			return s.tool
		}
	}
	for _, name := range []string{"config.toml", "config.yaml", "config/_default"} { // not Hugo's alone
		if exists(path.Join(dir, name)) && exists(path.Join(dir, "content")) && (exists(path.Join(dir, "layouts")) || exists(path.Join(dir, "archetypes"))) {
			return dialect.Hugo
		}
	}
	return ""
}

// tool is what is said of the document's tool.
func (in Input) tool() string {
	switch {
	case in.isNamed():
		return in.Dialect
	case in.Tool != nil:
		return in.Tool()
	}
	return ""
}

// isNamed tells whether the config names the tool.
func (in Input) isNamed() bool { return in.Dialect != "" && in.Dialect != AutoDialect }
