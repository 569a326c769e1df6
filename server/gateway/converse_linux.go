package gateway

import (
	"errors"
	"io"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
)

// A Program is a persistent application server that a gateway passes exchanges on to.
type Program struct {
	Address Address
	// Timeout bounds each wait for the program: to accept, to take more of the request, to answer more.
	Timeout time.Duration
	Stderr  io.Writer // what the program writes to its own, where the protocol carries it
}

// errUnsized refuses a body whose length is not known before it has come (RFC 9110 §15.5.12).
var errUnsized = &exchange.StatusError{Status: 411, Err: errors.New("a body in chunks, of which the program must know the length")}

// Converse sends a request that begins with head, and the body of x's behind it as that comes, on a
// connection of its own, and passes on the answer, which lasts until the program closes it. Answers are
// taken while the body is sent, so that a program that answers first cannot deadlock. The program must have
// been told the length of the body.
func (p Program) Converse(x *exchange.Exchange, head []byte) error {
	if x.Req.Length < 0 {
		return errUnsized
	}
	u, err := Dial(x, p.Address, time.Now().Add(p.Timeout))
	if err != nil {
		return Failed(err)
	}
	defer u.Close()
	var answer Answer
	out, body := head, x.Req.Length != 0
	var part []byte
	for {
		if len(out) == 0 && body && !u.Deaf {
			if part == nil {
				part = make([]byte, room)
			}
			n, err := x.Read(part)
			if out = part[:n]; errors.Is(err, io.EOF) {
				body = false
			} else if err != nil {
				return err
			}
		}
		u.Deadline = time.Now().Add(p.Timeout)
		if err := u.Exchange(x, &out); errors.Is(err, ErrEnded) {
			return answer.End()
		} else if err != nil {
			return Failed(err)
		}
		if err := answer.Write(x, u.Buffered()); err != nil {
			return err
		}
		u.Consume(len(u.Buffered()))
	}
}
