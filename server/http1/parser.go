package http1

import (
	"bytes"
	"math"
)

// Limits bound a head, under gunicorn's names and counted as gunicorn counts. Zero means no limit.
// Together they bound the whole head, so a caller may let its buffer grow for as long as Parse asks.
type Limits struct {
	Line      int // limit-request-line: bytes of the request line without its CRLF
	Fields    int // limit-request-fields: fields of a head, and again of a chunked body's trailers
	FieldSize int // limit-request-field_size: bytes of one field line with its CRLF
}

// A Parser reads the heads of requests, one after the other. The zero Parser is ready and has no
// limits. It allocates nothing but room for a Request's fields, which the Request keeps.
type Parser struct {
	Limits

	stage stage
	line  int // where the line that has not ended yet begins
	seen  int // there is no newline between line and here
	framing
}

// stage is what the next line may be.
type stage uint8

const (
	atStart        stage = iota // the request line, or an empty line
	afterEmptyLine              // the request line
	inFields                    // a field, or the empty line that ends the head
)

// Parse consumes the head of one request from buf. done=false asks for more bytes: call it again with
// the same r and with buf holding the same bytes followed by more, possibly at another address. On
// done, n is the length of the head, an empty line before it included, and the slices in r refer to
// this buf; until then r means nothing. err is a Status; it is the same however the bytes were split,
// and limits are enforced before a line has ended.
func (p *Parser) Parse(buf []byte, r *Request) (n int, done bool, err error) {
	torn := p.seen > 0
	n, done, err = p.lines(buf, r)
	if done && torn {
		// The head came in pieces, and the slices of earlier pieces refer to where those were. To read
		// the whole again costs what a resumable offset table would, and only those who send in pieces
		// pay for it. Each byte is looked at twice at most.
		p.Reset()
		n, done, err = p.lines(buf, r)
	}
	if done || err != nil {
		p.Reset()
	}
	return n, done, err
}

// Reset forgets a head that was begun. Parse does so itself when it is done or refuses.
func (p *Parser) Reset() { *p = Parser{Limits: p.Limits} }

func (p *Parser) lines(buf []byte, r *Request) (n int, done bool, err error) {
	for {
		i := bytes.IndexByte(buf[p.seen:], '\n')
		if i < 0 {
			p.seen = len(buf)
			return 0, false, p.pending(buf[p.line:], r)
		}
		line := buf[p.line : p.seen+i]
		p.line += len(line) + 1
		p.seen = p.line
		empty := len(line) == 1 && line[0] == '\r'
		switch {
		case p.stage == inFields && empty:
			if err := p.finish(r); err != nil {
				return 0, false, err
			}
			return p.line, true, nil
		case p.stage == inFields:
			err = p.field(line, r)
		case p.stage == atStart && empty:
			p.stage = afterEmptyLine
		default:
			p.stage = inFields
			err = p.requestLine(line, r)
		}
		if err != nil {
			return 0, false, err
		}
	}
}

// pending refuses a line that has not ended yet and cannot be accepted any more.
func (p *Parser) pending(line []byte, r *Request) error {
	switch {
	case p.stage != inFields:
		if length(line) > orNone(p.Line) {
			return URITooLong
		}
	case len(line) > 0 && line[0] != '\r' && len(r.Fields) >= orNone(p.Fields),
		length(line)+len("\r\n") > orNone(p.FieldSize):
		return FieldsTooLarge
	}
	return nil
}

// length is that of a line without its newline, where the carriage return before it does not count.
func length(line []byte) int {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return n - 1
	}
	return len(line)
}

// orNone turns the zero limit into one that nothing reaches.
func orNone(limit int) int {
	if limit == 0 {
		return math.MaxInt
	}
	return limit
}

// requestLine reads "method SP target SP version CR" (RFC 9112 §3).
func (p *Parser) requestLine(line []byte, r *Request) error {
	*r = Request{Fields: r.Fields[:0]}
	if length(line) > orNone(p.Line) {
		return URITooLong
	}
	const version = " HTTP/1.1\r"
	end := len(line) - len(version)
	if end < len("GET /") {
		return BadRequest
	}
	n := bytes.IndexByte(line[:end], ' ')
	if n < 3 || n > 20 || n+1 == end || !is(line[:n], inMethod) {
		return BadRequest
	}
	v := line[end:]
	if string(v) != version {
		if string(v[:6]) != version[:6] || v[7] != '.' || v[9] != '\r' || !digit(v[6]) || !digit(v[8]) {
			return BadRequest
		}
		if v[6] != '1' {
			return VersionNotSupported
		}
	}
	r.Method, r.Target = line[:n], line[n+1:end]
	if v[8] != '0' {
		r.Minor = 1
	}
	return target(r.Method, r.Target)
}

func digit(b byte) bool { return '0' <= b && b <= '9' }
