package cgi

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
	"github.com/workerlab/workerlab/server/task"
)

// run runs a script and passes its answer on. next is the target it hands the request over to; empty: it
// has answered.
func (a *App) run(x *exchange.Exchange, s script, env []string, stdin *body) (next string, err error) {
	p := &process{timeout: a.timeout, ended: task.Stream{FD: -1}}
	var failed error
	if err := x.Do(func() { failed = p.start(a, s, env, stdin) }); err != nil {
		return "", err
	}
	if failed != nil {
		return "", gateway.Failed(fmt.Errorf("start %s: %w", s.name, failed))
	}
	var answer gateway.Answer
	err = p.read(x, &answer)
	if status := p.end(x, err != nil); err == nil {
		if err = answer.End(); err != nil {
			err = fmt.Errorf("%s: %w (%s)", s.name, err, status)
		}
	}
	return answer.Local(), err
}

// A process is a running script, the leader of its process group.
type process struct {
	pid     int
	ended   task.Stream // a pidfd: readable when it is no more
	out     *gateway.Upstream
	timeout time.Duration
}

// start forks. It is work of the worker's, and as in any server, what stands there waits meanwhile.
func (p *process) start(a *App, s script, env []string, stdin *body) error {
	path := filepath.Join(a.folder, filepath.FromSlash(s.name))
	env = append(env, "SCRIPT_NAME="+s.name, "SCRIPT_FILENAME="+path)
	if s.info != "" {
		env = append(env, "PATH_INFO="+s.info, "PATH_TRANSLATED="+filepath.Join(a.folder, filepath.Clean(filepath.FromSlash(s.info)))) // Clean first: dots lead out of no root
	}
	var stdout [2]int
	if err := unix.Pipe2(stdout[:], unix.O_CLOEXEC); err != nil {
		return os.NewSyscallError("pipe2", err)
	}
	defer func() { _ = unix.Close(stdout[1]) }()
	if err := unix.SetNonblock(stdout[0], true); err != nil { // ours; the script's end blocks
		return os.NewSyscallError("fcntl", err)
	}
	pidfd := -1
	pid, err := syscall.ForkExec(path, []string{path}, &syscall.ProcAttr{
		Dir: filepath.Dir(path), Env: env,
		Files: []uintptr{stdin.Fd(), uintptr(stdout[1]), a.stderr.Fd()},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, PidFD: &pidfd},
	})
	if err != nil {
		_ = unix.Close(stdout[0])
		return err
	}
	p.pid, p.ended.FD, p.out = pid, pidfd, gateway.NewUpstream(stdout[0])
	return nil
}

// read passes on what the script prints, to the end of it.
func (p *process) read(x *exchange.Exchange, answer *gateway.Answer) error {
	for {
		p.out.Deadline = time.Now().Add(p.timeout)
		if err := p.out.More(x); errors.Is(err, gateway.ErrEnded) {
			return nil
		} else if err != nil {
			return gateway.Failed(err)
		}
		if err := answer.Write(x, p.out.Buffered()); err != nil {
			return err
		}
		p.out.Consume(len(p.out.Buffered()))
	}
}

// end waits for the script's end, which comes at once where it is to be killed, and says how it ended. One
// that has printed all it has to say may take its time, but not more than it may be silent.
func (p *process) end(x *exchange.Exchange, kill bool) (status string) {
	p.out.Close()
	defer func() { _ = unix.Close(p.ended.FD) }()
	if !kill {
		p.ended.Deadline = time.Now().Add(p.timeout)
		kill = x.Ready(&p.ended, false) != nil
	}
	if kill {
		_ = unix.Kill(-p.pid, unix.SIGKILL) // the group may have ended just now
	}
	var s unix.WaitStatus
	for {
		if _, err := unix.Wait4(p.pid, &s, 0, nil); err != unix.EINTR {
			return describe(s)
		}
	}
}

func describe(s unix.WaitStatus) string {
	if s.Signaled() {
		return "ended by " + s.Signal().String()
	}
	return fmt.Sprintf("exit status %d", s.ExitStatus())
}
