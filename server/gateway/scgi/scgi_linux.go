package scgi

import (
	"strconv"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
)

// New makes the handler that passes exchanges on to p.
func New(p gateway.Program) exchange.Handler {
	g := &scgi{Program: p}
	return g.serve
}

type scgi struct {
	gateway.Program
	pool gateway.Pool[*request]
}

// A request is one as it is written.
type request struct {
	meta    gateway.Meta
	headers []byte
	out     []byte
	path    []byte
}

func (g *scgi) serve(x *exchange.Exchange) error {
	if err := gateway.Sized(x); err != nil {
		return err
	}
	r, ok := g.pool.Take()
	if !ok {
		r = &request{}
	}
	defer g.pool.Give(r)
	if err := r.write(x); err != nil {
		return err
	}
	return g.Converse(x, r.out)
}

// write begins with the length of the body, as it has to, 0 included.
func (r *request) write(x *exchange.Exchange) (err error) {
	r.headers = append(r.headers[:0], "CONTENT_LENGTH\x00"...)
	r.headers = append(strconv.AppendInt(r.headers, x.Req.Length, 10), "\x00SCGI\x001\x00"...)
	r.meta.Each(x, r.set)
	if r.path, err = gateway.Path(x, r.path, r.set); err != nil {
		return err
	}
	r.out = append(strconv.AppendInt(r.out[:0], int64(len(r.headers)), 10), ':')
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
