package faults

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

	"github.com/workerlab/workerlab/models/catalog"
)

// binary is the command under test, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	_ = flag.Set("test.parallel", "4") // whatever the processors: they mostly wait
	dir, err := os.MkdirTemp("", "workerlab-faults")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "workerlab")
	build := exec.Command("go", "build", "-o", binary, "github.com/workerlab/workerlab/cmd/workerlab")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// patience bounds every wait, so that a hang is a failure and not the end of the suite. It decides
// nothing else.
const patience = 20 * time.Second

// eachClass runs a test for every worker class.
func eachClass(t *testing.T, test func(t *testing.T, class string)) {
	t.Parallel()
	for class := range catalog.Workers() {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			test(t, class)
		})
	}
}

// A server is a running command and what it has logged so far.
type server struct {
	t      *testing.T
	cmd    *exec.Cmd
	pid    int // of the arbiter that was started first
	addr   string
	status string // address of the metrics
	exit   chan error

	mu     sync.Mutex
	lines  []record
	more   chan struct{} // closed and replaced with every line
	output bytes.Buffer
}

// A record is a line of the log.
type record struct {
	Msg     string
	Addr    string
	PID     int
	Slot    int
	Status  string
	Workers int
	at      time.Time // when it was read
}

// start starts the command on a free port and waits until it is ready. It is stopped with the test.
func start(t *testing.T, path string, args ...string) *server {
	t.Helper()
	args = append([]string{
		"serve", "-b", "127.0.0.1:0", "--metrics-bind", "127.0.0.1:0", "--log-format", "json",
		"--cpu-rate", "600000", "--faults",
	}, args...)
	s := &server{t: t, cmd: exec.Command(path, args...), exit: make(chan error, 1), more: make(chan struct{})}
	s.cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = w
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	s.pid = s.cmd.Process.Pid
	go s.read(r)
	go func() { s.exit <- s.cmd.Wait() }()
	t.Cleanup(s.end)
	s.addr = strings.TrimPrefix(s.await("listening", nil).Addr, "http://")
	s.status = s.await("metrics", nil).Addr
	s.await("ready", nil)
	return s
}

// end kills what is left of the command's process group, and shows the log of a failed test.
func (s *server) end() {
	_ = unix.Kill(-s.pid, unix.SIGKILL)
	if s.t.Failed() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.t.Logf("log:\n%s", s.output.String())
	}
}

func (s *server) read(r io.ReadCloser) {
	defer r.Close()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		rec := record{at: time.Now()}
		s.mu.Lock()
		s.output.Write(append(lines.Bytes(), '\n'))
		if json.Unmarshal(lines.Bytes(), &rec) == nil {
			s.lines = append(s.lines, rec)
			close(s.more)
			s.more = make(chan struct{})
		}
		s.mu.Unlock()
	}
}

// await waits for the first line with the message that match, if not nil, accepts.
func (s *server) await(msg string, match func(record) bool) record {
	s.t.Helper()
	timeout := time.After(patience)
	for {
		s.mu.Lock()
		i := slices.IndexFunc(s.lines, func(r record) bool { return r.Msg == msg && (match == nil || match(r)) })
		more := s.more
		var found record
		if i >= 0 {
			found = s.lines[i]
		}
		s.mu.Unlock()
		if i >= 0 {
			return found
		}
		select {
		case <-more:
		case <-timeout:
			s.t.Fatalf("%q was not logged within %v", msg, patience)
		}
	}
}

// awaitReady waits until a ready line appears after an action, for that many workers.
func (s *server) awaitReady(workers int, action func()) {
	s.t.Helper()
	began := time.Now()
	action()
	s.await("ready", func(r record) bool { return r.at.After(began) && r.Workers == workers })
}

func (s *server) signal(pid int, sig unix.Signal) {
	s.t.Helper()
	if err := unix.Kill(pid, sig); err != nil {
		s.t.Fatalf("signal %v to %d: %v", sig, pid, err)
	}
}

// wait waits for the first arbiter's end and returns its exit code.
func (s *server) wait() int {
	s.t.Helper()
	select {
	case <-s.exit:
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatalf("still running after %v", patience)
		return 0
	}
}

// A worker is one worker's page of the scoreboard.
type worker struct {
	PID         int
	State       string
	Requests    int
	Connections int
	InFlight    int     `json:"in_flight"`
	Serving     float64 `json:"serving_seconds"`
}

func (s *server) scoreboard() []worker {
	s.t.Helper()
	resp, err := http.Get(s.status + "/scoreboard")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var board struct{ Workers []worker }
	if err := json.NewDecoder(resp.Body).Decode(&board); err != nil {
		s.t.Fatal(err)
	}
	return board.Workers
}

// until polls the scoreboard until it shows what is wanted.
func (s *server) until(what string, ok func([]worker) bool) []worker {
	s.t.Helper()
	var board []worker
	eventually(s.t, what, func() bool {
		board = s.scoreboard()
		return ok(board)
	})
	return board
}

// eventually polls a state that nobody announces.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for end := time.Now().Add(patience); !ok(); <-poll.C {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// running reports whether a process is there and no zombie: where nobody reaps orphans, dead ones
// stay visible.
func running(pid int) bool {
	state := processState(pid)
	return state != 0 && state != 'Z' && state != 'X'
}

// stopped reports whether SIGSTOP has taken effect.
func stopped(pid int) bool { return processState(pid) == 'T' }

// processState is the letter in /proc/PID/stat, 0 without a process.
func processState(pid int) byte {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if _, after, ok := bytes.Cut(stat, []byte(") ")); err == nil && ok && len(after) > 0 {
		return after[0]
	}
	return 0
}
