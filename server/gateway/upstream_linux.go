package gateway

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/task"
)

// An Upstream is a connection to the program that answers. Its transfers are demands of the exchange
// that it serves at the time.
type Upstream struct {
	task.Stream
	in   []byte
	r, w int // in[r:w] has been received and not yet consumed

	// Deaf says that the program takes nothing more. It may have answered all the same.
	Deaf bool
}

// room is what an Upstream receives at once: an event loop may hold thousands of them.
const room = 16 << 10

// NewUpstream is one on a descriptor that does not block, which it owns.
func NewUpstream(fd int) *Upstream {
	return &Upstream{Stream: task.Stream{FD: fd}, in: make([]byte, room)}
}

// Dial connects to an address (ParseAddress), waiting as x's worker does. It takes until deadline at most.
func Dial(x *exchange.Exchange, a Address, deadline time.Time) (*Upstream, error) {
	sa, family, err := a.resolve()
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	u := NewUpstream(fd)
	u.Deadline = deadline
	if err := u.connect(x, sa); err != nil {
		u.Close()
		return nil, fmt.Errorf("connect to %v: %w", a, err)
	}
	return u, nil
}

func (u *Upstream) connect(x *exchange.Exchange, sa unix.Sockaddr) error {
	err := unix.Connect(u.FD, sa)
	for err == unix.EAGAIN && time.Now().Before(u.Deadline) { // a unix socket whose backlog is full
		if err := x.Wait(fullPause); err != nil {
			return err
		}
		err = unix.Connect(u.FD, sa)
	}
	if err != unix.EINPROGRESS {
		return os.NewSyscallError("connect", err)
	}
	if err := x.Ready(&u.Stream, true); err != nil {
		return err
	}
	code, err := unix.GetsockoptInt(u.FD, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	return os.NewSyscallError("connect", err)
}

// fullPause is how long a full backlog is left alone.
const fullPause = 5 * time.Millisecond

// Close ends the connection.
func (u *Upstream) Close() { _ = unix.Close(u.FD) } // nothing of the client's is lost with it

// Need waits until n bytes at least have been received, which Buffered then holds.
func (u *Upstream) Need(x *exchange.Exchange, n int) error {
	for u.w-u.r < n {
		if err := u.More(x); err != nil {
			return err
		}
	}
	return nil
}

// More waits until something more has been received. The stream's end is ErrEnded.
func (u *Upstream) More(x *exchange.Exchange) error {
	var nothing []byte
	return u.Exchange(x, &nothing)
}

// Exchange moves bytes in both directions, whichever can go first: it sends from out, of which it leaves
// the rest, and receives what comes. With nothing to send it waits for something to be received. To a
// program that is deaf there is nothing to send.
func (u *Upstream) Exchange(x *exchange.Exchange, out *[]byte) error {
	u.makeRoom()
	sent, got, err := x.Move(&u.Stream, *out, u.in[u.w:])
	*out = (*out)[sent:]
	u.w += got
	switch {
	case errors.Is(err, io.EOF):
		return ErrEnded
	case errors.Is(err, unix.EPIPE):
		u.Deaf, *out = true, nil
		return nil
	}
	return err
}

func (u *Upstream) makeRoom() {
	switch {
	case u.r == u.w:
		u.r, u.w = 0, 0
	case u.w == len(u.in):
		u.r, u.w = 0, copy(u.in, u.in[u.r:u.w])
	}
	if u.w == len(u.in) {
		u.in = append(u.in, make([]byte, len(u.in))...)
	}
}

// Buffered is what has been received and not yet consumed. It is good until the next Need, More or Relay.
func (u *Upstream) Buffered() []byte { return u.in[u.r:u.w] }

// Consume takes n bytes off what is buffered.
func (u *Upstream) Consume(n int) { u.r += n }

// Relay passes n bytes on to x's client as part of the response's body.
func (u *Upstream) Relay(x *exchange.Exchange, n int) error {
	for n > 0 {
		if err := u.Need(x, 1); err != nil {
			return err
		}
		part := u.Buffered()
		part = part[:min(n, len(part))]
		if _, err := x.Write(part); err != nil {
			return err
		}
		u.Consume(len(part))
		n -= len(part)
	}
	return nil
}
