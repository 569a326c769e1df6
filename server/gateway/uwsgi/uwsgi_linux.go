package uwsgi

import (
	"encoding/binary"
	"errors"

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
	meta gateway.Meta
	out  []byte
	long bool // a name or a value does not fit
}

const (
	header = 4         // modifier1, the size, modifier2
	most   = 1<<16 - 1 // bytes of variables, and of each part of one
)

var errLong = errors.New("the request's variables exceed the 64 KiB of a uwsgi packet")

func (r *request) write(x *exchange.Exchange) error {
	r.out = append(r.out, 0, 0, 0, 0) // modifiers 0: a WSGI request
	r.meta.Each(x, r.set)
	if err := r.meta.Path(x, r.set); err != nil {
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
