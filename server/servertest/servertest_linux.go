// Package servertest runs the real command for tests: it is built once, each server has free ports and ends
// with its test, and what it logs can be waited for.
package servertest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/models/catalog"
)

// Binary is the command under test; Main builds it.
var Binary string

// Main is the TestMain of a package whose tests run the command: it returns the exit code.
func Main(m *testing.M) int {
	_ = flag.Set("test.parallel", "4") // whatever the processors: they mostly wait
	flag.Parse()
	if fuzzes() {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "workerlab-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	Binary = filepath.Join(dir, "workerlab")
	build := exec.Command("go", "build", "-o", Binary, "github.com/workerlab/workerlab/cmd/workerlab")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// fuzzes reports whether no test is run, but a fuzz target: that starts nothing, and each of its processes comes by here.
func fuzzes() bool {
	set := func(name, value string) bool {
		f := flag.Lookup(name)
		return f != nil && f.Value.String() == value
	}
	return set("test.fuzzworker", "true") || set("test.run", "^$")
}

// A Server is a running command and what it has logged so far.
type Server struct {
	t      *testing.T
	cmd    *exec.Cmd
	PID    int // of the arbiter that was started first
	Addr   string
	Status string // address of the metrics
	exit   chan error

	mu     sync.Mutex
	lines  []Record
	output bytes.Buffer
}

// A Record is a line of the log.
type Record struct {
	Msg     string
	Addr    string
	PID     int
	Slot    int
	Status  string
	Workers int
	At      time.Time // when it was read
}

// Start starts `serve` at path on a free port, with its log in JSON, and waits until it is ready. It is
// stopped with the test.
func Start(t *testing.T, path string, args ...string) *Server {
	t.Helper()
	args = append([]string{
		"serve", "-b", "127.0.0.1:0", "--metrics-bind", "127.0.0.1:0", "--log-format", "json", "--cpu-rate", "600000",
	}, args...)
	s := &Server{t: t, cmd: exec.Command(path, args...), exit: make(chan error, 1)}
	s.cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = w
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close() // the command has it
	s.PID = s.cmd.Process.Pid
	go s.read(r)
	go func() { s.exit <- s.cmd.Wait() }()
	t.Cleanup(s.end)
	s.Addr = strings.TrimPrefix(s.Await("listening", nil).Addr, "http://")
	s.Status = s.Await("metrics", nil).Addr
	s.Await("ready", nil)
	return s
}

// end kills what is left of the command's process group, and shows the log of a failed test.
func (s *Server) end() {
	_ = unix.Kill(-s.PID, unix.SIGKILL)
	if s.t.Failed() {
		s.t.Logf("log:\n%s", s.Log())
	}
}

func (s *Server) read(r io.ReadCloser) {
	defer r.Close()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		rec := Record{At: time.Now()}
		s.mu.Lock()
		s.output.Write(append(lines.Bytes(), '\n'))
		if json.Unmarshal(lines.Bytes(), &rec) == nil {
			s.lines = append(s.lines, rec)
		}
		s.mu.Unlock()
	}
}

// Await waits for the first line with the message that match, if not nil, accepts.
func (s *Server) Await(msg string, match func(Record) bool) Record {
	s.t.Helper()
	var found Record
	patience.Eventually(s.t, fmt.Sprintf("%q is logged", msg), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		i := slices.IndexFunc(s.lines, func(r Record) bool { return r.Msg == msg && (match == nil || match(r)) })
		if i >= 0 {
			found = s.lines[i]
		}
		return i >= 0
	})
	return found
}

// AwaitReady waits until a ready line appears after an action, for that many workers.
func (s *Server) AwaitReady(workers int, action func()) {
	s.t.Helper()
	began := time.Now()
	action()
	s.Await("ready", func(r Record) bool { return r.At.After(began) && r.Workers == workers })
}

// Signal sends a signal to one of its processes.
func (s *Server) Signal(pid int, sig unix.Signal) {
	s.t.Helper()
	if err := unix.Kill(pid, sig); err != nil {
		s.t.Fatalf("signal %v to %d: %v", sig, pid, err)
	}
}

// Wait waits for the first arbiter's end and returns its exit code.
func (s *Server) Wait() int {
	s.t.Helper()
	patience.Eventually(s.t, "the command has ended", func() bool {
		select {
		case <-s.exit:
			return true
		default:
			return false
		}
	})
	return s.cmd.ProcessState.ExitCode()
}

// A Worker is one worker's page of the scoreboard.
type Worker struct {
	PID         int
	State       string
	Requests    int
	Connections int
	InFlight    int     `json:"in_flight"`
	Serving     float64 `json:"serving_seconds"`
}

// Scoreboard is the workers as they stand.
func (s *Server) Scoreboard() []Worker {
	s.t.Helper()
	resp, err := http.Get(s.Status + "/scoreboard")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var board struct{ Workers []Worker }
	if err := json.NewDecoder(resp.Body).Decode(&board); err != nil {
		s.t.Fatal(err)
	}
	return board.Workers
}

// Until polls the scoreboard until it shows what is wanted.
func (s *Server) Until(what string, ok func([]Worker) bool) []Worker {
	s.t.Helper()
	var board []Worker
	patience.Eventually(s.t, what, func() bool {
		board = s.Scoreboard()
		return ok(board)
	})
	return board
}

// Running reports whether a process is there and no zombie: where nobody reaps orphans, dead ones
// stay visible.
func Running(pid int) bool {
	state := processState(pid)
	return state != 0 && state != 'Z' && state != 'X'
}

// Stopped reports whether SIGSTOP has taken effect.
func Stopped(pid int) bool { return processState(pid) == 'T' }

// processState is the letter in /proc/PID/stat, 0 without a process.
func processState(pid int) byte {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if _, after, ok := bytes.Cut(stat, []byte(") ")); err == nil && ok && len(after) > 0 {
		return after[0]
	}
	return 0
}

// Log is what the command has logged so far.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

// Records are the lines of that log.
func (s *Server) Records() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

// EachClass runs the test for every worker class, all at the same time.
func EachClass(t *testing.T, test func(t *testing.T, class string)) {
	t.Parallel()
	for class := range catalog.Workers() {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			test(t, class)
		})
	}
}
