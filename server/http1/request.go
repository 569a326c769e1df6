package http1

import "bytes"

// A Field is one line of a head. Name has the case the client wrote, Value no white space around it.
type Field struct{ Name, Value []byte }

// A Request is a head that a Parser accepted. Its slices refer to the buffer given to Parse: they are
// good for as long as those bytes are, and must not be written to or appended to.
type Request struct {
	Method, Target []byte
	Minor          byte    // 0 for HTTP/1.0, 1 for HTTP/1.1 and later 1.x, which are read as 1.1 (RFC 9110 §2.5)
	Fields         []Field // in the order received, repeated names kept apart
	Length         int64   // bytes of the body; 0 none, -1 chunked
	Close          bool    // the connection ends after this exchange (RFC 9112 §9.3)
	Expect         bool    // the client waits for "100 Continue" before it sends its body; false without a body
}

// Get is the value of the first field called name, in any case; nil if there is none. name is given
// in lower case.
func (r *Request) Get(name string) []byte {
	for i := range r.Fields {
		if fold(r.Fields[i].Name, name) {
			return r.Fields[i].Value
		}
	}
	return nil
}

// Path is the target's path as it was sent, not unescaped: "/" where an absolute target has none, "*"
// for OPTIONS of the whole server.
func (r *Request) Path() []byte {
	_, path, _ := split(r.Target)
	return path
}

// Query is what follows the target's first question mark; empty if there is none.
func (r *Request) Query() []byte {
	_, _, query := split(r.Target)
	return query
}

// Host is the host, and the port if it was given, that the request is for: the target's if it names
// one, which overrides the field (RFC 9112 §3.2.2), else the Host field's.
func (r *Request) Host() []byte {
	if host, _, _ := split(r.Target); host != nil {
		return host
	}
	return r.Get("host")
}

// split takes apart a target that was accepted.
func split(target []byte) (host, path, query []byte) {
	path = target
	if i := bytes.IndexByte(path, '?'); i >= 0 {
		path, query = path[:i], path[i+1:]
	}
	if len(path) == 0 || path[0] == '/' || path[0] == '*' {
		return nil, path, query
	}
	_, host, _ = bytes.Cut(path, colonSlashSlash)
	i := bytes.IndexByte(host, '/')
	if i < 0 {
		return host, root, query
	}
	return host[:i], host[i:], query
}

var (
	colonSlashSlash = []byte("://")
	root            = []byte("/")
)
