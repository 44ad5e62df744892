package confluenceexport_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/confluenceexport"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

// archive is an archive written entry by entry.
type archive struct {
	t   *testing.T
	buf bytes.Buffer
	w   *zip.Writer
	n   int // files added
}

func newZip(t *testing.T) *archive {
	a := &archive{t: t}
	a.w = zip.NewWriter(&a.buf)
	return a
}

// add adds a file with content that no other has.
func (a *archive) add(name string, edit ...func(*zip.FileHeader)) *archive {
	a.t.Helper()
	a.n++
	h := &zip.FileHeader{Name: name, Method: zip.Deflate}
	for _, e := range edit {
		e(h)
	}
	w, err := a.w.CreateHeader(h)
	if err == nil {
		_, err = io.WriteString(w, pageHTML("S", name, fmt.Sprint(a.n)))
	}
	if err != nil {
		a.t.Fatal(err)
	}
	return a
}

// addRaw adds a file whose header is taken as it is.
func (a *archive) addRaw(h *zip.FileHeader, body string) *archive {
	a.t.Helper()
	w, err := a.w.CreateRaw(h)
	if err == nil {
		_, err = io.WriteString(w, body)
	}
	if err != nil {
		a.t.Fatal(err)
	}
	return a
}

func (a *archive) bytes() []byte {
	a.t.Helper()
	if err := a.w.Close(); err != nil {
		a.t.Fatal(err)
	}
	return a.buf.Bytes()
}

func (a *archive) path() string {
	a.t.Helper()
	name := filepath.Join(a.t.TempDir(), "export.zip")
	write(a.t, name, string(a.bytes()))
	return name
}

func notUTF8(h *zip.FileHeader) { h.NonUTF8 = true }

// unicodePath gives a file the extra field that tells its name in UTF-8.
func unicodePath(name, stored string) func(*zip.FileHeader) {
	return func(h *zip.FileHeader) {
		notUTF8(h)
		h.Extra = binary.LittleEndian.AppendUint16([]byte("\x75\x70"), uint16(5+len(name)))
		h.Extra = append(h.Extra, 1)
		h.Extra = binary.LittleEndian.AppendUint32(h.Extra, crc32.ChecksumIEEE([]byte(stored)))
		h.Extra = append(h.Extra, name...)
	}
}

func TestNamesInArchives(t *testing.T) {
	cp437, _ := charmap.CodePage437.NewEncoder().String("Übergabe.html")
	link := func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }
	tests := map[string]struct {
		archive  *archive
		want     []string
		excluded int
	}{
		"out of the archive": {archive: newZip(t).add("../index.html").add("../../etc/cron_1.html").add("/root/x.html").add(`C:\a\y_2.html`).add("ok_3.html"),
			want: []string{
				`1 in etc: page "etc/cron_1.html": the archive calls it "../../etc/cron_1.html", which is no path inside of the archive: pack the export again, or leave it out with exclude`,
				`2 in C:/a: page "C:/a/y_2.html": the archive calls it "C:\\a\\y_2.html", which is no path inside of the archive: pack the export again, or leave it out with exclude`,
				`3`,
				`root/x.html in root: page "root/x.html": the archive calls it "/root/x.html", which is no path inside of the archive: pack the export again, or leave it out with exclude`}},
		"an outsider takes no page's id": {archive: newZip(t).add("../a_1.html").add("b_1.html"),
			want: []string{"1", `a_1.html: page "a_1.html": the archive calls it "../a_1.html", which is no path inside of the archive: pack the export again, or leave it out with exclude`}},
		"steps inside":      {archive: newZip(t).add("./a_1.html").add("x/../b_2.html").add("x//c_3.html"), want: []string{"1", "2", "3 in x"}},
		"control character": {archive: newZip(t).add("a\nb_1.html"), want: []string{"1: page \"a\\nb_1.html\": the archive calls it \"a\\nb_1.html\", which is no path inside of the archive: pack the export again, or leave it out with exclude"}},
		"backslashes":       {archive: newZip(t).add(`OPS\Home_1.html`).add(`OPS\attachments\1\x_2.html`), want: []string{"1 in OPS"}},
		"symbolic link": {archive: newZip(t).add("link_1.html", link).add("ok_2.html").add("logo.png", link).add("images/x", link),
			want: []string{`1: page "link_1.html": a symbolic link, which is not followed: put the file itself there, or leave it out with exclude`, "2"}},
		"folders": {archive: newZip(t).addRaw(&zip.FileHeader{Name: "OPS/"}, "").addRaw(&zip.FileHeader{Name: "odd_2.html/"}, "").add("OPS/a_1.html"), want: []string{"1 in OPS",
			`2: page "odd_2.html": a folder lies where the file should be: put the file there, or leave it out with exclude`}},
		"a title is no drive":          {archive: newZip(t).add("Q: What_22.html"), want: []string{"22"}},
		"Unicode Path":                 {archive: newZip(t).add("\x93\xfa_3.html", unicodePath("日本_4.html", "\x93\xfa_3.html")), want: []string{"4"}},
		"Unicode Path of another name": {archive: newZip(t).add("\x93\xfa_3.html", unicodePath("日本_4.html", "x")), want: []string{"3"}},
		"code page 437":                {archive: newZip(t).add(cp437, notUTF8), want: []string{"Übergabe.html"}},
		"UTF-8, not marked":            {archive: newZip(t).add("日本語.html", notUTF8), want: []string{"日本語.html"}},
		"decomposed":                   {archive: newZip(t).add("e\u0301.html"), want: []string{"\u00e9.html"}},
		"Shift_JIS":                    {archive: newZip(t).add("\x95\x5c\x8e\x86_12.html", notUTF8), want: []string{"12 in ò"}},
		"nested archives":              {archive: newZip(t).add("inner.zip").add("a_1.html"), want: []string{"1"}, excluded: 1},
		"one page twice":               {archive: newZip(t).add("a_1.html").add("b_1.html"), want: []string{"1", "b_1.html"}},
		"one name twice": {archive: newZip(t).add("a_1.html").add("a_1.html"),
			want: []string{`1: page "a_1.html": the archive holds different files of this name: export the space again`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, listing := entries(t, tt.archive.path())
			if diff := cmp.Diff(tt.want, described(got)); diff != "" {
				t.Error(diff)
			}
			if listing.Excluded != tt.excluded || len(listing.Incomplete) > 0 {
				t.Errorf("listing = %+v, want %d left out", listing, tt.excluded)
			}
		})
	}
}

