package faults

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server/proc"
	"github.com/workerlab/workerlab/server/servertest"
)

// O_NONBLOCK belongs to the open file description, which all workers and arbiters share: whoever
// clears it makes every event loop hang in accept.
func TestListenersStayNonBlocking(t *testing.T) {
	t.Parallel()
	s := start(t, "-k", "gevent", "-w", "2", "-b", "unix:"+filepath.Join(t.TempDir(), "s"))
	check := func(when string, workers int) {
		t.Helper()
		for _, w := range s.Scoreboard() {
			if n := blockingSockets(t, w.PID); n != 0 {
				t.Errorf("%s, %d listeners of worker %d block", when, n, w.PID)
			}
		}
		if len(s.Scoreboard()) != workers {
			t.Errorf("%s, %d workers, want %d", when, len(s.Scoreboard()), workers)
		}
	}
	check("at first", 2)
	for range 3 {
		victim := s.Scoreboard()[0].PID
		s.Signal(victim, unix.SIGKILL)
		s.Until("a replacement serves", func(board []servertest.Worker) bool {
			return len(board) == 2 && board[0].PID != victim && board[0].State == "serving"
		})
	}
	check("after respawns", 2)
	s.AwaitReady(2, func() { s.Signal(s.PID, unix.SIGHUP) })
	s.Until("the old have left", func(board []servertest.Worker) bool { return len(board) == 2 })
	check("after a reload", 2)
	s.Signal(s.PID, unix.SIGUSR2)
	s.Await("ready", func(r servertest.Record) bool { return r.PID != s.PID })
	for _, w := range s.Scoreboard() {
		if n := blockingSockets(t, w.PID); n != 0 {
			t.Errorf("after an upgrade, %d listeners of worker %d block", n, w.PID)
		}
	}
}

// blockingSockets counts the sockets of an idle worker, which are its listeners, that block.
func blockingSockets(t *testing.T, pid int) (blocking int) {
	t.Helper()
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err != nil || !strings.HasPrefix(to, "socket:") {
			continue
		}
		found++
		var flags int
		info, err := os.ReadFile(strings.Replace(fd, "/fd/", "/fdinfo/", 1))
		_, after, _ := strings.Cut(string(info), "flags:")
		if _, scanErr := fmt.Sscanf(after, "%o", &flags); err != nil || scanErr != nil {
			t.Fatalf("%s: %v, %v", fd, err, scanErr)
		}
		if flags&unix.O_NONBLOCK == 0 {
			blocking++
		}
	}
	if found != 2 {
		t.Errorf("worker %d has %d sockets, want its 2 listeners", pid, found)
	}
	return blocking
}

// Preloaded memory is shared until it is written: the tree's PSS holds it once, not once a worker.
func TestPreloadedMemoryIsShared(t *testing.T) {
	t.Parallel()
	const app, workers = 48 << 20, 4
	pss := func(args ...string) uint64 {
		s := start(t, append([]string{"-w", "4", "--app-memory", "48MiB"}, args...)...)
		m, err := proc.TreeMemory(s.PID)
		if err != nil {
			t.Fatal(err)
		}
		s.Signal(s.PID, unix.SIGTERM)
		s.Wait()
		return m.PSS
	}
	own, shared := pss(), pss("--preload")
	t.Logf("PSS of the tree: own %d MiB, preloaded %d MiB", own>>20, shared>>20)
	if own < workers*app {
		t.Errorf("own memory: PSS %d, want at least %d workers × %d", own, workers, app)
	}
	if shared < app || shared > 2*app {
		t.Errorf("preloaded: PSS %d, want %d and the workers themselves", shared, app)
	}
}

