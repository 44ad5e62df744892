package render

import (
	"path"
	"strings"

	"finpages/ingest/render/internal/frontmatter"
	regexp "finpages/sources/lazyregexp"
)

var (
	mystSettings = regexp.MustCompile(`(?s)(?:^|\n)myst_substitutions\s*=\s*\{\n(.*?)\n\}`)
	mystSetting  = regexp.MustCompile(`(?m)^\s*["'](\w+)["']\s*:\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')\s*,?\s*$`)
)

// substitution is the text of a name in a document of Sphinx's: of its front
// matter, or of the site's settings.
func (v *values) substitution(name string) (string, bool) {
	own, _ := v.page["myst"].(frontmatter.Fields)
	for _, fields := range []frontmatter.Fields{own, v.page} {
		if text, ok := textAt(fields, "substitutions."+name); ok {
			return text, true
		}
	}
	if v.read == nil {
		return "", false
	}
	for _, keys := range []string{"parse.myst_substitutions.", "sphinx.config.myst_substitutions."} { // of Jupyter Book
		if text, ok := textAt(v.fields("_config.yml"), keys+name); ok {
			return text, true
		}
	}
	text, ok := v.conf()[name].(string)
	return text, ok
}

// conf are the substitutions in the settings of Sphinx that lie at the document's
// place or above; what a program computes is none of them.
func (v *values) conf() frontmatter.Fields {
	for dir := v.dir; ; dir = path.Dir(dir) {
		name := path.Join(dir, "conf.py")
		fields, known := v.site[name]
		if !known {
			if v.site == nil {
				v.site = map[string]frontmatter.Fields{}
			}
			if text, ok := v.read(name); ok {
				fields = pythonTexts(text)
			}
			v.site[name] = fields
		}
		if fields != nil || dir == "." || dir == "/" {
			return fields
		}
	}
}

func pythonTexts(conf string) frontmatter.Fields {
	fields := frontmatter.Fields{}
	if m := mystSettings.FindStringSubmatch(conf); m != nil {
		for _, s := range mystSetting.FindAllStringSubmatch(m[1], 200) {
			fields[strings.ToLower(s[1])] = s[2] + s[3]
		}
	}
	return fields
}
