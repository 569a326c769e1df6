package wsgi

import (
	"strings"
	"testing"

	"github.com/workerlab/workerlab/server/gateway"
)

func TestCheckApp(t *testing.T) {
	for _, s := range []string{"config.wsgi:application", "config.wsgi", "app", "site:create_app()", `site:make("a:b")`, "größe.x:y"} {
		if err := CheckApp(s); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []string{"", ":app", "app:", "a b", "1app", "config.:x", "-k", "../x"} {
		if CheckApp(s) == nil {
			t.Errorf("%q is an app", s)
		}
	}
}

// What the interpreter sends is as trustworthy as the application: it is refused or understood.
func FuzzParse(f *testing.F) {
	f.Add("200 OK\x00Content-Type\x00text/plain")
	f.Add("204 No Content")
	f.Add("200 OK\x00Content-Length")
	f.Fuzz(func(t *testing.T, head string) {
		var r gateway.Response
		r.Reset()
		if parse(&r, head) != nil {
			return
		}
		if n := strings.Count(head, "\x00"); r.Status < 100 || r.Status > 599 || n%2 != 0 {
			t.Errorf("%q: status %d of %d parts", head, r.Status, n+1)
		}
	})
}