// What a worker writes to of the preloaded memory becomes its own: with one worker the tree holds the
// arbiter's whole copy, and of the worker's as much as was touched.
func TestTouchedMemoryIsCopied(t *testing.T) {
	t.Parallel()
	const app = 64 << 20
	s := start(t, "-w", "1", "--app-memory", "64MiB", "--preload")
	pss := func() uint64 {
		m, err := proc.TreeMemory(s.PID)
		if err != nil {
			t.Fatal(err)
		}
		return m.PSS
	}
	before := pss()
	for _, share := range []float64{0.5, 0.5, 1} {
		if err := <-send(t, s.Addr, fmt.Sprintf("/task?do=touch:%v", share)).done; err != nil {
			t.Fatal(err)
		}
		copied, want := int64(pss()-before), int64(share*app)
		// Program text counts in PSS by the number of its sharers, which come and go with other tests.
		if off := copied - want; off < -app/5 || off > app/5 {
			t.Errorf("after touch:%v the tree holds %d more, want %d", share, copied, want)
		}
	}
}

// An answer of any length passes through a worker without being in it, whatever the class.
func TestAnswersAreStreamedInConstantMemory(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		const length, bound = 256 << 20, 32 << 20
		s := start(t, "-k", class, "-w", "1")
		c, err := net.Dial("tcp", s.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		in := &counter{Reader: c}
		if _, err := exchange(c, bufio.NewReader(in), fmt.Sprintf("/bytes?n=%d", length)); err != nil || in.n < length {
			t.Errorf("%d bytes came of %d: %v", in.n, length, err)
		}
		if most := peakMemory(t, s.Scoreboard()[0].PID); most > bound {
			t.Errorf("the worker held up to %d MiB, want under %d", most>>20, bound>>20)
		}
	})
}

// A counter counts what is read through it.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// peakMemory is the most that a process has ever had resident, in bytes (VmHWM of proc_pid_status(5)).
func peakMemory(t *testing.T, pid int) (bytes int64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscanf(after, "%d kB", &bytes); err != nil {
		t.Fatalf("no VmHWM: %v", err)
	}
	return bytes << 10
}

// A worker reopens its log when the signal reaches it, a moment after the arbiter made the new file:
// until then its lines go to the old one, but every request has its line in one of the two.
func TestLogsAreReopenedByArbiterAndWorkers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	access := filepath.Join(dir, "access")
	s := start(t, "-k", "gthread", "-w", "1", "--access-logfile", access)
	sent := 0
	request := func() {
		sent++
		if err := <-send(t, s.Addr, fmt.Sprintf("/?n=%d", sent)).done; err != nil {
			t.Fatal(err)
		}
	}
	request()
	patience.Eventually(t, "the first line", func() bool { return len(lines(access)) == 1 })
	if err := os.Rename(access, access+".1"); err != nil {
		t.Fatal(err)
	}
	s.Signal(s.PID, unix.SIGUSR1)
	patience.Eventually(t, "a line in the new file", func() bool {
		request()
		return len(lines(access)) > 0
	})
	patience.Eventually(t, "a line for every request", func() bool { return len(lines(access+".1"))+len(lines(access)) == sent })
	// gunicorn's default format.
	want := regexp.MustCompile(`^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET /\?n=\d+ HTTP/1\.1" 200 6 "-" "-"$`)
	for _, line := range append(lines(access+".1"), lines(access)...) {
		if !want.MatchString(line) {
			t.Errorf("got %q", line)
		}
	}
}

// lines are the whole lines of a file; none if it cannot be read.
func lines(file string) []string {
	text, _ := os.ReadFile(file)
	all := strings.Split(string(text), "\n")
	return all[:len(all)-1]
}

// A scrape reads shared memory: it is answered while every worker is stopped.
func TestMetricsNeedNoWorker(t *testing.T) {
	t.Parallel()
	s := start(t, "-w", "2")
	if err := <-send(t, s.Addr, "/").done; err != nil {
		t.Fatal(err)
	}
	for _, w := range s.Scoreboard() {
		s.Signal(w.PID, unix.SIGSTOP)
	}
	requests := 0
	for _, w := range s.Scoreboard() {
		requests += w.Requests
	}
	if requests != 1 {
		t.Errorf("%d requests counted, want 1", requests)
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(s.Status, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := exchange(c, bufio.NewReader(c), "/metrics"); err != nil {
		t.Error(err)
	}
}
