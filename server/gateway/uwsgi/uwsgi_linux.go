package uwsgi

import (
	"encoding/binary"
	"errors"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
)

// New makes the handler that passes exchanges on to p.
func New(p gateway.Program) exchange.Handler {
	g := &uwsgi{Program: p}
	return g.serve
}

type uwsgi struct {
	gateway.Program
	pool gateway.Pool[*request]
}

// A request is one as it is written.
type request struct {
	meta gateway.Meta
	out  []byte
	path []byte
	long bool // a name or a value does not fit
}

func (g *uwsgi) serve(x *exchange.Exchange) error {
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

const (
	header = 4         // modifier1, the size, modifier2
	most   = 1<<16 - 1 // bytes of variables, and of each part of one
)

var errLong = errors.New("the request's variables exceed the 64 KiB of a uwsgi packet")

func (r *request) write(x *exchange.Exchange) (err error) {
	r.out, r.long = append(r.out[:0], 0, 0, 0, 0), false // modifiers 0: a WSGI request
	r.meta.Each(x, r.set)
	if r.path, err = gateway.Path(x, r.path, r.set); err != nil {
		return err
	}
	size := len(r.out) - header
	if r.long || size > most {
		return &exchange.StatusError{Status: 431, Err: errLong}
	}
	binary.LittleEndian.PutUint16(r.out[1:], uint16(size))
	return nil
}

func (r *request) set(name, value []byte) {
	for _, part := range [...][]byte{name, value} {
		r.long = r.long || len(part) > most
		r.out = binary.LittleEndian.AppendUint16(r.out, uint16(len(part)))
		r.out = append(r.out, part...)
	}
}
