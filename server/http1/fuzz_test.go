package http1

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"testing"
)

// streams are seeds: every head of the tables, and heads with every body of theirs behind them.
func streams(add func(stream string)) {
	for _, c := range refusals {
		add(c.head)
	}
	for _, c := range accepted {
		add(c.head + "hello, world, hello")
	}
	for _, c := range chunkedBodies {
		add(upload + c.body + hello)
	}
	add(browser + hello)
}

// cutsOf turns fuzzed bytes into ascending places at which to cut something of this size.
func cutsOf(gaps []byte, size int) (cuts []int) {
	at := 0
	for _, gap := range gaps {
		if at += int(gap); at >= size {
			break
		}
		cuts = append(cuts, at)
	}
	return cuts
}

// Any split of the bytes gives the same parse, the same refusal and the same decision about which
// limit was hit.
func FuzzSplit(f *testing.F) {
	streams(func(s string) {
		f.Add([]byte(s), []byte{1, 2, 3, 1}, uint8(0))
		f.Add([]byte(s), bytes.Repeat([]byte{1}, len(s)), uint8(16))
	})
	f.Fuzz(func(t *testing.T, stream, gaps []byte, limit uint8) {
		limits := Limits{Line: int(limit), Fields: int(limit) / 8, FieldSize: int(limit)}
		want := parse(limits, stream, nil)
		if got := parse(limits, stream, cutsOf(gaps, len(stream))); got != want {
			t.Errorf("%q\nin pieces %q\nin one    %q", stream, got, want)
		}
	})
}

// What is accepted, net/http reads to the same method, target, fields, body and to the same next
// request. It reads much besides that is refused here, so nothing is asked the other way round.
func FuzzNetHTTP(f *testing.F) {
	streams(func(s string) { f.Add([]byte(s)) })
	f.Fuzz(func(t *testing.T, stream []byte) {
		p, r := Parser{Limits: gunicorn}, Request{}
		n, done, err := p.Parse(stream, &r)
		if !done || err != nil {
			return
		}
		// An empty line before the request is the one thing that net/http does not take.
		rd := bufio.NewReaderSize(bytes.NewReader(bytes.TrimPrefix(stream, []byte("\r\n"))), 1<<20)
		theirs, err := http.ReadRequest(rd)
		if err != nil {
			t.Fatalf("%q: net/http refuses: %v", stream[:n], err)
		}
		compareHeads(t, &r, theirs)

		b, got := Body{Limits: gunicorn}, make([]byte, len(stream))
		b.Reset(&r)
		produced, used, done, err := b.Decode(got, stream[n:])
		if !done || err != nil {
			return
		}
		want, err := io.ReadAll(theirs.Body)
		if err != nil || !bytes.Equal(got[:produced], want) {
			t.Fatalf("%q: body %q, net/http %q, %v", stream, got[:produced], want, err)
		}
		if rest, _ := io.ReadAll(rd); !bytes.Equal(rest, stream[n+used:]) {
			t.Fatalf("%q: %q is left, net/http leaves %q", stream, stream[n+used:], rest)
		}
	})
}

func compareHeads(t *testing.T, ours *Request, theirs *http.Request) {
	t.Helper()
	check := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, net/http %q", what, got, want)
		}
	}
	check("method", string(ours.Method), theirs.Method)
	check("target", string(ours.Target), theirs.RequestURI)
	check("minor", strconv.Itoa(int(ours.Minor)), strconv.Itoa(min(1, theirs.ProtoMinor)))
	check("host", string(ours.Host()), theirs.Host)
	check("length", fmt.Sprint(ours.Length), fmt.Sprint(theirs.ContentLength))
	check("close", fmt.Sprint(ours.Close), fmt.Sprint(theirs.Close))
	check("query", string(ours.Query()), theirs.URL.RawQuery)
	path, err := url.PathUnescape(string(ours.Path()))
	if want := theirs.URL.Path; err != nil || path != want && (path != "/" || want != "") { // "http://a" has no path there
		t.Errorf("path: %q, net/http %q", path, want)
	}
	for name, want := range header(ours, theirs) {
		check(name, fmt.Sprintf("%q", theirs.Header[name]), fmt.Sprintf("%q", want))
	}
}

