package convert_test

import (
	"strings"
	"testing"

	"finpages/sources"
)

// What Pandoc alone would refuse, or cut.
func TestTextsForPandoc(t *testing.T) {
	need(t, "pandoc")
	for extension, c := range map[string][2]string{
		".mediawiki": {"{| data-source=\"x\"\n!colspan=2| Request\n|- data-x=1\n! Key !! Type\n|-\n| mode || String\n|}\n", "String"},
		".tex":       {"\\begin{document}\\begin{figure}\\includegraphics{a.pdf}\\caption{A pump.}\\end{figure}\\end{document}", "<figcaption>A pump."},
		".opml":      {`<opml version="2.0"><body><outline text="Q&A &amp; more"/></body></opml>`, "Q&amp;A &amp; more"},
	} {
		out, _, err := newConverter(t, map[string][]string{extension: {"pandoc"}}).Convert(t.Context(),
			sources.Document{Format: sources.Format(extension), Body: []byte(c[0])}, sources.Others{})
		if err != nil || !strings.Contains(string(out.Body), c[1]) {
			t.Errorf("%s: %s, %v", extension, out.Body, err)
		}
	}
}
