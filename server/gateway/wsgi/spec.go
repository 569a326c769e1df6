package wsgi

import (
	"fmt"
	"regexp"
)

// An app is a Python module, by its dotted name, and optionally an expression behind a colon.
var appPattern = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*(:.+)?$`)

// CheckApp reports whether s names a WSGI application: module, module:callable or module:factory(…). Where
// no callable is named it is "application". Whether it exists is Python's to say.
func CheckApp(s string) error {
	if !appPattern.MatchString(s) {
		return fmt.Errorf("app %q: want a Python module and a callable in it, as in config.wsgi:application", s)
	}
	return nil
}
