package scgi

import (
	"strconv"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
)

// New makes the handler that passes exchanges on to p.
func New(p gateway.Program) exchange.Handler {
	return func(x *exchange.Exchange) error {
		r := &request{}
		if err := r.write(x); err != nil {
			return err
		}
		return p.Converse(x, r.out)
	}
}

// A request is one as it is written.
type request struct {
	meta    gateway.Meta
	headers []byte
	out     []byte
}

// write begins with the length of the body, as it has to, 0 included.
func (r *request) write(x *exchange.Exchange) error {
	r.headers = append(r.headers, "CONTENT_LENGTH\x00"...)
	r.headers = append(strconv.AppendInt(r.headers, x.Req.Length, 10), "\x00SCGI\x001\x00"...)
	r.meta.Each(x, r.set)
	if err := r.meta.Path(x, r.set); err != nil {
		return err
	}
	r.out = append(strconv.AppendInt(r.out, int64(len(r.headers)), 10), ':')
	r.out = append(append(r.out, r.headers...), ',')
	return nil
}

func (r *request) set(name, value []byte) {
	if string(name) == "CONTENT_LENGTH" {
		return // it stands first
	}
	r.headers = append(append(r.headers, name...), 0)
	r.headers = append(append(r.headers, value...), 0)
}
