package http1

// A Body decodes the body of one request after the other: of a known length, or chunked (RFC 9112
// §7.1). The zero Body is done; Reset makes it ready. It keeps no bytes and allocates nothing.
type Body struct {
	Limits // of trailers; Line is not used

	left  int64 // bytes of the body, or of this chunk, still to come
	state state
	chunkLine
	trailer
}

// Reset makes b ready for the body of r.
func (b *Body) Reset(r *Request) {
	*b = Body{Limits: b.Limits}
	switch {
	case r.Length < 0:
		b.state = sizeStart
	case r.Length > 0:
		b.state, b.left = plain, r.Length
	}
}

// Left is how many bytes of a body of known length are still to come; -1 if that is not known because
// the body is chunked; 0 when it is done.
func (b *Body) Left() int64 {
	switch b.state {
	case over:
		return 0
	case plain:
		return b.left
	}
	return -1
}

// Decode moves decoded bytes from src to dst: it consumed bytes of src and produced bytes in dst. done
// says that the body is over, its trailers included; what follows in src belongs to the next
// request. Without done, either dst is full or src is used up: nothing ever has to be presented
// twice. dst may begin where src does, to decode in place. err is a Status, and stays.
func (b *Body) Decode(dst, src []byte) (produced, consumed int, done bool, err error) {
	if b.state == plain {
		n := copy(dst, src[:min(int64(len(src)), b.left)])
		if b.left -= int64(n); b.left == 0 {
			b.state = over
		}
		return n, n, b.state == over, nil
	}
	for b.state != over && b.state < refused && consumed < len(src) {
		if b.state != data {
			b.state = b.frame(src[consumed])
			consumed++
			continue
		}
		n := copy(dst[produced:], src[consumed:consumed+int(min(int64(len(src)-consumed), b.left))])
		if n == 0 {
			break
		}
		produced, consumed = produced+n, consumed+n
		if b.left -= int64(n); b.left == 0 {
			b.state = dataCR
		}
	}
	switch b.state {
	case refused:
		err = BadRequest
	case refusedTooLarge:
		err = FieldsTooLarge
	}
	return produced, consumed, b.state == over, err
}

// state is what the next byte must be.
type state uint8

const (
	over      state = iota // nothing: the body is done
	plain                  // data of a body of known length
	sizeStart              // the first digit of a chunk's size
	size                   // a digit, or what ends the size
	extName                // a chunk extension's name, after ";"
	extValue               // its value, after "="
	extToken               // more of a value that is a token
	extQuoted              // more of a value that is a quoted string
	extEscape              // the character after "\" in one
	extEnd                 // what follows a quoted string
	sizeLF                 // the newline after a size
	data                   // a chunk's data
	dataCR                 // the terminator after it
	dataLF
	trailerStart // a trailer's name, or the last line's carriage return
	trailerName
	trailerValue
	trailerLF
	lastLF
	refused // states from here on are errors
	refusedTooLarge
)

// frame takes one byte that is not data.
func (b *Body) frame(c byte) state {
	switch b.state {
	case sizeStart, size, extName, extValue, extToken, extQuoted, extEscape, extEnd:
		return b.sizeLine(c)
	case sizeLF:
		return b.sizeEnd(c)
	case dataCR:
		return expect(c, '\r', dataLF)
	case dataLF:
		return expect(c, '\n', sizeStart)
	case lastLF:
		return expect(c, '\n', over)
	}
	return b.trailerLine(c)
}

func expect(c, want byte, then state) state {
	if c != want {
		return refused
	}
	return then
}

// chunkLine is the account of the line that begins a chunk.
type chunkLine struct {
	digits int   // of this size
	bytes  int   // of this line
	excess int64 // framing that data does not make up for, over all chunks
}

