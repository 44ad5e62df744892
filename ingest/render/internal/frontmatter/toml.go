package frontmatter

import (
	"errors"
	"fmt"
	"strings"

	regexp "finpages/sources/lazyregexp"

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

var numberLine = regexp.MustCompile(`(?m)^[ \t]*"?([\w-]+)"?[ \t]*=[ \t]*([+-]?[\d_.][\w.+-]*)[ \t]*(?:#.*)?$`)

// spell gives numbers of TOML, above its tables, as they are written: 3.10 is a version.
func (f Fields) spell(head string) {
	if strings.HasPrefix(head, "[") {
		return
	}
	head, _, _ = strings.Cut(head, "\n[")
	for _, m := range numberLine.FindAllStringSubmatch(head, -1) {
		if key := strings.ToLower(m[1]); f.Text(key) != "" {
			f[key] = m[2]
		}
	}
}

// plainFields brings decoded values into the form of Fields.
func plainFields(values map[string]any) Fields {
	fields := make(Fields, len(values))
	for key, value := range values {
		fields[strings.ToLower(key)] = plainValue(value)
	}
	return fields
}

func plainValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return plainFields(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plainValue(v[i])
		}
		return list
	case nil:
		return nil
	}
	return fmt.Sprint(value)
}
