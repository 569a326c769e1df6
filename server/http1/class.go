package http1

import "encoding/binary"

// What a byte may be part of. One table lookup answers all of them; it is built once, as the program
// starts, from the grammars named beside each class.
const (
	inToken  = 1 << iota // token, RFC 9110 §5.6.2
	inMethod             // token without lower case and '#', gunicorn's rule (permit_unconventional_http_method)
	inPath               // visible ASCII but '%', '?', '#'; wider than RFC 3986, see doc.go
	inQuery              // visible ASCII but '#'
	inValue              // field-vchar, SP, HTAB, RFC 9110 §5.5
	inHost               // unreserved and sub-delims, RFC 3986 §3.2.2
	inQuoted             // qdtext, RFC 9110 §5.6.4
	inHex                // HEXDIG of either case, RFC 5234 §B.1
)

var class = func() (c [256]uint8) {
	const (
		digits = "0123456789"
		upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		lower  = "abcdefghijklmnopqrstuvwxyz"
	)
	mark := func(set string, as uint8) {
		for i := range len(set) {
			c[set[i]] |= as
		}
	}
	for b := range c {
		visible := b > ' ' && b < 0x7f
		if visible && b != '#' {
			c[b] |= inQuery
		}
		if visible && b != '#' && b != '?' && b != '%' {
			c[b] |= inPath
		}
		if b == '\t' || b >= ' ' && b != 0x7f {
			c[b] |= inValue
			if b != '"' && b != '\\' {
				c[b] |= inQuoted
			}
		}
	}
	mark("!#$%&'*+-.^_`|~"+digits+upper+lower, inToken)
	mark("!$%&'*+-.^_`|~"+digits+upper, inMethod)
	mark("-._~!$&'()*+,;="+digits+upper+lower, inHost)
	mark(digits+"abcdefABCDEF", inHex)
	return c
}()

// lower maps a byte to its lower case in ASCII, and every other byte to itself.
var lower = func() (t [256]uint8) {
	for b := range t {
		t[b] = uint8(b)
		if 'A' <= b && b <= 'Z' {
			t[b] += 'a' - 'A'
		}
	}
	return t
}()

// is reports whether b is not empty and all of it is of class c.
func is[T []byte | string](b T, c uint8) bool {
	for i := range len(b) {
		if class[b[i]]&c == 0 {
			return false
		}
	}
	return len(b) > 0
}

// fold reports whether b is s in any case. s is in lower case.
func fold[T []byte | string](b T, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range len(b) {
		if lower[b[i]] != s[i] {
			return false
		}
	}
	return true
}

// printable reports whether b may be a field's value. Values are most of a browser's request, so
// eight bytes are looked at together, the last eight overlapping those before. A word that looks
// suspicious goes through the table, which knows that tabs are fine.
func printable(b []byte) bool {
	if len(b) < 8 {
		return len(b) == 0 || is(b, inValue)
	}
	for i := 0; i < len(b)-8; i += 8 {
		if w := b[i : i+8]; control(binary.LittleEndian.Uint64(w)) && !is(w, inValue) {
			return false
		}
	}
	w := b[len(b)-8:]
	return !control(binary.LittleEndian.Uint64(w)) || is(w, inValue)
}

// control reports whether one of w's bytes is below 0x20 or is DEL, with Mycroft's tests for "has a
// byte less than n" and "has a zero byte". Above a true alarm it may give a false one.
func control(w uint64) bool {
	const (
		ones = 0x0101010101010101
		high = 0x8080808080808080
	)
	del := w ^ 0x7f*ones
	return ((w-' '*ones)&^w|(del-ones)&^del)&high != 0
}

// trim cuts optional white space (OWS, RFC 9110 §5.6.3) from both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