func TestTheSameFileTwiceIsOne(t *testing.T) {
	h := zip.FileHeader{Name: "a_1.html", CRC32: 0x8587d865, CompressedSize64: 5, UncompressedSize64: 5}
	again := h
	got, _ := entries(t, newZip(t).addRaw(&h, "abcde").addRaw(&again, "abcde").path())
	if diff := cmp.Diff([]string{"1"}, described(got)); diff != "" {
		t.Error(diff)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	const crc = 0x8587d865 // of abcde
	tests := map[string]struct {
		header zip.FileHeader
		want   string
	}{
		"encrypted":      {zip.FileHeader{Flags: 1, CRC32: crc, CompressedSize64: 5, UncompressedSize64: 5}, "encrypted: pack the export without a password"},
		"LZMA":           {zip.FileHeader{Method: 14, CRC32: crc, CompressedSize64: 5, UncompressedSize64: 5}, "compressed by a method other than deflate (number 14)"},
		"huge":           {zip.FileHeader{CRC32: crc, CompressedSize64: 5, UncompressedSize64: sources.MaxDocument + 1}, "larger than 16 MiB"},
		"4 GiB and more": {zip.FileHeader{CRC32: crc, CompressedSize64: 5, UncompressedSize64: 1 << 40}, "larger than 16 MiB"},
		"wrong checksum": {zip.FileHeader{CRC32: 1, CompressedSize64: 5, UncompressedSize64: 5}, "damaged"},
		"too short":      {zip.FileHeader{CRC32: crc, CompressedSize64: 5, UncompressedSize64: 6}, "damaged"},
		"too long":       {zip.FileHeader{CRC32: crc, CompressedSize64: 5, UncompressedSize64: 4}, "damaged"},
		"cut off":        {zip.FileHeader{CRC32: crc, CompressedSize64: 1 << 50, UncompressedSize64: 5}, "damaged"},
		"no deflate":     {zip.FileHeader{Method: zip.Deflate, CRC32: crc, CompressedSize64: 5, UncompressedSize64: 5}, "damaged"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.header.Name = "OPS/Home_1.html"
			path := newZip(t).addRaw(&tt.header, "abcde").add("b_2.html").path()
			_, err := sourcestest.Load(t, at(t, path), "1")
			if err == nil || !strings.Contains(err.Error(), `page "OPS/Home_1.html": `) ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want the page and %q", err, tt.want)
			}
			if _, err := sourcestest.Load(t, at(t, path), "2"); err != nil {
				t.Errorf("the other page: %v", err)
			}
		})
	}
}

