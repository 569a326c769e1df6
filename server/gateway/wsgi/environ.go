package wsgi

import (
	"encoding/binary"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
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
	e.set(urlScheme, e.scheme(x))
	if err := e.meta.Path(x, e.set); err != nil {
		return nil, err
	}
	e.out = e.out[:len(e.out)-1] // no NUL behind the last
	binary.LittleEndian.PutUint32(e.out, uint32(len(e.out)-head))
	if r.Length != 0 {
		e.out[4] = 1
	}
	return e.out, nil
}

var (
	rawURI    = []byte("RAW_URI")
	urlScheme = []byte("wsgi.url_scheme")
	plain     = []byte("http")
	secure    = []byte("https")
)

// set adds a pair, with a NUL behind.
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
