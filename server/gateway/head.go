package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/workerlab/workerlab/server/exchange"
)

// mostHead bounds a program's head, in bytes.
const mostHead = 64 << 10

// Errors of a program's head.
var (
	ErrHead     = errors.New("the program's answer does not begin with a head")
	ErrLongHead = errors.New("the program's head is longer than 64 KiB")
)

// Parse reads a head as CGI scripts write it (RFC 3875 §6), from the beginning of an answer: fields, a line
// each, and an empty line. A line ends with LF or CRLF. A status line before the fields, as scripts write
// whose headers nobody is to parse (§5) and as uwsgi does, counts as a Status field. n is the length of
// the head; 0: it is not complete yet.
//
// Without a status it is 200, or 302 where there is a Location.
func (r *Response) Parse(b []byte) (n int, err error) {
	end := endOfHead(b)
	switch {
	case end > mostHead || end < 0 && len(b) > mostHead:
		return 0, ErrLongHead
	case end < 0:
		return 0, nil
	}
	r.Reset()
	r.Status = 0
	for line := range strings.Lines(string(b[:end])) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		if err := r.line(line); err != nil {
			return 0, err
		}
	}
	switch {
	case r.Status == 0 && r.Location != "":
		r.Status = 302
	case r.Status == 0 && len(r.fields) == 0:
		return 0, ErrHead
	case r.Status == 0:
		r.Status = 200
	}
	return end, nil
}

// endOfHead is the length of a head with its empty line; -1: it does not end yet.
func endOfHead(b []byte) int {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return -1
		}
		from += i + 1
		switch rest := b[from:]; {
		case len(rest) > 0 && rest[0] == '\n':
			return from + 1
		case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
			return from + 2
		}
	}
}

func (r *Response) line(line string) error {
	if status, ok := strings.CutPrefix(line, "HTTP/"); ok && r.Status == 0 && len(r.fields) == 0 {
		_, status, _ = strings.Cut(status, " ")
		return r.SetStatus(status)
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok || name == "" {
		return fmt.Errorf("%w: %.60q", ErrHead, line)
	}
	value = strings.TrimSpace(value)
	switch {
	case strings.EqualFold(name, "Status"):
		return r.SetStatus(value)
	case strings.EqualFold(name, "Location"):
		r.Location = value
	}
	return r.Add(name, value)
}

// Local is the target to which a script hands the request over (RFC 3875 §6.2.2): a path of this server and
// no status; empty: none.
func (r *Response) Local() string {
	if r.Status == 302 && !r.stated && strings.HasPrefix(r.Location, "/") && !strings.HasPrefix(r.Location, "//") {
		return r.Location
	}
	return ""
}

// An Answer passes a program's answer on to x's client while it comes in, in pieces of any size: first a
// head, then the body.
type Answer struct {
	Response
	head  []byte // what there is of it
	begun bool
}

// Begun reports whether the head is complete.
func (a *Answer) Begun() bool { return a.begun }

// Write takes the next piece.
func (a *Answer) Write(x *exchange.Exchange, p []byte) error {
	if a.begun {
		return a.body(x, p)
	}
	a.head = append(a.head, p...)
	n, err := a.Parse(a.head)
	if n == 0 || err != nil {
		return Failed(err)
	}
	a.begun = true
	if a.Local() == "" {
		if err := a.Begin(x); err != nil {
			return Failed(err)
		}
	}
	return a.body(x, a.head[n:])
}

// body passes on a part of the body, if there is nobody else to answer.
func (a *Answer) body(x *exchange.Exchange, p []byte) error {
	if a.Local() != "" {
		return nil
	}
	_, err := x.Write(p)
	return err
}

// End ends it. A program that has written no whole head has failed.
func (a *Answer) End() error {
	switch {
	case a.begun:
		return nil
	case len(a.head) == 0:
		return Failed(errors.New("the program has answered nothing"))
	}
	return Failed(ErrHead)
}
