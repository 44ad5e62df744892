// Package emoticon knows the signs of Confluence, which people put into text,
// and into cells of tables for yes and no.
package emoticon

import "strings"

// Sign is the character for a sign, by the name that Confluence gives it in
// storage format, in the class of its image, in brackets as the image's
// alternative text, or to its file; "" if it is no sign. Case does not matter.
func Sign(name string) string { return signs[strings.ToLower(name)] }

// InBrackets is the sign whose name stands in round brackets, "" if none does.
func InBrackets(alt string) string {
	if len(alt) < 3 || alt[0] != '(' || alt[len(alt)-1] != ')' {
		return ""
	}
	return Sign(alt[1 : len(alt)-1])
}

var signs = map[string]string{
	"tick": "✓", "cross": "✗", "error": "✗", "warning": "⚠", "information": "ℹ", "info": "ℹ", "plus": "+", "add": "+",
	"minus": "−", "forbidden": "−", "question": "?", "help_16": "?", "light-on": "💡", "lightbulb": "💡", "lightbulb_on": "💡",
	"light on": "💡", "on": "💡", "light-off": "○", "off": "○", "light off": "○", "lightbulb_off": "○",
	"thumbs-up": "👍", "thumbs up": "👍", "thumbs_up": "👍", "thumbs-down": "👎", "thumbs down": "👎", "thumbs_down": "👎",
	"smile": "🙂", "sad": "🙁", "wink": "😉", "laugh": "😀", "biggrin": "😀", "big grin": "😀", "cheeky": "😛", "tongue": "😛",
	"yellow-star": "★", "red-star": "★", "green-star": "★", "blue-star": "★", "star": "★", "star_yellow": "★", "star_red": "★",
	"star_green": "★", "star_blue": "★", "yellow star": "★", "red star": "★", "green star": "★", "blue star": "★",
	"heart": "❤", "broken-heart": "💔", "broken heart": "💔", "check": "✓",
}
