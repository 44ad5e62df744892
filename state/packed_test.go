package state_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"finpages/state"

	"github.com/google/go-cmp/cmp"
)

// Whatever an entry or a page has, it has it again when it is read.
func TestPackedRecordsKeepAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	entries, pages := map[string]state.Entry{}, map[string]state.Page{}
	db := open(t, path)
	update(t, db, func(tx *state.Tx) (err error) {
		rnd := rand.New(rand.NewPCG(1, 2))
		for i := range 600 {
			id := "a/" + text(rnd)
			e, p := random[state.Entry](rnd), random[state.Page](rnd)
			switch i % 4 {
			case 0:
				e.Pages, e.Scope, p.Entry, p.URL = []string{id + "#a", id}, "a", id, "https://h/docs/"+id
			case 1:
				id = fmt.Sprintf("a/%d.md", i)
				e.Pages, p.Entry, p.IntercomID, p.URL = []string{id}, "", fmt.Sprint(i), fmt.Sprintf("https://h/docs/a/%d.html", i)
			case 2:
				p.Entry, p.URL, p.IntercomID = id, "", "007"
				id += "#part"
			}
			entries[id], pages[id] = e, p
			err = errors.Join(err, tx.PutEntry(id, e), tx.PutPage(id, p))
		}
		return err
	})
	for range 2 {
		err := db.View("docs", func(tx *state.Tx) error {
			for id, want := range entries {
				got, _, err := tx.Entry(id)
				if diff := cmp.Diff(normal(want), normal(got)); diff != "" || err != nil {
					t.Errorf("%q: %s %v", id, diff, err)
				}
			}
			for id, want := range pages {
				got, _, err := tx.Page(id)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%q: %s %v", id, diff, err)
				}
				g, _, err := tx.PageSummary(id)
				if g.IntercomID != want.IntercomID || string(g.Title) != want.Title || g.URL != want.URL || err != nil {
					t.Errorf("%q: %q %q %q %v, want %+v", id, g.IntercomID, g.Title, g.URL, err, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		db = open(t, path)
	}
}

// random is a record with anything in some of its fields.
func random[T any](rnd *rand.Rand) (record T) {
	fields := reflect.ValueOf(&record).Elem()
	for i := range fields.NumField() {
		if rnd.IntN(3) == 0 {
			continue
		}
		switch f := fields.Field(i).Addr().Interface().(type) {
		case *string:
			*f = text(rnd)
		case *bool:
			*f = true
		case *time.Time:
			*f = time.Unix(rnd.Int64N(1<<32)-1<<20, 0).UTC()
		case *[]string:
			*f = []string{text(rnd), text(rnd)}
		case *[]state.Leak:
			*f = []state.Leak{{Rule: text(rnd)}}
		case **state.Loss:
			*f = &state.Loss{Lost: uint16(rnd.IntN(1 << 16)), Leftovers: 1, Images: uint16(rnd.IntN(3))}
		case *state.Hash:
			f[rnd.IntN(len(f))] = byte(1 + rnd.IntN(255))
		case *state.ShortHash:
			f[rnd.IntN(len(f))] = byte(1 + rnd.IntN(255))
		default:
			panic(fmt.Sprintf("%T", f))
		}
	}
	return record
}

func text(rnd *rand.Rand) string {
	b := make([]byte, rnd.IntN(150))
	for i := range b {
		b[i] = byte(rnd.IntN(256))
	}
	return string(b)
}

// normal is an entry as it is read: nothing is no list of nothing, and times are
// of no place.
func normal(e state.Entry) state.Entry {
	e.Since = e.Since.UTC()
	fields := reflect.ValueOf(&e).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.Kind() == reflect.Slice && f.Len() == 0 {
			f.SetZero()
		}
	}
	return e
}

// A page takes few bytes of a file, however it is counted.
func TestStateIsSmall(t *testing.T) {
	const pages, most = 30_000, 300
	path := filepath.Join(t.TempDir(), "state.db")
	db := open(t, path)
	for from := 0; from < pages; from += 500 {
		update(t, db, func(tx *state.Tx) (err error) {
			for i := from; i < from+500; i++ {
				id := fmt.Sprintf("part-%03d/chapter-%05d/some-page-%d.md", i/2500, i/50, i)
				hash := state.ShortHash{byte(i), byte(i >> 8), 1}
				err = errors.Join(err, tx.PutPage(id, state.Page{Entry: id, IntercomID: fmt.Sprint(1_000_000 + i), Hash: hash,
					Title: fmt.Sprintf("How to do thing number %d", i), URL: "https://handbook.example.com/docs/" + id, Locale: "en",
					AIAgent: true, Pushed: time.Unix(1_790_000_000, 0), HTMLHash: hash}),
					tx.PutEntry(id, state.Entry{Revision: "2bcd.dyx3k4j5l6.1a2b3c.4d5e6f.7", Settings: state.Hash{1}, BodyHash: hash,
						Scope: fmt.Sprintf("part-%03d/chapter-%05d", i/2500, i/50), Pages: []string{id}}))
			}
			return err
		})
	}
	if perPage := db.Size() / pages; perPage > most {
		t.Errorf("%d bytes a page, want at most %d", perPage, most)
	}
}

// What is told of a record that was not decoded is what it has.
func TestPlainness(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "state.db"))
	rnd := rand.New(rand.NewPCG(3, 4))
	counts := map[state.Plainness]int{}
	update(t, db, func(tx *state.Tx) error {
		for i := range 600 {
			id, e := fmt.Sprintf("a/%d.md", i), random[state.Entry](rnd)
			if i%3 > 0 {
				e = state.Entry{Revision: e.Revision, Settings: e.Settings, BodyHash: e.BodyHash, Scope: e.Scope,
					Leaks: e.Leaks, Loss: e.Loss, Included: e.Included, IncludedHash: e.IncludedHash, ByNames: i%3 == 1}
			}
			if e.Pages = []string{id}; i%7 == 0 {
				e.Pages = append(e.Pages, id+"#b")
			}
			want := state.NotPlain
			rest := e
			rest.Revision, rest.Settings, rest.BodyHash, rest.Scope, rest.Pages = "", state.Hash{}, state.ShortHash{}, "", nil
			rest.Leaks, rest.Conversion, rest.Loss, rest.Included, rest.IncludedHash, rest.ByNames = nil, nil, nil, nil, state.Hash{}, false
			switch {
			case !reflect.ValueOf(rest).IsZero() || len(e.Pages) > 1 || e.Settings == state.Hash{}:
			case len(e.Included) == 0:
				want = state.Plain
			case e.ByNames:
				want = state.PlainByNames
			}
			if err := tx.PutEntry(id, e); err != nil {
				return err
			}
			err := tx.Entries([]string{id}, func(_ int, stored state.StoredEntry) error {
				got, err := stored.Plainness(e.Revision, e.Settings)
				if got != want || err != nil {
					t.Errorf("%+v: %d, %v, want %d", e, got, err, want)
				}
				counts[got]++
				other, err := stored.Plainness(e.Revision+"x", e.Settings)
				if other != state.NotPlain || err != nil {
					t.Errorf("another revision: %d, %v", other, err)
				}
				other, err = stored.Plainness(e.Revision, state.Hash{0xff})
				if other != state.NotPlain || err != nil {
					t.Errorf("other settings: %d, %v", other, err)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if len(counts) != 3 {
		t.Errorf("not all kinds: %v", counts)
	}
}
