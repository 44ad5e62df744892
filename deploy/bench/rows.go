package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// rows are what is measured.
var rows = []struct {
	name    string
	measure func(*bench) ([]line, error)
}{
	{"start", (*bench).startRow},
	{"folder", (*bench).folderRow},
	{"links", (*bench).linksRow},
	{"rclone", (*bench).rcloneRow},
	{"git", (*bench).gitRow},
	{"first sync", (*bench).firstSyncRow},
	{"render", (*bench).renderRow},
	{"memory", (*bench).memoryRow},
	{"daemon", (*bench).daemonRow},
	{"pacing", (*bench).pacingRow},
}

// startRow takes a whole run of a folder with one page: it starts, lists, and ends.
func (b *bench) startRow() ([]line, error) {
	root := filepath.Join(b.dir, "one")
	if err := writeFiles(root, 1, shortText); err != nil {
		return nil, err
	}
	w, err := b.newWorld(folderSource(root))
	if err != nil {
		return nil, err
	}
	got, err := inTurn(b.scale.rounds, w.backfill)
	if err != nil {
		return nil, err
	}
	return []line{line{Work: "start, and a whole run of one unchanged page", Ours: span(got[0].cpu) + " of CPU",
		Reached: millis(got[0].wall), Bound: 30, Unit: "ms"}.judged()}, nil
}

// syncedFolder is a folder of many short documents that was synced.
func (b *bench) syncedFolder() (*world, string, error) {
	root := filepath.Join(b.dir, "folder")
	if b.folder != nil {
		return b.folder, root, nil
	}
	if err := writeFiles(root, b.scale.files, shortText); err != nil {
		return nil, "", err
	}
	w, err := b.newWorld(folderSource(root))
	if err != nil {
		return nil, "", err
	}
	_, err = w.backfill(0)
	b.folder = w
	return w, root, err
}

func (b *bench) folderRow() ([]line, error) {
	if err := installed("find"); err != nil {
		return nil, err
	}
	w, root, err := b.syncedFolder()
	if err != nil {
		return nil, err
	}
	find := command{root, []string{"find", root, "-name", "*.md", "-printf", `%s %T@ %i\n`}}
	got, err := inTurn(b.scale.rounds, w.backfill, func(int) (usage, error) { return find.run(b.ctx) })
	if err != nil {
		return nil, err
	}
	work := fmt.Sprintf("unchanged folder of %d files", b.scale.files)
	return []line{
		ratio(work+", wall", "`find -printf`", got[0].wall, got[1].wall, 1.2),
		ratio(work+", CPU", "`find -printf`", got[0].cpu, got[1].cpu, 2),
	}, nil
}

// linksRow takes documents that link to each other beside as many that do not.
func (b *bench) linksRow() ([]line, error) {
	const pages = 8_000
	var worlds [2]*world
	for i, text := range []func(int) string{linkedText(pages), shortText} {
		root := filepath.Join(b.dir, fmt.Sprintf("links-%d", i))
		if err := writeFiles(root, pages, text); err != nil {
			return nil, err
		}
		w, err := b.newWorld(folderSource(root))
		if err == nil {
			_, err = w.backfill(0)
		}
		if err != nil {
			return nil, err
		}
		worlds[i] = w
	}
	got, err := inTurn(b.scale.rounds, worlds[0].backfill, worlds[1].backfill)
	if err != nil {
		return nil, err
	}
	work := fmt.Sprintf("unchanged folder of %d files with 10 links each, CPU", pages)
	return []line{ratio(work, "the same without links", got[0].cpu, got[1].cpu, 1.2)}, nil
}

func (b *bench) rcloneRow() ([]line, error) {
	if err := installed("rclone"); err != nil {
		return nil, err
	}
	w, root, err := b.syncedFolder()
	if err != nil {
		return nil, err
	}
	sync := command{b.dir, []string{"rclone", "--config", "", "sync", root, filepath.Join(b.dir, "copy")}}
	got, err := inTurn(b.scale.rounds, w.backfill, func(int) (usage, error) { return sync.run(b.ctx) })
	if err != nil {
		return nil, err
	}
	work := fmt.Sprintf("unchanged folder of %d files, wall", b.scale.files)
	return []line{ratio(work, "`rclone sync`, nothing to do", got[0].wall, got[1].wall, 0.4)}, nil
}

const hugoLayout = "<html><head><title>{{ .Title }}</title></head><body>{{ .Content }}</body></html>\n"

func (b *bench) realFolder() (string, error) {
	root := filepath.Join(b.dir, "site", "content")
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	return root, writeFiles(root, b.scale.realPages, b.realText)
}

func (b *bench) firstSyncRow() ([]line, error) {
	if err := installed("hugo"); err != nil {
		return nil, err
	}
	root, err := b.realFolder()
	if err != nil {
		return nil, err
	}
	site := filepath.Dir(root)
	for name, text := range map[string]string{
		"hugo.toml": "baseURL = \"https://docs.example.com/\"\ntitle = \"Docs\"\ndisableKinds = " +
			"[\"taxonomy\", \"term\", \"RSS\", \"sitemap\"]\n",
		"layouts/_default/single.html": hugoLayout, "layouts/_default/list.html": hugoLayout,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(site, name)), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(site, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	w, err := b.newWorld(folderSource(root))
	if err != nil {
		return nil, err
	}
	hugo := command{site, []string{"hugo", "--quiet", "--noBuildLock", "--cleanDestinationDir"}}
	got, err := inTurn(b.scale.rounds, func(round int) (usage, error) {
		if err := w.startOver(); err != nil {
			return usage{}, err
		}
		return w.backfill(round)
	}, func(int) (usage, error) { return hugo.run(b.ctx) })
	if err != nil {
		return nil, err
	}
	work := fmt.Sprintf("first sync of %d real pages", b.scale.realPages)
	return []line{
		ratio(work+", wall", "`hugo` building them", got[0].wall, got[1].wall, 0.35),
		ratio(work+", CPU", "`hugo` building them", got[0].cpu, got[1].cpu, 0.3),
	}, nil
}

func (b *bench) renderRow() ([]line, error) {
	root, err := b.realFolder()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	stage := func(name string) work {
		return func(int) (usage, error) { return command{b.dir, []string{self, name, root}}.run(b.ctx) }
	}
	got, err := inTurn(b.scale.rounds, stage("stage-render"), stage("stage-loop"))
	if err != nil {
		return nil, err
	}
	l := line{Work: "the render stage alone, pages per second", Against: "a loop of goldmark and goquery",
		Ours: rate(b.scale.realPages, got[0].wall), Theirs: rate(b.scale.realPages, got[1].wall),
		Reached: 100 * float64(got[1].wall) / float64(got[0].wall), Bound: 90, AtLeast: true, Unit: "%"}
	return []line{l.judged()}, nil
}

func rate(n int, in time.Duration) string { return fmt.Sprintf("%.0f/s", float64(n)/in.Seconds()) }
