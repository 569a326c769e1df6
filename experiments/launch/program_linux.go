package launch

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/proc"
)

// Start starts a program on the cores. It has a process group of its own, since Ctrl-C in the
// terminal is for the bench, which then stops it; and it does not outlive the bench.
func (b Cores) Start(p Program) (*Process, error) {
	said, log, err := os.Pipe()
	if err == nil {
		err = adopt()
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	cmd := exec.Command(p.Path, p.Args[1:]...)
	cmd.Args[0] = p.Args[0]
	start := cmd.Start
	started := &Process{Program: p, Began: time.Now(), exited: make(chan error, 1)}
	if p.Metered {
		cmd = exec.Command("/bin/sh", append([]string{"-c", gate, p.Path}, p.Args[1:]...)...)
		start = func() error { return started.meter(cmd) }
	}
	cmd.Stderr, cmd.Dir = log, p.Dir
	if len(p.Env) > 0 {
		cmd.Env = append(os.Environ(), p.Env...)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	err = b.On(start)
	_ = log.Close() // the program has it
	if err != nil {
		_ = said.Close()
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	started.PID = cmd.Process.Pid
	started.stop = sync.OnceValue(func() error { return started.end(cmd.Process) })
	go started.watch(cmd, said)
	return started, nil
}

// gate keeps a program from running until its CPU time is counted: what it started before would be missed.
const gate = `read go <&3; exec 3<&-; exec "$0" "$@"`

// meter starts a program behind the gate and begins to count its CPU time. Where the kernel does not let us,
// the count is the error: the program serves all the same.
func (p *Process) meter(cmd *exec.Cmd) error {
	closed, open, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.ExtraFiles = []*os.File{closed}
	err = cmd.Start()
	_ = closed.Close()
	if err == nil {
		if m, failed := proc.NewMeter(cmd.Process.Pid); failed != nil {
			p.CPU = func() (time.Duration, error) { return 0, failed }
		} else {
			p.CPU, p.unmeter = m.CPU, m.Close
		}
	}
	return errors.Join(err, open.Close()) // at its end it reads no further
}

// watch reads what the program says until it has ended, and then ends what it left behind.
func (p *Process) watch(cmd *exec.Cmd, said *os.File) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(p.Log, said) // it ends with the last writer, or below
	}()
	err := cmd.Wait()
	p.killGroup()
	_ = said.SetReadDeadline(time.Now().Add(time.Second)) // for one that left the group and holds the pipe
	<-read
	_ = said.Close()
	if p.unmeter != nil {
		_ = p.unmeter()
	}
	p.exited <- err
}

func (p *Process) end(process *os.Process) error {
	select {
	case <-p.exited:
		return nil
	default:
	}
	if err := process.Signal(p.Quit); errors.Is(err, os.ErrProcessDone) {
		<-p.exited
		return nil
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopLimit):
		syscall.Kill(-p.PID, syscall.SIGKILL) //nolint:errcheck // it may just have ended
		<-p.exited
		return &StopError{p.Args[0], stopLimit, p.Log.Tail()}
	}
}

// killGroup kills what a program that has just ended left of its group, and sees it gone: it would hold
// cores and addresses, as a thread worker of gunicorn's does for as long as a client keeps its connection.
// Orphans come to us (adopt) and are waited for here, since nobody knows when a container's init does.
func (p *Process) killGroup() {
	const look, patience = time.Millisecond, time.Second
	for began := time.Now(); time.Since(began) < patience; time.Sleep(look) {
		if err := syscall.Kill(-p.PID, syscall.SIGKILL); err != nil {
			return
		}
		for pid := 1; pid > 0; {
			pid, _ = syscall.Wait4(-p.PID, nil, syscall.WNOHANG, nil)
		}
	}
}

// adopt makes this process the parent of its descendants' orphans.
var adopt = sync.OnceValue(func() error {
	return os.NewSyscallError("prctl", unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
})
