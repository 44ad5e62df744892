package web

import (
	"strings"

	"finpages/ingest/documents"
)

// advice says in plain words what is wrong with a document, and what to do. What a
// program said about it stays apart, as a detail.
type advice struct {
	What, Do string
}

// causes are told by what an error says. The first that fits counts.
var causes = []struct {
	says []string // any of these, in lower case
	advice
}{
	{[]string{"front matter"}, advice{"The settings at the top of the document cannot be read.",
		"Ask its author to correct the lines between the two “---”."}},
	{[]string{"max_loss"}, advice{"Too much of the document would be lost.",
		"Compare the document with its page, and tell whoever runs finpages what is missing."}},
	{[]string{"too large", "larger than", "more than the limit", "size limit"}, advice{"The document is too large for Fin.",
		"Ask its author to divide it, or whoever runs finpages to turn on “split”."}},
	{[]string{"took longer", "cpu time", "render.timeout"}, advice{"It takes too long to make a page of the document.",
		"Ask its author to divide it."}},
	{[]string{"cannot be converted", "convert ", "converter"}, advice{
		"The program that reads this kind of document failed.",
		"Ask its author to save it again, or in another format."}},
	{[]string{"not text"}, advice{"The file is not text, whatever its name says.",
		"Ask its author to save it as text, or to give it the ending of its format."}},
	{[]string{"encoding", "utf-8"}, advice{"The characters of the document cannot be read.",
		"Ask its author to save it as UTF-8."}},
	{[]string{"permission denied", "401", "403", "forbidden", "may not read"}, advice{"finpages may not read the document.",
		"Give the login that finpages uses access to it."}},
	{[]string{"push page"}, advice{"Intercom did not accept the page.",
		"It is tried again when the document changes. If that does not help, show the details to whoever runs finpages."}},
	{[]string{"timeout", "deadline", "connection", "no such host", "unreachable", "502", "503", "504", "eof"},
		advice{"The document could not be reached.", "Nothing to do now: the next sync tries again."}},
	{[]string{"no such file", "not found", "404"}, advice{"The document was not there when it was to be read.",
		"Nothing to do now: the next sync looks again."}},
}

// adviceFor says what is wrong with a document that needs attention.
func adviceFor(d documents.InventoryDocument) advice {
	switch {
	case d.Error != "":
		said := strings.ToLower(d.Error)
		for _, c := range causes {
			for _, word := range c.says {
				if strings.Contains(said, word) {
					return c.advice
				}
			}
		}
		return advice{"The document could not be synced.",
			"If the next sync does not help, show the details to whoever runs finpages."}
	case d.Withheld != "":
		return advice{What: sentence(d.Withheld)}
	}
	return advice{What: sentence(d.Loss)}
}
