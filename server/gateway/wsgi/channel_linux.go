package wsgi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
	"github.com/workerlab/workerlab/server/http1"
	"github.com/workerlab/workerlab/server/task"
)

// A channel leads to the interpreter, and has its own greenlet or thread there. It is two pipes: a unix socket takes
// twice as long to carry a message, and each read from it wakes whoever waits at the other end, for nothing.
type channel struct {
	*gateway.Upstream             // of answers
	requests          task.Stream // and of what the application reads
	environ           environ
	response          gateway.Response
	body              []byte // a part of a request's body, behind its length
}

// Framing, as in bridge.py.
const (
	read     = 1 << 31    // for the length of a head: the application reads
	more     = 1 << 31    // in the length of data: this is not all
	mostBody = 64<<10 - 4 // with its length it fills a pipe
	mostHead = 1 << 20
)

// patience is how long the interpreter may take to be reached: its accept may wait for the lock.
const patience = 10 * time.Second

// openChannel makes a channel and hands the interpreter its ends, over a connection that serves for nothing else.
func openChannel(x *exchange.Exchange, interpreter gateway.Address) (*channel, error) {
	link, err := gateway.Dial(x, interpreter, time.Now().Add(patience))
	if err != nil {
		return nil, err
	}
	defer link.Close()
	ours, theirs, err := pipes()
	if err != nil {
		return nil, err
	}
	c := &channel{Upstream: gateway.NewUpstream(ours[0]), requests: task.Stream{FD: ours[1]}}
	err = unix.Sendmsg(link.FD, []byte{0}, unix.UnixRights(theirs[:]...), nil, unix.MSG_NOSIGNAL)
	closeBoth(theirs)
	if err != nil {
		c.Close()
		return nil, os.NewSyscallError("sendmsg", err)
	}
	return c, nil
}

// pipes are two, one in each direction. Both sides get an end to read from and one to write to.
func pipes() (ours, theirs [2]int, err error) {
	var in, out [2]int
	if err := unix.Pipe2(in[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return ours, theirs, os.NewSyscallError("pipe2", err)
	}
	if err := unix.Pipe2(out[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		closeBoth(in)
		return ours, theirs, os.NewSyscallError("pipe2", err)
	}
	return [2]int{in[0], out[1]}, [2]int{out[0], in[1]}, nil
}

func closeBoth(fds [2]int) {
	_ = unix.Close(fds[0])
	_ = unix.Close(fds[1])
}

// Close ends the channel in both directions.
func (c *channel) Close() {
	c.Upstream.Close()
	_ = unix.Close(c.requests.FD)
}

// send sends all of p.
func (c *channel) send(x *exchange.Exchange, p []byte) error {
	for len(p) > 0 {
		n, _, err := x.Move(&c.requests, p, nil)
		if err != nil {
			return gateway.Failed(err)
		}
		p = p[n:]
	}
	return nil
}

// exchange lets the application answer x.
func (c *channel) exchange(x *exchange.Exchange) error {
	request, err := c.environ.request(x)
	if err != nil {
		return err
	}
	if err := c.send(x, request); err != nil {
		return err
	}
	for begun := false; ; {
		if err := c.Need(x, head); err != nil {
			return gateway.Failed(err)
		}
		m := c.Buffered()
		length, data := binary.LittleEndian.Uint32(m), binary.LittleEndian.Uint32(m[4:])
		c.Consume(head)
		if length == read {
			if err := c.feed(x, int(data)); err != nil {
				return err
			}
			continue
		}
		if err := c.answer(x, &begun, int(length), data); err != nil || data&more == 0 {
			return err
		}
	}
}

// answer passes on one message of the answer.
func (c *channel) answer(x *exchange.Exchange, begun *bool, length int, data uint32) error {
	n := int(data &^ more)
	if !*begun {
		if err := c.begin(x, length, n, data&more == 0); err != nil {
			return err
		}
		*begun = true
	}
	if err := c.Relay(x, n); err != nil {
		return gateway.Failed(err)
	}
	if data&more != 0 && len(c.Buffered()) == 0 {
		return x.Flush() // the application may take its time for the next block
	}
	return nil
}

// begin states the response, before n bytes of its body, which may be all.
func (c *channel) begin(x *exchange.Exchange, length, n int, whole bool) error {
	if length == 0 || length > mostHead {
		return gateway.Failed(fmt.Errorf("a head of %d bytes from the interpreter", length))
	}
	if err := c.Need(x, length); err != nil {
		return gateway.Failed(err)
	}
	c.response.Reset()
	err := parse(&c.response, string(c.Buffered()[:length]))
	c.Consume(length)
	if err == nil {
		if whole && c.response.Length < 0 && !http1.NoBody(x.Req.Method, c.response.Status) {
			c.response.Length = int64(n)
		}
		err = c.response.Begin(x)
	}
	if err != nil {
		return fmt.Errorf("the application's response: %w", err)
	}
	return nil
}

// parse reads a status and fields, a NUL between each two parts.
func parse(r *gateway.Response, head string) error {
	status, rest, fields := strings.Cut(head, "\x00")
	if err := r.SetStatus(status); err != nil {
		return err
	}
	for fields {
		var name, value string
		if name, rest, fields = strings.Cut(rest, "\x00"); !fields {
			return errors.New("a field without a value")
		}
		value, rest, fields = strings.Cut(rest, "\x00")
		if err := r.Add(name, value); err != nil {
			return err
		}
	}
	return nil
}

// feed gives the application what it reads: at most n bytes of the request's body, as they come.
func (c *channel) feed(x *exchange.Exchange, n int) error {
	if c.body == nil {
		c.body = make([]byte, 4+mostBody)
	}
	got, err := x.Read(c.body[4 : 4+min(n, mostBody)])
	switch {
	case errors.Is(err, io.EOF):
		got = 0
	case err != nil:
		return err // the channel is closed, by which the application learns that its client has gone
	}
	binary.LittleEndian.PutUint32(c.body, uint32(got))
	return c.send(x, c.body[:4+got])
}
