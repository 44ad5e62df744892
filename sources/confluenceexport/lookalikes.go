package confluenceexport

import (
	"errors"
	"fmt"
	"path"
)

// xmlExport is the file that tells an XML export from an HTML export.
const xmlExport = "entities.xml"

var errXML = errors.New("this is an XML export: export the space again, as HTML")

// lookalikes are files that people mistake for an export's pages.
type lookalikes struct {
	zips int    // archives in the export
	zip  string // path of one of them
	xml  bool   // there is an XML export
}

func (s *lookalikes) see(r rules, p string) {
	switch {
	case isZip(p) && r.sideFolder(p) == "":
		s.zips++
		if s.zip == "" || p < s.zip {
			s.zip = p
		}
	case path.Base(p) == xmlExport && r.sideFolder(p) == "":
		s.xml = true
	}
}

// noPages says why an export has no page, where so many files were left out;
// nil if that is why.
func (s *lookalikes) noPages(excluded int) error {
	switch {
	case excluded > s.zips:
		return nil
	case s.xml:
		return errXML
	case s.zip != "":
		return fmt.Errorf("no pages in the export, but an archive: let confluence_export.path name %q itself", s.zip)
	}
	return errors.New("no pages in the export: point confluence_export.path to a folder or zip archive with .html " +
		"files")
}
