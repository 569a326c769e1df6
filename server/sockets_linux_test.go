package server

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func openSockets(t *testing.T, reuse bool, bind ...string) *sockets {
	t.Helper()
	set := Defaults()
	set.Bind, set.ReusePort = bind, reuse
	s := &sockets{set: &set}
	t.Cleanup(func() { s.close(true) })
	return s
}

func mustLane(t *testing.T, s *sockets, i int) []socket {
	t.Helper()
	lane, err := s.lane(i)
	if err != nil {
		t.Fatal(err)
	}
	return lane
}

func TestSocketsAreNonBlockingAndClosedOnExec(t *testing.T) {
	s := openSockets(t, false, "127.0.0.1:0", "unix:"+filepath.Join(t.TempDir(), "s"))
	for _, sock := range mustLane(t, s, 0) {
		flags, err := unix.FcntlInt(uintptr(sock.FD), unix.F_GETFL, 0)
		if err != nil || flags&unix.O_NONBLOCK == 0 {
			t.Errorf("%s: flags %#x, %v: it blocks", sock.Bind, flags, err)
		}
		flags, err = unix.FcntlInt(uintptr(sock.FD), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("%s: flags %#x, %v: children inherit it unasked", sock.Bind, flags, err)
		}
	}
}

func TestWithoutReusePortAllLanesAreOne(t *testing.T) {
	s := openSockets(t, false, "127.0.0.1:0")
	if a, b := mustLane(t, s, 0), mustLane(t, s, 3); a[0] != b[0] {
		t.Errorf("%v and %v", a, b)
	}
}

func TestLanesShareThePortThatTheFirstChose(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s")
	s := openSockets(t, true, "127.0.0.1:0", "unix:"+file)
	first, third := mustLane(t, s, 0), mustLane(t, s, 2)
	if first[0].FD == third[0].FD || first[0].URL() != third[0].URL() {
		t.Errorf("%v %s, %v %s: want two sockets on one port", first[0], first[0].URL(), third[0], third[0].URL())
	}
	if first[1] != third[1] {
		t.Error("a unix socket is not shared by all lanes")
	}
}

// Steered to n lanes, no connection reaches another; with more lanes again, every lane gets some.
func TestSteering(t *testing.T) {
	s := openSockets(t, true, "127.0.0.1:0")
	for i := range 4 {
		mustLane(t, s, i)
	}
	for _, wanted := range []int{2, 4, 3, 1} {
		if err := s.fit(wanted, 4); err != nil {
			t.Fatal(err)
		}
		got := distribution(t, s, 64)
		for lane, n := range got {
			if (n > 0) != (lane < wanted) {
				t.Errorf("steered to %d lanes, connections went to %v", wanted, got)
			}
		}
	}
	if err := s.fit(1, 1); err != nil || len(s.open) != 1 {
		t.Errorf("%d sockets open, %v, want 1", len(s.open), err)
	}
	if got := distribution(t, s, 8); got[0] != 8 {
		t.Errorf("after closing lanes connections went to %v", got)
	}
}

// distribution connects n times and counts who got it.
func distribution(t *testing.T, s *sockets, n int) (lanes [4]int) {
	t.Helper()
	addr := strings.TrimPrefix(s.open[0].URL(), "http://")
	for range n {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	for _, sock := range s.open {
		if s.drained(sock.Lane) != acceptAll(sock, &lanes) {
			t.Errorf("lane %d: drained says otherwise than accept", sock.Lane)
		}
	}
	return lanes
}

func acceptAll(sock socket, lanes *[4]int) (empty bool) {
	for empty = true; ; empty = false {
		fd, _, err := unix.Accept(sock.FD)
		if err != nil {
			return empty
		}
		unix.Close(fd)
		lanes[sock.Lane]++
	}
}

func TestUnixSocketFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lab.sock")
	s := openSockets(t, false, "unix:"+file)
	mustLane(t, s, 0)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o777 {
		t.Errorf("mode %v, %v: want it open to a proxy's user, as gunicorn's umask of 0", info.Mode(), err)
	}
	var bad *UsageError
	if _, err := listen("unix:"+file, 1, false); !errors.As(err, &bad) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second server: %v", err)
	}
	s.close(false)
	if _, err := os.Stat(file); err != nil {
		t.Error("the file is gone, though another arbiter may serve it")
	}
	again := openSockets(t, false, "unix:"+file) // the file is stale now
	mustLane(t, again, 0)
	again.close(true)
	if _, err := os.Stat(file); err == nil {
		t.Error("the file is left")
	}
}

func TestUnixSocketFileOfAnotherIsLeftAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lab.sock")
	s := openSockets(t, false, "unix:"+file)
	mustLane(t, s, 0)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	other := openSockets(t, false, "unix:"+file)
	mustLane(t, other, 0)
	s.close(true)
	if _, err := os.Stat(file); err != nil {
		t.Error("another's file was removed")
	}
}

func TestAdoptedDescriptor(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	fd := int(f.Fd()) // which makes it blocking: just what a parent does
	sock, err := adopt("fd://x", strconv.Itoa(fd))
	if err != nil || sock.URL() != "http://"+l.Addr().String() {
		t.Fatalf("%v, %v", sock, err)
	}
	if flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); flags&unix.O_NONBLOCK == 0 {
		t.Error("it blocks")
	}
	f.Close()
	var pipe [2]int
	if err := unix.Pipe(pipe[:]); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	if _, err := adopt("fd://x", strconv.Itoa(pipe[0])); err == nil {
		t.Error("a pipe was adopted")
	}
}

func TestInheritedSocketsAreTakenByName(t *testing.T) {
	old := openSockets(t, true, "127.0.0.1:0")
	mustLane(t, old, 0)
	mustLane(t, old, 1)
	next := openSockets(t, true, "127.0.0.1:0")
	for _, sock := range old.open {
		sock.FD, _ = unix.FcntlInt(uintptr(sock.FD), unix.F_DUPFD_CLOEXEC, 0) // as exec would
		next.left = append(next.left, sock)
	}
	lane := mustLane(t, next, 0)
	if lane[0].URL() != old.open[0].URL() {
		t.Error("a new port instead of the inherited one")
	}
	surplus := next.left[0].FD
	if err := next.settle(1); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.FcntlInt(uintptr(surplus), unix.F_GETFD, 0); err == nil {
		t.Error("a lane that is not wanted stays open")
	}
	if got := distribution(t, old, 32); got[0] != 32 {
		t.Errorf("connections went to %v: those of the second lane would be lost with the old arbiter", got)
	}
}
