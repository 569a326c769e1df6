package exchange

import (
	"bytes"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/http1"
)

// start writes the head for a body of the given length (unknownLength: not known).
func (x *Exchange) start(length int64) {
	c, d := x.conn, x.conn.desk
	x.head = http1.Head{Status: x.status, Fields: x.fields, Length: length}
	switch {
	case http1.NoBody(d.req.Method, x.status):
		x.framing = bodyless
		if length == unknownLength {
			x.head.Length = undelimited
		}
	case length >= 0:
		x.framing = sized
	case d.req.Minor == 0:
		x.framing, x.head.Length, c.Last = untilEnd, undelimited, true
	default:
		x.framing, x.head.Length = chunked, inChunks
	}
	x.settleConnection()
	x.head.Close = c.Last
	x.mark = len(d.out)
	d.out = http1.AppendHead(d.out, &x.head, c.thread.date.At(c.thread.Now))
	if len(d.held) > 0 {
		_, _ = x.put(d.held) // an error is kept in x.err
		d.held = d.held[:0]
	}
}

// What http1.Head.Length says of a body whose length it does not state.
const (
	inChunks    = -1
	undelimited = -2
)

// discardLimit is how much of an unread request body is read and dropped to keep a connection.
const discardLimit = 256 << 10

// settleConnection decides, before the head says so, whether the connection ends with this response.
func (x *Exchange) settleConnection() {
	c, d := x.conn, x.conn.desk
	if d.req.Close || c.thread.KeepAlive == 0 || c.thread.Draining.Load() {
		c.Last = true
	}
	if left := d.body.Left(); left > discardLimit || left != 0 && d.req.Expect {
		c.Last = true
	}
}

// put frames p and sends what has piled up.
func (x *Exchange) put(p []byte) (int, error) {
	c, d := x.conn, x.conn.desk
	x.written += int64(len(p))
	switch {
	case x.framing == bodyless:
		return len(p), nil
	case x.framing == chunked:
		d.out = http1.AppendChunk(d.out, p)
	case len(p) >= outLimit: // not worth a copy
		if err := x.keep(c.flush()); err != nil {
			return 0, err
		}
		return len(p), x.keep(c.send(p))
	default:
		d.out = append(d.out, p...)
	}
	if len(d.out) >= outLimit {
		return len(p), x.keep(c.flush())
	}
	return len(p), nil
}

// finish ends the response and reports whether the connection stays.
func (x *Exchange) finish() (open bool) {
	c, d := x.conn, x.conn.desk
	if x.framing == unsent {
		length := x.length
		if length == unknownLength {
			length = int64(len(d.held))
		}
		x.start(length)
	}
	if x.framing == chunked {
		d.out = append(d.out, http1.LastChunk...)
	}
	if x.framing == sized && x.written < x.head.Length {
		c.Last = true // the client must see that something is missing
	}
	if !c.Last && !x.discard() {
		c.Last = true
	}
	x.unread = c.Last && (d.body.Left() != 0 || d.r < d.w)
	if x.pipelined() {
		return true
	}
	c.Ending = c.Last
	if x.keep(c.flush()) != nil {
		return false
	}
	if c.Last {
		_ = unix.Shutdown(c.FD, unix.SHUT_WR) // where it fails the client has gone
	}
	return !c.Last
}

// discard drops what the handler left of the request body, so that the next request can be read.
func (x *Exchange) discard() bool {
	d := x.conn.desk
	if d.body.Left() == 0 {
		return true
	}
	var scratch [1 << 10]byte
	for dropped := 0; dropped <= discardLimit; {
		n, err := x.Read(scratch[:])
		dropped += n
		if err != nil {
			return x.err == nil
		}
	}
	return false
}

// pipelined reports whether another request seems to be buffered already: its response can share a
// write with this one.
func (x *Exchange) pipelined() bool {
	c, d := x.conn, x.conn.desk
	return !c.Last && d.r < d.w && len(d.out) < outLimit && bytes.IndexByte(d.unread(), '\n') >= 0
}

// proceed tells a client that asked first that its body is wanted (RFC 9110 §10.1.1).
func (x *Exchange) proceed() {
	d := x.conn.desk
	if d.req.Expect && x.framing == unsent {
		d.req.Expect = false
		d.out = append(d.out, http1.Continue...)
	}
}
