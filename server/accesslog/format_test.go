package accesslog

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// gunicornDefault is access_log_format's default, gunicorn/config.py.
const gunicornDefault = `%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"`

func entry() *Entry {
	headers := map[string]string{
		"user-agent": "curl/8", "referer": "http://lab/", "authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
		"x-id": "7",
	}
	return &Entry{
		Peer: "192.0.2.1", Method: []byte("GET"), Target: []byte("/a/b?c=d&e"), Minor: 1,
		Status: 200, Sent: 1234, PID: 4711,
		Began:    time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 2*3600)),
		Took:     12*time.Second + 345678*time.Microsecond,
		Request:  func(name string) []byte { return []byte(headers[name]) },
		Response: func(name string) []byte { return []byte(map[string]string{"server": "lab"}[name]) },
	}
}

func line(t *testing.T, format string, e *Entry) string {
	t.Helper()
	f, err := Parse(format)
	if err != nil {
		t.Fatal(err)
	}
	return string(f.Append(nil, e))
}

// The atoms are those of gunicorn's Logger.atoms, gunicorn/glogging.py; user and password are the
// example of RFC 7617 §2.
func TestAtoms(t *testing.T) {
	for _, test := range []struct{ format, want string }{
		{gunicornDefault, `192.0.2.1 - Aladdin [04/Mar/2026:05:06:07 +0200] "GET /a/b?c=d&e HTTP/1.1" 200 1234 "http://lab/" "curl/8"`},
		{"%(m)s|%(U)s|%(q)s|%(H)s", "GET|/a/b|c=d&e|HTTP/1.1"},
		{"%(T)s|%(M)s|%(D)s|%(L)s", "12|12345|12345678|12.345678"},
		{"%(B)s %(b)s %(p)s", "1234 1234 <4711>"},
		{"%({X-Id}i)s %({x-id}i)s %({Server}o)s %({none}i)s %({none}o)s", "7 7 lab - -"},
		{"100%% of %%(h)s", "100% of %(h)s"},
		{"", ""},
	} {
		if got := line(t, test.format, entry()); got != test.want+"\n" {
			t.Errorf("%s\ngot  %swant %s", test.format, got, test.want)
		}
	}
}

func TestUnknownAtomsAreDashes(t *testing.T) {
	if got := line(t, "%(z)s %(nonsense)s %()s %({x}e)s %({x)s", entry()); got != "- - - - -\n" {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsMissingIsADash(t *testing.T) {
	const format = "%(h)s %(u)s %(m)s %(U)s %(f)s %(a)s %({x}i)s %({x}o)s"
	if got, want := line(t, format, &Entry{}), strings.Repeat("- ", 7)+"-\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := line(t, "[%(q)s]", &Entry{Target: []byte("/")}); got != "[]\n" {
		t.Errorf("a query that is not there is %q, want nothing, as gunicorn", got)
	}
}

func TestCredentialsThatCannotBeReadAreNoUser(t *testing.T) {
	for _, value := range []string{"", "Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer QWxhZGRpbjpvcGVu", "Basic Og=="} {
		e := &Entry{Request: func(string) []byte { return []byte(value) }}
		if got := line(t, "%(u)s", e); got != "-\n" {
			t.Errorf("%q gives the user %q", value, got)
		}
	}
}

func TestNothingAClientSendsForgesALine(t *testing.T) {
	evil := []byte("x\"\n\r\x1b[2J\x00\x7f\\\xc2\x85\xff")
	e := &Entry{
		Method: evil, Target: append([]byte("/?"), evil...), Peer: string(evil),
		Request: func(string) []byte { return evil }, Response: func(string) []byte { return evil },
	}
	got := line(t, gunicornDefault+`%({x}i)s %({x}o)s %(m)s %(q)s`, e)
	if strings.Count(got, "\n") != 1 || hasRaw(got) {
		t.Errorf("got %q", got)
	}
	if want := `x\"\x0a\x0d\x1b[2J\x00\x7f\\\xc2\x85\xff`; !strings.Contains(got, want) {
		t.Errorf("got %s, want the readable %s in it", got, want)
	}
}

// hasRaw reports whether anything but printable ASCII is left within the line.
func hasRaw(line string) bool {
	return strings.ContainsFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return r < ' ' || r > '~' })
}

func TestMalformedFormats(t *testing.T) {
	for format, offset := range map[string]string{
		"%": "offset 0", "a %h": "offset 2", "%(h)s %(s": "offset 6", "%(s)d": "offset 0", "%%%": "offset 2",
		"%(a(b)s": "offset 0",
	} {
		if _, err := Parse(format); err == nil || !strings.Contains(err.Error(), offset) {
			t.Errorf("%q: %v, want an error at %s", format, err, offset)
		}
	}
}

func TestFillingInAllocatesNothing(t *testing.T) {
	f, err := Parse(`%(h)s %(t)s "%(r)s" %(s)s %(b)s %(L)s %(U)s %(q)s %(p)s`)
	if err != nil {
		t.Fatal(err)
	}
	e, buf := entry(), make([]byte, 0, 512)
	if n := testing.AllocsPerRun(100, func() { buf = f.Append(buf[:0], e) }); n > 0 {
		t.Errorf("%v allocations a line", n)
	}
}

// Whatever the format and the request: no panic, and everything of a client's stays on one line.
func FuzzFormat(f *testing.F) {
	f.Add(gunicornDefault, []byte("GET"), []byte("/?q"), []byte("Basic QTpC"))
	f.Add("%(u)s %%", []byte("\n"), []byte("??"), []byte("Basic \n"))
	f.Add("%({a}i)s%({b}o)s%(m)s%(U)s%(q)s", []byte(`"`), []byte{0xff}, []byte{0})
	f.Fuzz(func(t *testing.T, format string, method, target, value []byte) {
		parsed, err := Parse(format)
		if err != nil {
			return
		}
		get := func(string) []byte { return value }
		e := &Entry{Peer: string(value), Method: method, Target: target, Request: get, Response: get}
		got := parsed.Append(nil, e)
		if !bytes.HasSuffix(got, []byte("\n")) {
			t.Fatalf("%q does not end its line", got)
		}
		if lines := bytes.Count(got, []byte("\n")); lines > 1+strings.Count(format, "\n") {
			t.Fatalf("%q: %d lines", got, lines)
		}
	})
}
