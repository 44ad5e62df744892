package convert_test

import (
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert"
)

// A table of more rows than one page may have is refused, and says what to do about
// it, unless pages are cut into parts.
func TestLongTablesAreForPagesThatAreCut(t *testing.T) {
	doc := sources.Document{Format: ".csv", Path: "a.csv", Body: []byte("id,name\n" + strings.Repeat("1,pump\n", 6000))}
	for _, isCut := range []bool{false, true} {
		c, err := convert.New(convert.Options{LongTables: isCut})
		if err != nil {
			t.Fatal(err)
		}
		out, _, err := c.Convert(t.Context(), doc, sources.Others{})
		switch {
		case !isCut && (err == nil || !strings.Contains(err.Error(), "set split: to cut it into pages")):
			t.Errorf("the error is %v", err)
		case isCut && err != nil:
			t.Error(err)
		case isCut && strings.Count(string(out.Body), "<tr>") != 6001:
			t.Errorf("%d rows", strings.Count(string(out.Body), "<tr>"))
		}
	}
}
