package native

import (
	"bytes"
	"fmt"
	"slices"

	"finpages/sources"
	"finpages/sources/limits"

	yaml "github.com/oasdiff/yaml3"
)

// apiBounds are more than the largest public APIs need: GitHub's has some
// 300,000 lines.
var apiBounds = limits.Limits{Bytes: sources.MaxDocument, Items: 500_000, Depth: 100, Aliases: 1000}

// boundAPI refuses what would take far more memory than its size tells. JSON is
// YAML, too.
func boundAPI(data []byte) error {
	if err := apiBounds.YAML(string(data)); err != nil {
		return err
	}
	if !bytes.Contains(data, []byte("&")) || !bytes.Contains(data, []byte("*")) {
		return nil
	}
	var root yaml.Node
	if yaml.Unmarshal(data, &root) != nil {
		return nil // whoever reads it says what is wrong
	}
	if w := (weigher{}); w.weigh(&root) > 2*sources.MaxDocument {
		return fmt.Errorf("%w: with its aliases written out, longer than %d MiB",
			limits.ErrExceeded, 2*sources.MaxDocument>>20)
	}
	return nil
}

// weigher keeps what the anchors weigh that aliases name.
type weigher map[*yaml.Node]int

// weigh returns about how long a node is once its aliases are written out: the
// parser counts how many nodes aliases bring, but not how long these are.
func (w weigher) weigh(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if weight, ok := w[n]; ok {
		return weight
	}
	weight := len(n.Value) + 1
	w[n] = weight // an anchor within itself, which the parser refuses
	for _, child := range n.Content {
		weight = min(weight+w.weigh(child), 1<<40)
	}
	w[n] = weight
	return weight
}

// internalMarks are the extensions by which tools leave a part of a description out
// of what they publish.
var internalMarks = []string{"x-internal", "x-hidden", "x-excluded", "x-exclude", "x-scalar-ignore"}

func isInternal(value any) bool {
	part := object(value)
	return slices.ContainsFunc(internalMarks, func(mark string) bool { return part[mark] == true })
}

// withoutInternal takes out of a description what its author marked as internal.
func withoutInternal(value any) any {
	if all, ok := value.([]any); ok {
		all = slices.DeleteFunc(all, isInternal)
		for i := range all {
			all[i] = withoutInternal(all[i])
		}
		return all
	}
	part := object(value)
	for key, inner := range part {
		if isInternal(inner) {
			delete(part, key)
		} else {
			part[key] = withoutInternal(inner)
		}
	}
	return value
}
