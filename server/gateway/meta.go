package gateway

import (
	"bytes"
	"strconv"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/http1"
)

// Meta yields the meta-variables of requests (RFC 3875 §4.1). The zero Meta is ready; it is for one
// goroutine, and what it yields is good until it yields again.
type Meta struct {
	name, value []byte // backing of what is yielded
}

// Each calls set for every variable of x's request: those of RFC 3875 except PATH_INFO, PATH_TRANSLATED
// and SCRIPT_NAME, which are the gateway's to say, and REQUEST_URI, the target as it was sent.
//
// A field becomes HTTP_ and its name in capitals, hyphens as underscores. Fields of one name are joined
// by commas, cookies by semicolons. Left out are names with an underscore, which would be taken for
// those with a hyphen that a proxy in front may have checked, and Proxy, which many programs take for
// their own setting HTTP_PROXY (CVE-2016-5385).
func (m *Meta) Each(x *exchange.Exchange, set func(name, value []byte)) {
	r := x.Req
	set(requestMethod, r.Method)
	set(requestURI, r.Target)
	set(queryString, r.Query())
	set(serverProtocol, protocols[r.Minor&1])
	client, port := x.Client()
	set(remoteAddr, append(m.value[:0], client...))
	set(remotePort, m.number(port))
	m.server(x, set)
	m.fields(r, set)
}

// server tells where the request came to: of a unix socket, what the client takes it for. Neither variable may be
// empty (RFC 3875 §4.1.14, §4.1.15).
func (m *Meta) server(x *exchange.Exchange, set func(name, value []byte)) {
	host, port := x.Server()
	if host != "" {
		set(serverName, append(m.value[:0], host...))
		set(serverPort, m.number(port))
		return
	}
	name := hostname(x.Req.Host())
	digits := bytes.TrimPrefix(x.Req.Host()[len(name):], []byte(":"))
	if len(name) == 0 {
		name = []byte("localhost")
	}
	if len(digits) == 0 {
		digits = []byte("80")
	}
	set(serverName, name)
	set(serverPort, digits)
}

var (
	requestMethod  = []byte("REQUEST_METHOD")
	requestURI     = []byte("REQUEST_URI")
	queryString    = []byte("QUERY_STRING")
	serverProtocol = []byte("SERVER_PROTOCOL")
	remoteAddr     = []byte("REMOTE_ADDR")
	remotePort     = []byte("REMOTE_PORT")
	serverName     = []byte("SERVER_NAME")
	serverPort     = []byte("SERVER_PORT")
	scriptName     = []byte("SCRIPT_NAME")
	pathInfo       = []byte("PATH_INFO")
	contentType    = []byte("CONTENT_TYPE")
	contentLength  = []byte("CONTENT_LENGTH")

	protocols = [2][]byte{[]byte("HTTP/1.0"), []byte("HTTP/1.1")}
)

// Path calls set for the variables that say what the request is for, to a program that owns every path:
// SCRIPT_NAME is empty. A path with a NUL in it is a bad request.
func (m *Meta) Path(x *exchange.Exchange, set func(name, value []byte)) error {
	var ok bool
	if m.value, ok = Unescape(m.value[:0], x.Req.Path()); !ok {
		return http1.BadRequest
	}
	set(scriptName, nil)
	set(pathInfo, m.value)
	return nil
}

// number is a port in digits; empty for none.
func (m *Meta) number(port int) []byte {
	m.value = m.value[:0]
	if port > 0 {
		m.value = strconv.AppendInt(m.value, int64(port), 10)
	}
	return m.value
}

// hostname is a Host field without its port.
func hostname(host []byte) []byte {
	if i := bytes.LastIndexByte(host, ':'); i > 0 && bytes.IndexByte(host[i:], ']') < 0 {
		return host[:i]
	}
	return host
}

func (m *Meta) fields(r *http1.Request, set func(name, value []byte)) {
	for i := range r.Fields {
		f := &r.Fields[i]
		switch {
		case repeated(r.Fields[:i], f.Name), bytes.IndexByte(f.Name, '_') >= 0, bytes.EqualFold(f.Name, proxy):
		case bytes.EqualFold(f.Name, fieldType):
			set(contentType, f.Value)
		case bytes.EqualFold(f.Name, fieldLength):
			set(contentLength, f.Value)
		case bytes.EqualFold(f.Name, fieldCoding): // the body is handed over decoded
		default:
			set(m.variable(f.Name), m.joined(r.Fields[i:]))
		}
	}
}

var (
	proxy       = []byte("proxy")
	cookie      = []byte("cookie")
	fieldType   = []byte("content-type")
	fieldLength = []byte("content-length")
	fieldCoding = []byte("transfer-encoding")
)

func repeated(before []http1.Field, name []byte) bool {
	for i := range before {
		if len(before[i].Name) == len(name) && bytes.EqualFold(before[i].Name, name) {
			return true
		}
	}
	return false
}

// variable is a field's name as a variable.
func (m *Meta) variable(name []byte) []byte {
	m.name = append(m.name[:0], "HTTP_"...)
	for _, b := range name {
		switch {
		case b == '-':
			b = '_'
		case 'a' <= b && b <= 'z':
			b -= 'a' - 'A'
		}
		m.name = append(m.name, b)
	}
	return m.name
}

// joined is the value of the first of the fields and of all others of its name.
func (m *Meta) joined(fields []http1.Field) []byte {
	name, value, several := fields[0].Name, fields[0].Value, false
	for i := range fields[1:] {
		f := &fields[1+i]
		if len(f.Name) != len(name) || !bytes.EqualFold(f.Name, name) {
			continue
		}
		if !several {
			m.value, several = append(m.value[:0], value...), true
		}
		m.value = append(append(m.value, separator(name)...), f.Value...)
		value = m.value
	}
	return value
}

func separator(name []byte) string {
	if bytes.EqualFold(name, cookie) {
		return "; " // RFC 9113 §8.2.3
	}
	return ","
}

// Unescape appends path to dst with its percent-escapes resolved (RFC 3986 §2.1). What is no escape stays
// as it is. ok is false where a NUL byte would come of it, which no protocol can pass on and no program
// expects in a path.
func Unescape(dst, path []byte) (_ []byte, ok bool) {
	for i := 0; i < len(path); i++ {
		b := path[i]
		if b == '%' && i+2 < len(path) {
			high, low := digit(path[i+1]), digit(path[i+2])
			if high < 16 && low < 16 {
				b = high<<4 | low
				i += 2
				if b == 0 {
					return dst, false
				}
			}
		}
		dst = append(dst, b)
	}
	return dst, true
}

// digit is the value of a hexadecimal digit; 16 and more: it is none.
func digit(b byte) byte {
	switch {
	case '0' <= b && b <= '9':
		return b - '0'
	case 'a' <= b|0x20 && b|0x20 <= 'f':
		return b | 0x20 - 'a' + 10
	}
	return 16
}