const (
	// sizeDigits keeps a size, leading zeros and all, within an int64.
	sizeDigits = 15
	// sizeLineBytes bounds a size with its extensions. Nobody is known to send any; sixteen digits
	// of net/http's reader plus a signature's length (AWS's aws-chunked: 85 bytes) fit well.
	sizeLineBytes = 256
	// excessBytes and the rule in sizeEnd are net/http's (internal/chunked.go): overhead beyond 16
	// bytes a chunk plus twice its data may add up to this, so that a flood of extensions with
	// hardly any data ends.
	excessBytes = 16 << 10
)

// sizeLine reads chunk-size and chunk-ext (RFC 9112 §7.1) up to the carriage return.
func (b *Body) sizeLine(c byte) state {
	if b.bytes++; b.bytes > sizeLineBytes {
		return refused
	}
	in := class[c]
	switch b.state {
	case sizeStart, size:
		if in&inHex != 0 {
			return b.digit(c)
		}
		if b.state == sizeStart {
			return refused
		}
	case extName: // at least one character: digits counts them here
		if in&inToken != 0 {
			b.digits++
			return extName
		}
		if c == '=' && b.digits > 0 {
			return extValue
		}
		if b.digits == 0 {
			return refused
		}
	case extValue:
		if c == '"' {
			return extQuoted
		}
		if in&inToken == 0 {
			return refused
		}
		return extToken
	case extToken:
		if in&inToken != 0 {
			return extToken
		}
	case extQuoted:
		return quoted(c)
	case extEscape:
		if in&inValue == 0 {
			return refused
		}
		return extQuoted
	}
	switch c { // the end of a size, of an extension's name or of its value
	case ';':
		b.digits = 0
		return extName
	case '\r':
		return sizeLF
	}
	return refused
}

func (b *Body) digit(c byte) state {
	if b.digits++; b.digits > sizeDigits {
		return refused
	}
	c = lower[c]
	if c >= 'a' {
		c -= 'a' - 10 - '0'
	}
	b.left = b.left<<4 | int64(c-'0')
	return size
}

func quoted(c byte) state {
	switch {
	case c == '"':
		return extEnd
	case c == '\\':
		return extEscape
	case class[c]&inQuoted == 0:
		return refused
	}
	return extQuoted
}

// sizeEnd takes the newline after a size.
func (b *Body) sizeEnd(c byte) state {
	b.excess += int64(b.bytes) + 1 + 2 // the newline, and the terminator after the data
	b.excess = max(0, b.excess-16-2*b.left)
	b.digits, b.bytes = 0, 0
	switch {
	case c != '\n', b.excess > excessBytes:
		return refused
	case b.left == 0:
		return trailerStart
	}
	return data
}

// trailer is the account of trailer fields. They are checked and dropped.
type trailer struct {
	fields int
	bytes2 int
	length int
	name   [len("transfer-encoding")]byte // of this field, as far as it matters to forbidden
}

// trailerLine reads a field line as Parser.field does, but byte by byte, since a body's bytes are
// not presented twice.
func (b *Body) trailerLine(c byte) state {
	if b.state == trailerStart {
		if c == '\r' {
			return lastLF
		}
		if b.fields++; b.fields > orNone(b.Fields) {
			return refusedTooLarge
		}
		b.bytes2, b.length = 0, 0
	}
	if b.bytes2++; b.bytes2 > orNone(b.FieldSize) {
		return refusedTooLarge
	}
	switch b.state {
	case trailerStart, trailerName:
		return b.trailerByte(c)
	case trailerLF:
		return expect(c, '\n', trailerStart)
	}
	if c == '\r' {
		return trailerLF
	}
	if class[c]&inValue == 0 {
		return refused
	}
	return trailerValue
}

func (b *Body) trailerByte(c byte) state {
	if class[c]&inToken != 0 {
		if b.length < len(b.name) {
			b.name[b.length] = c
		}
		b.length++
		return trailerName
	}
	if c != ':' || b.length == 0 || b.length <= len(b.name) && forbidden(b.name[:b.length]) {
		return refused
	}
	return trailerValue
}
