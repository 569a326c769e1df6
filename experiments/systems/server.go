package systems

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
)

// A server is one software for one trial: a folder with its configuration, a scoreboard, and its program.
type server struct {
	software string
	trial    trial.Trial
	bench    launch.Cores
	tree     bool   // processes come and go
	careless bool   // and nobody waits for those that have gone
	behind   string // the address of the server that it stands before
	start    func(context.Context, *server) error

	dir     string // with what is written for it
	process *launch.Process
	running rig.Running
}

const (
	bootLimit = 20 * time.Second     // for all workers to serve
	look      = 2 * time.Millisecond // between two looks whether they do
	script    = "script.cgi"
)

// Start implements experiments.System. Each start is a server of its own: a trial may have several.
func (s *server) Start(ctx context.Context) (*rig.Running, error) {
	one := *s
	return one.begin(ctx)
}

func (s *server) begin(ctx context.Context) (*rig.Running, error) {
	if err := s.furnish(); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	began := time.Now()
	err := s.start(ctx, s)
	if err == nil && strings.HasPrefix(s.running.URL, "http://") {
		err = launch.Probe(ctx, s.running.URL)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.software, errors.Join(err, s.stop()))
	}
	s.running.PID, s.running.Tree, s.running.Stop = s.process.PID, s.tree, s.stop
	if s.careless {
		s.running.Meters = map[int]func() (time.Duration, error){s.process.PID: s.process.CPU}
	}
	if s.running.Took == 0 {
		s.running.Took = time.Since(began)
	}
	return &s.running, nil
}

// stop ends the program and removes its folder.
func (s *server) stop() (err error) {
	if s.process != nil {
		err = s.process.Stop()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// furnish makes the folder, in which servers that give up the administrator's rights can read and write
// what they must.
func (s *server) furnish() (err error) {
	if s.dir, err = os.MkdirTemp("", "workerlab-"); err != nil {
		return err
	}
	return errors.Join(
		os.Chmod(s.dir, 0o755), // Apache's children are somebody else
		s.write("lab.py", labApp, 0o644),
		s.write(boardFile, string(make([]byte, boardBytes)), 0o666),
	)
}

func (s *server) path(name string) string { return filepath.Join(s.dir, name) }

func (s *server) write(name, text string, mode os.FileMode) error {
	if err := os.WriteFile(s.path(name), []byte(text), mode); err != nil {
		return err
	}
	return os.Chmod(s.path(name), mode) // whatever the umask
}

// run starts the program.
func (s *server) run(args []string, log launch.Tail, quit syscall.Signal, env ...string) error {
	path, err := find(args[0])
	if err != nil {
		return err
	}
	s.process, err = s.bench.Start(launch.Program{
		Name: strings.Join(args, " "), Path: path, Args: args, Dir: s.dir, Log: log, Quit: quit, Metered: s.careless,
		Env: append(environment(s.trial, s.bench, s.path(boardFile)), env...),
	})
	return err
}

// serves waits until so many workers have taken their rows of the scoreboard and the address accepts
// connections.
func (s *server) serves(ctx context.Context, network, addr string, workers int) error {
	return s.process.Until(ctx, look, bootLimit, func(ctx context.Context) (bool, error) {
		rows, err := s.board(ctx)
		return err == nil && len(rows) >= workers && accepts(network, addr), err
	})
}

// answers waits for a server that accepts requests before it can answer them: mod_cgid's daemon listens a little
// later than Apache does.
func (s *server) answers(ctx context.Context) error {
	return s.process.Until(ctx, look, bootLimit, func(ctx context.Context) (bool, error) {
		return launch.Probe(ctx, s.running.URL) == nil, nil
	})
}

func accepts(network, addr string) bool {
	conn, err := net.Dial(network, addr)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// A chain is a web server in front of another server.
type chain struct {
	behind rig.System
	front  *server
}

// Start implements experiments.System. What is asked about the workers is asked about those behind.
func (c *chain) Start(ctx context.Context) (*rig.Running, error) {
	behind, err := c.behind.Start(ctx)
	if err != nil {
		return nil, err
	}
	proxy := *c.front
	proxy.behind = behind.URL
	front, err := proxy.begin(ctx)
	if err != nil {
		return nil, errors.Join(err, behind.Stop())
	}
	whole := *behind
	whole.URL, whole.Took, whole.Tree = front.URL, behind.Took+front.Took, true
	whole.Beside = append(whole.Beside, front.PID)
	whole.Stop = func() error { return errors.Join(front.Stop(), behind.Stop()) }
	return &whole, nil
}