// header is what net/http should make of our fields: canonical names, and without those that it
// turns into members of http.Request. Names that it has beyond ours would be missed, so they are
// asked for with no value.
func header(ours *Request, theirs *http.Request) http.Header {
	h := make(http.Header)
	for name := range theirs.Header {
		h[name] = nil
	}
	for _, field := range ours.Fields {
		name := textproto.CanonicalMIMEHeaderKey(string(field.Name))
		if name == "Content-Length" && len(h[name]) > 0 {
			continue // equal ones become one
		}
		h[name] = append(h[name], string(field.Value))
	}
	delete(h, "Host")
	if ours.Length < 0 {
		delete(h, "Transfer-Encoding")
		delete(h, "Trailer")
	}
	if len(h["Cache-Control"]) == 0 {
		delete(h, "Cache-Control") // added for Pragma: no-cache (RFC 7234 §5.4)
	}
	return h
}

// Any split of a chunked body and any size of the destination give the same bytes, the same end and
// the same refusal.
func FuzzDecode(f *testing.F) {
	for _, c := range chunkedBodies {
		f.Add([]byte(c.body), []byte{1, 2, 3}, uint8(3), uint8(0))
		f.Add([]byte(c.body), bytes.Repeat([]byte{1}, len(c.body)), uint8(1), uint8(9))
	}
	f.Fuzz(func(t *testing.T, body, gaps []byte, size, limit uint8) {
		limits := Limits{Fields: int(limit) / 8, FieldSize: int(limit)}
		want := decode(t, limits, body, nil, len(body)+1)
		if got := decode(t, limits, body, cutsOf(gaps, len(body)), int(size)+1); got != want {
			t.Errorf("%q\nin pieces %q\nin one    %q", body, got, want)
		}
	})
}

// decode presents body in pieces to a destination of size bytes and returns the outcome in words.
func decode(t *testing.T, limits Limits, body []byte, cuts []int, size int) string {
	b := Body{Limits: limits}
	b.Reset(&Request{Length: -1})
	var out []byte
	at, dst := 0, make([]byte, size)
	for _, cut := range append(cuts, len(body)) {
		for at < cut {
			n, used, done, err := b.Decode(dst, body[at:cut])
			if n > size || used > cut-at {
				t.Fatalf("%d of %d bytes into %d of %d", used, cut-at, n, size)
			}
			out, at = append(out, dst[:n]...), at+used
			if done || err != nil {
				return fmt.Sprintf("%q %d %v", out, at, err)
			}
			if n < size && at < cut {
				t.Fatalf("stopped with room for %d and %d bytes unread", size-n, cut-at)
			}
		}
	}
	return fmt.Sprintf("%q more", out)
}

// What is written, net/http's client reads.
func FuzzResponse(f *testing.F) {
	f.Add(200, "Content-Type", "text/plain", int64(6), []byte("hello\n"), false)
	f.Add(404, "X-A", "b\r\nc: d", int64(-1), []byte("no"), true)
	f.Add(204, "X:A", "", int64(-1), []byte{}, false)
	f.Add(200, "Trailer", "Content-Length", int64(-1), []byte("a"), false)
	f.Add(200, "Pragma", "no-cache", int64(0), []byte("a"), false)
	f.Add(304, "a", "\t", int64(0), []byte{}, false)
	f.Add(999, "a", "\xff", int64(-2), []byte("until close"), false)
	f.Fuzz(func(t *testing.T, status int, name, value string, framing int64, body []byte, shut bool) {
		h := Head{Status: 200 + max(0, status)%800, Length: max(-2, min(0, framing)), Close: shut}
		if h.Length == 0 {
			h.Length = int64(len(body))
		}
		var err error
		h.Fields, err = AppendField(nil, name, value)
		stream := AppendHead(nil, &h, []byte(sunday))
		switch {
		case NoBody(nil, h.Status):
			body = nil
		case h.Length == -1:
			half := len(body) / 2
			stream = append(AppendChunk(AppendChunk(stream, body[:half]), body[half:]), LastChunk...)
		default:
			stream = append(stream, body...)
		}
		res, e := http.ReadResponse(bufio.NewReader(bytes.NewReader(stream)), nil)
		if e != nil {
			t.Fatalf("%q: %v", stream, e)
		}
		got, e := io.ReadAll(res.Body)
		if e != nil || !bytes.Equal(got, body) || res.StatusCode != h.Status {
			t.Fatalf("%q: %d %q, %v", stream, res.StatusCode, got, e)
		}
		if err == nil {
			key := textproto.CanonicalMIMEHeaderKey(name)
			if values := res.Header.Values(key); values[len(values)-1] != textproto.TrimString(value) {
				t.Errorf("%q: %s reads %q", stream, key, values)
			}
			res.Header.Del(key)
		}
		// Cache-Control is what net/http makes of Pragma.
		for _, own := range []string{"Server", "Date", "Connection", "Content-Length", "Cache-Control"} {
			res.Header.Del(own)
		}
		if len(res.Header) != 0 {
			t.Errorf("%q: fields of nobody's: %v", stream, res.Header)
		}
	})
}
