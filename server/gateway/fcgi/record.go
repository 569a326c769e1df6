package fcgi

import "encoding/binary"

// Types of records (FastCGI 1.0 §8).
const (
	beginRequest = 1
	abortRequest = 2
	endRequest   = 3
	params       = 4
	stdin        = 5
	stdout       = 6
	errorText    = 7
)

const (
	version     = 1
	requestID   = 1 // one request at a time on a connection
	responder   = 1 // role
	headerSize  = 8
	mostContent = 1<<16 - 1
)

// A header begins a record.
type header struct {
	kind    byte
	content int // bytes
	padding int // bytes behind the content
}

// appendHeader writes the header of a record without padding.
func appendHeader(dst []byte, kind byte, content int) []byte {
	return append(dst, version, kind, 0, requestID, byte(content>>8), byte(content), 0, 0)
}

// parseHeader reads one; b holds headerSize bytes.
func parseHeader(b []byte) (h header, ok bool) {
	h = header{kind: b[1], content: int(binary.BigEndian.Uint16(b[4:])), padding: int(b[6])}
	return h, b[0] == version
}

// appendBegin asks for a response, after which the connection ends.
func appendBegin(dst []byte) []byte {
	return append(appendHeader(dst, beginRequest, 8), 0, responder, 0, 0, 0, 0, 0, 0)
}

// appendStream writes p as records of a stream.
func appendStream(dst []byte, kind byte, p []byte) []byte {
	for len(p) > 0 {
		n := min(len(p), mostContent)
		dst = append(appendHeader(dst, kind, n), p[:n]...)
		p = p[n:]
	}
	return dst
}

// appendPair writes a name and a value with their lengths (§3.4).
func appendPair(dst, name, value []byte) []byte {
	dst = appendLength(appendLength(dst, len(name)), len(value))
	return append(append(dst, name...), value...)
}

func appendLength(dst []byte, n int) []byte {
	if n < 1<<7 {
		return append(dst, byte(n))
	}
	return binary.BigEndian.AppendUint32(dst, uint32(n)|1<<31)
}
