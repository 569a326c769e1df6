package fidelity

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// A client is one connection to a server, watched as TCP delivers it: answers, what follows them, how the
// connection ends, and when. Once it has ended, nothing more is seen.
type client struct {
	who    string
	conn   net.Conn // nil: there was no connection
	reader *bufio.Reader
	began  time.Time // from which its times are told
	events []Event
	ended  bool
	forget func() bool
}

// dial connects a client. A refusal is something that it saw.
func dial(ctx context.Context, addr, who string, began time.Time) *client {
	c := &client{who: who, began: began}
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", addr)
	if err != nil {
		c.end(err)
		return c
	}
	c.conn, c.reader = conn, bufio.NewReader(conn)
	c.forget = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return c
}

// close gives the connection up.
func (c *client) close() {
	if c.conn != nil {
		c.forget()
		_ = c.conn.Close()
	}
}

func (c *client) note(what string) {
	c.events = append(c.events, newEvent(c.who, what, time.Since(c.began)))
}

// stays notes what is so from the beginning on, and has no time.
func (c *client) stays(what string) { c.events = append(c.events, newEvent(c.who, what, 0)) }

// end notes how the connection ended.
func (c *client) end(err error) {
	c.ended = true
	switch {
	case errors.Is(err, io.EOF):
		c.note(fin)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		c.note(reset)
	case errors.Is(err, syscall.ECONNREFUSED):
		c.note(refused)
	default:
		c.note(err.Error())
	}
}

// send sends text. That the server has closed is seen when its answer is read.
func (c *client) send(text string) {
	if !c.ended {
		_, _ = io.WriteString(c.conn, text)
	}
}

// answer waits for the answer to a request with the method and notes it. It returns the body.
func (c *client) answer(method string, wait time.Duration) (body string) {
	if c.ended {
		return ""
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(wait))
	if _, err := c.reader.Peek(1); errors.Is(err, os.ErrDeadlineExceeded) {
		c.stays(silence)
		return ""
	} else if err != nil {
		c.end(err)
		return ""
	}
	response, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	if err != nil {
		c.note("no HTTP")
		return ""
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	c.note(worded(response, strings.TrimSpace(string(text)), err))
	return string(text)
}

// worded is an answer without what is each server's own: of a success the body, of a failure none, as each
// has its own page. Whether it is said to be the last one counts, whatever words say so.
func worded(response *http.Response, body string, err error) string {
	what := fmt.Sprint(response.StatusCode)
	if response.StatusCode == http.StatusOK && body != "" {
		what += " " + body
	}
	if response.Close && response.StatusCode >= http.StatusOK {
		what += ", the last"
	}
	if err != nil {
		what += ", cut short"
	}
	return what
}

// watch waits for the connection's end and notes how it came, or that it is kept. Bytes that still come are
// counted.
func (c *client) watch(wait time.Duration) {
	if c.ended {
		return
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(wait))
	more, err := io.Copy(io.Discard, c.reader)
	if more > 0 {
		c.stays(fmt.Sprintf("%d bytes more", more))
	}
	switch {
	case err == nil:
		c.end(io.EOF)
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.stays(kept)
	default:
		c.end(err)
	}
}
