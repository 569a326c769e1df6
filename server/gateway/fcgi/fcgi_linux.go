package fcgi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
)

// New makes the handler that passes exchanges on to p.
func New(p gateway.Program) exchange.Handler { return program(p).serve }

type program gateway.Program

// A conn is a connection with what is needed to talk over it, for one exchange.
type conn struct {
	*gateway.Upstream
	meta   gateway.Meta
	params []byte
	out    []byte // not yet sent
	body   []byte // part of the request's; nil: there is no more of it

	answer gateway.Answer
	ended  bool // the response is complete
}

func (p program) serve(x *exchange.Exchange) error {
	up, err := gateway.Dial(x, p.Address, time.Now().Add(p.Timeout))
	if err != nil {
		return gateway.Failed(err)
	}
	defer up.Close()
	c := &conn{Upstream: up}
	if err := c.request(x); err != nil {
		return err
	}
	for !c.ended {
		if len(c.out) == 0 && c.body != nil && !c.Deaf {
			if err := c.feed(x); err != nil {
				return err
			}
		}
		c.Deadline = time.Now().Add(p.Timeout)
		if err := c.Exchange(x, &c.out); err != nil {
			return gateway.Failed(err)
		}
		if err := p.records(c, x); err != nil {
			return err
		}
	}
	return c.answer.End()
}

// request writes what begins one: its variables, and the end of its body where it has none.
func (c *conn) request(x *exchange.Exchange) error {
	set := func(name, value []byte) { c.params = appendPair(c.params, name, value) }
	set([]byte("GATEWAY_INTERFACE"), []byte("CGI/1.1"))
	c.meta.Each(x, set)
	if err := c.meta.Path(x, set); err != nil {
		return err
	}
	c.out = appendStream(appendBegin(c.out[:0]), params, c.params)
	c.out = appendHeader(c.out, params, 0)
	if x.Req.Length == 0 {
		c.out = appendHeader(c.out, stdin, 0)
		return nil
	}
	c.body = make([]byte, 16<<10)
	return nil
}

// feed takes the next part of the client's body.
func (c *conn) feed(x *exchange.Exchange) error {
	n, err := x.Read(c.body)
	c.out = appendStream(c.out, stdin, c.body[:n])
	if errors.Is(err, io.EOF) {
		c.out, c.body = appendHeader(c.out, stdin, 0), nil
		return nil
	}
	return err
}

// records passes on the records that have come whole.
func (p program) records(c *conn, x *exchange.Exchange) error {
	for !c.ended && len(c.Buffered()) >= headerSize {
		h, ok := parseHeader(c.Buffered())
		if !ok {
			return gateway.Failed(fmt.Errorf("not FastCGI: version %d", c.Buffered()[0]))
		}
		size := headerSize + h.content + h.padding
		if len(c.Buffered()) < size {
			return nil
		}
		content := c.Buffered()[headerSize : headerSize+h.content]
		if err := p.record(c, x, h.kind, content); err != nil {
			return err
		}
		c.Consume(size)
	}
	return nil
}

func (p program) record(c *conn, x *exchange.Exchange, kind byte, content []byte) error {
	switch kind {
	case stdout:
		if len(content) == 0 {
			return nil // the stream's end
		}
		return c.answer.Write(x, content)
	case errorText:
		if len(content) > 0 { // one line at least, in one piece
			_, _ = p.Stderr.Write(append(bytes.TrimRight(bytes.Clone(content), "\n"), '\n'))
		}
	case endRequest:
		c.ended = true
		if len(content) >= 5 && content[4] != 0 {
			return gateway.Failed(fmt.Errorf("the program refused the request: protocol status %d", content[4]))
		}
	}
	return nil
}
