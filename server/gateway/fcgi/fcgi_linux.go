package fcgi

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
)

// New makes the handler that passes exchanges on to p. stderr takes what the program writes to its own.
func New(p gateway.Program, stderr io.Writer) exchange.Handler {
	g := &fastCGI{Program: p, stderr: stderr}
	return g.serve
}

type fastCGI struct {
	gateway.Program
	stderr io.Writer
	pool   gateway.Pool[*conn]
}

// A conn is a connection with what is needed to talk over it.
type conn struct {
	*gateway.Upstream
	meta   gateway.Meta
	params []byte
	out    []byte // not yet sent
	body   []byte // part of the request's
	path   []byte

	answer gateway.Answer
	ended  bool // the response is complete
}

func (g *fastCGI) serve(x *exchange.Exchange) error {
	c, used, err := g.take(x)
	if err != nil {
		return gateway.Failed(err)
	}
	err = g.exchange(c, x)
	if used && errors.Is(err, errStale) { // the server has closed it while it was idle
		c.Close()
		if c, err = g.dial(x); err != nil {
			return gateway.Failed(err)
		}
		err = g.exchange(c, x)
	}
	if err != nil {
		c.Close()
		return err
	}
	g.pool.Give(c)
	return nil
}

func (g *fastCGI) take(x *exchange.Exchange) (c *conn, used bool, err error) {
	if c, ok := g.pool.Take(); ok {
		return c, true, nil
	}
	c, err = g.dial(x)
	return c, false, err
}

func (g *fastCGI) dial(x *exchange.Exchange) (*conn, error) {
	up, err := gateway.Dial(x, g.Address, time.Now().Add(g.Timeout))
	if err != nil {
		return nil, err
	}
	return &conn{Upstream: up}, nil
}

// errStale says that a connection ended before anything of a request without a body was answered.
var errStale = errors.New("the connection had ended")

// exchange sends the request and passes on the answer.
func (g *fastCGI) exchange(c *conn, x *exchange.Exchange) error {
	if err := c.request(x); err != nil {
		return err
	}
	c.answer, c.ended = gateway.Answer{}, false
	heard := false
	for !c.ended {
		if len(c.out) == 0 && c.body != nil {
			if err := c.feed(x); err != nil {
				return err
			}
		}
		c.Deadline = time.Now().Add(g.Timeout)
		err := c.Exchange(x, &c.out)
		if err != nil && !heard && x.Req.Length == 0 {
			return errors.Join(errStale, gateway.Failed(err))
		}
		if err != nil {
			return gateway.Failed(err)
		}
		heard = heard || len(c.Buffered()) > 0
		if err := g.records(c, x); err != nil {
			return err
		}
	}
	return c.answer.End()
}

// request writes what begins one: its variables, and the end of its body where it has none.
func (c *conn) request(x *exchange.Exchange) (err error) {
	c.params = c.params[:0]
	set := func(name, value []byte) { c.params = appendPair(c.params, name, value) }
	set([]byte("GATEWAY_INTERFACE"), []byte("CGI/1.1"))
	c.meta.Each(x, set)
	if c.path, err = gateway.Path(x, c.path, set); err != nil {
		return err
	}
	c.out = appendStream(appendBegin(c.out[:0]), params, c.params)
	c.out = appendHeader(c.out, params, 0)
	c.body = nil
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
func (g *fastCGI) records(c *conn, x *exchange.Exchange) error {
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
		if err := g.record(c, x, h.kind, content); err != nil {
			return err
		}
		c.Consume(size)
	}
	return nil
}

func (g *fastCGI) record(c *conn, x *exchange.Exchange, kind byte, content []byte) error {
	switch kind {
	case stdout:
		if len(content) == 0 {
			return nil // the stream's end
		}
		return c.answer.Write(x, content)
	case errorText:
		_, _ = g.stderr.Write(content)
	case endRequest:
		c.ended = true
		if len(content) >= 5 && content[4] != 0 {
			return gateway.Failed(fmt.Errorf("the program refused the request: protocol status %d", content[4]))
		}
	}
	return nil
}
