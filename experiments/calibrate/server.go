package calibrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/server/proc"
)

const (
	bootLimit = 60 * time.Second // a deployment may have much to import
	watched   = time.Second      // to see what one that runs already uses without us
	mostOwn   = 0.05             // cores that it may use by then
)

// Started is a deployment that is started by its command, as a software on the rig.
type Started struct {
	Command Command
	Paths   []trial.Path // that it must answer on
}

// Attached is a deployment that runs already, as a software on the rig: it is asked and watched, and nothing else.
type Attached struct {
	*Deployed
	Paths []trial.Path
}

var (
	_ rig.Software = Started{}
	_ rig.Software = Attached{}
)

// Name implements rig.Software.
func (Started) Name() string { return System }

// Version implements rig.Software: the command tells its own.
func (Started) Version(context.Context) (string, error) { return "", nil }

// Supports implements rig.Software: trials are made for it.
func (Started) Supports(trial.Trial) error { return nil }

// Server implements rig.Software.
func (s Started) Server(t trial.Trial, cores launch.Cores) rig.System {
	return command{s, capacity.Size{Class: t.Server.Class, Workers: t.Server.Workers, Threads: t.Server.Threads}, cores}
}

// command is a deployment of one size.
type command struct {
	Started
	size  capacity.Size
	cores launch.Cores
}

// Start implements rig.System: it returns once the deployment answers on all paths.
func (c command) Start(ctx context.Context) (*rig.Running, error) {
	addr, err := launch.FreeAddr()
	if err != nil {
		return nil, err
	}
	return c.Started.run(ctx, c.cores, addr, c.Command.sized(c.size, addr))
}

// Try starts the deployment as a configuration file says, or in a size where there is none, and stops it once it
// answers. One that had to be killed was started all the same.
func (s Started) Try(ctx context.Context, size capacity.Size, file string) error {
	addr, err := launch.FreeAddr()
	if err != nil {
		return err
	}
	args := s.Command.sized(size, addr)
	if file != "" {
		args = s.Command.configured(file, addr)
	}
	return launch.OnAll(func(cores launch.Cores) error {
		running, err := s.run(ctx, cores, addr, args)
		if err != nil {
			return err
		}
		if err = running.Stop(); errors.As(err, new(*launch.StopError)) {
			return nil
		}
		return err
	})
}

// run starts the command and waits until it answers.
func (s Started) run(ctx context.Context, cores launch.Cores, addr string, args []string) (*rig.Running, error) {
	program, err := exec.LookPath(args[0])
	if err != nil {
		return nil, fmt.Errorf("start the deployment: %w", err)
	}
	p, err := cores.Start(launch.Program{
		Name: strings.Join(args, " "), Path: program, Args: args, Dir: s.Command.Dir, Env: s.Command.Env, Log: &launch.LastLines{}, Quit: syscall.SIGINT,
	})
	if err != nil {
		return nil, err
	}
	at := endpoint{url: "http://" + addr}
	if err := at.ready(ctx, p, s.Paths); err != nil {
		return nil, p.Failed(err)
	}
	if err := listens(addr, p.PID); err != nil {
		return nil, p.Failed(err)
	}
	return &rig.Running{
		URL: at.url, PID: p.PID, Tree: true, Took: time.Since(p.Began), Stop: p.Stop,
		Workers: func() []int { return children(p.PID) },
	}, nil
}

// ready waits until the first path is answered with anything but a failure of the deployment's own, and then asks for
// the others.
func (e endpoint) ready(ctx context.Context, p *launch.Process, paths []trial.Path) error {
	const pause = 20 * time.Millisecond
	err := p.Until(ctx, pause, bootLimit, func(ctx context.Context) (bool, error) {
		err := e.answers(ctx, paths[0].Path)
		if errors.As(err, new(*statusError)) {
			return false, err
		}
		return err == nil, nil
	})
	if err != nil {
		return err
	}
	for _, path := range paths[1:] {
		if err := e.answers(ctx, path.Path); err != nil {
			return err
		}
	}
	return nil
}

