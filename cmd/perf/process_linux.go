package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/proc"
)

const (
	bootTime = 15 * time.Second // in which a server must be ready
	stopTime = 3 * time.Second  // in which a server must have ended once told to
)

// pin ties this process to a core and becomes the command: perf pin CPU COMMAND ARG…
func pin(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: perf pin CPU COMMAND ARG…")
	}
	cpu, err := strconv.Atoi(args[0])
	if err != nil {
		return fmt.Errorf("perf pin: %w", err)
	}
	path, err := exec.LookPath(args[1])
	if err != nil {
		return fmt.Errorf("perf pin: %w", err)
	}
	runtime.LockOSThread() // affinity is a thread's, and exec keeps the calling thread's
	set := proc.CPUSet(cpu)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("perf pin: core %d: %w", cpu, os.NewSyscallError("sched_setaffinity", err))
	}
	return os.NewSyscallError("execve", syscall.Exec(path, args[1:], os.Environ()))
}

// cores returns the first core that this process may use, for what is measured, and where there is one the second,
// without which nothing can be attacked.
func cores(attacks bool) (server, generator int, err error) {
	found, err := proc.CPUs()
	if err != nil {
		return 0, 0, err
	}
	found = found[:min(len(found), 2)]
	if attacks && len(found) < 2 {
		return 0, 0, errors.New("server and generator need a core each, and this process may use one only")
	}
	return found[0], found[len(found)-1], nil
}

// pinned is command, tied to a core, ended when ctx is: first by SIGINT, then for good.
func pinned(ctx context.Context, cpu int, command []string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("own path: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"pin", strconv.Itoa(cpu)}, command...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = stopTime
	return cmd, nil
}

// A process is a server that is being measured.
type process struct {
	addr string // HOST:PORT
	pid  int
	end  context.CancelFunc
	done chan struct{} // closed once the process has ended
}

// start runs a server and returns once it is ready: by its log, which is as workerlab serve --log-format json
// writes it, or where a port is given once it accepts there.
func start(ctx context.Context, cpu int, command []string, port int) (*process, error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd, err := pinned(ctx, cpu, command)
	if err != nil {
		cancel()
		return nil, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	log, err := cmd.StderrPipe()
	if err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	p := &process{pid: cmd.Process.Pid, end: cancel, done: make(chan struct{})}
	ready := make(chan error, 1)
	go func() {
		defer close(p.done)
		if port == 0 {
			ready <- p.follow(log)
		}
		_, _ = io.Copy(io.Discard, log) // a server whose log is not read stops
		_ = cmd.Wait()                  // it was told to end, however it does
	}()
	if port > 0 {
		p.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		go func() { ready <- p.accepts(ctx) }()
	}
	if err := await(ctx, ready); err != nil {
		p.stop()
		return nil, fmt.Errorf("start %s: %w", strings.Join(command, " "), err)
	}
	return p, nil
}

func await(ctx context.Context, ready <-chan error) error {
	late := time.NewTimer(bootTime)
	defer late.Stop()
	select {
	case err := <-ready:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return fmt.Errorf("not ready after %v", bootTime)
	}
}

// follow reads the log until the server is ready, and learns its address on the way.
func (p *process) follow(log io.Reader) error {
	var tail []string
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var entry struct{ Msg, Addr string }
		if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
			entry.Msg = ""
		}
		switch entry.Msg {
		case "listening":
			p.addr = strings.TrimPrefix(entry.Addr, "http://")
		case "ready":
			return nil
		}
		tail = append(tail, lines.Text())
	}
	return fmt.Errorf("it ended before it was ready: %s", strings.Join(tail[max(0, len(tail)-3):], " | "))
}

// accepts waits until a connection is accepted.
func (p *process) accepts(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("tcp4", p.addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-tick.C:
		case <-p.done:
			return errors.New("it ended before it was ready")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stop ends the server and waits for its end. What is left of its group by then is killed: a worker of
// gunicorn's outlives its master for as long as clients keep connections.
func (p *process) stop() {
	p.end()
	select {
	case <-p.done:
	case <-time.After(stopTime):
	}
	_ = unix.Kill(-p.pid, unix.SIGKILL) // mostly nobody is left
	<-p.done
}
