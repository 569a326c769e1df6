package gateway

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		head   string
		status int
		local  string
		err    error
	}{
		"a type":            {"Content-Type: text/plain\n\n", 200, "", nil},
		"CRLF":              {"Content-Type: text/plain\r\n\r\n", 200, "", nil},
		"both":              {"Content-Type: text/plain\r\nX: y\n\r\n", 200, "", nil},
		"a status":          {"Status: 404 Not Found\n\n", 404, "", nil},
		"a status line":     {"HTTP/1.1 201 Created\r\nX: y\r\n\r\n", 201, "", nil},
		"a place elsewhere": {"Location: http://x/\n\n", 302, "", nil},
		"a place here":      {"Location: /x?y\n\n", 302, "/x?y", nil},
		"another host":      {"Location: //x/\n\n", 302, "", nil},
		"a stated redirect": {"Status: 302 Found\nLocation: /x\n\n", 302, "", nil},
		"no field":          {"\n\n", 0, "", ErrHead},
		"no colon":          {"text\n\n", 0, "", ErrHead},
		"no name":           {": x\n\n", 0, "", ErrHead},
		"a bad status":      {"Status: fine\n\n", 0, "", ErrStatus},
		"a bad status line": {"HTTP/1.1\n\n", 0, "", ErrStatus},
		"too long":          {strings.Repeat("x", mostHead+1), 0, "", ErrLongHead},
	} {
		var r Response
		n, err := r.Parse([]byte(c.head))
		if !errors.Is(err, c.err) || err == nil && (n != len(c.head) || r.Status != c.status || r.Local() != c.local) {
			t.Errorf("%s: %d bytes, status %d, handed to %q, %v", name, n, r.Status, r.Local(), err)
		}
	}
}

// Whatever the pieces that a head comes in, it is complete with its last byte and not before.
func FuzzParse(f *testing.F) {
	f.Add([]byte("Status: 200 OK\r\nX: y\r\n\r\nbody"))
	f.Add([]byte("HTTP/1.1 200 OK\n\n"))
	f.Add([]byte("\n\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var whole, part Response
		n, err := whole.Parse(b)
		if n < 0 || n > len(b) || err != nil && n != 0 {
			t.Fatalf("%d of %d bytes, %v", n, len(b), err)
		}
		if n == 0 {
			return
		}
		if m, err := part.Parse(b[:n-1]); m != 0 || err != nil {
			t.Errorf("complete a byte too soon: %d, %v", m, err)
		}
		if m, err := part.Parse(b[:n]); m != n || err != nil || part.Status != whole.Status {
			t.Errorf("%d, %v, status %d; whole %d, status %d", m, err, part.Status, n, whole.Status)
		}
	})
}

func TestUnescape(t *testing.T) {
	for path, want := range map[string]string{
		"/a%20b": "/a b", "/%e9": "/\xe9", "/%": "/%", "/%4": "/%4", "/%zz": "/%zz", "/%41%": "/A%", "/%2F": "//",
	} {
		if got, ok := Unescape(nil, []byte(path)); !ok || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, ok)
		}
	}
	if _, ok := Unescape(nil, []byte("/a%00")); ok {
		t.Error("a NUL is passed on")
	}
}

func TestAddresses(t *testing.T) {
	for _, s := range []string{"127.0.0.1:9000", "[::1]:9000", "unix:/run/x.sock", "unix:@abstract"} {
		if a, err := ParseAddress(s); err != nil || a.String() != s {
			t.Errorf("%s: %v, %v", s, a, err)
		}
	}
	for _, s := range []string{"", "9000", "unix:", "example.org:80", "1.2.3.4", "unix:" + strings.Repeat("x", 108)} {
		if _, err := ParseAddress(s); err == nil {
			t.Errorf("%q is an address", s)
		}
	}
}
