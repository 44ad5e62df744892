package native

import (
	"strings"
	"time"

	"finpages/sources"
	"finpages/sources/charset"
)

// calendarFields are what a page shows of an event, and how it calls that.
var calendarFields = []struct{ key, name string }{
	{"DTSTART", "Start"}, {"DTEND", "End"}, {"LOCATION", "Location"}, {"DESCRIPTION", "Description"},
}

// calendar turns the events of an invitation into paragraphs. Who takes part stays
// out. See RFC 5545.
func calendar(doc sources.Document) (sources.Document, []string, error) {
	text, err := charset.Text(doc.Body, false)
	if err != nil {
		return doc, nil, err
	}
	text = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(text)
	var m markup
	event := map[string]string{}
	depth := 0 // of what is in an event, such as an alarm
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		key, options, _ := strings.Cut(strings.ToUpper(key), ";")
		switch {
		case key == "BEGIN":
			depth++
		case key == "END":
			if depth--; value == "VEVENT" {
				m.event(event)
				clear(event)
			}
		case depth == 2 && event[key] == "":
			event[key] = calendarText.Replace(value)
			if zone, ok := strings.CutPrefix(options, "TZID="); ok && strings.HasPrefix(key, "DT") {
				event[key] = timeOf(event[key]) + " " + zoneOf(line, zone)
			} else if strings.HasPrefix(key, "DT") {
				event[key] = timeOf(event[key])
			}
		}
	}
	return m.document(doc, ""), nil, nil
}

var calendarText = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`)

// zoneOf returns the name of a time zone as the line writes it.
func zoneOf(line, zone string) string {
	at := strings.Index(strings.ToUpper(line), zone)
	return strings.Trim(line[at:at+len(zone)], `"`)
}

func timeOf(value string) string {
	for layout, shown := range map[string]string{"20060102T150405Z": "2006-01-02 15:04 UTC", "20060102T150405": "2006-01-02 15:04",
		"20060102": "2006-01-02"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.Format(shown)
		}
	}
	return value
}

func (m *markup) event(event map[string]string) {
	m.element("p", event["SUMMARY"])
	for _, field := range calendarFields {
		if text := strings.TrimSpace(event[field.key]); text != "" {
			m.element("p", field.name+": "+text)
		}
	}
}
