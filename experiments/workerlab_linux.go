package experiments

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// workerlab is our own server as a child process: this same program, started again.
type workerlab struct {
	args   []string
	cpus   []int
	launch *launcher
}

var _ System = workerlab{}

const (
	startLimit = 20 * time.Second // for all workers to boot
	stopLimit  = 3 * time.Second  // for a server to end by itself once it was told to
)

// Start implements System.
func (w workerlab) Start(ctx context.Context) (*Running, error) { return w.start(ctx, newServerLog()) }

func (w workerlab) start(ctx context.Context, log *serverLog) (*Running, error) {
	cmd := exec.Command("/proc/self/exe", w.args...)
	cmd.Args[0] = "workerlab"
	cmd.Stderr = log
	cmd.WaitDelay = stopLimit // a worker that outlives the arbiter holds the pipe open
	// Its own process group: Ctrl-C in the terminal is for the bench, which then stops the server.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := w.launch.on(w.cpus, cmd.Start); err != nil {
		return nil, fmt.Errorf("start workerlab serve: %w", err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	stop := sync.OnceValue(func() error { return stopServer(cmd.Process, exited, log) })

	running, err := log.wait(ctx, exited)
	if err == nil {
		running.PID, running.Stop, running.Changes = cmd.Process.Pid, stop, log.changesSoFar
		running.Took = log.readyAt.Sub(began)
		err = probe(ctx, running.URL)
	}
	if err != nil {
		return nil, fmt.Errorf("workerlab %s: %w", strings.Join(w.args, " "), errors.Join(err, stop()))
	}
	return running, nil
}

// stopServer asks the server to stop at once and after a while makes sure. Whatever happens, no
// process of its group is left.
//
// One that has been waited for is left alone: its number may be another's by now. Its workers saw its
// end, and ended too.
func stopServer(p *os.Process, exited chan error, log *serverLog) error {
	select {
	case <-exited:
		return nil
	default:
	}
	defer syscall.Kill(-p.Pid, syscall.SIGKILL) //nolint:errcheck // usually nobody is left
	if err := p.Signal(os.Interrupt); errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	select {
	case <-exited:
		return nil
	case <-time.After(stopLimit):
		syscall.Kill(-p.Pid, syscall.SIGKILL) //nolint:errcheck // it may just have ended
		<-exited
		return fmt.Errorf("the server did not stop within %v; its last lines:\n%s", stopLimit, log.tail())
	}
}

// probe asks until the server answers.
func probe(ctx context.Context, url string) error {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("readiness probe: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("readiness probe: %s answers %s", url, response.Status)
	}
	return nil
}

// A serverLog reads the server's structured log as it is written: the addresses and the readiness it
// announces, its workers' starts and ends, and its last lines for messages about its end.
type serverLog struct {
	mu      sync.Mutex
	partial []byte
	last    []string
	server  Running
	changes []Change
	readyAt time.Time
	ready   chan struct{} // closed once the server says so
}

func newServerLog() *serverLog { return &serverLog{ready: make(chan struct{})} }

// Write implements io.Writer. It never fails.
func (l *serverLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, p...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.line(string(line))
		l.partial = rest
	}
}

func (l *serverLog) line(text string) {
	const keep = 8
	l.last = append(l.last, text)
	l.last = l.last[max(0, len(l.last)-keep):]
	event, ok := parseLine(text)
	if !ok {
		return
	}
	switch event.Msg {
	case "worker booted", "worker exited":
		l.changes = append(l.changes, Change{event.PID, event.Msg == "worker exited", onOurClock(event.Time)})
	case "listening":
		l.server.URL = event.Addr
	case "metrics":
		l.server.Board = boardURL(event.Addr)
	case "ready":
		select {
		case <-l.ready:
		default:
			l.readyAt = onOurClock(event.Time)
			close(l.ready)
		}
	}
}

// A logLine is what is read of a line of the log.
type logLine struct {
	Time time.Time
	Msg  string
	Addr string
	PID  int
}

// parseLine reads a line. A worker's long one, such as the stacks of an aborted worker, is not written
// to the pipe at once: the arbiter's may stand in the midst of it, and then ends it.
func parseLine(text string) (line logLine, ok bool) {
	if json.Unmarshal([]byte(text), &line) == nil {
		return line, true
	}
	line = logLine{}
	begin := strings.LastIndex(text, `{"time":`)
	return line, begin > 0 && json.Unmarshal([]byte(text[begin:]), &line) == nil
}

// onOurClock adds to a time of the log, which comes from the wall clock, the reading that our own times
// are compared by. One that is missing is now.
func onOurClock(at time.Time) time.Time {
	now := time.Now()
	if at.IsZero() {
		return now
	}
	return now.Add(at.Sub(now))
}

// changesSoFar are the workers' starts and ends that the log has told.
func (l *serverLog) changesSoFar() []Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.changes)
}

func boardURL(addr string) string {
	if !strings.Contains(addr, "://") {
		addr = "http://" + addr
	}
	return strings.TrimSuffix(addr, "/metrics") + "/scoreboard"
}

func (l *serverLog) wait(ctx context.Context, exited chan error) (*Running, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, errNotReady)
	defer cancel()
	select {
	case <-l.ready:
		l.mu.Lock()
		defer l.mu.Unlock()
		server := l.server
		return &server, nil
	case err := <-exited:
		exited <- err // for stop
		return nil, fmt.Errorf("ended before it was ready (%w); its last lines:\n%s", orExit(err), l.tail())
	case <-ctx.Done():
		return nil, fmt.Errorf("%w; its last lines:\n%s", context.Cause(ctx), l.tail())
	}
}

func (l *serverLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == 0 {
		return "(none)"
	}
	return strings.Join(l.last, "\n")
}

var errNotReady = fmt.Errorf("not ready after %v", startLimit)

func orExit(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// executableFits reports why this program cannot start itself again, if it cannot.
func executableFits() error {
	if _, err := os.Stat("/proc/self/exe"); err != nil {
		return fmt.Errorf("the bench starts this program again as a server: %w", err)
	}
	return nil
}
