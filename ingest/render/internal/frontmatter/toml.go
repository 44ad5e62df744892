package frontmatter

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

func parseTOML(head string) (Fields, error) {
	var values map[string]any
	if err := toml.Unmarshal([]byte(head), &values); err != nil {
		var detailed *toml.DecodeError
		if errors.As(err, &detailed) {
			row, _ := detailed.Position()
			return nil, lineError(row, strings.TrimPrefix(detailed.Error(), "toml: "))
		}
		return nil, lineError(1, err.Error())
	}
	return plainFields(values), nil
}

// plainFields brings decoded values into the form of Fields.
func plainFields(values map[string]any) Fields {
	fields := make(Fields, len(values))
	for key, value := range values {
		switch v := value.(type) {
		case map[string]any:
			fields[strings.ToLower(key)] = plainFields(v)
		case []any:
			fields[strings.ToLower(key)] = false
		case nil:
			fields[strings.ToLower(key)] = nil
		default:
			fields[strings.ToLower(key)] = fmt.Sprint(v)
		}
	}
	return fields
}
