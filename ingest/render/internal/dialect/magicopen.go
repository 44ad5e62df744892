package dialect

import (
	"encoding/json"
	"strings"
)

// openedMagic is what a block of ReadMe's that nobody knows shows, as its settings are
// called: titles, texts and addresses, in their order.
func openedMagic(settings string) []string {
	var out []string
	readMagic(json.NewDecoder(strings.NewReader(settings)), "", &out)
	return out
}

// readMagic reads a value that a setting of the name has.
func readMagic(settings *json.Decoder, name string, out *[]string) {
	token, err := settings.Token()
	if err != nil {
		return
	}
	switch value := token.(type) {
	case json.Delim:
		for settings.More() {
			key := name
			if value == '{' {
				token, err := settings.Token()
				if err != nil {
					return
				}
				key, _ = token.(string)
			}
			readMagic(settings, key, out)
		}
		_, _ = settings.Token()
	case string:
		*out = append(*out, shownMagic(name, value)...)
	}
}

func shownMagic(name, value string) []string {
	switch strings.ToLower(name) {
	case "title", "name", "label", "heading", "header":
		return []string{strong(plainText(value)), ""}
	case "text", "body", "content", "description", "caption", "html":
		return append(strings.Split(value, "\n"), "")
	case "code":
		return append(fencedCode("", strings.Split(value, "\n")), "")
	case "url", "link", "href":
		if strings.Contains(value, "://") {
			return []string{mediaLink(value, "", value), ""}
		}
	}
	return nil
}
