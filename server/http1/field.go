package http1

import "bytes"

// framing is what the fields read so far say about the body and the connection.
type framing struct {
	hosts     int
	digits    int // of Content-Length; 0 if there was none
	chunked   bool
	close     bool
	keepAlive bool
	expect    bool
}

// field reads "name ":" OWS value OWS CR" (RFC 9112 §5).
func (p *Parser) field(line []byte, r *Request) error {
	if len(r.Fields) >= orNone(p.Fields) || length(line)+len("\r\n") > orNone(p.FieldSize) {
		return FieldsTooLarge
	}
	last := len(line) - 1
	if last < 0 || line[last] != '\r' {
		return BadRequest
	}
	n := 0
	for class[line[n]]&inToken != 0 { // ends at the carriage return
		n++
	}
	if n == 0 || line[n] != ':' {
		return BadRequest
	}
	name, value := line[:n], trim(line[n+1:last])
	if !printable(value) {
		return BadRequest
	}
	r.Fields = append(r.Fields, Field{name, value})
	return p.note(name, value, r)
}

// note keeps what decides the message's framing. Most names differ in length from all of these.
func (f *framing) note(name, value []byte, r *Request) error {
	switch {
	case len(name) == 4 && fold(name, "host"):
		if f.hosts++; f.hosts > 1 || !validHost(value) {
			return BadRequest
		}
	case len(name) == 6 && fold(name, "expect"):
		f.expect = true
		return expectation(value)
	case len(name) == 7 && fold(name, "trailer"):
		return announced(value)
	case len(name) == 10 && fold(name, "connection"):
		f.connection(value)
	case len(name) == 14 && fold(name, "content-length"):
		return f.contentLength(value, r)
	case len(name) == 17 && fold(name, "transfer-encoding"):
		return f.transferCoding(value)
	}
	return nil
}

// finish judges the head as a whole.
func (p *Parser) finish(r *Request) error {
	f := &p.framing
	if f.hosts == 0 && r.Minor > 0 {
		return BadRequest // RFC 9112 §3.2
	}
	if f.chunked {
		if f.digits > 0 || r.Minor == 0 {
			return BadRequest // RFC 9112 §6.1
		}
		r.Length = -1
	}
	r.Close = f.close || r.Minor == 0 && !f.keepAlive
	r.Expect = f.expect && r.Minor > 0 && r.Length != 0 // RFC 9110 §10.1.1: ignored from a 1.0 client
	return nil
}

// connection notes the options close and keep-alive; close wins (RFC 9112 §9.3). What is no option
// that we know, well-formed or not, changes nothing.
func (f *framing) connection(list []byte) {
	for len(list) > 0 {
		var option []byte
		option, list = element(list)
		f.close = f.close || fold(option, "close")
		f.keepAlive = f.keepAlive || fold(option, "keep-alive")
	}
}

// contentLength reads 1*DIGIT (RFC 9110 §8.6) of at most 18, so that it fits an int64. A repetition
// must be identical to the letter: "5" and "05" are unequal.
func (f *framing) contentLength(v []byte, r *Request) error {
	if len(v) == 0 || len(v) > 18 {
		return BadRequest
	}
	var n int64
	for _, b := range v {
		if !digit(b) {
			return BadRequest
		}
		n = n*10 + int64(b-'0')
	}
	if f.digits > 0 && (f.digits != len(v) || n != r.Length) {
		return BadRequest
	}
	f.digits, r.Length = len(v), n
	return nil
}

// transferCoding accepts chunked, once and last in all such fields together (RFC 9112 §6.1, §6.3).
func (f *framing) transferCoding(list []byte) error {
	for more := true; more; {
		var coding []byte
		coding, list, more = bytes.Cut(list, comma)
		coding, _, parameters := bytes.Cut(trim(coding), semicolon)
		coding = trim(coding)
		switch {
		case f.chunked, !is(coding, inToken):
			return BadRequest
		case !fold(coding, "chunked"):
			return NotImplemented
		case parameters:
			return BadRequest // RFC 9112 §7.1: chunked defines none
		}
		f.chunked = true
	}
	return nil
}

// expectation accepts a list of nothing but 100-continue (RFC 9110 §10.1.1).
func expectation(list []byte) error {
	for more := true; more; {
		var e []byte
		e, list, more = bytes.Cut(list, comma)
		if !fold(trim(e), "100-continue") {
			return ExpectationFailed
		}
	}
	return nil
}

// announced refuses a Trailer field that promises what a trailer must not hold.
func announced(list []byte) error {
	for len(list) > 0 {
		var name []byte
		name, list = element(list)
		if forbidden(name) {
			return BadRequest
		}
	}
	return nil
}

// forbidden reports whether a field may not stand in a trailer, because it would frame, route or
// modify a message that is over (RFC 9110 §6.5.1).
func forbidden(name []byte) bool {
	switch len(name) {
	case 2:
		return fold(name, "te")
	case 4:
		return fold(name, "host")
	case 6:
		return fold(name, "expect")
	case 7:
		return fold(name, "trailer") || fold(name, "upgrade")
	case 10:
		return fold(name, "connection") || fold(name, "keep-alive")
	case 14:
		return fold(name, "content-length")
	case 17:
		return fold(name, "transfer-encoding")
	}
	return false
}

// element cuts the first element off a comma-separated list; it may be empty.
func element(list []byte) (first, rest []byte) {
	first, rest, _ = bytes.Cut(list, comma)
	return trim(first), rest
}

var comma, semicolon = []byte(","), []byte(";")
