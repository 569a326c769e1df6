package http1

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// chunkedBodies are bodies with what they decode to, or the status to refuse them with.
var chunkedBodies = []struct {
	name, source, body string
	want               string // decoded
	err                error
}{
	{"empty", "9112 §7.1", "0\r\n\r\n", "", nil},
	{"one chunk", "9112 §7.1", "5\r\nhello\r\n0\r\n\r\n", "hello", nil},
	{"hex of both cases, zeros", "9112 §7.1", "0A\r\n0123456789\r\n0b\r\n0123456789a\r\n000\r\n\r\n", "01234567890123456789a", nil},
	{"extensions", "9112 §7.1.1", "1;a;b=c;d=\"e; \\\"\t\"\r\nx\r\n0;z\r\n\r\n", "x", nil},
	{"aws-chunked", "AWS SigV4", "1;chunk-signature=" + strings.Repeat("a", 64) + "\r\nx\r\n0\r\n\r\n", "x", nil},
	{"size line of 256 bytes", "9112 §7.1.1", "1;" + strings.Repeat("a", 253) + "\r\nx\r\n0\r\n\r\n", "x", nil},
	{"trailers", "9112 §7.1.2", "1\r\nx\r\n0\r\nA: b\r\nC:\td\xff\r\n\r\n", "x", nil},
	{"bytes after it", "9112 §7.1", "0\r\n\r\n0\r\n", "", nil},

	{"no size", "9112 §7.1", "\r\n", "", BadRequest},
	{"no size, an extension", "9112 §7.1", ";a\r\n", "", BadRequest},
	{"sign", "9112 §7.1", "+5\r\nhello", "", BadRequest},
	{"minus", "9112 §7.1", "-5\r\nhello", "", BadRequest},
	{"0x", "9112 §7.1", "0x5\r\nhello", "", BadRequest},
	{"underscore", "9112 §7.1", "1_0\r\n", "", BadRequest},
	{"no hex", "9112 §7.1", "g\r\n", "", BadRequest},
	{"space before", "9112 §7.1", " 5\r\nhello", "", BadRequest},
	{"space after", "9112 §7.1", "5 \r\nhello", "", BadRequest},
	{"size of 16 digits", "9112 §7.1", "0000000000000005\r\nhello", "", BadRequest},
	{"size over int64", "9112 §7.1", "ffffffffffffffff\r\n", "", BadRequest},
	{"size in UTF-8 digits", "9112 §7.1", "\u0665\r\nhello", "", BadRequest},
	{"bare LF after the size", "9112 §7.1", "5\nhello\r\n", "", BadRequest},
	{"bare CR after the size", "9112 §7.1", "5\rhello\r\n", "", BadRequest},
	{"two CRs after the size", "9112 §7.1", "5\r\r\nhello\r\n", "", BadRequest},
	{"data longer than said", "9112 §7.1", "4\r\nhello\r\n", "hell", BadRequest},
	{"bare LF after the data", "9112 §7.1", "5\r\nhello\n0\r\n\r\n", "hello", BadRequest},
	{"bare CR after the data", "9112 §7.1", "5\r\nhello\r0\r\n\r\n", "hello", BadRequest},
	{"nothing after the data", "9112 §7.1", "5\r\nhello0\r\n\r\n", "hello", BadRequest},

	{"extension without a name", "9112 §7.1.1", "1;\r\nx\r\n", "", BadRequest},
	{"extension with two semicolons", "9112 §7.1.1", "1;;a\r\nx\r\n", "", BadRequest},
	{"extension without a value", "9112 §7.1.1", "1;a=\r\nx\r\n", "", BadRequest},
	{"extension without name, with a value", "9112 §7.1.1", "1;=a\r\nx\r\n", "", BadRequest},
	{"extension with two values", "9112 §7.1.1", "1;a=b=c\r\nx\r\n", "", BadRequest},
	{"extension after a space", "9112 §7.1.1, strict", "1 ;a\r\nx\r\n", "", BadRequest},
	{"extension before a space", "9112 §7.1.1, strict", "1; a\r\nx\r\n", "", BadRequest},
	{"extension with a bare LF", "9112 §7.1.1", "1;a\nx\r\n", "", BadRequest},
	{"extension with a bare CR", "9112 §7.1.1", "1;a\rb\r\nx\r\n", "", BadRequest},
	{"extension with a control", "9112 §7.1.1", "1;a=\"\x01\"\r\nx\r\n", "", BadRequest},
	{"extension with a quoted newline", "9110 §5.6.4", "1;a=\"\n\"\r\nx\r\n", "", BadRequest},
	{"extension with an escaped newline", "9110 §5.6.4", "1;a=\"\\\n\"\r\nx\r\n", "", BadRequest},
	{"extension with an open quote", "9110 §5.6.4", "1;a=\"\r\nx\r\n", "", BadRequest},
	{"extension with text after a quote", "9110 §5.6.4", "1;a=\"b\"c\r\nx\r\n", "", BadRequest},
	{"size line of 257 bytes", "9112 §7.1.1", "1;" + strings.Repeat("a", 254) + "\r\nx\r\n0\r\n\r\n", "", BadRequest},

	{"trailer without a colon", "9112 §5", "0\r\nA\r\n\r\n", "", BadRequest},
	{"trailer without a name", "9112 §5", "0\r\n: a\r\n\r\n", "", BadRequest},
	{"trailer with a space before the colon", "9112 §5.1", "0\r\nA : b\r\n\r\n", "", BadRequest},
	{"trailer that is folded", "9112 §5.2", "0\r\nA: b\r\n c\r\n\r\n", "", BadRequest},
	{"trailer with a bare LF", "9112 §2.2", "0\r\nA: b\n\r\n", "", BadRequest},
	{"trailer with a bare CR", "9110 §5.5", "0\r\nA: b\rc\r\n\r\n", "", BadRequest},
	{"trailer with a NUL", "9110 §5.5", "0\r\nA: b\x00\r\n\r\n", "", BadRequest},
	{"bare LF as the last line", "9112 §2.2", "0\r\n\n", "", BadRequest},
	{"bare CR as the last line", "9112 §2.2", "0\r\n\rA: b\r\n\r\n", "", BadRequest},
	{"length in a trailer", "9110 §6.5.1", "0\r\nContent-length: 5\r\n\r\n", "", BadRequest},
	{"coding in a trailer", "9110 §6.5.1", "0\r\nTRANSFER-ENCODING: chunked\r\n\r\n", "", BadRequest},
	{"host in a trailer", "9110 §6.5.1", "0\r\nHost: a\r\n\r\n", "", BadRequest},
	{"connection in a trailer", "9110 §6.5.1", "0\r\nA: b\r\nConnection: close\r\n\r\n", "", BadRequest},
}

