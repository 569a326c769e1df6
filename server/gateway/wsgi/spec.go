package wsgi

import (
	"fmt"
	"strings"
	"unicode"
)

// CheckApp reports whether s names a WSGI application: module, module:callable or module:factory(…). Where
// no callable is named it is "application". Whether it exists is Python's to say.
func CheckApp(s string) error {
	module, expression, named := strings.Cut(s, ":")
	if !dotted(module) || named && expression == "" {
		return fmt.Errorf("app %q: want a Python module and a callable in it, as in config.wsgi:application", s)
	}
	return nil
}

// dotted reports whether s is the name of a Python module. A regular expression that knows all letters would
// take every process 170 KiB.
func dotted(s string) bool {
	for name := range strings.SplitSeq(s, ".") {
		if name == "" {
			return false
		}
		for i, r := range name {
			if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsNumber(r)) {
				return false
			}
		}
	}
	return true
}
