package faults

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workerlab/workerlab/internal/patience"
)

// A load is a number of clients that each send one request after the other until stopped.
type load struct {
	addr, path string
	stopping   atomic.Bool
	wg         sync.WaitGroup

	answered atomic.Int64
	mu       sync.Mutex
	lost     []string // how, for each lost request
}

// steady starts clients and waits until each of them has been answered.
func steady(t *testing.T, addr, path string, clients int) *load {
	t.Helper()
	l := &load{addr: addr, path: path}
	for i := range clients {
		l.wg.Go(func() { l.client(i) })
	}
	t.Cleanup(func() { l.stop() })
	l.answers(t, int64(clients))
	return l
}

// answers waits for that many further answers.
func (l *load) answers(t *testing.T, n int64) {
	t.Helper()
	from := l.answered.Load()
	patience.Eventually(t, fmt.Sprintf("%d more answers", n), func() bool { return l.answered.Load() >= from+n })
}

// stop lets every client finish its request, and returns what was lost.
func (l *load) stop() []string {
	l.stopping.Store(true)
	l.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

func (l *load) lose(doing string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = append(l.lost, fmt.Sprintf("%s: %v", doing, err))
}

func (l *load) client(i int) {
	think := time.Duration(1+i%5) * time.Millisecond
	for !l.stopping.Load() {
		c, err := net.Dial("tcp", l.addr)
		if err != nil {
			l.lose("connecting", err)
			return
		}
		l.converse(c, think)
		c.Close()
	}
}

// converse sends requests over one connection until the server says that a response is its last.
func (l *load) converse(c net.Conn, think time.Duration) {
	r := bufio.NewReader(c)
	for n := 0; !l.stopping.Load(); n++ {
		last, err := exchange(c, r, l.path)
		if err != nil {
			l.lose(fmt.Sprintf("request %d of a connection", n), err)
			return
		}
		l.answered.Add(1)
		if last {
			return
		}
		time.Sleep(think) //nolint:forbidigo // a client's think time, not a wait for something
	}
}

// exchange sends one request and reads the whole response.
func exchange(c net.Conn, r *bufio.Reader, path string) (last bool, err error) {
	_ = c.SetDeadline(time.Now().Add(patience.Limit))
	if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: lab\r\n\r\n"); err != nil {
		return false, err
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return false, err
	}
	if resp.StatusCode != http.StatusOK {
		return false, fmt.Errorf("status %s", resp.Status)
	}
	return resp.Close, nil
}

// nothingLost stops a load and fails the test for every lost request.
func nothingLost(t *testing.T, l *load) {
	t.Helper()
	lost := l.stop()
	if len(lost) > 0 {
		t.Errorf("%d requests lost, %d answered:\n%s", len(lost), l.answered.Load(),
			strings.Join(lost[:min(len(lost), 5)], "\n"))
	}
	t.Logf("%d requests answered", l.answered.Load())
}

// A one is a single request under way.
type one struct{ done chan error }

// send sends one request and does not wait for its answer.
func send(t *testing.T, addr, path string) *one {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return sendOver(c, path)
}

func sendOver(c net.Conn, path string) *one {
	o := &one{done: make(chan error, 1)}
	go func() {
		_, err := exchange(c, bufio.NewReader(c), path)
		o.done <- err
	}()
	return o
}
