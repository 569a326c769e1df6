package loop

import (
	"context"
	"log/slog"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/scoreboard"
)

// listening is a loop that nobody runs, with one listener, and the address that it has.
func listening(t *testing.T) (l *loop, ln int, address string) {
	t.Helper()
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	file, err := front.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if ln, err = unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0); err != nil {
		t.Fatal(os.NewSyscallError("fcntl", err))
	}
	if err := unix.SetNonblock(ln, true); err != nil {
		t.Fatal(err)
	}
	page := &scoreboard.Page{}
	o := Options{
		Listeners: []int{ln}, Page: page, Log: slog.New(slog.DiscardHandler), Connections: 10,
		Conns: &exchange.Config{Page: page, KeepAlive: time.Minute},
	}
	l = &loop{Options: o, thread: &exchange.Thread{Config: o.Conns}}
	if err := l.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l, ln, front.Addr().String()
}

// An event tells of a connection that another worker was faster to take, and the same turn begins the
// drain of a loop that has never held one.
func TestAnEventOfAListenerThatTheTurnHasClosed(t *testing.T) {
	l, ln, _ := listening(t)
	if err := l.drain(); err != nil {
		t.Fatal(err)
	}
	if err := l.turn([]unix.EpollEvent{{Fd: int32(ln), Events: unix.EPOLLIN}}); err != nil {
		t.Error(err)
	}
}

// A loop that cannot start gives back what it has opened until then.
func TestServeThatCannotStartLeavesNothingOpen(t *testing.T) {
	count := func() int {
		fds, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(fds)
	}
	before := count()
	page := &scoreboard.Page{}
	for range 10 { // more than what the runtime may open meanwhile
		err := Serve(t.Context(), Options{
			Listeners: []int{1 << 20}, Page: page, Log: slog.New(slog.DiscardHandler), Connections: 10, Conns: &exchange.Config{Page: page},
		})
		if err == nil {
			t.Fatal("served on a descriptor that is not open")
		}
	}
	if after := count(); after >= before+10 {
		t.Errorf("%d descriptors open, %d before", after, before)
	}
}

// However long nothing is due, the loop beats in time.
func TestAnIdleLoopWaitsForNoMoreThanABeat(t *testing.T) {
	l, _, _ := listening(t)
	if d := l.patience(); d != time.Second {
		t.Errorf("waits %v, want the second of the default", d)
	}
	l.Beat = 100 * time.Millisecond
	if d := l.patience(); d != l.Beat {
		t.Errorf("waits %v, want the beat of %v", d, l.Beat)
	}
	var later coro
	later.timer.Owner = &later
	l.timers.Arm(&later.timer, l.clock+time.Hour)
	if d := l.patience(); d != l.Beat {
		t.Errorf("waits %v where a timer is due in an hour, want the beat of %v", d, l.Beat)
	}
}

// Its context may end before a loop has had a turn.
func TestServeThatIsOverAtOnce(t *testing.T) {
	l, _, _ := listening(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Serve(ctx, l.Options); err != nil {
		t.Error(err)
	}
}

// A connection ends and the next one gets its number, while the turn still has an event for the old one.
func TestAnEventIsNotOfTheNextOwnerOfADescriptor(t *testing.T) {
	l, ln, address := listening(t)
	client, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	l.tick()
	// What would be told of the old one, if it were told after the listener's event.
	var stale []unix.EpollEvent
	for fd := range int32(256) {
		if int(fd) != ln && int(fd) != l.wake.FD() {
			stale = append(stale, unix.EpollEvent{Fd: fd, Events: unix.EPOLLIN | unix.EPOLLRDHUP})
		}
	}
	for l.held == 0 { // the connection may take a moment to reach the listener
		if err := l.turn(append([]unix.EpollEvent{{Fd: int32(ln), Events: unix.EPOLLIN}}, stale...)); err != nil {
			t.Fatal(err)
		}
	}
	for fd, s := range l.streams {
		if s != nil && (s.readable || s.hungUp) {
			t.Errorf("descriptor %d is taken for readable (%v) or hung up (%v)", fd, s.readable, s.hungUp)
		}
	}
	if err := l.drain(); err != nil {
		t.Fatal(err)
	}
	client.Close()
	for l.held > 0 {
		events, err := l.poller.Wait(time.Second)
		if err != nil {
			t.Fatal(err)
		}
		l.tick()
		if err := l.turn(events); err != nil {
			t.Fatal(err)
		}
	}
}