// listens makes sure that it is our server that answers, and not one that took the address before it.
func listens(addr string, pid int) error {
	inodes, err := proc.Listeners("tcp", addr)
	if err != nil {
		return err
	}
	holders, _, err := proc.Holders(inodes)
	if err != nil {
		return err
	}
	tree, err := proc.Tree(pid)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(holders, func(pid int) bool { return slices.Contains(tree, pid) }) {
		return fmt.Errorf("%s is in use by another program: start the plan again", addr)
	}
	return nil
}

// children are the processes that one has started.
func children(pid int) (all []int) {
	tree, err := proc.Tree(pid)
	if err != nil {
		return nil
	}
	for _, other := range tree {
		if p, err := proc.Read(other); err == nil && p.Parent == pid {
			all = append(all, other)
		}
	}
	return all
}

// Name implements rig.Software.
func (Attached) Name() string { return System }

// Version implements rig.Software: nobody asks what runs.
func (Attached) Version(context.Context) (string, error) { return "", nil }

// Supports implements rig.Software: it has the one size that it has.
func (a Attached) Supports(t trial.Trial) error {
	if s := (capacity.Size{Class: t.Server.Class, Workers: t.Server.Workers, Threads: t.Server.Threads}); s != a.Size {
		return fmt.Errorf("another size than %v, which runs", a.Size)
	}
	return nil
}

// Server implements rig.Software.
func (a Attached) Server(trial.Trial, launch.Cores) rig.System { return a }

// Start implements rig.System: it starts nothing, and returns once the deployment has answered on all paths and was
// seen idle.
func (a Attached) Start(ctx context.Context) (*rig.Running, error) {
	at := endpoint{a.URL, a.Socket}
	for _, path := range a.Paths {
		if err := at.answers(ctx, path.Path); err != nil {
			return nil, fmt.Errorf("%s: %w", a.Address, err)
		}
	}
	idle, err := a.idle(ctx)
	if err != nil {
		return nil, err
	}
	return &rig.Running{
		URL: a.URL, Socket: a.Socket, PID: a.PID, Tree: true, Idle: idle, Stop: func() error { return nil },
		Workers: func() []int { return a.Workers },
	}, nil
}

// idle is how many cores the deployment uses while we ask for nothing. One that works then is refused.
func (a Attached) idle(ctx context.Context) (cores float64, err error) {
	before, err := used(a.PID)
	if err != nil {
		return 0, err
	}
	timer := time.NewTimer(watched)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	after, err := used(a.PID)
	if err != nil {
		return 0, err
	}
	if cores = (after - before).Seconds() / watched.Seconds(); cores > mostOwn {
		return 0, fmt.Errorf("the deployment at %s uses %.0f %% of a core while we ask for nothing: it serves others or works by itself, which would be taken for our requests' work; attach to one that is idle, or give its command after --", a.Address, 100*cores)
	}
	return cores, nil
}

// used is the CPU time of a process and of all that it has started, those that have ended included.
func used(pid int) (time.Duration, error) {
	reaped, err := proc.ReapedCPU(pid)
	if err != nil {
		return 0, err
	}
	living, err := proc.TreeUsage(pid)
	return reaped + living.CPU, err
}

// An endpoint is where a deployment is asked.
type endpoint struct {
	url    string // http://HOST:PORT
	socket string // of the Unix domain, dialled instead; "": none
}

// A statusError is an answer that says itself that it is none.
type statusError struct {
	path   string
	status int
}

// Error implements error.
func (e *statusError) Error() string {
	return fmt.Sprintf("GET %s answers %d: a plan of error pages is no plan; name a path that it serves (--path)", e.path, e.status)
}

// answers asks once, and returns a statusError where the answer is none. Redirects are not followed.
func (e endpoint) answers(ctx context.Context, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+path, nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	if e.socket != "" {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", e.socket)
		}
	}
	client := http.Client{Timeout: bootLimit, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return &statusError{path, response.StatusCode}
	}
	return nil
}
