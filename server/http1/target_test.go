package http1

import (
	"net/netip"
	"strings"
	"testing"
)

func TestHostPathQuery(t *testing.T) {
	for _, c := range []struct{ target, host, path, query string }{
		{"", "field", "", ""}, // of a request that was refused; an access log asks all the same
		{"/", "field", "/", ""},
		{"/a/b?c=d?e", "field", "/a/b", "c=d?e"},
		{"/?", "field", "/", ""},
		{"//a/b", "field", "//a/b", ""},
		{"/http://a/", "field", "/http://a/", ""},
		{"/a?http://b/c", "field", "/a", "http://b/c"},
		{"*", "field", "*", ""},
		{"http://a", "a", "/", ""},
		{"http://a:80/b?c", "a:80", "/b", "c"},
		{"https://[::1]?c/d", "[::1]", "/", "c/d"},
	} {
		r := Request{Target: []byte(c.target), Fields: []Field{{[]byte("HOST"), []byte("field")}}}
		if string(r.Host()) != c.host || string(r.Path()) != c.path || string(r.Query()) != c.query {
			t.Errorf("%s: host %q path %q query %q, want %+v", c.target, r.Host(), r.Path(), r.Query(), c)
		}
	}
}

func TestGet(t *testing.T) {
	r := Request{Fields: []Field{{[]byte("X-A"), []byte("1")}, {[]byte("x-a"), []byte("2")}, {[]byte("x~a"), nil}}}
	for name, want := range map[string]string{"x-a": "1", "x~a": "", "x^a": "", "x-": ""} {
		if got := r.Get(name); string(got) != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestValidHost(t *testing.T) {
	for _, h := range []string{
		"a", "A.b-c_d.example.", "127.0.0.1", "a:", "a:80", "a:65535", "xn--bcher-kva.example", "a!b", // RFC 3986 §3.2.2: reg-name
		"[::]", "[::1]:8000", "[1:2:3:4:5:6:7:8]", "[::ffff:1.2.3.4]",
	} {
		if !validHost([]byte(h)) {
			t.Errorf("%q refused", h)
		}
	}
}

// addresses are seeds for the comparison with netip, which reads RFC 4291 §2.2.
var addresses = []string{
	"", ":", "::", ":::", "::1", "1::", "1::2", "1::2::3", "::1:", ":1", "1:", "12345::", "g::",
	"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
	"::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::1.2.3.256", "::01.2.3.4", "::1..2.3", "::1.2.3.4:5", "1.2.3.4", "::ffff:1.2.3.4a",
	"fe80::1%25eth0", "::1/64",
}

func FuzzIPv6(f *testing.F) {
	for _, a := range addresses {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, a string) {
		addr, err := netip.ParseAddr(a)
		want := err == nil && addr.Is6() && !strings.Contains(a, "%")
		if got := ipv6([]byte(a)); got != want {
			t.Errorf("%q: got %v, netip says %v", a, got, want)
		}
	})
}

// Eight bytes together say what the table says of each, wherever in the value the odd byte stands.
func TestPrintable(t *testing.T) {
	for size := range 20 {
		for at := range size {
			for b := range 256 {
				for _, filler := range []byte{'a', '\t', 0x80} {
					v := []byte(strings.Repeat(string([]byte{filler}), size))
					v[at] = byte(b)
					if got, want := printable(v), is(v, inValue); got != want {
						t.Fatalf("%q: got %v, want %v", v, got, want)
					}
				}
			}
		}
	}
}
