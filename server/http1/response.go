package http1

import (
	"fmt"
	"strconv"
)

// A Head is the beginning of a response.
type Head struct {
	Status int    // 100–999; anything else is the caller's bug and written as 500
	Fields []byte // lines made with AppendField
	Length int64  // ≥ 0: Content-Length; -1: Transfer-Encoding: chunked; -2: neither, the body ends with the connection
	Close  bool   // the connection ends after this response
}

// Continue is the whole interim response to Request.Expect (RFC 9110 §15.2.1).
const Continue = "HTTP/1.1 100 Continue\r\n\r\n"

// NoBody reports whether the response to a request has no body whatever its head says (RFC 9112 §6.3).
func NoBody(method []byte, status int) bool {
	return string(method) == "HEAD" || status < 200 || status == 204 || status == 304
}

// AppendHead writes h as gunicorn does: Server, Date and Connection first, then h.Fields, then what
// frames the body. 1xx and 204 are never framed (RFC 9110 §8.6, RFC 9112 §6.1). date is the Date
// field's value. The version is always 1.1, the server's own (RFC 9110 §6.2); a client of 1.0 must
// not be sent chunks.
func AppendHead(dst []byte, h *Head, date []byte) []byte {
	status := h.Status
	if status < 100 || status > 999 {
		status = 500
	}
	if status < len(opening) && opening[status] != "" {
		dst = append(dst, opening[status]...)
	} else {
		dst = append(dst, open(status)...)
	}
	dst = append(dst, date...)
	if h.Close {
		dst = append(dst, "\r\nConnection: close\r\n"...)
	} else {
		dst = append(dst, "\r\nConnection: keep-alive\r\n"...)
	}
	dst = append(dst, h.Fields...)
	switch framed := status >= 200 && status != 204; {
	case framed && h.Length >= 0:
		dst = append(dst, "Content-Length: "...)
		dst = strconv.AppendInt(dst, h.Length, 10)
		dst = append(dst, "\r\n\r\n"...)
	case framed && h.Length == -1:
		dst = append(dst, "Transfer-Encoding: chunked\r\n\r\n"...)
	default:
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// opening holds the head up to the date, of every registered status: put together at start, because
// the status line is a third of what a small response costs to write.
var opening = func() (t [len(reasons)]string) {
	for status, reason := range reasons {
		if reason != "" {
			t[status] = open(status)
		}
	}
	return t
}()

func open(status int) string {
	return fmt.Sprintf("HTTP/1.1 %d %s\r\nServer: workerlab\r\nDate: ", status, Reason(status))
}

// AppendField writes a field line for Head.Fields. It refuses, and returns dst unchanged, a name that
// is no token, a value with a control character in it (so that no value splits a response) and the
// fields that are the server's to write because they frame the response: Connection, Content-Length,
// Transfer-Encoding, and Trailer, since none is ever sent.
func AppendField(dst []byte, name, value string) ([]byte, error) {
	switch {
	case !is(name, inToken):
		return dst, fmt.Errorf("http1: response field name %q is no token", name)
	case fold(name, "connection"), fold(name, "content-length"),
		fold(name, "transfer-encoding"), fold(name, "trailer"):
		return dst, fmt.Errorf("http1: response field %s is the server's to write", name)
	case value != "" && !is(value, inValue):
		return dst, fmt.Errorf("http1: response field %s: control character in value %q", name, value)
	}
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = append(dst, value...)
	return append(dst, "\r\n"...), nil
}

// LastChunk ends a chunked body without trailers.
const LastChunk = "0\r\n\r\n"

// AppendChunk writes p as one chunk. An empty p writes nothing, since an empty chunk ends the body.
func AppendChunk(dst, p []byte) []byte {
	if len(p) == 0 {
		return dst
	}
	dst = strconv.AppendInt(dst, int64(len(p)), 16)
	dst = append(dst, "\r\n"...)
	dst = append(dst, p...)
	return append(dst, "\r\n"...)
}
