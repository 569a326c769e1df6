package loadgen

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"time"
)

// maxInline is how much of a request is written before its answer is read: it fits into the kernel's
// buffers, so that the write cannot wait for a server that answers while it reads.
const maxInline = 16 << 10

// A conn is one connection to the server, used for one request at a time.
type conn struct {
	net.Conn
	in      *bufio.Reader
	peek    peeker
	writing chan error // the end of a write that goes on while the answer is read; nil: none
}

func newConn(raw net.Conn) *conn {
	return &conn{Conn: raw, in: bufio.NewReader(raw), peek: newPeeker(raw)}
}

// alive reports whether the server has neither closed the idle connection nor sent anything unasked.
func (k *conn) alive() bool { return k.in.Buffered() == 0 && k.peek.quiet() }

// exchange sends one request and reads the head of its answer.
func (k *conn) exchange(r *http.Request, message []byte, deadline time.Time) (*http.Response, error) {
	if err := k.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if len(message) <= maxInline {
		if _, err := k.Write(message); err != nil {
			return nil, err
		}
	} else {
		k.writing = make(chan error, 1)
		go func() {
			_, err := k.Write(message)
			k.writing <- err
		}()
	}
	return k.head(r)
}

// head reads the answer's head and skips the informational ones before it.
func (k *conn) head(r *http.Request) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(k.in, r)
		if err != nil {
			return nil, k.headError(err)
		}
		if response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols {
			return response, nil
		}
	}
}

// headError tells a head that was cut off within a field, which the reader takes for a bad field, from
// one that is bad.
func (k *conn) headError(err error) error {
	var bad textproto.ProtocolError
	if errors.As(err, &bad) && k.in.Buffered() == 0 {
		if _, end := k.in.Peek(1); end != nil {
			return protocolError(end)
		}
	}
	return protocolError(err)
}

// idle reports whether the connection can carry another request, once an answer was wholly read.
func (k *conn) idle() bool {
	if k.writing != nil {
		select {
		case err := <-k.writing:
			k.writing = nil
			if err != nil {
				return false
			}
		default:
			return false // answered before it was asked: what is left of the request is of no use
		}
	}
	return k.in.Buffered() == 0
}

func (k *conn) close() {
	_ = k.Conn.Close() // nothing is lost with it
	if k.writing != nil {
		<-k.writing
		k.writing = nil
	}
}

// A body is an answer's body. Its end, whichever it is, decides what becomes of the connection.
type body struct {
	source io.ReadCloser
	c      *client
	k      *conn // nil once the end was reached
	x      *exchange
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.k == nil {
		return 0, io.EOF
	}
	n, err := b.source.Read(p)
	b.x.bytesIn += int64(n)
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		b.end(false)
		return n, b.c.fail(b.x, protocolError(err))
	}
	b.end(!b.x.last && b.c.p.KeepAlive && b.k.idle())
	return n, io.EOF
}

// Close implements io.Closer.
func (b *body) Close() error {
	if b.k != nil {
		b.end(false)
	}
	return nil
}

func (b *body) end(reusable bool) {
	if reusable {
		b.c.release(b.k)
	} else {
		b.c.discard(b.k)
	}
	b.k = nil
}