func TestChunked(t *testing.T) {
	for _, c := range chunkedBodies {
		t.Run(c.name, func(t *testing.T) {
			b, dst := Body{Limits: gunicorn}, make([]byte, len(c.body))
			b.Reset(&Request{Length: -1})
			n, used, done, err := b.Decode(dst, []byte(c.body))
			if string(dst[:n]) != c.want || done != (c.err == nil) || !errors.Is(err, c.err) {
				t.Fatalf("%s: %q: %q done=%v err=%v", c.source, c.body, dst[:n], done, err)
			}
			if again, _, _, err := b.Decode(dst, []byte(c.body[used:])); again != 0 || !errors.Is(err, c.err) {
				t.Errorf("after the end: %d bytes, err=%v", again, err)
			}
		})
	}
}

func TestLength(t *testing.T) {
	var b Body
	b.Reset(&Request{Length: 5})
	dst := make([]byte, 3)
	var steps []string
	for _, src := range []string{"he", "", "llo, next"} {
		n, used, done, err := b.Decode(dst, []byte(src))
		steps = append(steps, fmt.Sprint(string(dst[:n]), used, done, err, b.Left()))
	}
	want := "[he2false<nil>3 0false<nil>3 llo3true<nil>0]"
	if got := strings.ReplaceAll(fmt.Sprint(steps), " ", ""); got != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got %v, want %v", got, want)
	}
	if n, used, done, err := b.Decode(dst, []byte(", next")); n != 0 || used != 0 || !done || err != nil {
		t.Error("a body that is over took more:", n, used, done, err)
	}
}

func TestLeft(t *testing.T) {
	var b Body
	if b.Left() != 0 {
		t.Error("zero Body:", b.Left())
	}
	for length, want := range map[int64]int64{0: 0, 7: 7, -1: -1} {
		if b.Reset(&Request{Length: length}); b.Left() != want {
			t.Errorf("length %d: left %d, want %d", length, b.Left(), want)
		}
	}
	if _, _, _, err := b.Decode(nil, nil); err != nil {
		t.Error(err)
	}
}

// Without a body, done comes without a byte from anywhere.
func TestNoBody(t *testing.T) {
	var b Body
	b.Reset(&Request{})
	if n, used, done, err := b.Decode(nil, []byte("GET")); n != 0 || used != 0 || !done || err != nil {
		t.Error(n, used, done, err)
	}
}

func TestTrailerLimits(t *testing.T) {
	for _, c := range []struct {
		limits Limits
		want   error
	}{
		{Limits{Fields: 2, FieldSize: len("Ab: cd\r\n")}, nil},
		{Limits{Fields: 1}, FieldsTooLarge},
		{Limits{FieldSize: len("Ab: cd\r\n") - 1}, FieldsTooLarge},
	} {
		b := Body{Limits: c.limits}
		b.Reset(&Request{Length: -1})
		if _, _, _, err := b.Decode(nil, []byte("0\r\nAb: cd\r\nE: f\r\n\r\n")); !errors.Is(err, c.want) {
			t.Errorf("%+v: got %v, want %v", c.limits, err, c.want)
		}
	}
}

// A flood of extensions around hardly any data ends; a body in chunks of one byte does not.
func TestExcess(t *testing.T) {
	for _, c := range []struct {
		chunk string
		want  error
	}{
		{"1\r\nx\r\n", nil},
		{"1;" + strings.Repeat("a", 200) + "\r\nx\r\n", BadRequest},
	} {
		var b Body
		b.Reset(&Request{Length: -1})
		src := strings.Repeat(c.chunk, 10_000) + LastChunk
		if _, _, _, err := b.Decode(make([]byte, 10_000), []byte(src)); !errors.Is(err, c.want) {
			t.Errorf("%.20q…: got %v, want %v", c.chunk, err, c.want)
		}
	}
}

// A body decodes in place, so that a caller needs one buffer.
func TestDecodeInPlace(t *testing.T) {
	buf := AppendChunk(AppendChunk(nil, []byte("hello, ")), []byte("world"))
	buf = append(buf, LastChunk...)
	var b Body
	b.Reset(&Request{Length: -1})
	if n, _, done, err := b.Decode(buf, buf); !done || err != nil || !bytes.Equal(buf[:n], []byte("hello, world")) {
		t.Errorf("%q done=%v err=%v", buf[:n], done, err)
	}
}
