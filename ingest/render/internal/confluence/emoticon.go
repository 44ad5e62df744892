package confluence

import (
	"strings"

	"finpages/ingest/render/internal/emoticon"
)

// anyEmoji is the name that Cloud gives to each emoji that has none of the
// names of old.
const anyEmoji = "blue-star"

// sign is an emoticon as a character, else its name between colons.
func sign(name, fallback, short string) string {
	known := emoticon.Sign(name)
	switch {
	case known != "" && (name != anyEmoji || fallback == "" && short == ""):
		return known
	case fallback != "" && !strings.HasPrefix(fallback, ":"):
		return fallback
	}
	for _, s := range []string{short, fallback, name} {
		if s = strings.Trim(s, ":"); s != "" {
			return ":" + s + ":"
		}
	}
	return ""
}