// A bomb tells a small size and unpacks to a large one.
func TestBombIsReadUpToItsToldSize(t *testing.T) {
	a := newZip(t)
	w, _ := a.w.Create("bomb_1.html")
	for range 8 {
		w.Write(make([]byte, 1<<20))
	}
	data := a.bytes()
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[at+24:], 1000)
	path := filepath.Join(t.TempDir(), "bomb.zip")
	write(t, path, string(data))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := sourcestest.Load(t, source(t, confluenceexport.Options{Path: path}), "1")
	runtime.ReadMemStats(&after)
	if err == nil || after.TotalAlloc-before.TotalAlloc > 4<<20 {
		t.Errorf("error %v after %d bytes", err, after.TotalAlloc-before.TotalAlloc)
	}
}

func TestBrokenArchivesDoNotOpen(t *testing.T) {
	a := newZip(t)
	for i := range 20 {
		a.add(fmt.Sprintf("Page_%d.html", i+1))
	}
	good := a.bytes()
	end := bytes.LastIndex(good, []byte("PK\x05\x06"))
	edit := func(at int, b ...byte) []byte {
		return append(append(bytes.Clone(good[:at]), b...), good[at+len(b):]...)
	}
	last := bytes.LastIndex(good, []byte("PK\x01\x02"))
	inner := newZip(t)
	w, _ := inner.w.CreateHeader(&zip.FileHeader{Name: "attachments/1/inner.zip", Method: zip.Store})
	w.Write(good)
	cut := inner.bytes()
	cut = cut[:bytes.LastIndex(cut, []byte("PK\x01\x02"))]
	const damaged = "copy the file again, or export the space again"
	tests := map[string]struct {
		data []byte
		want string
	}{
		"empty":                                  {nil, damaged},
		"cut off behind an archive stored in it": {cut, damaged},
		"something before it":                    {append([]byte("some bytes"), good...), "10 bytes stand before the zip archive"},
		"zip64, something before it":             {append([]byte("some bytes"), manyFiles(t, 66_000)...), damaged},
		"text":                                   {[]byte(strings.Repeat("no zip\n", 1000)), damaged},
		"first half":                             {good[:len(good)/2], damaged},
		"without the last byte":                  {good[:len(good)-1], damaged},
		"without the end":                        {good[:end], damaged},
		"a record is not one":                    {edit(last, 'X'), "directory is broken after 19 files (the last is \"Page_19.html\", what follows"},
		"fewer files than told":                  {edit(end+10, 21), "holds 20 of 21 files"},
		"more files than told":                   {edit(end+10, 19), "holds 20 of 19 files"},
		"directory shorter":                      {edit(end+12, good[end+12]-1), damaged},
		"directory out of bounds":                {edit(end+12, 0xff, 0xff, 0xff, 0x7f), damaged},
		"part of a split archive":                {edit(end+4, 3), "join the parts"},
		"a hole in the middle":                   {append(bytes.Clone(good[:last-100]), good[last-20:]...), damaged},
		"directory behind the end":               {edit(end+16, 0xf0, 0xff, 0xff, 0x7f), damaged},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "export.zip")
			write(t, path, string(tt.data))
			snap, err := at(t, path).Open(t.Context())
			if err == nil {
				snap.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %q, want %q and the path", err, tt.want)
			}
		})
	}
}

func TestOddButWholeArchivesOpen(t *testing.T) {
	good := newZip(t).add("Home_1.html").bytes()
	many := manyFiles(t, 66_000)
	tests := map[string][]byte{
		"something behind it":    append(bytes.Clone(good), "\r\n"...),
		"a comment":              withComment(t, "PK\x05\x06 begins a record, or so it would seem"),
		"more than 65535 files":  many,
		"the same without zip64": withoutZip64(many),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "export.zip")
			write(t, path, string(data))
			if doc, err := sourcestest.Load(t, at(t, path), "1"); err != nil || doc.Title != "Home_1.html" {
				t.Errorf("loaded %q, %v", doc.Title, err)
			}
		})
	}
}

func withComment(t *testing.T, comment string) []byte {
	a := newZip(t).add("Home_1.html")
	if err := a.w.SetComment(comment); err != nil {
		t.Fatal(err)
	}
	return a.bytes()
}

// manyFiles is an archive of one page and n-1 attachments.
func manyFiles(t *testing.T, n int) []byte {
	a := newZip(t).add("Home_1.html")
	for i := range n - 1 {
		a.addRaw(&zip.FileHeader{Name: fmt.Sprintf("attachments/1/%d.png", i)}, "")
	}
	return a.bytes()
}

