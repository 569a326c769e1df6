package proc

import (
	"fmt"

	"github.com/prometheus/procfs"
)

// A Process is what another process is, as far as we may know it.
type Process struct {
	PID    int
	Parent int
	Name   string   // of its program, at most 15 letters
	Args   []string // its command line, which it may have overwritten
	Dir    string   // where it is; "": we may not know
	Env    []string // with which it was started; nil: we may not know
}

// Read reads what a process is.
func Read(pid int) (Process, error) {
	p, err := procfs.NewProc(pid)
	if err != nil {
		return Process{}, fmt.Errorf("process %d: %w", pid, err)
	}
	stat, err := p.Stat()
	if err != nil {
		return Process{}, fmt.Errorf("process %d: %w", pid, err)
	}
	args, err := p.CmdLine()
	if err != nil {
		return Process{}, fmt.Errorf("process %d: %w", pid, err)
	}
	out := Process{PID: pid, Parent: stat.PPID, Name: stat.Comm, Args: args}
	if dir, err := p.Cwd(); err == nil {
		out.Dir = dir
	}
	if env, err := p.Environ(); err == nil {
		out.Env = env
	}
	return out, nil
}
