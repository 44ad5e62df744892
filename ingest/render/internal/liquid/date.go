package liquid

import (
	"fmt"
	"strings"
	"time"
)

// Time is a point in time, as YAML and file names have it.
type Time struct {
	time.Time
	isDay bool // nothing is said of the hour
}

func (t Time) String() string {
	if t.isDay {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04:05 -0700")
}

// Start is the point in time that a day starts at.
func (t Time) Start() Time { return Time{Time: t.Time} }

var layouts = []string{"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -07:00", time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "2006/01/02", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006"}

// ParseTime reads a date as people write it.
func ParseTime(s string) (Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 40 {
		return Time{}, false
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return Time{t, layout == time.DateOnly}, true
		}
	}
	return Time{}, false
}

func toTime(v any) (Time, bool) {
	switch v := v.(type) {
	case Time:
		return v, true
	case int64:
		return Time{Time: time.Unix(v, 0).UTC()}, true
	case string:
		return ParseTime(v)
	}
	return Time{}, false
}

func dateFilter(format func(args []any) string) filter {
	return func(_ *run, in any, args []any) (any, error) {
		if s, ok := in.(string); ok && (s == "now" || s == "today") {
			return Unknown{Name: s}, nil
		}
		t, ok := toTime(in)
		if !ok {
			return in, nil
		}
		return t.format(format(args)), nil
	}
}

func fixed(format string) filter { return dateFilter(func([]any) string { return format }) }

var dates = map[string]filter{
	"date":                dateFilter(func(args []any) string { return text(arg(args, 0)) }),
	"date_to_string":      fixed("%d %b %Y"),
	"date_to_long_string": fixed("%d %B %Y"),
	"date_to_xmlschema":   fixed("%Y-%m-%dT%H:%M:%S%:z"),
	"date_to_rfc822":      fixed("%a, %d %b %Y %H:%M:%S %z"),
}

// format writes a time as strftime does.
func (t Time) format(format string) string {
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			out.WriteByte(format[i])
			continue
		}
		i++
		flag := byte(0)
		if strings.IndexByte("-^:", format[i]) >= 0 && i+1 < len(format) {
			flag, i = format[i], i+1
		}
		part := t.directive(format[i], flag)
		switch flag {
		case '-':
			part = strings.TrimLeft(strings.TrimLeft(part, "0"), " ")
			if part == "" {
				part = "0"
			}
		case '^':
			part = strings.ToUpper(part)
		}
		out.WriteString(part)
	}
	return out.String()
}

var directives = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'B': "January", 'b': "Jan", 'h': "Jan",
	'A': "Monday", 'a': "Mon", 'H': "15", 'I': "03", 'l': "3", 'M': "04", 'S': "05", 'L': ".000", 'p': "PM", 'P': "pm",
	'Z': "MST", 'z': "-0700", 'F': "2006-01-02", 'T': "15:04:05", 'D': "01/02/06", 'R': "15:04",
	'c': "Mon Jan _2 15:04:05 2006", 'x': "01/02/06", 'X': "15:04:05",
}

func (t Time) directive(c, flag byte) string {
	switch c {
	case '%':
		return "%"
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay())
	case 'u':
		return fmt.Sprint((int(t.Weekday())+6)%7 + 1)
	case 'w':
		return fmt.Sprint(int(t.Weekday()))
	case 's':
		return fmt.Sprint(t.Unix())
	case 'z':
		if flag == ':' {
			return t.Format("-07:00")
		}
	}
	if layout, ok := directives[c]; ok {
		return t.Format(layout)
	}
	return "%" + string(c)
}
