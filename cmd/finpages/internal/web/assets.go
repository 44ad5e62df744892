package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"sync"
	"time"

	"finpages/ingest"
	"finpages/ingest/documents"
)

//go:embed assets templates
var files embed.FS

// parsed are the templates before they know where the pages are.
var parsed = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(site("").funcs()).Funcs(pageFuncs).ParseFS(files, "templates/*.html"))
})

var pageFuncs = template.FuncMap{
	"stateOf":     stateOf,
	"adviceFor":   adviceFor,
	"listed":      func(source string, d []documents.InventoryDocument) listed { return listed{source, d} },
	"resultText":  resultText,
	"resultError": resultError,
	"now":         func() displayTime { return displayTime{time.Now()} },
	"levelOf":     func(r ingest.Report) level { k, _ := resultLevel(r); return k },
	"grouped":     func(n int) string { return grouped(int64(n)) },
	"count":       count[int],
	"cell":        func(label string, n int) cell { return cell{label, n} },
	"changes":     changes,
	"seconds":     seconds,
	"sentence":    sentence,
	"displayTime": func(t time.Time) displayTime { return displayTime{t} },
	"symbol":      symbol,
}

// pageTemplates returns the templates of pages that are below a path.
func pageTemplates(at site) *template.Template {
	return template.Must(parsed().Clone()).Funcs(at.funcs())
}

// listed are documents of a source, in a list.
type listed struct {
	Source    string
	Documents []documents.InventoryDocument
}

// cell is a number in a table.
type cell struct {
	Label string
	N     int
}

// assetHandler serves the files that pages are made up with. They say nothing
// about anybody, so the frame of a preview, which is nobody, may load them too.
func assetHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := files.ReadFile(path.Clean(r.URL.Path[1:]))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Del("Cross-Origin-Resource-Policy")
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(data)))
		http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(data))
	})
}
