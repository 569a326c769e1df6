package wsgi

import (
	"encoding/binary"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
	"github.com/workerlab/workerlab/server/http1"
)

// An environ writes requests as the interpreter takes them: see bridge.py for the framing.
type environ struct {
	meta    gateway.Meta
	out     []byte
	trusted func(*exchange.Exchange) bool // whether its client may say by which scheme its own came
}

// head is the length of what stands before a message's parts.
const head = 8

// request is the message for x; it is good until the next.
func (e *environ) request(x *exchange.Exchange) ([]byte, error) {
	e.out = append(e.out[:0], make([]byte, head)...)
	e.meta.Each(x, e.set)
	r := x.Req
	e.set(rawURI, r.Target)
	e.set(scriptName, nil)
	e.set(urlScheme, e.scheme(x))
	e.out = append(append(e.out, pathInfo...), 0)
	var ok bool
	if e.out, ok = gateway.Unescape(e.out, r.Path()); !ok {
		return nil, http1.BadRequest
	}
	binary.LittleEndian.PutUint32(e.out, uint32(len(e.out)-head))
	if r.Length != 0 {
		e.out[4] = 1
	}
	return e.out, nil
}

var (
	rawURI     = []byte("RAW_URI")
	scriptName = []byte("SCRIPT_NAME")
	pathInfo   = []byte("PATH_INFO")
	urlScheme  = []byte("wsgi.url_scheme")
	plain      = []byte("http")
	secure     = []byte("https")
)

// set adds a pair, with a NUL behind: the last pair of all, the path, has none.
func (e *environ) set(name, value []byte) {
	e.out = append(append(e.out, name...), 0)
	e.out = append(append(e.out, value...), 0)
}

// scheme is https where a proxy that is trusted says so, in the way gunicorn's secure_scheme_headers has
// it by default.
func (e *environ) scheme(x *exchange.Exchange) []byte {
	r := x.Req
	if string(r.Get("x-forwarded-proto")) != "https" && string(r.Get("x-forwarded-protocol")) != "ssl" &&
		string(r.Get("x-forwarded-ssl")) != "on" {
		return plain
	}
	if e.trusted(x) {
		return secure
	}
	return plain
}
