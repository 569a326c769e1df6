package slow

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

func (c Clients) sendSlowly(ctx context.Context, k net.Conn) error {
	if err := trickle(ctx, k, c.head("GET /", ""), c.Over); err != nil {
		return err
	}
	_, err := answer(k)
	return err
}

func (c Clients) readSlowly(ctx context.Context, k net.Conn) error {
	if _, err := k.Write(c.head(fmt.Sprintf("GET /bytes?n=%d", c.Read), "")); err != nil {
		return err
	}
	return answerOf(c.Read, &sipper{ctx: ctx, from: k, whole: c.Read, over: c.Over})
}

func (c Clients) postSlowly(ctx context.Context, k net.Conn) error {
	if _, err := k.Write(c.head("POST /echo", fmt.Sprintf("Content-Length: %d\r\n", c.Post))); err != nil {
		return err
	}
	if err := trickle(ctx, k, make([]byte, c.Post), c.Over); err != nil {
		return err
	}
	return answerOf(c.Post, k)
}

// head asks for one answer and the end of the connection with it; fields are further lines.
func (c Clients) head(ask, fields string) []byte {
	return fmt.Appendf(nil, "%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n", ask, c.Address, fields)
}

// trickle writes message byte by byte: the first at once, the last after over.
func trickle(ctx context.Context, w io.Writer, message []byte, over time.Duration) error {
	start, last := time.Now(), int64(len(message)-1)
	for i := range message {
		if err := until(ctx, start.Add(due(int64(i), last, over))); err != nil {
			return err
		}
		if _, err := w.Write(message[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// sip is the most that one read takes, bytes: it is also the receive buffer, so that a larger one would
// not be filled.
const sip = 4 << 10

// answerOf reads a whole answer, whose body must be of n bytes.
func answerOf(n int64, from io.Reader) error {
	got, err := answer(from)
	if err == nil && got != n {
		err = fmt.Errorf("an answer of %d bytes, not of %d", got, n)
	}
	return err
}

// answer reads a whole answer and returns the length of its body in bytes.
func answer(from io.Reader) (int64, error) {
	response, err := http.ReadResponse(bufio.NewReaderSize(from, sip), nil)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", response.StatusCode)
	}
	return n, err
}

// A sipper reads whole bytes evenly over a time that begins with the first of them.
type sipper struct {
	ctx   context.Context // of the one exchange that it reads
	from  io.Reader
	whole int64
	over  time.Duration

	start time.Time // when the first byte had come; zero before
	read  int64
}

// Read implements io.Reader: it waits until the bytes it returns last were due.
func (s *sipper) Read(p []byte) (int, error) {
	n, err := s.from.Read(p[:min(len(p), sip)])
	if s.start.IsZero() {
		s.start = time.Now()
	}
	s.read += int64(n)
	if late := until(s.ctx, s.start.Add(due(s.read, s.whole, s.over))); late != nil {
		return n, late
	}
	return n, err
}

// due is when item i of n is, counted from 0, evenly over a time.
func due(i, n int64, over time.Duration) time.Duration {
	return time.Duration(float64(over) * float64(i) / float64(n))
}

// until waits for an instant. It returns ctx's error if that ends first.
func until(ctx context.Context, at time.Time) error {
	wait := time.NewTimer(time.Until(at))
	defer wait.Stop()
	select {
	case <-wait.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
