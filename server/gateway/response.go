package gateway

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/workerlab/workerlab/server/exchange"
)

// A Response is a head as a program gives it, on its way to the client. It may be used again.
type Response struct {
	Status   int
	Length   int64  // of the body, as stated; -1: not stated
	Location string // where the field is one of Parse's
	fields   []string
	stated   bool // the status was
}

// Reset empties it.
func (r *Response) Reset() { *r = Response{Status: 200, Length: -1, fields: r.fields[:0]} }

// ErrStatus says that a status is no three digits between 100 and 599, with a reason behind or nothing.
var ErrStatus = errors.New("the program's status makes no sense")

// SetStatus reads "404 Not Found". The reason is not passed on: the server has its own.
func (r *Response) SetStatus(s string) error {
	code, _, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(code)
	if err != nil || len(code) != 3 || n < 100 || n > 599 {
		return fmt.Errorf("%w: %.40q", ErrStatus, s)
	}
	r.Status, r.stated = n, true
	return nil
}

// Add takes a field. Those that are the server's to write are dropped (RFC 9110 §7.6.1; Date and Server,
// which it writes in any case), but for Content-Length, which must make sense.
func (r *Response) Add(name, value string) error {
	switch {
	case strings.EqualFold(name, "Content-Length"):
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("the program's Content-Length makes no sense: %.40q", value)
		}
		r.Length = n
	case !servers(name):
		r.fields = append(r.fields, name, value)
	}
	return nil
}

// servers reports whether a field is the server's to write.
func servers(name string) bool {
	for _, own := range [...]string{
		"Connection", "Date", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
		"Server", "TE", "Trailer", "Trailers", "Transfer-Encoding", "Upgrade",
	} {
		if len(name) == len(own) && strings.EqualFold(name, own) {
			return true
		}
	}
	return false
}

// Begin states the response to x's client. Interim statuses (1xx) are a program's mistake.
func (r *Response) Begin(x *exchange.Exchange) error {
	if r.Status < 200 {
		return fmt.Errorf("%w: %d", ErrStatus, r.Status)
	}
	return x.Respond(r.Status, r.Length, r.fields...)
}
