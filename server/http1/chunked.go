package http1

// The framing of a chunked body is read byte by byte, so that no byte need ever be presented twice
// and a size line or a trailer may be longer than the caller's buffer. Data is copied (Body.Decode).

// state is what the next byte must be.
type state uint8

const (
	over            state = iota // nothing: the body is done
	plain                        // data of a body of known length
	sizeStart                    // the first digit of a chunk's size
	size                         // a digit, or what ends the size
	extStart                     // the first character of a chunk extension's name, after ";"
	extName                      // more of a name, or what ends it
	extValue                     // a value, after "="
	extToken                     // more of a value that is a token
	extQuoted                    // more of a value that is a quoted string
	extEscape                    // the character after "\\" in one
	extEnd                       // what follows a quoted string
	sizeLF                       // the newline after a size
	data                         // a chunk's data
	dataCR                       // the terminator after it
	dataLF                       //
	trailerStart                 // a trailer's name, or the last line's carriage return
	trailerName                  // more of a name, or the colon
	trailerValue                 // a value, or the carriage return after it
	trailerLF                    // the newline after a trailer
	lastLF                       // the newline that ends the body
	refused                      // nothing: 400
	refusedTooLarge              // nothing: 431
)

// refusal is the Status that a state stands for, if any.
func (s state) refusal() error {
	switch s {
	case refused:
		return BadRequest
	case refusedTooLarge:
		return FieldsTooLarge
	default:
		return nil
	}
}

const (
	// sizeDigits keeps a size, leading zeros and all, within an int64.
	sizeDigits = 15
	// sizeLineBytes bounds a size with its extensions and the carriage return. The longest in known
	// use, aws-chunked's signatures, take 85 beside the size.
	sizeLineBytes = 256
	// excessBytes is net/http's bound (internal/chunked.go), with its rule: framing beyond 16 bytes
	// a chunk and twice the chunk's data adds up to at most this. So a flood of extensions around
	// hardly any data ends, and a body in one-byte chunks does not.
	excessBytes = 16 << 10
)

// A sizeLine is the account of the line that begins a chunk.
type sizeLine struct {
	digits int   // of the size
	bytes  int   // of the line
	excess int64 // see excessBytes
}

// A trailerLine is the account of trailers. They are checked and dropped.
type trailerLine struct {
	count  int                            // of trailers
	bytes  int                            // of this line
	length int                            // of its name
	name   [len("transfer-encoding")]byte // as far as forbidden needs it
}

// frame takes one byte that is not data.
func (b *Body) frame(c byte) state {
	switch b.state {
	case sizeStart, size, extStart, extName, extValue, extToken, extQuoted, extEscape, extEnd:
		if b.chunk.bytes++; b.chunk.bytes > sizeLineBytes {
			return refused
		}
		return b.sizeLine(c)
	case sizeLF:
		return b.sizeEnd(c)
	case dataCR:
		return where(c == '\r', dataLF)
	case dataLF:
		return where(c == '\n', sizeStart)
	case trailerStart, trailerName, trailerValue, trailerLF:
		return b.trailerLine(c)
	case lastLF:
		return where(c == '\n', over)
	default: // not reached: Decode asks only where a byte of framing is due
		return b.state
	}
}

// where is then if the byte was fine there.
func where(ok bool, then state) state {
	if !ok {
		return refused
	}
	return then
}

// sizeLine reads chunk-size and chunk-ext (RFC 9112 §7.1) without the white space that the grammar
// tolerates around an extension's delimiters: it is what smuggling tricks are made of.
func (b *Body) sizeLine(c byte) state {
	token := class[c]&inToken != 0
	switch b.state {
	case sizeStart, size:
		if class[c]&inHex != 0 {
			return b.sizeDigit(c)
		}
		if b.state == sizeStart {
			return refused
		}
	case extStart:
		return where(token, extName)
	case extName:
		if token {
			return extName
		}
		if c == '=' {
			return extValue
		}
	case extValue:
		if c == '"' {
			return extQuoted
		}
		return where(token, extToken)
	case extToken:
		if token {
			return extToken
		}
	case extQuoted:
		return quoted(c)
	case extEscape:
		return where(class[c]&inValue != 0, extQuoted)
	default: // extEnd
	}
	switch c { // where a size, an extension's name or its value may end
	case ';':
		return extStart
	case '\r':
		return sizeLF
	}
	return refused
}

func (b *Body) sizeDigit(c byte) state {
	if b.chunk.digits++; b.chunk.digits > sizeDigits {
		return refused
	}
	value := int64(lower[c]) - '0'
	if value > 9 {
		value -= 'a' - '0' - 10
	}
	b.left = b.left<<4 | value
	return size
}

func quoted(c byte) state {
	switch c {
	case '"':
		return extEnd
	case '\\':
		return extEscape
	}
	return where(class[c]&inQuoted != 0, extQuoted)
}

// sizeEnd takes the newline after a size.
func (b *Body) sizeEnd(c byte) state {
	k := &b.chunk
	k.excess += int64(k.bytes) + 1 + 2 // this newline, and the terminator after the data
	k.excess = max(0, k.excess-16-2*b.left)
	k.digits, k.bytes = 0, 0
	switch {
	case c != '\n', k.excess > excessBytes:
		return refused
	case b.left == 0:
		return trailerStart
	}
	return data
}

// trailerLine reads a field line as Parser.field does.
func (b *Body) trailerLine(c byte) state {
	t := &b.trailer
	if b.state == trailerStart {
		if c == '\r' {
			return lastLF
		}
		if t.count++; t.count > orNone(b.Fields) {
			return refusedTooLarge
		}
		t.bytes, t.length = 0, 0
	}
	if t.bytes++; t.bytes > orNone(b.FieldSize) {
		return refusedTooLarge
	}
	switch b.state {
	case trailerStart, trailerName:
		return t.nameByte(c)
	case trailerLF:
		return where(c == '\n', trailerStart)
	default: // trailerValue
		if c == '\r' {
			return trailerLF
		}
		return where(class[c]&inValue != 0, trailerValue)
	}
}

func (t *trailerLine) nameByte(c byte) state {
	switch {
	case class[c]&inToken != 0:
		if t.length < len(t.name) {
			t.name[t.length] = c
		}
		t.length++
		return trailerName
	case c != ':', t.length == 0, t.length <= len(t.name) && forbidden(t.name[:t.length]):
		return refused
	}
	return trailerValue
}
