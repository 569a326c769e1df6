package http1

import (
	"testing"
	"time"
)

// wrk's request, and one as Firefox sends it: the two the parser's speed is stated for.
const (
	hello = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n"

	browser = "GET /articles/2024/worker-models?page=2&sort=date HTTP/1.1\r\n" +
		"Host: www.example.org\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
		"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
		"Accept-Language: en-US,en;q=0.5\r\n" +
		"Accept-Encoding: gzip, deflate, br, zstd\r\n" +
		"Referer: https://www.example.org/articles/2024/\r\n" +
		"Connection: keep-alive\r\n" +
		"Cookie: session=8c1f0d7c5b2e4b7f9d3a; theme=dark\r\n" +
		"Upgrade-Insecure-Requests: 1\r\n" +
		"Priority: u=0, i\r\n\r\n"

	upload = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
)

// gunicorn's defaults.
var gunicorn = Limits{Line: 4094, Fields: 100, FieldSize: 8190}

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, head string }{{"hello", hello}, {"browser", browser}, {"upload", upload}} {
		b.Run(c.name, func(b *testing.B) {
			p, r, buf := Parser{Limits: gunicorn}, Request{}, []byte(c.head)
			b.SetBytes(int64(len(buf)))
			b.ReportAllocs()
			for b.Loop() {
				if _, done, err := p.Parse(buf, &r); !done || err != nil {
					b.Fatal(done, err)
				}
			}
		})
	}
}

// A head that comes in two pieces is read twice.
func BenchmarkParseTorn(b *testing.B) {
	p, r, buf := Parser{Limits: gunicorn}, Request{}, []byte(browser)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = p.Parse(buf[:len(buf)/2], &r)
		if _, done, err := p.Parse(buf, &r); !done || err != nil {
			b.Fatal(done, err)
		}
	}
}

func BenchmarkAppendHead(b *testing.B) {
	var date Date
	now := time.Unix(784111777, 0)
	fields, err := AppendField(nil, "Content-Type", "text/plain")
	if err != nil {
		b.Fatal(err)
	}
	h := Head{Status: 200, Fields: fields, Length: 6}
	dst := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendHead(dst[:0], &h, date.At(now))
	}
}

func BenchmarkAppendField(b *testing.B) {
	dst := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := AppendField(dst, "Content-Type", "text/plain"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name  string
		chunk int
	}{{"chunks of 16", 16}, {"chunks of 4096", 4096}} {
		b.Run(c.name, func(b *testing.B) {
			var src []byte
			for range 64 << 10 / c.chunk {
				src = AppendChunk(src, make([]byte, c.chunk))
			}
			src = append(src, LastChunk...)
			dst := make([]byte, 64<<10)
			var body Body
			b.SetBytes(64 << 10)
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(&Request{Length: -1})
				if n, _, done, err := body.Decode(dst, src); n != len(dst) || !done || err != nil {
					b.Fatal(n, done, err)
				}
			}
		})
	}
}
