package poll

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair is a connected pair of non-blocking sockets.
func pair(t *testing.T) (a, b int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fds[0]); _ = unix.Close(fds[1]) })
	return fds[0], fds[1]
}

func poller(t *testing.T) *Poller {
	t.Helper()
	p, err := New(8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestTransfersNeverBlock(t *testing.T) {
	a, b := pair(t)
	buf := make([]byte, 16)
	if n, err := Read(a, buf); n != 0 || err != nil {
		t.Errorf("nothing there: %d, %v", n, err)
	}
	if n, err := Write(b, []byte("abc")); n != 3 || err != nil {
		t.Errorf("write: %d, %v", n, err)
	}
	if n, err := Read(a, buf); n != 3 || err != nil {
		t.Errorf("read: %d, %v", n, err)
	}
	full := 0
	for n := 1; n > 0; full += n {
		var err error
		if n, err = Write(b, make([]byte, 64<<10)); err != nil {
			t.Fatal(err)
		}
	}
	if full == 0 {
		t.Error("nothing fitted")
	}
	_ = unix.Shutdown(a, unix.SHUT_RDWR)
	if _, err := Write(b, []byte("x")); !errors.Is(err, unix.EPIPE) {
		t.Errorf("write to a closed peer: %v", err)
	}
	if _, err := Read(a, buf); err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("read after shutdown: %v", err)
	}
	if n, err := Read(b, buf); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %d, %v", n, err)
	}
}

func TestWaitReportsAndTimesOut(t *testing.T) {
	a, b := pair(t)
	for _, coarse := range []bool{false, true} {
		p := poller(t)
		p.coarse = coarse
		if err := p.Add(a, unix.EPOLLIN); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		events, err := p.Wait(3 * time.Millisecond)
		if len(events) != 0 || err != nil || time.Since(start) < 3*time.Millisecond {
			t.Errorf("coarse=%v: %d events, %v after %v", coarse, len(events), err, time.Since(start))
		}
		_, _ = Write(b, []byte("x"))
		if events, err := p.Wait(Forever); len(events) != 1 || int(events[0].Fd) != a || err != nil {
			t.Errorf("coarse=%v: %v, %v", coarse, events, err)
		}
		_, _ = Read(a, make([]byte, 1))
	}
}

func TestWakeFromAnotherThread(t *testing.T) {
	p := poller(t)
	w, err := NewWake()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := p.Add(w.FD(), unix.EPOLLIN); err != nil {
		t.Fatal(err)
	}
	go func() { _ = w.Notify() }()
	if events, err := p.Wait(Forever); len(events) != 1 || err != nil {
		t.Fatalf("%v, %v", events, err)
	}
	w.Clear()
	w.Clear() // twice is harmless
	if events, _ := p.Wait(0); len(events) != 0 {
		t.Error("still awake after Clear")
	}
}

func TestBlockUntilADeadline(t *testing.T) {
	a, b := pair(t)
	if err := Block(a, true, false, time.Now().Add(2*time.Millisecond)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := Block(a, true, false, time.Now().Add(-time.Second)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a deadline that has passed: %v", err)
	}
	if err := Block(a, false, true, time.Time{}); err != nil {
		t.Errorf("writable: %v", err)
	}
	_, _ = Write(b, []byte("x"))
	if err := Block(a, true, false, time.Now().Add(time.Minute)); err != nil {
		t.Errorf("readable: %v", err)
	}
}

func TestPendingDoesNotWait(t *testing.T) {
	a, b := pair(t)
	if Pending(a, false) || !Pending(a, true) {
		t.Error("an empty socket can be written and not read")
	}
	_, _ = Write(b, []byte("x"))
	if !Pending(a, false) {
		t.Error("a byte is there")
	}
	_, _ = Read(a, make([]byte, 1))
	_ = unix.Shutdown(b, unix.SHUT_WR)
	if !Pending(a, false) {
		t.Error("the end is there")
	}
}

func TestSleepIsNeverShort(t *testing.T) {
	const d = 300 * time.Microsecond
	start := time.Now()
	Sleep(d)
	if took := time.Since(start); took < d {
		t.Errorf("slept %v of %v", took, d)
	}
}

// A notification may be under way when its loop ends: the loop's context ended both.
func TestALateNotifyReachesNobodyElse(t *testing.T) {
	w, err := NewWake()
	if err != nil {
		t.Fatal(err)
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	fd := w.FD()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Dup3(pipe[1], fd, unix.O_CLOEXEC); err != nil { // the next owner
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := w.Notify(); err != nil {
		t.Fatal(err)
	}
	var got [8]byte
	if n, err := unix.Read(pipe[0], got[:]); n > 0 || !errors.Is(err, unix.EAGAIN) {
		t.Errorf("the next owner of the descriptor was sent %v (%v)", got[:max(n, 0)], err)
	}
}
