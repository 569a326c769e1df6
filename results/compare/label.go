package compare

import (
	"cmp"
	"strings"
)

// Label is a cell's name in few words: "gthread 1×8 gil cpu:5ms clients=16".
func Label(name string) string {
	values := make(map[string]string)
	var rest []string
	for part := range strings.SplitSeq(strings.TrimPrefix(name, "Trial/"), "/") {
		axis, value, _ := strings.Cut(part, "=")
		switch axis {
		case "class", "workers", "threads":
			values[axis] = value
		case "do":
			rest = append(rest, value)
		default:
			if value == "true" {
				part = axis
			}
			rest = append(rest, part)
		}
	}
	head := values["class"] + " " + values["workers"] + "×" + cmp.Or(values["threads"], "1")
	return strings.TrimSpace(head + " " + strings.Join(rest, " "))
}
