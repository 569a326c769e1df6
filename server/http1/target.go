package http1

import "bytes"

// target accepts the forms of RFC 9112 §3.2 that an origin server can be sent. CONNECT asks for a
// tunnel, which is nothing this server implements, whatever its target.
func target(method, t []byte) error {
	switch {
	case string(method) == "CONNECT":
		return NotImplemented
	case t[0] == '/':
		return valid(origin(t))
	case len(t) == 1 && t[0] == '*':
		return valid(string(method) == "OPTIONS")
	}
	return valid(absolute(t))
}

func valid(ok bool) error {
	if !ok {
		return BadRequest
	}
	return nil
}

// origin checks a path and a query. Escapes are checked in the path alone: there they decide what is
// asked for, while browsers send a query's stray percent sign as it was typed.
func origin(t []byte) bool {
	for i, c := range t {
		if class[c]&inPath != 0 {
			continue
		}
		switch c {
		case '?':
			return i+1 == len(t) || is(t[i+1:], inQuery)
		case '%':
			if i+2 >= len(t) || !is(t[i+1:i+3], inHex) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// absolute checks "http://host[:port]", with a path, a query or neither behind it. User information
// is refused, as RFC 9110 §4.2.4 advises.
func absolute(t []byte) bool {
	scheme, rest, found := bytes.Cut(t, colonSlashSlash)
	if !found || !fold(scheme, "http") && !fold(scheme, "https") {
		return false
	}
	end := bytes.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	return validHost(rest[:end]) && origin(rest[end:])
}

// validHost checks "host[:port]", RFC 9110 §7.2 and §4.2.1: not empty; a bracketed IPv6 address, or a
// name without percent escapes; a port of at most five digits.
func validHost(h []byte) bool {
	var n int
	if len(h) > 0 && h[0] == '[' {
		end := bytes.IndexByte(h, ']')
		if end < 0 || !ipv6(h[1:end]) {
			return false
		}
		n = end + 1
	} else {
		for n < len(h) && class[h[n]]&inHost != 0 {
			n++
		}
	}
	if n == 0 || n == len(h) {
		return n > 0
	}
	port := h[n+1:]
	if h[n] != ':' || len(port) > 5 {
		return false
	}
	for _, b := range port {
		if !digit(b) {
			return false
		}
	}
	return true
}

// ipv6 checks an address's text (RFC 3986 §3.2.2): eight groups, or fewer around one "::". Package
// netip would do, but it wants a string and so an allocation a request.
func ipv6(a []byte) bool {
	before, after, gap := bytes.Cut(a, colonColon)
	if !gap {
		return groups(a, true) == 8
	}
	m, n := groups(before, false), groups(after, true)
	return m >= 0 && n >= 0 && m+n < 8
}

// groups counts an address's groups of 16 bits, -1 if they are malformed. The last two may be written
// as an IPv4 address.
func groups(list []byte, last bool) (n int) {
	for more := len(list) > 0; more; {
		var g []byte
		g, list, more = bytes.Cut(list, colon)
		switch {
		case len(g) <= 4 && is(g, inHex):
			n++
		case last && !more && ipv4(g):
			n += 2
		default:
			return -1
		}
	}
	return n
}

// ipv4 checks four decimal octets without leading zeros, the end of an IPv6 address.
func ipv4(a []byte) bool {
	for octet := range 4 {
		part, rest, more := bytes.Cut(a, dot)
		if more != (octet < 3) || len(part) == 0 || len(part) > 3 || len(part) > 1 && part[0] == '0' {
			return false
		}
		n := 0
		for _, b := range part {
			if !digit(b) {
				return false
			}
			n = n*10 + int(b-'0')
		}
		if n > 255 {
			return false
		}
		a = rest
	}
	return true
}

var dot, colon, colonColon = []byte("."), []byte(":"), []byte("::")