// withoutZip64 keeps the lower bits of the count, as old programs do.
func withoutZip64(data []byte) []byte {
	end := bytes.Clone(data[len(data)-22:])
	at := bytes.LastIndex(data, []byte("PK\x06\x06"))
	end64 := data[at:]
	binary.LittleEndian.PutUint16(end[10:], binary.LittleEndian.Uint16(end64[32:]))
	binary.LittleEndian.PutUint32(end[12:], binary.LittleEndian.Uint32(end64[40:]))
	binary.LittleEndian.PutUint32(end[16:], binary.LittleEndian.Uint32(end64[48:]))
	return append(bytes.Clone(data[:at]), end...)
}

func TestOpenNamesTheMend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nowhere.zip")
	if _, err := at(t, path).Open(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "correct confluence_export.path") {
		t.Errorf("Open = %v", err)
	}
	if _, err := at(t, os.DevNull).Open(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "neither a folder nor a file") {
		t.Errorf("Open(%s) = %v", os.DevNull, err)
	}
}

func TestArchiveReplacedWhileOpen(t *testing.T) {
	before, after := files{"a_1.html": pageHTML("S", "Before", "x")}, files{"a_1.html": pageHTML("S", "After", "x")}
	tests := map[string]func(path string) error{
		"by another file": func(path string) error {
			return errors.Join(os.Remove(path), os.WriteFile(path, pack(t, after), 0o644))
		},
		"in place":          func(path string) error { return os.WriteFile(path, pack(t, after), 0o644) },
		"by a shorter file": func(path string) error { return os.Truncate(path, 60) },
	}
	for name, replace := range tests {
		t.Run(name, func(t *testing.T) {
			path := before.zip(t)
			snap, err := at(t, path).Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			if err := replace(path); err != nil {
				t.Fatal(err)
			}
			_, err = snap.List(t.Context(), func(e sources.Entry) error {
				if doc, err := e.Load(t.Context()); err == nil && doc.Title != "Before" {
					t.Errorf("loaded %q", doc.Title)
				} else if err != nil && name == "by another file" {
					t.Error(err)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestArchiveRevision(t *testing.T) {
	revision := func(path string) string {
		t.Helper()
		snap, err := at(t, path).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		return snap.(sources.Revisioned).Revision()
	}
	export := files{"a_1.html": "x"}
	path := export.zip(t)
	first := revision(path)
	if first == "" || revision(path) != first {
		t.Errorf("revision %q is unknown, or not that of the next look, %q", first, revision(path))
	}
	export["a_1.html"] = "y"
	write(t, path, string(pack(t, export)))
	if second := revision(path); second == first {
		t.Errorf("another archive has the revision %q too", second)
	}
	soon := time.Now().Add(time.Hour) // of a clock that is ahead: however slow this test is
	if err := os.Chtimes(path, soon, soon); err != nil {
		t.Fatal(err)
	}
	if racy := revision(path); racy != "" {
		t.Errorf("an archive that may still be written to has the revision %q", racy)
	}
	if r := revision(export.folder(t)); r != "" {
		t.Errorf("a folder has the revision %q", r)
	}
}

func TestMemoryOfLargeArchives(t *testing.T) {
	if testing.Short() {
		t.Skip("packs 35,000 files")
	}
	a := newZip(t)
	var index strings.Builder
	index.WriteString("<title>OPS (Operations)</title><ul>")
	for i := range 10_000 {
		name := fmt.Sprintf("OPS/A-page-with-a-title-of-usual-length-%06d_%d.html", i, 1_000_000+i)
		a.addRaw(&zip.FileHeader{Name: name}, "")
		fmt.Fprintf(&index, "<li><a href=%q>A page with a title of usual length %06d</a></li>", filepath.Base(name), i)
	}
	for i := range 25_000 {
		a.addRaw(&zip.FileHeader{Name: fmt.Sprintf("OPS/attachments/%d/%d.png", i, i)}, "")
	}
	w, _ := a.w.Create("OPS/index.html")
	io.WriteString(w, index.String())
	path := a.path()

	base := heap()
	snap, err := at(t, path).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	opened, listed, n := heap()-base, uint64(0), 0
	_, err = snap.List(t.Context(), func(sources.Entry) error {
		if n++; n == 10_000 {
			listed = heap() - base
		}
		return nil
	})
	t.Logf("%d pages: %d KiB open, %d KiB listed", n, opened>>10, listed>>10)
	if err != nil || n != 10_000 || opened > 3<<20 || listed > 10<<20 {
		t.Errorf("%d pages, %v", n, err)
	}
	runtime.KeepAlive(a)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestCancelledOpen(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if snap, err := at(t, files{"a_1.html": "x"}.zip(t)).Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Open = %v, %v", snap, err)
	}
}
