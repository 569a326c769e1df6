package http1

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const sunday = "Sun, 06 Nov 1994 08:49:37 GMT" // RFC 9110 §5.6.7's example

func TestAppendHead(t *testing.T) {
	const rest = "\r\nServer: workerlab\r\nDate: " + sunday + "\r\nConnection: "
	for _, c := range []struct {
		name string
		head Head
		want string
	}{
		{"hello", Head{Status: 200, Fields: []byte("Content-Type: text/plain\r\n"), Length: 6}, "HTTP/1.1 200 OK" + rest + "keep-alive\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n"},
		{"close", Head{Status: 404, Close: true}, "HTTP/1.1 404 Not Found" + rest + "close\r\nContent-Length: 0\r\n\r\n"},
		{"chunked", Head{Status: 200, Length: -1}, "HTTP/1.1 200 OK" + rest + "keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{"until close", Head{Status: 200, Length: -2, Close: true}, "HTTP/1.1 200 OK" + rest + "close\r\n\r\n"},
		{"204 is never framed", Head{Status: 204, Length: -1}, "HTTP/1.1 204 No Content" + rest + "keep-alive\r\n\r\n"},
		{"1xx is never framed", Head{Status: 103, Length: 0}, "HTTP/1.1 103 Early Hints" + rest + "keep-alive\r\n\r\n"},
		{"304 tells the length", Head{Status: 304, Length: 6}, "HTTP/1.1 304 Not Modified" + rest + "keep-alive\r\nContent-Length: 6\r\n\r\n"},
		{"unregistered", Head{Status: 299}, "HTTP/1.1 299 " + rest + "keep-alive\r\nContent-Length: 0\r\n\r\n"},
		{"beyond the table", Head{Status: 999}, "HTTP/1.1 999 " + rest + "keep-alive\r\nContent-Length: 0\r\n\r\n"},
		{"no status", Head{}, "HTTP/1.1 500 Internal Server Error" + rest + "keep-alive\r\nContent-Length: 0\r\n\r\n"},
		{"four digits", Head{Status: 1000}, "HTTP/1.1 500 Internal Server Error" + rest + "keep-alive\r\nContent-Length: 0\r\n\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := AppendHead(nil, &c.head, []byte(sunday)); string(got) != c.want {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestAppendField(t *testing.T) {
	for _, c := range []struct {
		name, value string
		ok          bool
	}{
		{"X-A", "b", true},
		{"X-A", "", true},
		{"X-A", "\u00e9\tb", true},
		{"", "b", false},
		{"X A", "b", false},
		{"X:A", "b", false},
		{"X\r\nA", "b", false},
		{"X-A", "b\r\nSet-Cookie: c", false}, // response splitting, RFC 9112 §11.1
		{"X-A", "b\nc", false},
		{"X-A", "b\rc", false},
		{"X-A", "b\x00c", false},
		{"X-A", "b\x7fc", false},
		{"Connection", "close", false},
		{"content-Length", "1", false},
		{"TRANSFER-ENCODING", "chunked", false},
		{"Trailer", "A", false},
	} {
		got, err := AppendField([]byte("before"), c.name, c.value)
		want := "before"
		if c.ok {
			want += c.name + ": " + c.value + "\r\n"
		}
		if (err == nil) != c.ok || string(got) != want {
			t.Errorf("%q: %q: got %q, %v", c.name, c.value, got, err)
		}
	}
}

func TestAppendChunk(t *testing.T) {
	got := AppendChunk(AppendChunk(AppendChunk(nil, []byte("a")), nil), make([]byte, 0x1a2b))
	if want := "1\r\na\r\n1a2b\r\n" + strings.Repeat("\x00", 0x1a2b) + "\r\n"; string(got) != want {
		t.Errorf("got %.40q…", got)
	}
}

func TestResponseBody(t *testing.T) {
	for _, c := range []struct {
		method string
		status int
		want   bool
	}{{"GET", 200, false}, {"HEAD", 200, true}, {"GET", 100, true}, {"GET", 204, true}, {"GET", 304, true}, {"head", 205, false}} {
		if got := NoBody([]byte(c.method), c.status); got != c.want {
			t.Errorf("%s %d: got %v", c.method, c.status, got)
		}
	}
}

// net/http keeps the names of RFC 7231 for these; RFC 9110 §15.5 renamed them.
var renamed = map[int]string{
	413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Content",
	418: "", // (Unused), RFC 9110 §15.5.19
}

func TestReason(t *testing.T) {
	for status := -1; status < 1000; status++ {
		want, other := renamed[status]
		if !other {
			want = http.StatusText(status)
		}
		if got := Reason(status); got != want {
			t.Errorf("%d: got %q, want %q", status, got, want)
		}
	}
	if got := URITooLong.Error(); got != "414 URI Too Long" {
		t.Error(got)
	}
}

func TestDate(t *testing.T) {
	var d Date
	if got := d.At(time.Unix(0, 0)); string(got) != "Thu, 01 Jan 1970 00:00:00 GMT" {
		t.Errorf("the zero second: %s", got)
	}
	now := time.Unix(784111777, 0).In(time.FixedZone("", 3600))
	if got := d.At(now); string(got) != sunday {
		t.Errorf("got %s, want %s", got, sunday)
	}
	d.text[0] = 's' // a mark that only formatting anew removes
	if got := d.At(now.Add(999 * time.Millisecond)); got[0] != 's' {
		t.Error("formatted twice in a second")
	}
	if got := d.At(now.Add(time.Second)); string(got) != "Sun, 06 Nov 1994 08:49:38 GMT" {
		t.Errorf("got %s a second later", got)
	}
	if n := testing.AllocsPerRun(100, func() { now = now.Add(time.Second); d.At(now) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestResponseAllocations(t *testing.T) {
	dst, h, chunk := make([]byte, 0, 512), Head{Status: 200, Length: -1}, []byte("hello")
	allocs := testing.AllocsPerRun(100, func() {
		h.Fields, _ = AppendField(h.Fields[:0], "Content-Type", "text/plain")
		dst = AppendChunk(AppendHead(dst[:0], &h, []byte(sunday)), chunk)
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}
