package confluence

import (
	"strconv"
	"strings"
	"unicode"

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

// emoji is the fallback of an emoji, or where that is only a name the
// character itself, whose code points are its id: "1f469-200d-1f4bb".
func emoji(fallback, id string) string {
	if fallback != "" && !strings.HasPrefix(fallback, ":") {
		return fallback
	}
	var out []rune
	isSign := false
	for part := range strings.SplitSeq(id, "-") {
		code, err := strconv.ParseUint(part, 16, 21)
		if err != nil || !unicode.IsGraphic(rune(code)) && code != zeroWidthJoiner {
			return fallback
		}
		out = append(out, rune(code))
		isSign = isSign || unicode.Is(unicode.So, rune(code)) || code == keycap
	}
	if !isSign || len(out) > maxCodePoints {
		return fallback
	}
	return string(out)
}

const (
	zeroWidthJoiner = 0x200d
	keycap          = 0x20e3
	maxCodePoints   = 16 // of one emoji; flags of regions have the most
)
