package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/server/proc"
)

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

// output runs a command on its cores to its end, and returns what it wrote and the CPU time that it used.
func output(ctx context.Context, on launch.Cores, dir string, command []string) ([]byte, time.Duration, error) {
	var out, trouble bytes.Buffer
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &trouble
	err := on.On(cmd.Start)
	if err == nil {
		err = cmd.Wait()
	}
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w: %s", command[0], err, strings.TrimSpace(trouble.String()))
	}
	return out.Bytes(), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// A process is a server that is being measured.
type process struct {
	*launch.Process
	addr string // HOST:PORT
}

// start runs a server and returns once it is ready: by its log, which is as workerlab serve --log-format json
// writes it, or where a port is given once it accepts there. It ends with ctx.
func start(ctx context.Context, on launch.Cores, command []string, port int) (*process, error) {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	p, ready := new(process), make(chan struct{})
	once := sync.OnceFunc(func() { close(ready) })
	p.Process, err = on.Start(launch.Program{
		Name: strings.Join(command, " "), Path: path, Args: command, Quit: syscall.SIGINT,
		Log: &launch.LastLines{Each: func(line string) { p.follow(line, once) }},
	})
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, p.stop)
	if port == 0 {
		err = p.Ready(ctx, ready)
	} else {
		p.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		const pause, limit = 20 * time.Millisecond, 15 * time.Second
		err = p.Until(ctx, pause, limit, p.accepts)
	}
	if err != nil {
		return nil, p.Failed(err)
	}
	return p, nil
}

// follow reads a line of the log: the server's address, and that it is ready.
func (p *process) follow(line string, ready func()) {
	var entry struct{ Msg, Addr string }
	if json.Unmarshal([]byte(line), &entry) != nil {
		return
	}
	switch entry.Msg {
	case "listening":
		p.addr = strings.TrimPrefix(entry.Addr, "http://")
	case "ready":
		ready()
	}
}

// accepts reports whether a connection is accepted.
func (p *process) accepts(ctx context.Context) (bool, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp4", p.addr)
	if err != nil {
		return false, nil //nolint:nilerr // it does not yet
	}
	return true, conn.Close()
}

// stop ends the server and all that it started, if need be for good: a worker of gunicorn's outlives its master for as
// long as clients keep connections.
func (p *process) stop() { _ = p.Stop() }
