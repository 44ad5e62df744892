package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/inspect"
	"finpages/ingest/tally"
	"finpages/state"
)

// column is a column of a list that is exported.
type column[T any] struct {
	name string
	cell func(T) string
}

// wantsExport reports whether a list is asked for as a file.
func wantsExport(r *http.Request) bool { return r.URL.Query().Get("format") != "" }

// export answers with a list as CSV or JSON, as the query's format says. The list
// is written as it comes; one that breaks off ends the connection, so that nobody
// takes it for whole.
func export[T any](s *server, w http.ResponseWriter, r *http.Request, name string, columns []column[T],
	list func(each func(T) error) error,
) {
	var write func(T) error
	var end func() error
	h := w.Header()
	switch format := r.URL.Query().Get("format"); format {
	case "csv":
		h.Set("Content-Type", "text/csv; charset=utf-8")
		write, end = csvWriter(w, columns)
	case "json":
		h.Set("Content-Type", "application/json")
		write, end = jsonWriter[T](w)
	default:
		s.problem(w, http.StatusBadRequest, fmt.Sprintf("the format must be csv or json, not %q", format), s.site.home())
		return
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment",
		map[string]string{"filename": name + "." + r.URL.Query().Get("format")}))
	err := list(write)
	if err == nil {
		err = end()
	}
	if err != nil {
		s.Log.Warn("export a list", "list", name, "error", err)
		panic(http.ErrAbortHandler)
	}
}

func csvWriter[T any](w http.ResponseWriter, columns []column[T]) (write func(T) error, end func() error) {
	out := csv.NewWriter(w)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.name
	}
	_ = out.Write(row) // kept for Flush
	write = func(v T) error {
		for i, c := range columns {
			row[i] = notFormula(c.cell(v))
		}
		return out.Write(row)
	}
	return write, func() error {
		out.Flush()
		return out.Error()
	}
}

// notFormula keeps a spreadsheet from taking what others wrote for a formula.
func notFormula(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func jsonWriter[T any](w http.ResponseWriter) (write func(T) error, end func() error) {
	enc, before := json.NewEncoder(w), "[\n"
	write = func(v T) error {
		if _, err := w.Write([]byte(before)); err != nil {
			return err
		}
		before = ","
		return enc.Encode(v)
	}
	return write, func() error {
		if before != "," {
			if _, err := w.Write([]byte(before)); err != nil {
				return err
			}
		}
		_, err := w.Write([]byte("]\n"))
		return err
	}
}

// slice lists what is in memory.
func slice[T any](values []T) func(func(T) error) error {
	return func(each func(T) error) error {
		for _, v := range values {
			if err := each(v); err != nil {
				return err
			}
		}
		return nil
	}
}

func timeCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// sourced is a document, and whose.
type sourced struct {
	Source string `json:"source"`
	documents.InventoryDocument
}

func documentColumns() []column[sourced] {
	return []column[sourced]{
		{"source", func(d sourced) string { return d.Source }},
		{"id", func(d sourced) string { return d.ID }},
		{"title", func(d sourced) string { return d.Title }},
		{"url", func(d sourced) string { return d.URL }},
		{"in_fin", func(d sourced) string { return strconv.FormatBool(d.InFin) }},
		{"state", func(d sourced) string { return stateOf(d.InventoryDocument).Label }},
		{"problem", func(d sourced) string { return stateOf(d.InventoryDocument).Text }},
		{"sent", func(d sourced) string { return timeCell(d.Pushed) }},
	}
}

func deletedColumns() []column[inspect.DeletedPage] {
	return []column[inspect.DeletedPage]{
		{"id", func(d inspect.DeletedPage) string { return d.ID }},
		{"title", func(d inspect.DeletedPage) string { return d.Title }},
		{"sync", func(d inspect.DeletedPage) string { return strconv.FormatUint(d.Run, 10) }},
		{"deleted", func(d inspect.DeletedPage) string { return timeCell(d.Time) }},
		{"kept_out", func(d inspect.DeletedPage) string { return d.Kept }},
	}
}

func auditColumns() []column[state.Audited] {
	return []column[state.Audited]{
		{"time", func(a state.Audited) string { return timeCell(a.Time) }},
		{"who", func(a state.Audited) string { return a.Who }},
		{"action", func(a state.Audited) string { return a.Action }},
		{"source", func(a state.Audited) string { return a.Source }},
		{"detail", func(a state.Audited) string { return a.Detail }},
		{"pages", func(a state.Audited) string { return strings.Join(a.Pages, " ") }},
		{"error", func(a state.Audited) string { return a.Error }},
	}
}

func syncColumns() []column[ingest.Report] {
	number := func(n func(ingest.Report) int) func(ingest.Report) string {
		return func(r ingest.Report) string { return strconv.Itoa(n(r)) }
	}
	return []column[ingest.Report]{
		{"sync", func(r ingest.Report) string { return strconv.FormatUint(r.Run, 10) }},
		{"started", func(r ingest.Report) string { return timeCell(r.Started) }},
		{"result", func(r ingest.Report) string { return string(r.Result) }},
		{"complete", func(r ingest.Report) string { return strconv.FormatBool(r.Complete) }},
		{"created", number(func(r ingest.Report) int { return r.Created })},
		{"updated", number(func(r ingest.Report) int { return r.Updated })},
		{"moved", number(func(r ingest.Report) int { return r.Moved })},
		{"deleted", number(func(r ingest.Report) int { return r.Deleted })},
		{"held", number(func(r ingest.Report) int { return r.Held })},
		{"failed", number(func(r ingest.Report) int { return r.Failed })},
		{"seconds", func(r ingest.Report) string { return strconv.FormatFloat(r.Duration, 'f', 1, 64) }},
		{"error", func(r ingest.Report) string { return r.Error }},
	}
}

func changeColumns() []column[tally.Change] {
	return []column[tally.Change]{
		{"action", func(c tally.Change) string { return c.Action }},
		{"id", func(c tally.Change) string { return c.ExternalID }},
		{"from", func(c tally.Change) string { return c.From }},
		{"title", func(c tally.Change) string { return c.Title }},
		{"url", func(c tally.Change) string { return c.URL }},
		{"reason", func(c tally.Change) string { return c.Reason }},
	}
}
