package convert

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/convert/sandbox"
)

// libreOffice has texts and slides written as OpenDocument, and tables as
// workbooks, which readers of our own turn into pages. Its profile is new each time.
func libreOffice(extension string) (preset, bool) {
	p := preset{program: "soffice", packages: "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui",
		file: "document" + extension, reads: []string{"/etc/libreoffice", "/var/spool/libreoffice"}, quiet: true,
		includes: officeProfile}
	filter := ""
	switch extension {
	case ".docx", ".docm", ".dotx":
		p.includes = officeText
		fallthrough
	case ".doc", ".dot", ".odt", ".rtf":
		filter, p.result, p.reader = "odt", "converted/document.odt", "odt"
	case ".xls", ".xlsb", ".ods":
		filter, p.result, p.reader, p.includes = "xlsx", "document.xlsx", "excel", officeSheets
	case ".ppt", ".pptx", ".pptm", ".pps", ".ppsx", ".odp":
		filter, p.result, p.reader = "odp", "converted/document.odp", "slides"
	default:
		return p, false
	}
	p.args = []string{"--headless", "--norestore", "-env:UserInstallation=file://" + sandbox.WorkDir + "/" + profileDir,
		"--convert-to", filter, "--outdir", path.Dir(p.result), p.file}
	return p, true
}

const profileDir = "profile"

// officeSettings say that a later LibreOffice has started before, and that no
// picture of the first page is wanted.
const officeSettings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/Product">
<prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document">
<prop oor:name="GenerateThumbnail" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
`

// officeProfile begins a profile. In an empty one LibreOffice first draws a
// gigabyte of pictures to test the graphics, and starts once more after it has
// looked for extensions: that is five sixths of all its work.
func officeProfile(g *gathered, _ sources.Others) {
	g.files = map[string][]byte{profileDir + "/user/registrymodifications.xcu": []byte(officeSettings)}
	if build := officeBuild(); build != "" {
		g.files[profileDir+"/user/extensions/buildid"] = []byte(build)
	}
}

// officeSheets chooses a sheet that people see in an old workbook whose chosen one
// is hidden: LibreOffice would show that.
func officeSheets(g *gathered, others sources.Others) {
	officeProfile(g, others)
	// Window1 of https://learn.microsoft.com/openspecs/office_file_formats/ms-xls: type,
	// length, places and state of 10 bytes, the chosen sheet
	const chosen = 14
	window := bytes.Index(g.body, []byte{0x3d, 0, 0x12, 0})
	if window < 0 || window+chosen+2 > len(g.body) {
		return
	}
	hidden := hiddenSheets(g.body[window:])
	at := int(g.body[window+chosen]) | int(g.body[window+chosen+1])<<8
	shown := slices.Index(hidden, false)
	if at < len(hidden) && hidden[at] && shown >= 0 {
		g.body = bytes.Clone(g.body)
		g.body[window+chosen], g.body[window+chosen+1] = byte(shown), byte(shown>>8)
	}
}

// hiddenSheets tells of each sheet that old workbooks list whether it is hidden.
func hiddenSheets(records []byte) (hidden []bool) {
	for {
		// BoundSheet8: type, length, place of 4 bytes, state, kind, count of letters, their width, letters
		i := bytes.Index(records, []byte{0x85, 0})
		if i < 0 || i+12 > len(records) {
			return hidden
		}
		r := records[i:]
		size := 8 + int(r[10])*(int(r[11]&1)+1)
		if records = r[2:]; int(r[2])|int(r[3])<<8 == size && r[9] <= 6 && r[11] <= 1 {
			hidden = append(hidden, r[8]&3 != 0)
		}
	}
}

// officeBuild is the name of the build of the LibreOffice that is installed; ""
// if it cannot be told.
func officeBuild() string {
	program, err := exec.LookPath("soffice")
	if err != nil {
		return ""
	}
	if program, err = filepath.EvalSymlinks(program); err != nil {
		return ""
	}
	settings, _ := os.ReadFile(filepath.Join(filepath.Dir(program), "versionrc"))
	for line := range strings.Lines(string(settings)) {
		if build, ok := strings.CutPrefix(line, "buildid="); ok {
			return strings.TrimSpace(build)
		}
	}
	return ""
}

// officeText begins a profile, and leaves out of a text what LibreOffice would show
// though its readers do not see it.
func officeText(g *gathered, others sources.Others) {
	docxParts(g, others)
	officeProfile(g, others)
}
