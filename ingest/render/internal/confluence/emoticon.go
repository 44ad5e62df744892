package confluence

import "strings"

// emoticons are the signs of Confluence by their names, in storage format and
// in brackets as the alternative text of their images.
var emoticons = map[string]string{
	"tick": "✓", "cross": "✗", "error": "✗", "warning": "⚠", "information": "ℹ", "info": "ℹ", "plus": "+", "add": "+",
	"minus": "−", "forbidden": "−", "question": "?", "help_16": "?", "light-on": "💡", "lightbulb": "💡", "lightbulb_on": "💡",
	"light on": "💡", "on": "💡", "light-off": "○", "off": "○", "light off": "○", "lightbulb_off": "○",
	"thumbs-up": "👍", "thumbs up": "👍", "thumbs_up": "👍", "thumbs-down": "👎", "thumbs down": "👎", "thumbs_down": "👎",
	"smile": "🙂", "sad": "🙁", "wink": "😉", "laugh": "😀", "biggrin": "😀", "big grin": "😀", "cheeky": "😛", "tongue": "😛",
	"yellow-star": "★", "red-star": "★", "green-star": "★", "blue-star": "★", "star": "★", "star_yellow": "★", "star_red": "★",
	"star_green": "★", "star_blue": "★", "yellow star": "★", "red star": "★", "green star": "★", "blue star": "★",
	"heart": "❤", "broken-heart": "💔", "broken heart": "💔", "check": "✓",
}

// anyEmoji is the name that Cloud gives to each emoji that has none of the
// names of old.
const anyEmoji = "blue-star"

// emoticon is a sign as a character, else its name between colons.
func emoticon(name, fallback, short string) string {
	sign := emoticons[strings.ToLower(name)]
	switch {
	case sign != "" && (name != anyEmoji || fallback == "" && short == ""):
		return sign
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
