package gateway

import (
	"errors"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/exchange"
)

// A Program is a persistent application server that a gateway passes exchanges on to.
type Program struct {
	Address Address
	// Timeout bounds each wait for the program: to accept, to take more of the request, to answer more.
	Timeout time.Duration
}

// Converse sends a request that begins with head, and the body of x's behind it as that comes, on a
// connection of its own, and passes on the answer, which lasts until the program closes it. Answers are
// taken while the body is sent, so that a program that answers first cannot deadlock.
func (p Program) Converse(x *exchange.Exchange, head []byte) error {
	u, err := Dial(x, p.Address, time.Now().Add(p.Timeout))
	if err != nil {
		return Failed(err)
	}
	defer u.Close()
	var answer Answer
	out, body := head, x.Req.Length != 0
	var part []byte
	for {
		if len(out) == 0 && body {
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
		switch err := u.Exchange(x, &out); {
		case errors.Is(err, ErrEnded):
			return answer.End()
		case errors.Is(err, unix.EPIPE): // it wants no more, and may have said why
			out, body = nil, false
			continue
		case err != nil:
			return Failed(err)
		}
		if err := answer.Write(x, u.Buffered()); err != nil {
			return err
		}
		u.Consume(len(u.Buffered()))
	}
}

// Sized refuses a request whose body's length is not known before it has come, which the program must be
// told first (RFC 9110 §15.5.12).
func Sized(x *exchange.Exchange) error {
	if x.Req.Length < 0 {
		return &exchange.StatusError{Status: 411, Err: errors.New("a body in chunks, of which the program must know the length")}
	}
	return nil
}
