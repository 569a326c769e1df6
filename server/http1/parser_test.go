package http1

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// get is a request that is fine but for what a case adds to it: lines without their last CRLF.
func get(lines ...string) string {
	return "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Join(append(lines, "\r\n"), "\r\n")
}

// line is a request with this request line.
func line(s string) string { return s + "\r\nHost: a\r\n\r\n" }

// host is a request with this value of Host.
func host(v string) string { return "GET / HTTP/1.1\r\nHost: " + v + "\r\n\r\n" }

// refusals are heads that must be refused, the section that says so, and the status.
var refusals = []struct {
	name, source, head string
	want               Status
}{
	{"empty lines", "9112 §2.2", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"bare LF after the request line", "9112 §2.2, strict", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
	{"bare LF after a version of a letter more", "9112 §2.2, strict", "GET / HTTP/1.12\nHost: a\r\n\r\n", 400},
	{"bare LF after a field", "9112 §2.2, strict", "GET / HTTP/1.1\r\nHost: a\r\nA: bc\n\r\n", 400},
	{"bare LF as the last line", "9112 §2.2, strict", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
	{"bare LF before the request", "9112 §2.2, strict", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
	{"white space before the first field", "9112 §2.2", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},

	{"no target", "9112 §3", line("GET HTTP/1.1"), 400},
	{"empty target", "9112 §3", line("GET  HTTP/1.1"), 400},
	{"empty target after a longer method", "9112 §3", line("POST  HTTP/1.1"), 400},
	{"no version, HTTP/0.9", "9112 §3", line("GET /"), 400},
	{"nothing but a method", "9112 §3", line("GET"), 400},
	{"leading space", "9112 §3", line(" GET / HTTP/1.1"), 400},
	{"trailing space", "9112 §3", line("GET / HTTP/1.1 "), 400},
	{"two spaces before the target", "9112 §3", line("GET  / HTTP/1.1"), 400},
	{"two spaces before the version", "9112 §3", line("GET /  HTTP/1.1"), 400},
	{"tab for a space", "9112 §3", line("GET\t/ HTTP/1.1"), 400},
	{"bare CR for a space", "9112 §3", line("GET\r/ HTTP/1.1"), 400},
	{"space in the target", "9112 §3.2", line("GET /a b HTTP/1.1"), 400},
	{"bare CR in the target", "9112 §2.2", line("GET /a\rb HTTP/1.1"), 400},

	{"method is no token", "9110 §9.1", line("G@T / HTTP/1.1"), 400},
	{"method with a slash", "9110 §9.1", line("GE/T / HTTP/1.1"), 400},
	{"method with a byte over 0x7f", "9110 §9.1", line("G\xc9T / HTTP/1.1"), 400},
	{"method in lower case", "gunicorn", line("get / HTTP/1.1"), 400},
	{"method with #", "gunicorn", line("GET# / HTTP/1.1"), 400},
	{"method of 2", "gunicorn", line("GE /abc HTTP/1.1"), 400},
	{"method of 21", "gunicorn", line(strings.Repeat("A", 21) + " / HTTP/1.1"), 400},
	{"a TLS handshake", "9112 §3", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\n", 400},

	{"version in lower case", "9112 §2.3", line("GET / http/1.1"), 400},
	{"version without a minor", "9112 §2.3", line("GET / HTTP/1"), 400},
	{"version without a dot", "9112 §2.3", line("GET / HTTP/111"), 400},
	{"version with two digits", "9112 §2.3", line("GET / HTTP/1.10"), 400},
	{"version with two digits before the dot", "9112 §2.3", line("GET / HTTP/01.1"), 400},
	{"version with a letter", "9112 §2.3", line("GET / HTTP/1.x"), 400},
	{"version with a sign", "9112 §2.3", line("GET / HTTP/+.1"), 400},
	{"another protocol", "9112 §2.3", line("GET / ICAP/1.1"), 400},
	{"HTTP/2.0", "9110 §15.6.6", line("GET / HTTP/2.0"), 505},
	{"HTTP/0.9", "9110 §15.6.6", line("GET / HTTP/0.9"), 505},
	{"HTTP/2's preface", "9113 §3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},

	{"CONNECT", "9110 §9.3.6", line("CONNECT example.org:443 HTTP/1.1"), 501},
	{"CONNECT with a path", "9110 §9.3.6", line("CONNECT / HTTP/1.1"), 501},
	{"authority-form", "9112 §3.2.3", line("GET example.org:80 HTTP/1.1"), 400},
	{"asterisk-form for GET", "9112 §3.2.4", line("GET * HTTP/1.1"), 400},
	{"more than an asterisk", "9112 §3.2.4", line("OPTIONS *a HTTP/1.1"), 400},
	{"relative target", "9112 §3.2.1", line("GET a/b HTTP/1.1"), 400},
	{"query alone", "9112 §3.2.1", line("GET ?a HTTP/1.1"), 400},
	{"fragment", "9112 §3.2", line("GET /a#b HTTP/1.1"), 400},
	{"fragment after a query", "9112 §3.2", line("GET /a?b#c HTTP/1.1"), 400},
	{"byte over 0x7f in the path", "3986 §2", line("GET /\xe4 HTTP/1.1"), 400},
	{"byte over 0x7f in the query", "3986 §2", line("GET /?\xe4 HTTP/1.1"), 400},
	{"NUL in the path", "3986 §2", line("GET /\x00 HTTP/1.1"), 400},
	{"DEL in the path", "3986 §2", line("GET /\x7f HTTP/1.1"), 400},
	{"escape that is cut off", "3986 §2.1", line("GET /%4 HTTP/1.1"), 400},
	{"escape that is no hex", "3986 §2.1", line("GET /%4g HTTP/1.1"), 400},
	{"escape that reaches into the query", "3986 §2.1", line("GET /%4?a HTTP/1.1"), 400},
	{"another scheme", "9112 §3.2.2", line("GET ftp://a/ HTTP/1.1"), 400},
	{"scheme without authority", "9112 §3.2.2", line("GET http:/a HTTP/1.1"), 400},
	{"empty host", "9110 §4.2.1", line("GET http:///a HTTP/1.1"), 400},
	{"empty host before a port", "9110 §4.2.1", line("GET http://:80/ HTTP/1.1"), 400},
	{"user information", "9110 §4.2.4", line("GET http://u:p@a/ HTTP/1.1"), 400},

	{"no Host", "9112 §3.2", "GET / HTTP/1.1\r\n\r\n", 400},
	{"no Host beside an absolute target", "9112 §3.2", "GET http://a/ HTTP/1.1\r\n\r\n", 400},
	{"two Hosts", "9112 §3.2", get("Host: a"), 400},
	{"two Hosts of HTTP/1.0", "9112 §3.2", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
	{"empty Host", "9112 §3.2", host(""), 400},
	{"Host of white space", "9112 §3.2", host(" \t "), 400},
	{"Host with a path", "9110 §7.2", host("a/b"), 400},
	{"Host with user information", "9110 §7.2", host("u@a"), 400},
	{"Host list", "9110 §7.2", host("a, b"), 400},
	{"Host with a port that is no number", "9110 §7.2", host("a:b"), 400},
	{"Host with two ports", "9110 §7.2", host("a:1:2"), 400},
	{"Host with a port of six digits", "9110 §7.2, strict", host("a:100000"), 400},
	{"Host without a name", "9110 §4.2.1", host(":80"), 400},
	{"Host with an escape", "strict", host("%61"), 400},
	{"Host with an unclosed bracket", "3986 §3.2.2", host("[::1"), 400},
	{"Host with text after the bracket", "3986 §3.2.2", host("[::1]a"), 400},
	{"Host in brackets that is no IPv6", "3986 §3.2.2", host("[127.0.0.1]"), 400},
	{"Host that is bare IPv6", "3986 §3.2.2", host("::1"), 400},

	{"space before the colon", "9112 §5.1", get("A : b"), 400},
	{"tab before the colon", "9112 §5.1", get("A\t: b"), 400},
	{"folded line", "9112 §5.2", get("A: b", " c"), 400},
	{"line folded with a tab", "9112 §5.2", get("A: b", "\tc"), 400},
	{"line of white space", "9112 §5.2", get("A: b", " "), 400},
	{"no colon", "9112 §5", get("A"), 400},
	{"empty name", "9112 §5", get(": b"), 400},
	{"name is no token", "9110 §5.1", get("A(: b"), 400},
	{"name with a byte over 0x7f", "9110 §5.1", get("\xc4: b"), 400},
	{"name with a NUL", "9110 §5.1", get("A\x00: b"), 400},
	{"bare CR in a name", "9112 §2.2", get("A\r: b"), 400},
	{"bare CR in a value", "9110 §5.5", get("A: b\rc"), 400},
	{"bare CR at a value's end", "9110 §5.5", get("A: b\r"), 400},
	{"bare CR as a line", "9112 §2.2", get("\r"), 400},
	{"NUL in a value", "9110 §5.5", get("A: b\x00"), 400},
	{"DEL in a value", "9110 §5.5", get("A: b\x7f"), 400},
	{"control in a long value", "9110 §5.5", get("A: 0123456\x0189abcdef"), 400},

	{"Content-Length and Transfer-Encoding", "9112 §6.1", get("Content-Length: 1", "Transfer-Encoding: chunked"), 400},
	{"the same the other way round", "9112 §6.1", get("Transfer-Encoding: chunked", "Content-Length: 0"), 400},
	{"unequal lengths", "9112 §6.3", get("Content-Length: 1", "Content-Length: 2"), 400},
	{"lengths equal in number alone", "9112 §6.3", get("Content-Length: 5", "Content-Length: 05"), 400},
	{"length list", "9112 §6.3", get("Content-Length: 5, 5"), 400},
	{"empty length", "9110 §8.6", get("Content-Length:"), 400},
	{"length with a plus", "9110 §8.6", get("Content-Length: +5"), 400},
	{"length with a minus", "9110 §8.6", get("Content-Length: -5"), 400},
	{"length in hex", "9110 §8.6", get("Content-Length: 0x5"), 400},
	{"length with an underscore", "9110 §8.6", get("Content-Length: 1_0"), 400},
	{"length with a space", "9110 §8.6", get("Content-Length: 1 0"), 400},
	{"length over int64", "9110 §8.6", get("Content-Length: 9223372036854775808"), 400},
	{"length over int64 by leading digits", "9110 §8.6", get("Content-Length: 0000000000000000001"), 400},

	{"unknown coding", "9112 §6.1", get("Transfer-Encoding: gzip"), 501},
	{"identity", "9112 §7", get("Transfer-Encoding: identity"), 501},
	{"nearly chunked", "9112 §6.1", get("Transfer-Encoding: xchunked"), 501},
	{"unknown coding with a parameter", "9112 §7", get("Transfer-Encoding: gzip;q=1"), 501},
	{"unknown coding before chunked", "9112 §6.1", get("Transfer-Encoding: gzip, chunked"), 501},
	{"chunked is not last", "9112 §6.3", get("Transfer-Encoding: chunked, gzip"), 400},
	{"chunked twice", "9112 §7.1", get("Transfer-Encoding: chunked, chunked"), 400},
	{"chunked twice in two fields", "9112 §7.1", get("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400},
	{"chunked is not last of two fields", "9112 §6.3", get("Transfer-Encoding: chunked", "Transfer-Encoding: gzip"), 400},
	{"chunked with a parameter", "9112 §7.1", get("Transfer-Encoding: chunked;q=1"), 400},
	{"chunked in quotes", "9112 §7", get(`Transfer-Encoding: "chunked"`), 400},
	{"chunked with a vertical tab", "9110 §5.5", get("Transfer-Encoding: \vchunked"), 400},
	{"chunked with an empty element", "9112 §6.1, strict", get("Transfer-Encoding: chunked,"), 400},
	{"empty coding", "9112 §6.1", get("Transfer-Encoding:"), 400},
	{"chunked of HTTP/1.0", "9112 §6.1", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},

	{"unknown Expect", "9110 §10.1.1", get("Expect: 200-ok"), 417},
	{"unknown Expect beside the known", "9110 §10.1.1", get("Expect: 100-continue, x"), 417},
	{"empty Expect", "9110 §10.1.1", get("Expect:"), 417},

	{"Trailer names a length", "9110 §6.5.1", get("Trailer: A, Content-Length"), 400},
	{"Trailer names a coding", "9110 §6.5.1", get("Trailer: transfer-encoding"), 400},
}

func TestRefused(t *testing.T) {
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			p, r := Parser{Limits: gunicorn}, Request{}
			n, done, err := p.Parse([]byte(c.head), &r)
			if n != 0 || done || !errors.Is(err, c.want) {
				t.Errorf("%s: %q: n=%d done=%v err=%v, want %v", c.source, c.head, n, done, err, c.want)
			}
			if p != (Parser{Limits: gunicorn}) {
				t.Errorf("parser not ready after a refusal: %+v", p)
			}
		})
	}
}

// dump is all that a request says, so that requests can be compared.
func dump(r *Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s 1.%d length=%d close=%v expect=%v", r.Method, r.Target, r.Minor, r.Length, r.Close, r.Expect)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "|%s=%s", f.Name, f.Value)
	}
	return b.String()
}

// accepted are heads at the edge of what is accepted.
var accepted = []struct{ name, source, head, want string }{
	{"hello", "", hello, "GET / 1.1 length=0 close=false expect=false|Host=127.0.0.1:8000"},
	{"one empty line", "9112 §2.2", "\r\n" + get(), "GET / 1.1 length=0 close=false expect=false|Host=a"},
	{"no space, more space", "9112 §5.1", get("A:b", "C: \t d\t "), "GET / 1.1 length=0 close=false expect=false|Host=a|A=b|C=d"},
	{"empty value", "9110 §5.5", get("A:"), "GET / 1.1 length=0 close=false expect=false|Host=a|A="},
	{"tab and bytes over 0x7f", "9110 §5.5", get("A: 1\t2\xff345678\t9"), "GET / 1.1 length=0 close=false expect=false|Host=a|A=1\t2\xff345678\t9"},
	{"underscore in a name", "9110 §5.6.2", get("A_b: c"), "GET / 1.1 length=0 close=false expect=false|Host=a|A_b=c"},
	{"method of 20", "gunicorn", line("VERSION-CONTROL-ABCD / HTTP/1.1"), "VERSION-CONTROL-ABCD / 1.1 length=0 close=false expect=false|Host=a"},
	{"HTTP/1.0", "9112 §9.3", "GET / HTTP/1.0\r\n\r\n", "GET / 1.0 length=0 close=true expect=false"},
	{"HTTP/1.2", "9110 §2.5", line("GET / HTTP/1.2"), "GET / 1.1 length=0 close=false expect=false|Host=a"},

	{"asterisk-form", "9112 §3.2.4", line("OPTIONS * HTTP/1.1"), "OPTIONS * 1.1 length=0 close=false expect=false|Host=a"},
	{"absolute-form", "9112 §3.2.2", line("GET HTTP://b:8/c HTTP/1.1"), "GET HTTP://b:8/c 1.1 length=0 close=false expect=false|Host=a"},
	{"two slashes", "9112 §3.2.1", line("GET //b HTTP/1.1"), "GET //b 1.1 length=0 close=false expect=false|Host=a"},
	{"escapes", "3986 §2.1", line("GET /%4a%4B?%zz% HTTP/1.1"), "GET /%4a%4B?%zz% 1.1 length=0 close=false expect=false|Host=a"},

	{"keep-alive of HTTP/1.0", "9112 §9.3", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / 1.0 length=0 close=false expect=false|Connection=Keep-Alive"},
	{"close", "9112 §9.3", get("Connection: Close"), "GET / 1.1 length=0 close=true expect=false|Host=a|Connection=Close"},
	{"close in a list", "9110 §7.6.1", get("Connection: Upgrade,\tclose ,"), "GET / 1.1 length=0 close=true expect=false|Host=a|Connection=Upgrade,\tclose ,"},
	{"close in a second field", "9110 §7.6.1", get("Connection: keep-alive", "connection: close"), "GET / 1.1 length=0 close=true expect=false|Host=a|Connection=keep-alive|connection=close"},
	{"close wins over keep-alive", "9112 §9.3", "GET / HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n", "GET / 1.0 length=0 close=true expect=false|Connection=close, keep-alive"},
	{"close is a whole option", "9110 §7.6.1", get("Connection: closed, disclose"), "GET / 1.1 length=0 close=false expect=false|Host=a|Connection=closed, disclose"},

	{"length", "9110 §8.6", get("Content-Length: 17"), "GET / 1.1 length=17 close=false expect=false|Host=a|Content-Length=17"},
	{"length of 18 digits", "9110 §8.6", get("Content-Length: 999999999999999999"), "GET / 1.1 length=999999999999999999 close=false expect=false|Host=a|Content-Length=999999999999999999"},
	{"equal lengths", "9112 §6.3", get("Content-Length: 5", "Content-Length: 5"), "GET / 1.1 length=5 close=false expect=false|Host=a|Content-Length=5|Content-Length=5"},
	{"chunked", "9112 §6.1", get("Transfer-Encoding: Chunked"), "GET / 1.1 length=-1 close=false expect=false|Host=a|Transfer-Encoding=Chunked"},
	{"Trailer", "9110 §6.6.2", get("Transfer-Encoding: chunked", "Trailer: Digest"), "GET / 1.1 length=-1 close=false expect=false|Host=a|Transfer-Encoding=chunked|Trailer=Digest"},
	{"Expect", "9110 §10.1.1", get("Content-Length: 1", "Expect: 100-Continue"), "GET / 1.1 length=1 close=false expect=true|Host=a|Content-Length=1|Expect=100-Continue"},
	{"Expect before a chunked body", "9110 §10.1.1", get("Expect: 100-continue", "Transfer-Encoding: chunked"), "GET / 1.1 length=-1 close=false expect=true|Host=a|Expect=100-continue|Transfer-Encoding=chunked"},
	{"Expect without a body", "9110 §10.1.1", get("Expect: 100-continue"), "GET / 1.1 length=0 close=false expect=false|Host=a|Expect=100-continue"},
	{"Expect of HTTP/1.0", "9110 §10.1.1", "PUT / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", "PUT / 1.0 length=1 close=true expect=false|Content-Length=1|Expect=100-continue"},
}

func TestAccepted(t *testing.T) {
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			p, r := Parser{Limits: gunicorn}, Request{}
			n, done, err := p.Parse([]byte(c.head+"rest"), &r)
			if n != len(c.head) || !done || err != nil {
				t.Fatalf("%s: %q: n=%d done=%v err=%v", c.source, c.head, n, done, err)
			}
			if got := dump(&r); got != c.want {
				t.Errorf("%s: got %q, want %q", c.source, got, c.want)
			}
		})
	}
}

// The limits are inclusive, and count what gunicorn counts: the request line without its CRLF, a
// field's line with it.
func TestLimits(t *testing.T) {
	const (
		requestLine = "GET / HTTP/1.1"
		field       = "Host: a"
	)
	exact := Limits{Line: len(requestLine), Fields: 2, FieldSize: len(field + "\r\n")}
	head := requestLine + "\r\n" + field + "\r\nA: b\r\n\r\n"
	for _, c := range []struct {
		name   string
		head   string
		limits Limits
		want   error
	}{
		{"exact", head, exact, nil},
		{"none", head, Limits{}, nil},
		{"line", head, Limits{Line: exact.Line - 1}, URITooLong},
		{"fields", head, Limits{Fields: 1}, FieldsTooLarge},
		{"field size", head, Limits{FieldSize: exact.FieldSize - 1}, FieldsTooLarge},
		{"line has not ended", "GET /aaaaaaaaaa", Limits{Line: 14}, URITooLong},
		{"line may end yet", "GET / HTTP/1.1\r", Limits{Line: 14}, nil},
		{"field has not ended", requestLine + "\r\nA: bbbb", Limits{FieldSize: 8}, FieldsTooLarge},
		{"field may end yet", requestLine + "\r\nA: bbb\r", Limits{FieldSize: 8}, nil},
		{"one field too many has not ended", requestLine + "\r\n" + field + "\r\nB", Limits{Fields: 1}, FieldsTooLarge},
		{"the head may end yet", requestLine + "\r\n" + field + "\r\n\r", Limits{Fields: 1}, nil},
		{"bytes after the head do not count", head + strings.Repeat("x", 100), exact, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, r := Parser{Limits: c.limits}, Request{}
			if _, _, err := p.Parse([]byte(c.head), &r); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// Byte by byte, each time at a new address with the old one overwritten, every head gives what it
// gives in one piece.
func TestPieces(t *testing.T) {
	heads := []string{browser, upload}
	for _, c := range accepted {
		heads = append(heads, c.head)
	}
	for _, c := range refusals {
		heads = append(heads, c.head)
	}
	for _, head := range heads {
		want := parse(gunicorn, []byte(head), nil)
		cuts := make([]int, len(head))
		for i := range cuts {
			cuts[i] = i
		}
		if got := parse(gunicorn, []byte(head), cuts); got != want {
			t.Errorf("%q: in pieces %q, in one %q", head, got, want)
		}
	}
}

// parse presents stream up to each of the cuts, in ascending order, and then whole, until the parser
// decides; it returns the outcome in words.
func parse(limits Limits, stream []byte, cuts []int) string {
	p, r := Parser{Limits: limits}, Request{}
	var old []byte
	for _, cut := range append(cuts, len(stream)) {
		buf := bytes.Clone(stream[:cut])
		for i := range old {
			old[i] = '?'
		}
		n, done, err := p.Parse(buf, &r)
		if err != nil {
			return err.Error()
		}
		if done {
			return fmt.Sprint(n, dump(&r))
		}
		old = buf
	}
	return "more"
}

// A parser reads one head after the other, and nothing of one is left in the next.
func TestPipelined(t *testing.T) {
	stream := []byte(browser + "GET /2 HTTP/1.0\r\n\r\n" + hello)
	p, r := Parser{Limits: gunicorn}, Request{}
	for i, want := range []string{
		"/articles/2024/worker-models?page=2&sort=date 10", "/2 0", "/ 1",
	} {
		n, done, err := p.Parse(stream, &r)
		if got := fmt.Sprintf("%s %d", r.Target, len(r.Fields)); !done || err != nil || got != want {
			t.Fatalf("request %d: %q done=%v err=%v, want %q", i, got, done, err, want)
		}
		stream = stream[n:]
	}
	if len(stream) != 0 {
		t.Errorf("%q left", stream)
	}
}

func TestReset(t *testing.T) {
	p, r := Parser{}, Request{}
	if _, done, err := p.Parse([]byte("GET / HTTP/1.1\r\nHost: a\r\nConn"), &r); done || err != nil {
		t.Fatal(done, err)
	}
	p.Reset()
	if n, done, err := p.Parse([]byte(hello), &r); n != len(hello) || !done || err != nil || len(r.Fields) != 1 {
		t.Error(n, done, err, dump(&r))
	}
}

func TestAllocations(t *testing.T) {
	p, r := Parser{Limits: gunicorn}, Request{}
	heads := [][]byte{[]byte(hello), []byte(browser), []byte(upload), []byte(host("[::1]:80")), []byte(line("GET http://a/ HTTP/1.1"))}
	chunks, dst := []byte("5;a=\"b\"\r\nhello\r\n0\r\nA: b\r\n\r\n"), make([]byte, 64)
	var body Body
	allocs := testing.AllocsPerRun(100, func() {
		for _, head := range heads {
			_, _, _ = p.Parse(head[:len(head)-3], &r)
			if _, done, err := p.Parse(head, &r); !done || err != nil {
				t.Fatal(done, err)
			}
			_, _, _ = r.Get("accept"), r.Path(), r.Host()
		}
		body.Reset(&Request{Length: -1})
		if _, _, done, err := body.Decode(dst, chunks); !done || err != nil {
			t.Fatal(done, err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}
